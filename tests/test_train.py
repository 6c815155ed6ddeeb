"""Training: bit-equal whatever the reader does in the loop, resumed or killed; bad arguments are refused at once."""

import dataclasses
import gc
import io
import sys
import time

import pytest
import torch
from train_until_killed import run as killed_run

import ganbook.train.run as running
from ganbook import data, recipes
from ganbook.files import checkpoint
from ganbook.games import GAN
from ganbook.losses import Hinge, NonSaturating
from ganbook.models import dcgan, mlp
from ganbook.train import LOOK, every, fit, state, train

CPU = torch.device("cpu")


def points(n, rng):
    return torch.randn(n, 2, generator=rng)


def images(n, rng):
    return torch.rand(n, 1, 16, 16, generator=rng) * 2 - 1


def small(**changes):
    torch.manual_seed(0)
    return GAN(mlp([3, 8, 2]), mlp([2, 8, 1]), dataclasses.replace(recipes.MLP_GAN, batch=4, **changes), device=CPU)


def same(a, b):
    state_a, state_b = a.state_dict(), b.state_dict()
    assert state_a.keys() == state_b.keys()
    return all(torch.equal(state_a[name], state_b[name]) for name in state_a)


def test_what_is_left_is_played(tmp_path):
    """That the rest is bit-equal is test_registry.py's, for every game and recipe."""
    path = tmp_path / "deep" / "run.safetensors"
    for step in train(small(), points, rounds=9, seed=3, checkpoint=path, save_every=5):
        if step.n == 8:
            break
    resumed = train(small(), points, rounds=9, seed=3, checkpoint=path)
    assert resumed.n == 5 and len(resumed) == 4
    assert [step.n for step in resumed] == [6, 7, 8, 9]
    assert {len(losses) for losses in resumed.history.values()} == {9}


class Dropout(torch.nn.Module):
    """A layer that takes its noise from the global generator."""

    def forward(self, x):
        return torch.nn.functional.dropout(x, 0.5, self.training)


def noisy():
    torch.manual_seed(0)
    D = mlp([2, 16, 1], activation=Dropout)
    return GAN(mlp([3, 8, 2]), D, dataclasses.replace(recipes.MLP_GAN, batch=4), device=CPU)


def test_what_the_reader_does_in_the_loop_changes_nothing(tmp_path):
    silent = fit(train(noisy(), points, rounds=20, seed=1))
    run = train(noisy(), points, rounds=20, seed=1, checkpoint=tmp_path / "a", save_every=3)
    torch.manual_seed(99)  # the reader's own randomness
    mine = []
    for step in every(4, run):
        step.sample(5)
        mine.append(torch.rand(()))
        step.game.eval()
        torch.manual_seed(step.n)
    assert same(silent.game, run.game) and silent.history == run.history
    torch.manual_seed(99)
    assert mine[0] == torch.rand(())  # and the training did not touch the reader's


def test_dropout_resumes_bit_equal(tmp_path):
    whole = fit(train(noisy(), points, rounds=10, seed=1))
    fit(train(noisy(), points, rounds=6, seed=1, checkpoint=tmp_path / "a"))
    torch.rand(7)
    assert same(whole.game, fit(train(noisy(), points, rounds=10, seed=1, checkpoint=tmp_path / "a")).game)


def test_seed_means_something():
    a, b, c = (fit(train(small(), points, rounds=3, seed=seed)).game for seed in (0, 0, 1))
    assert same(a, b) and not same(a, c)


def test_samples_of_a_run_share_their_z():
    run = train(small(lr_g=1e-12, ema_halflife=None), points, rounds=2)
    first, second = (step.sample(6) for step in run)
    torch.testing.assert_close(first, second)


def test_history_has_every_round():
    run = fit(train(small(), points, rounds=LOOK + 7))
    assert {name: len(losses) for name, losses in run.history.items()} == {"D": LOOK + 7, "G": LOOK + 7}
    run = train(small(), points, rounds=50)
    seen = [next(run).losses["D"] for _ in range(9)]
    assert run.history["D"] == seen


def test_iterating_on_after_a_break():
    run = train(small(), points, rounds=6)
    next(run)
    next(run)
    assert [step.n for step in run] == [3, 4, 5, 6]
    with pytest.raises(StopIteration):
        next(run)


