"""A helper process that has imported torch once and is forked for each child: a fresh process in a tenth of a second.

As a script it reads one request a line, {"call": "module:function", "args": [...], "env": {...}, "out": file}, forks a
child that makes the call with its words in that file, and answers with its number; {"wait": number} is answered with
how it ended. In tests: `child = forks.start("games:killed", name, path, 4)`, `child.wait()`.
"""

import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import traceback
from dataclasses import dataclass

import pytest

HERE = pathlib.Path(__file__).resolve().parent
PATHS = os.pathsep.join([str(HERE), str(HERE.parent), str(HERE.parent / "scripts"), os.environ.get("PYTHONPATH", "")])


@dataclass(frozen=True)
class Child:
    """A process that was forked."""

    pid: int
    out: pathlib.Path
    ask: object

    def wait(self) -> int:
        """How it ended: its exit code, or minus the signal that killed it."""
        return self.ask({"wait": self.pid})

    def kill(self) -> int:
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    @property
    def words(self) -> str:
        return self.out.read_text()


class Forks:
    """The helper process."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder, self.count = folder, 0
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "forked.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": PATHS},
        )

    def ask(self, request: dict) -> int:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, call: str, *args: object, **env: object) -> Child:
        self.count += 1
        out = self.folder / f"{self.count}.txt"
        out.touch()
        env = {name: str(value) for name, value in env.items()}
        args = [str(arg) if isinstance(arg, pathlib.Path) else arg for arg in args]
        return Child(self.ask({"call": call, "args": args, "env": env, "out": str(out)}), out, self.ask)


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    helper = Forks(tmp_path_factory.mktemp("forks"))
    yield helper
    helper.process.stdin.close()
    helper.process.stdout.close()
    assert helper.process.wait() == 0


def _child(call: str, args: list, env: dict, out: str) -> None:
    code = 1
    try:
        signal.alarm(120)  # nothing here takes long: what hangs is ended
        file = os.open(out, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, 1), os.dup2(file, 2)
        os.environ |= env
        module, name = call.split(":")
        getattr(importlib.import_module(module), name)(*args)
        code = 0
    except SystemExit as end:
        print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    weight = torch.nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.Adam([weight]).step()  # its first step imports a lot; no backward pass, whose threads no fork survives
    for name in ("ganbook.train", "games"):
        importlib.import_module(name)
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:  # imported once for all children to come
            answer = importlib.import_module(request["load"]) and 0
        elif "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        elif (answer := os.fork()) == 0:
            _child(**request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
