"""What goes wrong in a game that somebody writes, or is given data it was not written for: each ends in a sentence."""

import copy
import sys

import pytest
import torch
from games import BATCH, GAMES, growing, plain, points
from torch import nn
from trial_games import Progressive

from ganbook.data import check_labels, uniform
from ganbook.games import GAN, CycleGAN, Evolution, Game, descend
from ganbook.models import mlp
from ganbook.train import fit, train
from ganbook.train.precision import computing, networks
from ganbook.train.shared import company

CPU = torch.device("cpu")


def begin(game, real=points, rounds=2, **options):
    return train(game, real, rounds=rounds, **options)


def gan(**networks):
    return GAN(**{"G": mlp([3, 8, 2]), "D": mlp([2, 8, 1]), **networks}, recipe=plain(), device=CPU)


# --- batches


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (
            lambda n: (torch.zeros(n, 2), torch.zeros(n - 1).long()),
            r"real\(4, rng\) must return tensors of 4 rows each",
        ),
        (lambda n: (torch.zeros(n, 2), torch.tensor(3)), r"4 rows each, got \[4, 0\] rows in its tuple"),
        (lambda n: [torch.zeros(n, 2), torch.zeros(n)], "got a list: make it a tuple"),
        (lambda n: (torch.zeros(n).long(), torch.zeros(n, 2)), r"a tuple that begins with one, got torch.int64"),
        (lambda n: (), "got an empty tuple"),
        (lambda n: (torch.zeros(n, 2), None), "got Tensor, NoneType"),
        (lambda n: (torch.zeros(n, 2), torch.full((n, 1), torch.inf)), "infinity in row 0 of part 1 of its tuple"),
        (lambda n: (torch.zeros(n, 2), torch.full((n, 1, 4, 4), 3.0)), r"images in \[-1, 1\], got values from 3 to 3"),
        (
            lambda n: (torch.zeros(n, 2), torch.zeros(n).long()),
            r"a batch of 1 part\(s\), got 2: for samples with labels",
        ),
    ],
)
def test_batches_that_are_none(batch, message, as_readers):
    with pytest.raises(ValueError, match=message):
        begin(gan(), lambda n, rng: batch(n))


def test_a_batch_that_goes_wrong_later_is_named_with_its_round(as_readers):
    calls = []

    def real(n, rng):
        calls.append(n)
        x, y = points.labelled(n, rng)
        return x, y[: n - (len(calls) > 2)]  # two looks come before round 1

    with pytest.raises(ValueError, match=r"real\(4, rng\) must return tensors of 4 rows each, got \[4, 3\]"):
        fit(train(GAMES["conditional, in parts"].game(), real, rounds=3))


@pytest.mark.parametrize("name", ["conditional, in parts", "SGAN"])
@pytest.mark.parametrize("label", [-1, 3])
def test_labels_out_of_range(name, label, as_readers):
    def real(n, rng):
        batch = list(GAMES[name].real(n, rng))
        batch[1][2] = label
        return tuple(batch)

    with pytest.raises(ValueError, match=rf"y must hold labels from 0 to 2, got {label} in row 2"):
        begin(GAMES[name].game(), real)


def test_labels_that_are_asked_for(as_readers):
    game = GAMES["conditional, in parts"].game()
    rng = torch.Generator()
    for y, message in (
        (torch.tensor([0, 1, 7]), "y must hold labels from 0 to 2, got 7 in row 2"),
        (torch.zeros(3), r"y must be a tensor of one whole number a row, got torch.float32 of shape \(3,\)"),
        (torch.zeros(3, 1).long(), r"got torch.int64 of shape \(3, 1\)"),
        ([0, 1, 2], "got list"),
    ):
        with pytest.raises(ValueError, match=message):
            game.sample(3, rng, y=y)
    with pytest.raises(ValueError, match="labels of real must hold"):
        check_labels(torch.tensor([5]), 5, "labels of real")


# --- players


