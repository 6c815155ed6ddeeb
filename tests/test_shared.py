"""One run over two real processes: the run of one, resumed exactly, and ended with a sentence where one dies."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest
import scale_out
import shared_runs
import torch
from forked import HERE, PATHS
from safetensors.torch import load_file
from shared_runs import EXACT, OWN, ROUNDS, begin

from ganbook import processes
from ganbook.data import digits
from ganbook.files import checkpoint
from ganbook.train import fit, train

NAMES = list(EXACT | OWN)
SCRIPTS = HERE.parent / "scripts"


@pytest.fixture(scope="module")
def pair(forks):
    """Two processes that do the same, each told who it is."""
    forks.ask({"load": "accelerate"})

    def start(call, *args):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2}
        return [forks.start(f"shared_runs:{call}", *args, **place, RANK=k, LOCAL_RANK=k) for k in range(2)]

    return start


@pytest.fixture(scope="module")
def played(pair, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    for names in (NAMES[::2], NAMES[1::2]):  # a child has two minutes
        children = pair("play", folder, names)
        assert [child.wait() for child in children] == [0, 0], "\n".join(child.words for child in children)
    return folder


def check_same(a, b, but=()):
    assert a.keys() == b.keys()
    assert [name for name in a if name not in but and not torch.equal(a[name], b[name])] == []


@pytest.mark.parametrize("name", EXACT)
def test_two_processes_have_the_weights_of_one(name, played):
    ours = load_file(f"{played}/{NAMES.index(name)}-whole.0")
    run = fit(begin(name))
    alone = {f"game/{key}": value for key, value in run.game.state_dict().items()}
    assert alone.keys() == {key for key in ours if key.startswith("game/")}
    for key, value in alone.items():
        torch.testing.assert_close(ours[key], value, rtol=1e-9, atol=1e-9)
    for reading, values in run.history.items():
        torch.testing.assert_close(ours[f"history/{reading}"], torch.tensor(values), rtol=1e-6, atol=1e-6)
        assert len(values) == ROUNDS


@pytest.mark.parametrize("name", NAMES)
def test_all_processes_hold_the_same(name, played):
    """Weights, buffers, optimisers and history; of randomness the run's own, but each has noise of its own."""
    a, b = (load_file(f"{played}/{NAMES.index(name)}-whole.{rank}") for rank in range(2))
    check_same(a, b, but={"random/cpu"})


@pytest.mark.parametrize("name", NAMES)
def test_two_processes_resume_exactly(name, played):
    for rank in range(2):
        whole, resumed = (load_file(f"{played}/{NAMES.index(name)}-{kind}.{rank}") for kind in ("whole", "resumed"))
        check_same(whole, resumed)


def test_another_number_of_processes_is_refused(played):
    path = played / f"{NAMES.index('conditional')}.checkpoint"
    assert checkpoint.read(path)[1]["n"] == ROUNDS
    for shared in (False, True):
        with pytest.raises(ValueError, match=r"of another training; .*undo: processes: saved 2, now 1$"):
            begin("conditional", checkpoint=path, shared=shared)


def test_a_killed_process_ends_the_other_and_loses_nothing(pair, played, tmp_path):
    path = tmp_path / "run"
    first, second = pair("killed", path, 15)
    assert second.wait() == -9
    since = time.monotonic()
    assert first.wait() == 1
    assert time.monotonic() - since < 20
    assert "ConnectionError: another process of this shared run has ended" in first.words
    assert "they go on from the last checkpoint" in first.words
    assert checkpoint.read(path)[1]["n"] == 12
    children = pair("go_on", path, tmp_path / "rest")
    assert [child.wait() for child in children] == [0, 0], children[0].words
    whole = load_file(f"{played}/{NAMES.index('gradient penalty, averaged')}-whole.0")
    check_same(whole, load_file(tmp_path / "rest.0"))


def test_mistakes_are_named(pair, played, tmp_path):
    fit(begin("conditional", rounds=4, checkpoint=tmp_path / "alone"))
    children = pair("mistakes", tmp_path, played / f"{NAMES.index('conditional')}.checkpoint")
    assert [child.wait() for child in children] == [0, 0], children[0].words
    words = [child.words.splitlines() for child in children]
    assert words[0][:-1] == words[1][:-1]
    expected = [
        r"ValueError: recipe.batch must be a multiple of the 2 processes that share a run, got 7",
        r"ValueError: the processes of a shared run must start alike: .*torch.manual_seed",
        r"ValueError: the processes of a shared run must start alike: .*the same arguments",
        r"RuntimeError: round 1 was stopped, and this run is shared: start all its processes again",
        r"RuntimeError: the processes .* no longer hold the same weights after round 4; .*ganbook.processes.mean",
        r"ValueError: recipe.batch must be a multiple of processes x parts = 2 x 8, got 8",
        r"ValueError: checkpoint .* of another training; .*undo: processes: saved 1, now 2$",
        r"ValueError: the processes of a shared run must start alike: .*the same checkpoint to read",
    ]
    for line, pattern in zip(words[0][:-1], expected, strict=True):
        assert re.match(pattern, line), line
    assert not (tmp_path / "drift").exists()
    drawn = [line[-1] for line in words]
    assert drawn[0].count(",") == drawn[1].count(",") > 2
    assert not set(re.findall(r"0\.\d+", drawn[0])) & set(re.findall(r"0\.\d+", drawn[1]))  # noise of their own


@pytest.mark.parametrize("machines", [1, 2])
def test_the_script_that_readers_copy(machines, tmp_path):
    """The command itself with the configuration beside it: one launcher for both processes, or, as on two machines,
    one for each. In float32 the weights are those of one process to torch's own tolerance for float32."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(SCRIPTS / "scale_out.yaml")]
    command += ["--num_processes", "2", "--num_machines", str(machines), "--main_process_port", str(port)]
    script = [str(SCRIPTS / "scale_out.py"), str(tmp_path), "--rounds", str(ROUNDS)]
    environment = {**os.environ, "PYTHONPATH": PATHS, "GANBOOK_DEVICE": "cpu"}
    started = [
        subprocess.Popen(
            [*command, "--machine_rank", str(rank), *script],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for rank in range(machines)
    ]
    words = [each.communicate(timeout=400) for each in started]
    assert [each.returncode for each in started] == [0] * machines, words
    assert "".join(out for out, _ in words) == f"{ROUNDS} rounds, 2 process(es): {tmp_path}\n"
    assert (tmp_path / "samples.png").stat().st_size > 1_000
    alone = fit(train(scale_out.game(), digits(16), rounds=ROUNDS)).game.state_dict()
    ours = checkpoint.read(tmp_path / "run.safetensors")[0]
    for key, value in alone.items():
        torch.testing.assert_close(ours[f"game/{key}"], value)


def test_alone_everything_is_handed_back():
    x = torch.ones(3)
    assert processes.place() == (0, 1)
    assert processes.mean(x) is x
    assert processes.alike(b"anything")
    assert shared_runs.rank() == 0


@pytest.mark.parametrize("shared", [1, "yes", None])
def test_shared_is_a_bool(shared, as_readers):
    with pytest.raises(ValueError, match="shared must be True or False, got"):
        begin("conditional", shared=shared)
