"""Is a loaded experiment the training that its chapter runs live? What both really build is held side by side.

    python scripts/live_parts.py                # all experiments; or: ... two_losses valleys

`Experiment(live="04: digits_game", differs={"rounds": "1,500 for 800"})` names its live part, the cell of chapter 04
that defines digits_game, and says in words how it differs. Here both are played up to the first round of each training,
which is then left out, and what was to be trained is compared: the networks, the optimisers with their rates, the
recipe, the rounds. Each live training must be one of the experiment's, but for what `differs` names. Not seen: first
weights, data, seeds, scores.
"""

import ast
import contextlib
import io
import sys
import warnings
from collections import defaultdict
from dataclasses import fields
from itertools import zip_longest

import chapters
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from ganbook.experiments import read_script
from ganbook.games import GAN, SideBySide
from ganbook.games.game import Average, Game, owned
from ganbook.recipes import Recipe
from ganbook.train.run import Run

EXPERIMENTS = chapters.ROOT / "experiments"
IN_RATES = ("lr_d", "lr_g", "betas", "optimizer")
OF_RECIPE = tuple(field.name for field in fields(Recipe) if field.name not in IN_RATES)
SEEN = ("networks", "rates", "kind", "rounds", *OF_RECIPE)
"""The fields of `differs` that are compared; any other is a word to the reader."""


WHOLE = (ast.Assign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
"""Statements after which nothing of an earlier value of their names is left."""


class Stop(BaseException):
    """Nothing more is asked of this code."""


class Recorder:
    """In its context trainings have no rounds; `found` has {field: what is built} of each.

    scoring: what is sampled after a training is still made; it is the end otherwise.
    """

    def __init__(self, scoring=True):
        self.found, self.games, self.scoring, self.kept = [], [], scoring, []

    def patch(self, owner, name, new):
        """new(old, self, ...) in place of a method, until the end."""
        old = getattr(owner, name)
        self.kept.append((owner, name, old))
        setattr(owner, name, lambda *given, **more: new(old, *given, **more))

    def __enter__(self):
        def note(init, game, *given, **more):
            init(game, *given, **more)
            self.games.append(game)

        def apart(init, game, make, seeds, recipe, *given, **more):
            with torch.random.fork_rng():
                game.__dict__["alone"] = make(), [recipe] if isinstance(recipe, Recipe) else list(recipe)
            init(game, make, seeds, recipe, *given, **more)

        def begin(init, run, game, *given, **more):
            init(run, game, *given, **more)
            run._history = defaultdict(list)  # the losses of no round
            self.found += [each | {"rounds": str(run.rounds)} for each in built(game)]

        def end(then):
            def stop(*_, **__):
                raise then

            return stop

        self.patch(Game, "__init__", note)
        self.patch(SideBySide, "__init__", apart)
        self.patch(Run, "__init__", begin)
        self.patch(Run, "__next__", end(StopIteration))
        for owner, name in () if self.scoring else ((GAN, "sample"), (SideBySide, "samples"), (SideBySide, "shared")):
            self.patch(owner, name, end(Stop))
        self.hook = register_optimizer_step_pre_hook(self.step)
        return self

    def __exit__(self, *_):
        self.hook.remove()
        for owner, name, old in reversed(self.kept):
            setattr(owner, name, old)

    def step(self, optimizer, *_):
        """The first step of an optimiser that no `train` has announced: of a bare critic, or a round by hand."""
        game = next((game for game in self.games if optimizer in game.optimizers.values()), None)
        shapes = [tuple(p.shape) for p in owned(optimizer)]
        self.found += built(game) if game else [{"networks": {"": shapes}, "rates": {"": rate(optimizer)}}]
        raise Stop


def rate(optimizer):
    """The optimiser of a player with its rates, as text."""
    group = optimizer.param_groups[0]
    told = ", ".join(f"{name}={group[name]}" for name in ("lr", "betas", "momentum") if group.get(name))
    return f"{type(optimizer).__name__}({told})"


def built(game):
    """{field: what is built} of a game, one for each of its recipes; a game side by side as if it were alone."""
    pair, recipes = game.__dict__.pop("alone", (None, [game.recipe]))
    networks = zip("GD", pair, strict=True) if pair else game.named_children()
    kind = next(each for each in type(game).__mro__ if not issubclass(each, SideBySide))
    same = {
        "networks": {name: repr(network) for name, network in networks if not isinstance(network, Average)},
        "rates": {player: rate(optimizer) for player, optimizer in game.optimizers.items()},
        "kind": kind.__name__,
    }
    return [same | {name: repr(getattr(recipe, name)) for name in OF_RECIPE} for recipe in recipes]


def of_experiment(experiment):
    """What each of its jobs builds, with its first seed."""
    found = []
    for job in experiment.jobs:
        with Recorder(scoring=False) as recorder, contextlib.suppress(Exception, Stop), quiet():
            experiment.measure(job.name, experiment.seeds[:1])
        found += [each for each in recorder.found if each not in found]
    return found


def of_cells(notebook, names):
    """What the cells that define these names build; of the cells before only the statements that they need are run."""
    space, found = {"__name__": "__main__"}, []
    code = [ast.parse(plain(cell)).body if cell["cell_type"] == "code" else [] for cell in notebook["cells"]]
    places = [cell_of(code, name) for name in names]
    wanted, todo = set(), []
    for place in range(max(places), -1, -1):
        for node in reversed(code[place]):
            if place in places or bound(node) & wanted:
                wanted = wanted - (bound(node) if isinstance(node, WHOLE) else set()) | free(node)
                todo.append((place, node))
    for place, node in reversed(todo):
        module = ast.Module([node], [])
        with Recorder() as recorder, contextlib.suppress(Exception, Stop), quiet():
            exec(compile(module, "<notebook>", "exec"), space)  # what fails without its training is not what is asked
        found += [each for each in recorder.found if place in places and each not in found]
    return found


def plain(cell):
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in chapters.source(cell).splitlines())