def test_two_players_with_one_network_or_one_optimiser(as_readers):
    shared = mlp([2, 8, 2])
    with pytest.raises(
        ValueError, match="networks of player 'G' must be its own, got parameters that player 'D' moves"
    ):
        gan(G=shared, D=nn.Sequential(shared, nn.Linear(2, 1)))
    game = gan()
    game.optimizers["E"] = game.optimizers["G"]
    with pytest.raises(ValueError, match="parameters of their own, got 'G' and 'E' that share one optimiser"):
        begin(game)
    game.optimizers["E"] = torch.optim.Adam([next(game.D.parameters())])
    with pytest.raises(ValueError, match="got 'D' and 'E' that share parameters"):
        begin(game)


def test_players_that_no_checkpoint_would_hold(tmp_path, as_readers):
    class Listed(GAN):
        def __init__(self):
            super().__init__(mlp([3, 8, 2]), mlp([2, 8, 1]), plain(), device=CPU)
            self.others = [mlp([2, 2])]
            self.player("others", *self.others, lr=1e-3)

    with pytest.raises(ValueError, match="networks of player 'others' must be attributes of the game, or in an nn.Mod"):
        begin(Listed())


@pytest.mark.parametrize(
    ("networks", "lr", "message"),
    [
        ((), 1e-3, "networks of player 'E' must be one or more nn.Module, got none"),
        ((3,), 1e-3, "nn.Module, got int"),
        ((nn.ReLU(),), 1e-3, "must have parameters, got none"),
        ((nn.Linear(1, 1),), 0, "lr must be"),
    ],
)
def test_what_is_no_player(networks, lr, message, as_readers):
    with pytest.raises(ValueError, match=message):
        gan().player("E", *networks, lr=lr)


class Growing(GAN):
    """Grows where it must not, in the middle of a round."""

    def round(self, real, rng):
        losses = super().round(real, rng)
        self.seat(mlp([3, 8, 2]), mlp([2, 9, 1]))
        return losses


def test_a_stage_without_prepare(tmp_path, as_readers):
    run = begin(Growing(mlp([3, 8, 2]), mlp([2, 8, 1]), plain(), device=CPU), checkpoint=tmp_path / "run", save_every=1)
    with pytest.raises(
        ValueError, match=r"Growing.round did not: D: was \(8, 2\).* is \(9, 2\).*does so in prepare\(n\)"
    ):
        next(run)
    assert not (tmp_path / "run").exists()


def test_members_may_change_places_in_a_round():
    """The planted growth above is refused for its shapes; two parents exchange networks of one shape, and go on."""
    run = fit(GAMES["two parents"].run())
    assert isinstance(run.game, Evolution) and run.n == 6


# --- a form of its own


def test_the_first_form_is_there_before_the_game_is_checked():
    class Late(GAN):
        """Its players are made in prepare alone."""

        def __init__(self):
            Game.__init__(self, plain(), CPU)
            self.prior = uniform(3, CPU)

        def prepare(self, n):
            if not self.optimizers:
                self.seat(mlp([3, 8, 2]), mlp([2, 8, 1]))
            super().prepare(n)

    torch.manual_seed(5)
    run = begin(Late())
    assert torch.equal(torch.rand(2), torch.rand(2, generator=torch.Generator().manual_seed(5)))
    assert set(fit(run).history) == {"D", "G"}


def test_a_game_that_has_grown_goes_on_from_its_checkpoint(tmp_path):
    entry, path = GAMES["progressive"], tmp_path / "run"
    run = fit(entry.run(checkpoint=path))
    assert run.game.stage == 2
    more = fit(train(run.game, entry.real, rounds=entry.rounds + 2, seed=3, checkpoint=path))
    fresh = fit(entry.run(rounds=entry.rounds + 2))
    assert more.history == fresh.history


def test_a_stopped_round_is_undone_across_a_stage(monkeypatch):
    """Stopped after D's step in the first round of a stage: going on means going back to before the networks grew."""
    entry = GAMES["progressive, averaged"]
    whole, run = fit(entry.run()), entry.run()

    def stop(x, y):
        raise KeyboardInterrupt

    for first in (4, 7):
        while run.n < first - 1:
            next(run)
        with monkeypatch.context() as patch:
            patch.setattr(run.game, "g_loss", stop)
            with pytest.raises(KeyboardInterrupt):
                next(run)
        assert run.game.stage == first // 3
    assert fit(run).history == whole.history


def test_a_clip_holds_after_a_stage():
    run = fit(GAMES["progressive, averaged"].run())
    assert all(p.abs().max() <= 0.5 for p in run.game.D.parameters())
    assert len(run.game.optimizers["D"]._optimizer_step_post_hooks) == 1