def test_every_includes_the_last():
    assert [step.n for step in every(4, train(small(), points, rounds=10))] == [4, 8, 10]
    assert [step.n for step in every(5, train(small(), points, rounds=10))] == [5, 10]
    assert list(every(5, train(small(), points, rounds=0))) == []
    for k in (0, -1, 2.5, True):
        with pytest.raises(Exception, match="k must be|jaxtyping|type"):
            every(k, [])


def test_a_stale_iterator_does_not_overwrite(tmp_path):
    path = tmp_path / "run"
    stale = train(small(), points, rounds=10, checkpoint=path, save_every=2)
    loop = every(1, stale)
    for _ in range(3):
        next(loop)
    fit(train(small(), points, rounds=10, checkpoint=path, save_every=2))
    finished = path.read_bytes()
    loop.close()
    del loop, stale
    gc.collect()
    assert path.read_bytes() == finished


def test_more_rounds_go_on_from_a_finished_checkpoint(tmp_path):
    whole = fit(train(small(), points, rounds=9))
    fit(train(small(), points, rounds=4, checkpoint=tmp_path / "a"))
    assert same(whole.game, fit(train(small(), points, rounds=9, checkpoint=tmp_path / "a")).game)


def test_real_kills_lose_nothing(tmp_path, forks):
    """SIGKILL from outside after that many rounds, wherever the process then is."""
    whole, path = tmp_path / "whole", tmp_path / "killed"
    fit(killed_run(whole))
    for rounds in (9, 60, 120):
        child = forks.start("train_until_killed:play", path)
        while child.words.count("\n") < rounds:
            time.sleep(0.001)
        assert child.kill() == -9
    resumed = killed_run(path)
    assert 0 < resumed.n < 200
    fit(resumed)
    (a, facts_a), (b, facts_b) = checkpoint.read(whole), checkpoint.read(path)
    assert facts_a == facts_b and a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_full_disk_keeps_the_last_good_checkpoint(tmp_path, forks):
    path = tmp_path / "run"
    fit(killed_run(path, rounds=7))
    before = path.read_bytes()
    child = forks.start("train_until_killed:play", path, len(before) // 2)
    assert child.wait() == 1
    assert "OSError: checkpoint" in child.words and "unchanged" in child.words
    assert path.read_bytes() == before and [entry.name for entry in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rounds": -1}, "rounds must be a whole number >= 0, got -1"),
        ({"rounds": 2.5}, "rounds"),
        ({"rounds": True}, "rounds"),
        ({"save_every": 0}, "save_every must be a whole number >= 1"),
        ({"seed": -1}, "seed must be"),
        ({"game": "gan"}, "game"),
        ({"real": torch.zeros(4, 2)}, "real"),
        ({"real": lambda n, rng: torch.zeros(n, 2, dtype=torch.uint8)}, r"real\(\d+, rng\).* got torch.uint8"),
        ({"real": lambda n, rng: torch.zeros(n)}, "real"),
        ({"real": lambda n, rng: torch.zeros(1, 2)}, "real"),
        ({"real": lambda n, rng: torch.full((n, 2), float("nan"))}, "real must return finite numbers"),
        ({"real": lambda n, rng: torch.zeros(n, 2, dtype=torch.float64)}, "real must return torch.float32"),
        ({"real": lambda n, rng: torch.zeros(n, 3)}, r"G must make samples of the data's shape \(3,\), got \(2,\)"),
        (
            {
                "game": GAN(mlp([3, 3]), mlp([2, 1]), recipes.HINGE, device=CPU),
                "real": lambda n, rng: torch.zeros(n, 3),
            },
            r"D must take inputs of shape \(n, 3\)",
        ),
        ({"game": GAN(mlp([3, 5]), mlp([2, 1]), recipes.HINGE, device=CPU)}, "G must make samples of the data's shape"),
        ({"game": GAN(mlp([3, 2]), mlp([2, 4]), recipes.HINGE, device=CPU)}, r"shape \(n, 1\)"),
        (
            {"game": GAN(mlp([3, 2]), mlp([2, 1]), recipes.HINGE, prior=lambda n, rng: torch.zeros(n, 4), device=CPU)},
            "G must take what prior draws, got a network that refuses",
        ),
        (
            {
                "game": GAN(*dcgan(16, 1, width=2), recipes.HINGE, device=CPU),
                "real": lambda n, rng: images(n, rng) * 255,
            },
            r"images in \[-1, 1\]",
        ),
    ],
)
def test_bad_arguments_are_refused_before_the_first_round(changes, message):
    arguments = {"game": small(), "real": points, "rounds": 3, **changes}
    with pytest.raises(Exception, match=message):
        train(arguments.pop("game"), arguments.pop("real"), **arguments)


