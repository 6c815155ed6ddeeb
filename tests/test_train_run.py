"""A run as its reader meets it: what a step hands out, what the bar counts, whose randomness is touched, and when."""

import dataclasses
import inspect

import pytest
import torch

import ganbook.train.run as running
from ganbook import recipes
from ganbook.games import GAN, Game
from ganbook.models import mlp
from ganbook.train import fit, state, train

CPU = torch.device("cpu")


def points(n, rng):
    return torch.randn(n, 2, generator=rng)


class Noisy(torch.nn.Module):
    """A layer that takes its noise from the global generator."""

    def forward(self, x):
        return x + 0.01 * torch.randn(x.shape)


def small(noisy=False):
    torch.manual_seed(0)
    activation = Noisy if noisy else torch.nn.Tanh
    recipe = dataclasses.replace(recipes.MLP_GAN, batch=4)
    return GAN(mlp([3, 8, 2], activation), mlp([2, 8, 1], activation), recipe, device=CPU)


def test_the_defaults_of_a_run():
    defaults = {name: p.default for name, p in inspect.signature(train).parameters.items() if p.kind is p.KEYWORD_ONLY}
    told = {"seed": 0, "checkpoint": None, "save_every": 1_000, "progress": True, "precision": "float32"}
    assert defaults == {"rounds": inspect.Parameter.empty, "shared": False, **told}


def test_neither_the_look_before_nor_a_round_touches_the_readers_randomness():
    """Networks that draw from the global generator are looked at before round 1, and played."""
    game, before = small(noisy=True), torch.get_rng_state()
    run = train(game, points, rounds=3)
    assert torch.equal(torch.get_rng_state(), before)
    for _ in run:
        assert torch.equal(torch.get_rng_state(), before)


def test_global_randomness_of_a_run_is_its_seeds():
    """Two readers, each with a state of their own, see one run; and another seed is another run."""
    histories = []
    for seed, own in ((5, 1), (5, 2), (6, 1)):
        game = small(noisy=True)
        torch.manual_seed(own)
        histories.append(fit(train(game, points, rounds=3, seed=seed)).history)
    assert histories[0] == histories[1] != histories[2]


def test_samples_of_a_step_are_those_of_the_seed_after_the_runs():
    """Not of the run's own seed, from which its batches and latents are drawn; what is asked is handed on."""
    step = next(train(small(), points, rounds=1, seed=7))
    again = step.game.sample(5, torch.Generator().manual_seed(8))
    assert torch.equal(step.sample(5), again)
    assert all(type(value) is float for value in step.losses.values()) and step.losses.keys() == {"D", "G"}

    class Asked(GAN):
        def sample(self, n, rng, much=0.0):
            return super().sample(n, rng) + much

    step = running.Step(1, Asked(mlp([3, 2]), mlp([2, 1]), recipes.DCGAN, device=CPU), 0, {})
    torch.testing.assert_close(step.sample(3, much=2.0), step.sample(3) + 2)


class Bar:
    """What tqdm is told."""

    made: list = []

    def __init__(self, **told):
        self.told, self.count, self.closed = told, told["initial"], 0
        Bar.made.append(self)

    def update(self):
        self.count += 1

    def close(self):
        self.closed += 1


