"""Bad arguments, one at a time, to all that the book offers: what does a reader meet?

    python tests/fuzz.py          every bad call, as readers make them: places that are obscure, and how often
    python tests/fuzz.py 500 7    500 of them, drawn with seed 7

Each line of CALLS is a call that works. One argument of it is replaced by what is wrong, and the outcome is one of

    fine      it returns, and every number in what it returns is finite
    clear     our own ValueError or TypeError (or an OSError of a path) that names an argument of the call
    silent    it returns nan, infinity, a complex number, or a tensor without contents
    obscure   anything else: an error from the depths, one that names nothing, or no end within LIMIT seconds

A place is the last function of ganbook, checks apart, that an obscure error came through, or that returned nonsense.
"""

import ast
import collections
import contextlib
import inspect
import io
import math
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import fuzz_calls
import numpy as np
import torch
from torch import Tensor, nn

ROOT = pathlib.Path(__file__).resolve().parent.parent / "ganbook"
LIMIT = 4
nan, inf = float("nan"), float("inf")
ANYTHING = {
    "None": None,
    "nan": nan,
    "inf": inf,
    "-1": -1,
    "0": 0,
    "0.5": 0.5,
    "2**70": 2**70,
    "'text'": "text",
    "True": True,
    "[]": [],
    "[1.0]": [1.0],
    "{}": {},
    "object()": object(),
    "int": int,
    "np.ones(3)": np.ones(3),
    "torch.ones(3)": torch.ones(3),
    "torch.zeros(0, 2)": torch.zeros(0, 2),
}
OF_A_TENSOR: dict[str, Callable[[Tensor], Any]] = {
    "numpy": lambda x: x.detach().numpy(),
    "tolist": lambda x: x.tolist(),
    "long": lambda x: x.long(),
    "double": lambda x: x.double(),
    "half": lambda x: x.half(),
    "x[None]": lambda x: x[None],
    "x[0]": lambda x: x[0],
    "x[:1]": lambda x: x[:1],
    "x[..., :1]": lambda x: x[..., :1],
    "one nan": lambda x: torch.where(torch.arange(x.numel()).reshape(x.shape) == 0, nan, x),
    "x + inf": lambda x: x + inf,
    "x + 0j": lambda x: x + 0j,
    "x * 1e30": lambda x: x * 1e30,
}


NOT_FINITE = ("nan", "inf", "2**70", "one nan", "x + inf", "x * 1e30")
PASS_ON = tuple(
    f"ganbook.{name}" for name in "augment divergences.fdiv features losses models penalties data.images ramps".split()
)


class Case(NamedTuple):
    """A call, which argument is replaced, and by what."""

    call: str
    name: str
    bad: str


class Met(NamedTuple):
    """What came of a case, and where."""

    case: Case
    outcome: str
    place: str
    said: str


def parts(call: str, world: dict[str, Any]) -> tuple[Any, dict[str, Any], inspect.Signature]:
    """The function of a call, its arguments by name, and its signature."""
    node = ast.parse(call, mode="eval").body
    function = eval(ast.unparse(node.func), world)
    args = [eval(ast.unparse(each), world) for each in node.args]
    named = {each.arg: eval(ast.unparse(each.value), world) for each in node.keywords}
    signature = inspect.signature(function.forward if isinstance(function, nn.Module) else function)
    return function, signature.bind(*args, **named).arguments, signature


def cases(calls: Iterable[str], world: dict[str, Any]) -> list[Case]:
    """Every bad call that can be made of these."""
    found = []
    for call in calls:
        _, given, signature = parts(call, world)
        for name, parameter in signature.parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                continue
            good = given.get(name, parameter.default)
            reals = isinstance(good, Tensor) and good.is_floating_point() and good.dim() > 0
            bad = [*ANYTHING, *(OF_A_TENSOR if reals else ())]
            found += [Case(call, name, each) for each in bad]
    return found


