"""Stacked runs of the toy world: each run's losses are those of `ganbook.losses`, and no run feels another."""

from dataclasses import replace

import pytest
import torch

from ganbook import data
from ganbook.losses import Hinge, NonSaturating, Realness, Redrawn
from ganbook.studies.realness_toy import Losses, Setting, play

LOSSES = (
    NonSaturating(),
    Realness(2, 2, "one-hot"),
    Realness(5, 1, "far"),
    Realness(20, 2, "authors"),
    Realness(20, 3, "halves"),
)
SHORT = Setting(g_steps=2, rounds=4, look=2, batch=16, z=4, width=8, samples=500)


def gradient(value, *inputs):
    return torch.autograd.grad(value, inputs, allow_unused=True)


def test_each_run_gets_the_gradients_of_its_own_loss():
    """Values differ by the anchors' entropies; gradients in the logits must not differ."""
    rules = Losses(LOSSES, seeds=2)
    real, fake = (torch.randn(10, 8, 20, requires_grad=True) for _ in range(2))
    for player in ("d", "g"):
        together = gradient(getattr(rules, player)(real, fake).sum(), real, fake)
        for k, loss in enumerate(LOSSES):
            for run in (2 * k, 2 * k + 1):
                one = not isinstance(loss, Realness)
                cut = slice(1, 2) if one else slice(loss.outputs)
                mine = [out[run, :, cut].detach().requires_grad_() for out in (real, fake)]
                mine[0].requires_grad_(player == "d")
                expected = gradient(getattr(loss, player)(*mine), *(out for out in mine if out.requires_grad))
                got = together if player == "d" else together[1:]
                for a, b in zip(got, expected, strict=True):
                    torch.testing.assert_close(a[run, :, cut], b, atol=1e-7, rtol=1e-4)
                    left = a[run].clone()
                    left[:, cut] = 0.0
                    assert (left == 0).all()  # outcomes that the run does not have


def test_one_variant_alone_is_the_same_as_among_others():
    world, seeds = data.nine(device="cpu"), (0, 1)
    together = play(world, (Realness(5, 2, "far"), Realness(5, 3, "halves")), seeds, SHORT)
    alone = play(world, (Realness(5, 3, "halves"),), seeds, SHORT)
    assert together[1] == alone[0] and together[0] != alone[0]


def test_curves_have_a_point_for_each_look():
    curves = play(data.nine(device="cpu"), LOSSES[:2], (0, 1, 2), SHORT)
    assert [len(per_seed) for per_seed in curves] == [3, 3]
    assert curves[0][0]["round"] == [2, 4]
    assert set(curves[0][0]) == {"round", "modes", "high quality", *(f"mode {k}" for k in range(9))}


def test_redrawn_anchors_move_and_the_others_stay():
    rules = Losses((Realness(5, 2, "authors"), Redrawn(5, 2, "authors")), seeds=1)
    before = rules.low.clone()
    rules.redraw(torch.Generator().manual_seed(0))
    assert torch.equal(rules.low[0], before[0]) and not torch.equal(rules.low[1], before[1])


def test_resampling_changes_the_rounds_that_it_is_asked_for():
    world, loss = data.nine(device="cpu"), (Realness(5, 2, "far"),)
    setting = replace(SHORT, rounds=12)
    never, late = (play(world, loss, (0,), setting, [rounds])[0][0] for rounds in (None, lambda t: t > 2))
    assert never["high quality"][0] == late["high quality"][0] and never != late


@pytest.mark.parametrize("loss", [Hinge(), NonSaturating(real_label=0.9), Redrawn(5, 2, "far")])
def test_other_losses_are_refused(loss):
    with pytest.raises(ValueError, match="losses m"):
        Losses((loss,), seeds=1)