def test_a_checkpoint_of_another_training_is_refused_with_every_difference(tmp_path):
    path = tmp_path / "run"
    fit(train(small(), points, rounds=5, checkpoint=path))
    before = path.read_bytes()
    game = small(loss=Hinge(), d_steps=2)
    with pytest.raises(ValueError, match="another training") as caught:
        train(game, points, rounds=3, seed=8, checkpoint=path)
    for difference in (
        "loss: saved NonSaturating(real_label=1.0), now Hinge()",
        "d_steps: saved 1, now 2",
        "seed: saved 0, now 8",
        "rounds: saved 5, now 3",
    ):
        assert difference in str(caught.value)
    assert "batch" not in str(caught.value)
    wider = GAN(mlp([3, 9, 2]), mlp([2, 8, 1]), small().recipe, device=CPU)
    with pytest.raises(ValueError, match=r"G: saved .*out_features=8.*, now .*out_features=9"):
        train(wider, points, rounds=9, checkpoint=path)
    assert path.read_bytes() == before


def test_of_shapes_that_changed_it_says_what_was_and_what_is():
    before = {"D": [(torch.float32, torch.Size([8, 2]))], "G": [(torch.float32, torch.Size([3]))]}
    now = {**before, "D": [(torch.float32, torch.Size([9, 2]))]}
    assert state.changes(before, now) == "D: was (8, 2), is (9, 2)"


def test_other_networks_of_the_same_shapes_are_refused(tmp_path):
    path = tmp_path / "run"
    fit(train(small(), points, rounds=2, checkpoint=path))
    torch.manual_seed(0)
    relu = GAN(mlp([3, 8, 2], torch.nn.ReLU), mlp([2, 8, 1]), small().recipe, device=CPU)
    uniform = GAN(mlp([3, 8, 2]), mlp([2, 8, 1]), small().recipe, prior=data.uniform(3), device=CPU)
    for game, difference in (
        (relu, "G: saved .*LeakyReLU.* now .*ReLU"),
        (uniform, "prior: saved Normal.* now Uniform"),
    ):
        with pytest.raises(ValueError, match=difference):
            train(game, points, rounds=4, checkpoint=path)


def test_weights_that_are_lost_do_not_replace_the_last_good_checkpoint(tmp_path):
    """The losses of a round are taken before its steps, so they may be finite where the weights no longer are."""
    path = tmp_path / "run"
    run = train(small(), points, rounds=4, checkpoint=path, save_every=1)
    next(run)
    run.game.optimizers["G"].param_groups[0]["lr"] = float("inf")
    with pytest.raises(FloatingPointError, match="is not finite after round 2.*the last checkpoint is kept"):
        next(run)
    assert checkpoint.read(path)[1]["n"] == 1


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "run"
    fit(train(small(), points, rounds=2, checkpoint=path))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="truncated, damaged"):
        train(small(), points, rounds=4, checkpoint=path)


@pytest.mark.parametrize("kind", ["tensors", "facts"])
def test_a_file_of_checkpoint_s_form_that_no_training_wrote_is_refused(tmp_path, kind):
    """Both are asked for: what a run stands on, and the facts of it."""
    fit(train(small(), points, rounds=2, checkpoint=tmp_path / "run"))
    tensors, facts = checkpoint.read(tmp_path / "run")
    (tensors.pop if kind == "tensors" else facts.pop)("random/rng" if kind == "tensors" else "optimizers")
    checkpoint.write(tmp_path / "other", tensors, facts)
    with pytest.raises(ValueError, match="other was not written by a training; name another file"):
        train(small(), points, rounds=4, checkpoint=tmp_path / "other")