def run(case: Case, world: dict[str, Any]) -> Met:
    """Make one bad call."""
    function, given, signature = parts(case.call, world)
    good = given.get(case.name)
    bad = OF_A_TENSOR[case.bad](good) if case.bad in OF_A_TENSOR else ANYTHING[case.bad]
    kind = signature.parameters[case.name].kind
    given = {**given, case.name: (bad, *good[1:]) if kind is inspect.Parameter.VAR_POSITIONAL and good else bad}
    if kind is inspect.Parameter.VAR_POSITIONAL and not good:
        given[case.name] = (bad,)
    bound = inspect.BoundArguments(signature, collections.OrderedDict())
    bound.arguments.update({name: given[name] for name in signature.parameters if name in given})
    try:
        with quiet(), limited():
            result = function(*bound.args, **bound.kwargs)
            if isinstance(result, Iterator) and not isinstance(result, io.IOBase):
                next(result, None)
    except Exception as error:
        return judged(case, error, (*signature.parameters, *(v for k, v in given.items() if k in ("name", "maker"))))
    wrong = "" if passes_on(case, function) or endless(case, result) else nonsense(result)
    name = getattr(function, "__qualname__", type(function).__name__)
    return Met(case, "silent" if wrong else "fine", f"{function.__module__}.{name}" if wrong else "", wrong)


def endless(case: Case, value: Any) -> bool:
    """Where infinity is the answer: a function that takes two values at one place is infinitely steep there."""
    return case.call.startswith("transport.steepest") and isinstance(value, Tensor) and bool(value.isposinf())


def passes_on(case: Case, function: Any) -> bool:
    """Formulas that hand nan on by design (training stops on it), and claims, which show what was measured."""
    where = getattr(function, "__module__", "") or type(getattr(function, "__self__", function)).__module__
    return where == "ganbook.bounds" or (case.bad in NOT_FINITE and where.startswith(PASS_ON))


def judged(case: Case, error: Exception, names: Iterable[Any]) -> Met:
    """Is an error clear to a reader?"""
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    if type(error).__name__ == "TypeCheckError" or "jaxtyping" in said or type(error).__module__.startswith("beartype"):
        return Met(case, "clear", "", said)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if pathlib.Path(frame.filename).is_relative_to(ROOT)]
    asks = [frame for frame in ours if pathlib.Path(frame.filename).parent != ROOT / "checks"]
    place = f"{pathlib.Path(asks[-1].filename).relative_to(ROOT).as_posix()} {asks[-1].name}" if asks else case.call
    either = "|".join(re.escape(str(name)) for name in names)
    named = re.search(rf"(?<![\w.])({either})(?!\w)", str(error))
    own = ours and frames[-1] == ours[-1] and isinstance(error, (ValueError, TypeError, OSError, FloatingPointError))
    return Met(case, "clear" if own and named else "obscure", place, said)


def nonsense(value: Any, deep: int = 0) -> str:
    """What is wrong with the numbers of a result, if anything."""
    if isinstance(value, Tensor):
        if value.is_meta or value.is_complex():
            return f"a tensor of {value.dtype} on {value.device}"
        return "" if not value.is_floating_point() or value.isfinite().all() else "nan or inf in a tensor"
    if isinstance(value, (float, complex)):
        return "" if isinstance(value, float) and math.isfinite(value) else repr(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and deep < 3:
        return next((wrong for each in value if (wrong := nonsense(each, deep + 1))), "")
    if hasattr(value, "value") and isinstance(value.value, float):
        return nonsense(value.value)
    if isinstance(value, nn.Module):
        return nonsense([*value.parameters()])
    return ""


class TooLong(Exception):
    """No end in sight."""


@contextlib.contextmanager
def limited() -> Iterator[None]:
    def stop(*_):
        raise TooLong(f"no end within {LIMIT} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No warning, no print, no file but in a folder of its own."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def draw(n: int | None, seed: int, without: tuple[str, ...] = ()) -> list[Met]:
    """n bad calls drawn with a seed, or every one; in a folder of its own, where a text that is a path may lead.

    without: how calls begin that are left out.
    """
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            torch.manual_seed(0)
            world = fuzz_calls.world()
            every = cases((call for call in fuzz_calls.CALLS if not call.startswith(without)), world)
            drawn = every if n is None else random.Random(seed).sample(every, min(n, len(every)))
            return [run(case, world) for case in drawn]
        finally:
            os.chdir(home)


if __name__ == "__main__":
    met = draw(*(int(a) if a != "all" else None for a in sys.argv[1:3])) if len(sys.argv) > 2 else draw(None, 0)
    print(dict(collections.Counter(each.outcome for each in met)))
    places = collections.Counter((each.outcome, each.place) for each in met if each.outcome in ("obscure", "silent"))
    for (outcome, place), times in places.most_common():
        case, *_, said = next(each for each in met if (each.outcome, each.place) == (outcome, place))
        print(f"{times:4} {outcome} {place}: {case.call} with {case.name}={case.bad}: {said[:150]}")