@pytest.mark.parametrize(
    ("live", "progress", "shown"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_bar_counts_from_where_the_run_stands(live, progress, shown, monkeypatch, tmp_path):
    path = tmp_path / "run"
    fit(train(small(), points, rounds=2, checkpoint=path))
    monkeypatch.setattr(running, "tqdm", Bar)
    monkeypatch.setattr(running, "_live", lambda: live)
    run = train(small(), points, rounds=5, checkpoint=path, progress=progress)
    bar = Bar.made[-1]
    assert bar.told == {"total": 5, "initial": 2, "disable": not shown, "unit": " rounds"}
    next(run)
    assert (bar.count, bar.closed) == (3, 0)
    fit(run)
    assert (bar.count, bar.closed) == (5, 1)


def test_a_game_knows_its_story_as_it_goes_on(tmp_path):
    game = small()
    run = train(game, points, rounds=3, seed=4, checkpoint=tmp_path / "run")
    assert game.story == {"rounds": 0, "seed": 4, "data": repr(points)}
    assert [step.game.story["rounds"] for step in run] == [1, 2, 3]
    again = small()
    train(again, points, rounds=3, seed=4, checkpoint=tmp_path / "run")
    assert again.story["rounds"] == 3


@pytest.mark.parametrize(("every", "kept"), [(2, [0, 2, 2, 4, 5]), (5, [0, 0, 0, 0, 5]), (9, [0, 0, 0, 0, 5])])
def test_a_checkpoint_is_written_after_every_so_many_rounds_and_at_the_end(every, kept, tmp_path):
    path = tmp_path / "run"
    found = []
    for _ in train(small(), points, rounds=5, checkpoint=path, save_every=every):
        found.append(state.checkpoint.read(path)[1]["n"] if path.exists() else 0)
    assert found == kept


def test_a_round_that_changes_shapes_is_refused_and_told():
    class Growing(GAN):
        def round(self, real, rng):
            losses = super().round(real, rng)
            self.player("D", mlp([2, 9, 1]), lr=1e-3)
            return losses

    run = train(Growing(mlp([3, 2]), mlp([2, 8, 1]), recipes.MLP_GAN, device=CPU), points, rounds=1)
    with pytest.raises(ValueError, match="Growing.round did not: D: was .*, is .*does so in prepare"):
        next(run)


class Loader:
    """Data that cannot be drawn again."""

    stateful = True

    def __init__(self, good):
        self.good = good

    def __call__(self, n, rng):
        self.good -= 1
        if not self.good:
            raise KeyboardInterrupt
        return torch.zeros(n, 2)


def test_a_stopped_round_is_not_mended_from_data_that_cannot_be_drawn_again():
    run = train(small(), Loader(4), rounds=9)  # one look before, two rounds
    with pytest.raises(KeyboardInterrupt):
        fit(run)
    assert run.n == 2
    with pytest.raises(
        RuntimeError, match="round 3 was stopped in the middle, and Loader cannot draw the same batches"
    ):
        next(run)


def test_of_long_texts_what_is_around_the_difference_is_told():
    """At most 200 letters of each, a quarter of them before the first that differs; dots where some are left out."""
    same, end = "a" * 300, "z" * 300
    (told,) = state.differences({"G": same + "x" + end}, {"G": same + "y" + end})
    around = "..." + "a" * 50 + "{}" + "z" * 149 + "..."
    assert told == f"G: saved {around.format('x')}, now {around.format('y')}"
    (told,) = state.differences({"G": "x" + end}, {"G": "y" * 200}, words=("was", "is"))
    assert told == "G: was x" + "z" * 199 + "..., is " + "y" * 200
    (told,) = state.differences({"G": same + "x"}, {})
    assert told == "G: saved " + "a" * 200 + "..., now nothing"
    (told,) = state.differences({"G": same + "x"}, {"G": same})
    assert told.startswith("G: saved ..." + "a" * 50 + "x, now ..." + "a" * 50)


def test_players_that_a_file_lacks_are_told(tmp_path):
    class Three(GAN):
        def __init__(self, *args, **named):
            super().__init__(*args, **named)
            self.E = mlp([2, 2])
            self.player("E", self.E, lr=1e-3)

    Three.__name__ = "GAN"
    fit(train(small(), points, rounds=1, checkpoint=tmp_path / "run"))
    with pytest.raises(ValueError, match=r"players: saved \['D', 'G'\], now \['D', 'E', 'G'\]"):
        train(
            Three(mlp([3, 8, 2]), mlp([2, 8, 1]), small().recipe, device=CPU),
            points,
            rounds=1,
            checkpoint=tmp_path / "run",
        )


def test_a_game_is_lost_as_soon_as_one_reading_is_not_finite():
    game = Game(recipes.DCGAN, device=CPU)
    good, bad = torch.tensor(1.0), torch.tensor(float("inf"))
    assert not game.lost({"D": good, "G": good}) and not game.lost({})
    assert game.lost({"D": good, "G": bad}) and game.lost({"D": -bad, "G": good})