@pytest.mark.parametrize("name", ["PYTEST_VERSION", "GANBOOK_STATIC"])
def test_no_bar_where_a_notebook_is_executed_for_its_outputs(name, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(running, "live_front_end", lambda: True)
    for each in ("PYTEST_VERSION", "GANBOOK_STATIC"):
        monkeypatch.delenv(each, raising=False)
    assert running._live()
    monkeypatch.setenv(name, "1")
    assert not running._live()


def test_a_learning_rate_changed_in_the_file_is_refused(tmp_path):
    path = tmp_path / "run"
    fit(train(small(), points, rounds=2, checkpoint=path))
    body = path.read_bytes()
    rate = repr(small().optimizers["G"].param_groups[0]["lr"]).encode()
    other = b"9" + rate[1:]
    assert rate in body and other != rate
    path.write_bytes(body.replace(rate, other))
    with pytest.raises(ValueError, match="is damaged: its contents do not match"):
        train(small(), points, rounds=4, checkpoint=path)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="checkpoint must be in a folder that can be written"):
        train(small(), points, rounds=2, checkpoint=tmp_path / "file" / "run")
    with pytest.raises(OSError, match="checkpoint must name a file"):
        train(small(), points, rounds=2, checkpoint=tmp_path)
    with pytest.raises(OSError, match="checkpoint must be a file that can be written"):
        train(small(), points, rounds=2, checkpoint=tmp_path / ("a" * 252))


def test_a_lost_training_stops_and_saves_nothing(tmp_path):
    path = tmp_path / "run"
    calls = 0

    def poisoned(n, rng):
        nonlocal calls
        calls += 1
        return torch.full((n, 2), float("inf") if calls > 8 else 1.0)

    with pytest.raises(ValueError, match="real must return finite numbers, got nan or infinity in row 0 .* in round"):
        fit(train(small(loss=NonSaturating()), poisoned, rounds=20, checkpoint=path, save_every=3))
    assert checkpoint.read(path)[1]["n"] == 6


def test_networks_that_are_lost_are_said_to_be(tmp_path):
    """The data are not blamed where they are good, and the run does not go on."""
    path = tmp_path / "run"
    run = train(small(lr_d=1e30), points, rounds=300, checkpoint=path, save_every=3)
    for _ in range(2):
        with pytest.raises(FloatingPointError, match="the networks are lost"):
            fit(run)
    assert run.n <= 100


def test_a_stopped_round_is_undone():
    """Stopped after D's step and before G's, in several rounds: iterating on gives the bits of a run never stopped."""
    plain = fit(train(small(), points, rounds=130, seed=3))
    game, calls = small(), 0
    step = game.optimizers["D"].step

    def stopped(*args, **kwargs):
        nonlocal calls
        step(*args, **kwargs)
        calls += 1
        if calls in (1, 12, 120):
            raise KeyboardInterrupt

    game.optimizers["D"].step = stopped
    run = train(game, points, rounds=130, seed=3)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            fit(run)
    fit(run)
    assert run.history == plain.history
    for a, b in zip(game.parameters(), plain.game.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_finished_run_is_true_and_says_where_it_stands():
    run = fit(train(small(), points, rounds=2))
    assert run
    assert len(run) == 0
    assert repr(run) == "Run(GAN, round 2 of 2, float32)"
    assert "Linear" not in repr(next(iter(train(small(), points, rounds=1)))), (
        "a step prints its number, not all networks"
    )


def test_going_on_with_another_size_is_told_before_the_layers(tmp_path):
    def run(size, width=4):
        pair = dcgan(size, outputs=recipes.DCGAN.loss.outputs, width=width)
        real = data.from_tensor(torch.rand(9, 3, size, size) * 2 - 1, device="cpu")
        return train(
            GAN(*pair, dataclasses.replace(recipes.DCGAN, batch=4)), real, rounds=1, checkpoint=tmp_path / "run"
        )

    fit(run(16))
    for size, width in ((32, 4), (16, 8)):
        with pytest.raises(ValueError, match=r"undo: another size= or width= of D and G \(--size, .* seems; D: "):
            run(size, width)