def cell_of(code, name):
    """The number of the one cell that defines a name; ValueError where none does, or several do."""
    places = [k for k, body in enumerate(code) if any(name in bound(node) for node in body)]
    if len(places) != 1:
        raise ValueError(f"{name} is defined in {len(places)} cells; name what its cell alone defines")
    return places[0]


def free(node):
    """The names that a statement needs from those before it."""
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    inner = [n for n in ast.walk(node) if isinstance(n, ast.comprehension)] if isinstance(node, ast.Assign) else [node]
    own = {n.id for part in inner for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    return {n.id for n in names if isinstance(n.ctx, ast.Load)} - own


def bound(node):
    """The names that a statement at the top of a cell defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@contextlib.contextmanager
def quiet():
    import matplotlib.pyplot as plt

    with contextlib.redirect_stdout(io.StringIO()), torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # means of no looks
        yield
    plt.close("all")


def complaints(experiment, folder=None):
    """What is wrong with what an experiment says of its live part, in sentences."""
    told = experiment.differs
    if experiment.live is None:
        return [] if set(told) == {"live"} else ["live=None needs differs={'live': 'why there is none'}, and no more"]
    number, names = experiment.live.split(": ")
    (path,) = chapters.find(number, folder)
    try:
        live, played = of_cells(chapters.read(path), names.split(", ")), of_experiment(experiment)
    except ValueError as error:
        return [f"live={experiment.live!r}: {error}"]
    if not live or not played:
        return [f"live={experiment.live!r}: {'the experiment' if live else 'its cell'} trains nothing"]
    found, used = {}, set()
    for mine in live:
        ways = [({name for name in SEEN if mine.get(name) != its.get(name)}, its) for its in played]
        apart, nearest = min(ways, key=lambda way: (len(way[0] - set(told)), len(way[0])))
        used |= apart
        found |= {name: first(nearest.get(name), mine.get(name)) for name in sorted(apart - set(told))}
    return [
        f"its {name} are not those of its live part ({words}): make them the same, or say in "
        f"differs[{name!r}] how they differ, and take care that the chapter says so"
        for name, words in found.items()
    ] + [
        f"differs[{name!r}] says {told[name]!r}, and what is built is the same: take it out"
        for name in told
        if name in SEEN and name not in used
    ]


def first(its, mine):
    """Where two values differ first, in words: a player, a line of its network."""
    if isinstance(its, dict) and isinstance(mine, dict):
        player = next(name for name in {**its, **mine} if its.get(name) != mine.get(name))
        return f"{player} {first(its.get(player), mine.get(player))}".strip()
    lines = zip_longest(str(its).splitlines(), str(mine).splitlines(), fillvalue="nothing")
    return next(f"{a.strip()} for {b.strip()}" for a, b in lines if a != b)


def main(names):
    failed = 0
    for path in sorted(EXPERIMENTS.glob("*.py")):
        if not names or path.stem in names:
            lines = complaints(read_script(path)[0])
            failed += len(lines)
            print("\n    ".join([f"{path.stem}: {len(lines)} complaints", *lines]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