# --- what is told of a game


def test_every_argument_is_described_without_a_word_of_its_author():
    class Settings(GAN):
        def __init__(self, *args, pool=3, weights=None, device=None, **more):
            super().__init__(*args[:3], device=device)
            self.pool = nn.Module()  # under the name of an argument, and prints nothing

    G, D = mlp([3, 8, 2]), mlp([2, 8, 1])
    facts = Settings(G, D, plain(), 17, pool=4, weights=torch.ones(2), names=("a",), device=CPU).describe()
    assert facts["argument pool"] == "4"
    assert facts["weights"] == "tensor([1., 1.])"
    assert facts["names"] == "('a',)"
    assert facts["args[3]"] == "17"
    assert "device" not in facts and not any(f"args[{k}]" in facts for k in range(3))
    assert (
        facts.keys()
        == copy.deepcopy(Settings(G, D, plain(), 17, names=("a",), pool=4, weights=torch.ones(2))).describe().keys()
    )
    assert GAN(G, D, plain(), device=CPU).describe() == GAN(G, D, plain(), prior=GAN(G, D, plain()).prior).describe()


def test_a_setting_that_was_changed_afterwards_counts():
    game = GAMES["CycleGAN"].game()
    game.cycle = 0.25
    assert game.describe()["cycle"] == "0.25"
    assert isinstance(game, CycleGAN)


# --- what computes in what


class Parts(nn.Module):
    """Holds networks, and has no forward pass."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))


def test_networks_behind_a_module_that_only_holds_them():
    game = nn.ModuleDict({"pair": Parts(), "pool": nn.Module(), "G": nn.Sequential(nn.Linear(2, 2))})
    assert list(networks(game)) == ["pair.first", "G"]
    x = torch.full((1, 2), 1 + 2**-10)
    plain_out = game["pair"].first(x)
    with computing(game, "bf16"):
        assert not torch.equal(game["pair"].first(x), plain_out)
        features = game["pair"].first[0](x)  # a part for itself
        assert features.dtype == torch.float32 and torch.equal(features, features.bfloat16().float())
    assert torch.equal(game["pair"].first(x), plain_out)


def test_a_forward_that_was_put_on_the_instance_stays():
    """As torch.compile does it."""
    outer = nn.ModuleDict({"G": nn.Sequential(nn.Linear(1, 1))})
    compiled = nn.Module()
    compiled.inner = outer["G"]
    compiled.forward = forward = lambda x: outer["G"](x)
    game = nn.ModuleDict({"G": compiled})
    with computing(game, "bf16"):
        assert compiled.forward is forward
        out = compiled(torch.full((1, 1), 1 + 2**-10))
        assert torch.equal(out, out.bfloat16().float())
    assert compiled.forward is forward


def test_an_averaged_copy_is_not_said_to_compute():
    game = GAMES["GAN MLP_GAN"].game()
    assert game.average is not None
    assert list(networks(game)) == ["G", "D"]


def test_several_processes_without_accelerate(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(ImportError, match=r"shared=True over several processes needs accelerate"):
        company(True, 8)


def test_descend_in_parts_is_the_whole():
    """Micro-batches: the mean of parts of equal size has the gradient of the whole."""
    game, x = gan(), points(BATCH, torch.Generator())
    whole = copy.deepcopy(game)
    optimizers = [torch.optim.SGD(each.D.parameters(), lr=0.1) for each in (game, whole)]
    a = descend(optimizers[0], (game.D(part).square().mean() for part in x.chunk(2)), parts=2)
    b = descend(optimizers[1], whole.D(x).square().mean())
    torch.testing.assert_close(a, b)
    for p, q in zip(game.D.parameters(), whole.D.parameters(), strict=True):
        torch.testing.assert_close(p, q)
    with pytest.raises(ValueError, match=r"losses must be as many as parts \(3\), got 2"):
        descend(optimizers[0], (game.D(part).mean() for part in x.chunk(2)), parts=3)


def test_what_grows_begins_small():
    assert Progressive(growing, plain(), 12, uniform(3, CPU), CPU).sample(2, torch.Generator()).shape == (2, 1, 4, 4)
