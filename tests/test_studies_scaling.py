"""Steps in parts, batch norm over all rows, and what is planted; over real processes: test_shared.py."""

from dataclasses import replace

import pytest
import torch
from games import CPU
from torch import nn

from ganbook.games import GAN, InParts
from ganbook.losses import NonSaturating
from ganbook.models import dcgan, mlp
from ganbook.processes import together
from ganbook.recipes import Recipe
from ganbook.studies import scaling
from ganbook.studies.scaling import SharedBatchNorm, left_out, share_batch_norm
from ganbook.train import fit, run, train
from ganbook.train.shared import Company

RECIPE = Recipe(NonSaturating(), batch=8, d_steps=2, g_steps=2, lr_d=1e-3, lr_g=1e-3, ema_halflife=100)


def z(n, rng):
    return torch.randn(n, 3, generator=rng, dtype=torch.float64)


def points(n, rng):
    return torch.randn(n, 2, generator=rng, dtype=torch.float64)


def played(kind=InParts, norm=None, **more):
    torch.manual_seed(0)
    G, D = mlp([3, 8, 2]).double(), mlp([2, 8, 8, 1], norm=norm).double()
    return fit(train(kind(G, D, RECIPE, z, CPU, **more), points, rounds=10)).game.state_dict()


def largest_difference(a, b):
    return max(float((a[key] - b[key]).abs().max()) for key in a)


@pytest.mark.parametrize("parts", [2, 4, 8])
def test_parts_make_the_step_of_one_pass(parts):
    assert largest_difference(played(), played(parts=parts)) < 1e-12


def test_one_part_is_the_plain_game():
    """Where both draw alike: one step each, since GAN has fakes of every step of D and InParts its own order."""
    torch.manual_seed(0)
    first = mlp([3, 8, 2]).double().state_dict(), mlp([2, 8, 1]).double().state_dict()
    states = []
    for kind in (GAN, InParts):
        G, D = mlp([3, 8, 2]).double(), mlp([2, 8, 1]).double()
        G.load_state_dict(first[0]), D.load_state_dict(first[1])
        game = kind(G, D, replace(RECIPE, d_steps=1, g_steps=1), z, CPU)
        states.append(fit(train(game, points, rounds=10)).game.state_dict())
    assert largest_difference(*states) < 1e-12


@pytest.mark.parametrize("norm", ["batch", "spectral"])
def test_parts_are_another_training_where_a_pass_counts(norm):
    """Batch norm sees a part; the power iteration of spectral norm goes on with each."""
    assert largest_difference(played(norm=norm), played(norm=norm, parts=2)) > 1e-4


@pytest.mark.parametrize(("batch", "parts"), [(8, 3), (8, 16), (6, 4)])
def test_parts_must_divide_the_batch(batch, parts):
    with pytest.raises(
        ValueError, match=f"recipe.batch must be a multiple of processes x parts = 1 x {parts}, got {batch}"
    ):
        InParts(mlp([3, 2]), mlp([2, 1]), replace(RECIPE, batch=batch), parts=parts)


@pytest.mark.parametrize("parts", [0, 1.0, True])
def test_parts_is_a_whole_number(parts, as_readers):
    with pytest.raises(ValueError, match="parts must be a whole number >= 1"):
        InParts(mlp([3, 2]), mlp([2, 1]), RECIPE, parts=parts)


def test_no_more_than_a_part_passes_through_a_network():
    """Not even in the look before the first round: a batch in parts may not fit as a whole."""
    seen, D = [], mlp([2, 8, 1]).double()
    D.register_forward_pre_hook(lambda network, given: seen.append(len(given[0])))
    game = InParts(mlp([3, 8, 2]).double(), D, RECIPE, z, CPU, parts=4)
    fit(train(game, points, rounds=2))
    assert max(seen) == RECIPE.batch // 4
    seen.clear()
    with together(0, 2):
        game.check(points)
    assert max(seen) == RECIPE.batch // 8


