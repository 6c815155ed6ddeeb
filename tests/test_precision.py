"""bf16: the networks alone compute in it; a training stays close to float32, resumes exactly and leaves no trace."""

import dataclasses

import pytest
import torch
from torch import nn

from ganbook import models, recipes
from ganbook.games import GAN
from ganbook.losses import Realness
from ganbook.train import fit, train
from ganbook.train.precision import computing

CPU = torch.device("cpu")
REALNESS = dataclasses.replace(recipes.REALNESS, loss=Realness(20, 2, "middle"), batch=8)


def images(n, rng):
    return torch.rand(n, 1, 16, 16, generator=rng) * 2 - 1


def game(recipe):
    torch.manual_seed(0)
    wide = recipe.loss.outputs
    norm = None if recipe.penalties else "batch"
    return GAN(*models.dcgan(16, 1, outputs=wide, z=8, width=8, norm_d=norm), recipe, device=CPU)


def run(recipe, precision, rounds=4, **options):
    return train(game(recipe), images, rounds=rounds, seed=1, precision=precision, **options)


@pytest.mark.parametrize(
    "recipe", [recipes.DCGAN, recipes.WGAN_GP, REALNESS], ids=["standard", "penalised", "realness"]
)
def test_losses_stay_close_to_float32_and_are_not_the_same(recipe):
    recipe = dataclasses.replace(recipe, batch=8)
    full, half = (fit(run(recipe, precision)).history for precision in ("float32", "bf16"))
    for player in full:
        gaps = [abs(a - b) for a, b in zip(full[player], half[player], strict=True)]
        assert 0 < max(gaps) < 0.05 * max(1.0, max(map(abs, full[player])))  # rounding is 2^-9 a layer; ten layers deep


def test_weights_and_losses_stay_in_float32():
    one = run(REALNESS, "bf16", rounds=1)
    step = next(one)
    assert all(loss.dtype == torch.float32 for loss in step.tensors.values())
    assert all(t.dtype == torch.float32 for t in step.game.state_dict().values() if t.is_floating_point())


def test_networks_compute_in_bfloat16_and_return_float32():
    seen = []

    class Look(nn.Module):
        def forward(self, x):
            seen.append(x.dtype)
            return x

    net = nn.Sequential(nn.Linear(4, 4), Look(), nn.Linear(4, 1))
    with computing(nn.ModuleList([net]), "bf16"):
        assert net(torch.zeros(2, 4)).dtype == torch.float32
    net(torch.zeros(2, 4))
    assert seen == [torch.bfloat16, torch.float32]


def test_no_trace_is_left_even_of_a_round_that_failed():
    net = nn.Sequential(nn.Linear(4, 1))
    with pytest.raises(RuntimeError), computing(nn.ModuleList([net]), "bf16"):
        net(torch.zeros(2, 3))
    assert "forward" not in vars(net)


def test_a_weight_that_moved_is_cast_anew():
    """Autocast around the whole round would answer the second call with the weight of the first."""
    net = nn.Linear(4, 1)
    with computing(nn.ModuleList([net]), "bf16"):
        before = net(torch.ones(1, 4))
        with torch.no_grad():
            net.weight.add_(1.0)
        assert (net(torch.ones(1, 4)) - before).item() > 3


def test_resume_is_bit_equal_and_another_precision_is_refused(tmp_path):
    whole = fit(run(REALNESS, "bf16", rounds=6))
    path = tmp_path / "half"
    for step in run(REALNESS, "bf16", rounds=6, checkpoint=path, save_every=4):
        if step.n == 5:
            break
    resumed = fit(run(REALNESS, "bf16", rounds=6, checkpoint=path))
    assert resumed.history == whole.history
    with pytest.raises(ValueError, match="precision: saved bf16, now float32"):
        run(REALNESS, "float32", rounds=6, checkpoint=path)


def test_another_word_is_refused_by_name():
    with pytest.raises(ValueError, match="precision must be one of float32, bf16, got 'half'"):
        run(recipes.DCGAN, "half")