def test_the_look_before_round_1_knows_of_the_other_processes(monkeypatch):
    """What a process looks at is its share, and it refuses what only several processes make too small."""
    monkeypatch.setattr(run, "company", lambda shared, batch: Company(1, 2))
    monkeypatch.setattr(run, "Run", lambda *args: None)
    seen, D = [], mlp([2, 8, 1])
    D.register_forward_pre_hook(lambda network, given: seen.append(len(given[0])))
    train(GAN(mlp([3, 2]), D, RECIPE, device=CPU), lambda n, rng: torch.randn(n, 2, generator=rng), rounds=1)
    assert max(seen) == RECIPE.batch // 2
    with pytest.raises(ValueError, match="processes x parts = 2 x 8, got 8"):
        train(InParts(mlp([3, 2]), D, RECIPE, device=CPU, parts=8), points, rounds=1)


@pytest.mark.parametrize(("plain", "shape"), [(nn.BatchNorm1d, (6, 3)), (nn.BatchNorm2d, (4, 3, 5, 5))])
def test_a_shared_batch_norm_that_is_alone_is_batch_norm(plain, shape):
    torch.manual_seed(0)
    theirs = plain(3).double()
    nn.init.normal_(theirs.weight), nn.init.normal_(theirs.bias)
    ours = share_batch_norm(nn.Sequential(theirs))[0]
    assert isinstance(ours, SharedBatchNorm)
    for _ in range(3):
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        slopes = [torch.autograd.grad(norm(x).pow(3).sum(), [x, norm.weight, norm.bias]) for norm in (ours, theirs)]
        torch.testing.assert_close(*slopes)
    torch.testing.assert_close(ours.state_dict(), theirs.state_dict())
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


def test_every_batch_norm_of_a_pair_is_replaced():
    for network in dcgan(16, 1, width=4):
        kinds = [type(layer) for layer in share_batch_norm(network).modules()]
        assert SharedBatchNorm in kinds
        assert not {nn.BatchNorm1d, nn.BatchNorm2d} & set(kinds)


def test_torchs_own_is_for_gpus(monkeypatch):
    """What the page says of torch.nn.SyncBatchNorm: among processes it refuses what lies on a processor."""
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    with pytest.raises(ValueError, match="SyncBatchNorm expected input tensor to be on GPU"):
        nn.SyncBatchNorm(3)(torch.randn(4, 3))


def test_what_is_left_out_is_back_afterwards():
    with together(1, 2):
        second = scaling.processes.rows(lambda n: torch.arange(float(n)), 2).tolist()
        with left_out("rows"):
            assert scaling.processes.rows(lambda n: torch.arange(float(n)), 2).tolist() == [0, 1]
        assert scaling.processes.rows(lambda n: torch.arange(float(n)), 2).tolist() == second == [2, 3]
    with (
        pytest.raises(ValueError, match="what must be one of nothing, gradients, rows, buffers, got 'u'"),
        left_out("u"),
    ):
        pass


def test_other_vectors_in_every_spectral_norm():
    D = dcgan(16, 1, width=4, norm_d="spectral")[1]
    before = {name: buffer.clone() for name, buffer in D.named_buffers()}
    scaling.redraw_power_iteration(D, seed=1)
    assert len(before) == 6  # u and v of three convolutions
    for name, buffer in D.named_buffers():
        assert not torch.allclose(buffer, before[name])
        assert float(buffer.norm()) == pytest.approx(1, abs=1e-6)


def test_no_processes_within_processes(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="WORLD_SIZE must be 1"):
        scaling.in_processes(2, dict)


def test_what_each_of_several_processes_hands_back(forks):
    """By rank, each on the processor with one thread, whatever this process has."""
    forks.ask({"load": "accelerate"})
    child = forks.start("shared_runs:several")
    assert child.wait() == 0, child.words
    assert child.words.splitlines()[-1] == "meta [(0, 'cpu', 1), (1, 'cpu', 1)] 2"
