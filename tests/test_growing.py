"""Networks that grow: continuous where a size begins, on both sides; the equalised rate; what the penalty jumps by."""

import copy
import math
import re
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from ganbook import data, losses, models
from ganbook.games import PGGAN, Growth, Progressive
from ganbook.metrics import pyramid_distance
from ganbook.models import EqualisedConv2d, EqualisedLinear, MinibatchStd, PixelNorm, enlarge, faded, growing, shrink
from ganbook.models.growing import plain
from ganbook.penalties import GradientPenalty
from ganbook.ramps import Ramp
from ganbook.studies.growing import jump, levels, relative_step, relative_steps
from ganbook.train import every, fit, train

CPU = torch.device("cpu")


def pair(size=32, **changes):
    torch.manual_seed(0)
    return growing(size, 3, **{"z": 6, "width": 4, "widest": 8, **changes})


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# --- the pictures themselves


def test_enlarged_and_shrunk_again_is_the_image():
    x = noise(2, 3, 8, 8)
    for times in (1, 2, 4):
        assert_close(shrink(enlarge(x, times), times), x, atol=1e-6, rtol=0)
    assert torch.equal(enlarge(x), x.repeat_interleave(2, 2).repeat_interleave(2, 3))
    assert_close(shrink(x), (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4)


def test_reals_fade_from_what_half_the_size_shows_to_themselves():
    x = noise(2, 3, 8, 8)
    assert torch.equal(faded(x, 0.0), enlarge(shrink(x)))
    assert torch.equal(faded(x, 1.0), x)
    assert_close(faded(x, 0.3), 0.3 * x + 0.7 * enlarge(shrink(x)))
    assert_close(shrink(faded(x, 0.3)), shrink(x))  # the coarse picture never changes


# --- continuity


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_new_stage_at_alpha_0_is_the_stage_before_on_both_sides(stage):
    G, D = pair()
    z, x = noise(8, 6), noise(8, 3, 4 * 2**stage, 4 * 2**stage)
    G.at(stage, 0.0), D.at(stage, 0.0)
    new = G(z), D(x), D(enlarge(shrink(x)))
    G.at(stage - 1, 1.0), D.at(stage - 1, 1.0)
    old = enlarge(G(z)), D(shrink(x)), D(shrink(x))
    for a, b in zip(new, old, strict=True):
        assert_close(a, b, atol=1e-6, rtol=0)
    G.at(stage, 0.4)
    assert not torch.allclose(G(z), enlarge(old[0][..., ::2, ::2]), atol=1e-2)  # and later it is not


def test_a_fade_against_its_formula_written_out():
    G, D = pair(16)
    G, D, z, x = G.double(), D.double(), noise(4, 6).double(), noise(4, 3, 16, 16).double()
    G.at(2, 0.3), D.at(2, 0.3)
    h = G.blocks[1](nn.Upsample(scale_factor=2)(G.blocks[0](z)))
    new = G.to_rgb[2](G.blocks[2](nn.Upsample(scale_factor=2)(h)))
    assert_close(G(z), 0.3 * new + 0.7 * nn.Upsample(scale_factor=2)(G.to_rgb[1](h)))
    pool = nn.AvgPool2d(2)
    h = 0.3 * pool(D.blocks[2](D.from_rgb[2](x))) + 0.7 * D.from_rgb[1](pool(x))
    assert_close(D(x), D.blocks[0](pool(D.blocks[1](h))))


def test_alpha_1_needs_the_old_layers_no_more():
    G, D = pair(16)
    for old in (G.to_rgb[1], D.from_rgb[1]):
        for p in old.parameters():
            nn.init.constant_(p, float("nan"))
    assert D(G(noise(4, 6))).isfinite().all()


def test_the_pair_has_the_published_shape():
    G, D = growing(64, 3, width=16, widest=64, z=32)
    assert [block[-3].out_channels for block in G.blocks] == [64, 64, 64, 32, 16]
    assert G.blocks[0][1].scale == pytest.approx(math.sqrt(2 / 32) / 4)
    assert G.to_rgb[-1].scale == pytest.approx(1 / 4) and D.blocks[0][-1].scale == pytest.approx(1 / 8)
    assert isinstance(D.blocks[0][0], MinibatchStd) and D.blocks[0][1].in_channels == 65
    assert not any(isinstance(layer, MinibatchStd) for layer in pair(spread=None)[1].modules())
    assert sum(isinstance(layer, PixelNorm) for layer in pair(pixel_norm=False)[0].modules()) == 1  # that of z


# --- the layers


def test_pixel_norm_gives_length_sqrt_c_and_forgets_the_scale():
    x = noise(3, 7, 4, 4).double().requires_grad_()
    y = PixelNorm(0.0)(x)
    assert_close(y.norm(dim=1), torch.full((3, 4, 4), math.sqrt(7), dtype=torch.float64))
    assert_close(PixelNorm(0.0)(5 * x), y)
    (slope,) = torch.autograd.grad((y * noise(3, 7, 4, 4, seed=1)).sum(), x)
    assert (slope * x).sum(1).abs().max() < 1e-12  # a function of the direction alone: no gradient along x
    (far,) = torch.autograd.grad(
        (PixelNorm(0.0)(z := 5 * x.detach().requires_grad_()) * noise(3, 7, 4, 4, seed=1)).sum(), z
    )
    assert_close(far, slope / 5)


def test_the_gradient_of_the_spread():
    """s = mean_j sqrt(var_j + eps): ds/dx_ij = (x_ij - mean_j) / (N sqrt(var_j + eps) J); 0 where rows are equal."""
    x = noise(4, 5).double().requires_grad_()
    (slope,) = torch.autograd.grad(MinibatchStd()(x)[0, -1], x)
    mean, var = x.mean(0), x.var(0, correction=0)
    assert_close(slope, ((x - mean) / (4 * (var + 1e-8).sqrt() * 5)).detach())
    same = torch.ones(4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.grad(MinibatchStd()(same)[0, -1], same)[0].abs().max() == 0
    near = (1 + 1e-3 * x.detach()).requires_grad_()  # a thousandth of the spread: a gradient of the same size
    small = torch.autograd.grad(MinibatchStd()(near)[0, -1], near)[0]
    assert_close(small, slope.detach(), rtol=2e-2, atol=1e-3)


def test_two_far_modes_look_wider_than_eight_near_ones():
    rows = torch.arange(64)
    two, eight = 3.0 * (2.0 * (rows % 2) - 1)[:, None], 0.5 * (rows % 8 - 3.5)[:, None]
    spread = [MinibatchStd()(x)[0, -1].item() for x in (two, eight)]
    assert spread == pytest.approx([3.0, 0.5 * math.sqrt(63 / 12)], rel=1e-5)


def test_equalised_layers_compute_with_hes_deviation():
    torch.manual_seed(0)
    layers = EqualisedLinear(64, 4_000), EqualisedConv2d(32, 500, 3), EqualisedConv2d(32, 5_000, 1, 1.0)
    for layer, inputs, gain in zip(layers, (64, 288, 32), (2, 2, 1), strict=True):
        assert layer.weight.std().item() == pytest.approx(1, abs=0.01)
        assert layer.scale == pytest.approx(math.sqrt(gain / inputs))
        assert not layer.bias.any()
    x = noise(2, 32, 6, 6)
    assert_close(layers[1](x), nn.functional.conv2d(x, layers[1].weight * layers[1].scale, padding=1))


def test_without_the_factor_it_is_the_same_function_at_first():
    (G, D), (G2, D2) = pair(), pair(equalised=False)
    z = noise(8, 6)
    assert_close(G2(z), G(z), atol=1e-5, rtol=1e-5)
    assert_close(D2(G2(z)), D(G(z)), atol=1e-5, rtol=1e-5)
    assert sum(isinstance(layer, EqualisedConv2d | EqualisedLinear) for layer in G2.modules()) == 0


# --- the equalised rate


def stepped(equalised, optimizer, lr, gain=1.0):
    _, D = pair(16, equalised=equalised, spread=None)
    x = noise(8, 3, 16, 16)
    return relative_steps(D, optimizer(D.parameters(), lr=lr), lambda: gain * D(x).sum())


def test_adam_moves_every_equalised_layer_alike_and_others_by_their_width():
    _, D = pair(16, spread=None)
    for gain in (1.0, 1e3):
        same = stepped(True, torch.optim.Adam, 1e-3, gain)
        other = stepped(False, torch.optim.Adam, 1e-3, gain)
        assert len(same) == len(other) == 8
        for name in same:
            drawn = D.get_parameter(name).square().mean().sqrt().item()  # near 1: a layer here has few weights
            last = 1.0 if name == "blocks.0.5.weight" else math.sqrt(2)
            wanted = relative_step(1e-3, D.get_parameter(name)[0].numel(), equalised=False, gain=last)
            assert same[name] * drawn == pytest.approx(1e-3, rel=0.02), name
            assert other[name] * drawn == pytest.approx(wanted, rel=0.02), name
    assert max(other.values()) > 4 * min(other.values())


def test_with_sgd_the_factor_is_c_squared_on_the_rate():
    """w = c v: dv = -lr c g, so dw = -lr c^2 g. For Adam no such rate a layer exists: its step knows no scale."""
    torch.manual_seed(0)
    layer = EqualisedLinear(50, 20)
    bare, c, x = plain(layer), layer.scale, noise(30, 50)
    before = (layer.weight * c).detach().clone()
    for each, lr in ((layer, 0.1), (bare, 0.1 * c**2)):
        sgd = torch.optim.SGD([each.weight], lr=lr)
        each(x).square().mean().backward()
        sgd.step()
    assert_close(layer.weight * c - before, bare.weight - before, atol=1e-6, rtol=1e-4)


# --- the jump


class Slope(nn.Module):
    """A linear critic in the place of blocks[0], as a GrowingD of three stages without any other layer."""

    def __init__(self, g):
        super().__init__()
        self.g = g

    def forward(self, x):
        return (x * self.g).flatten(1).sum(1, keepdim=True)


def linear_critic(norm):
    g = noise(3, 4, 4)
    return models.GrowingD([Slope(norm * g / g.norm()), nn.Identity(), nn.Identity()], [nn.Identity()] * 3)


@pytest.mark.parametrize("norm", [1.0, 2.0, 0.5])
def test_the_penalty_of_a_linear_critic_jumps_as_computed(norm):
    D = linear_critic(norm)
    D.at(0, 1.0)
    before, after = jump(D, noise(4, 3, 4, 4), noise(4, 3, 4, 4, seed=1))
    assert before == pytest.approx(10 * (norm - 1) ** 2, abs=1e-5)
    assert after == pytest.approx(10 * (norm / 2 - 1) ** 2, abs=1e-5)  # 2.5 = 10 / 4 for norm 1
    full = jump(D, noise(4, 3, 4, 4), noise(4, 3, 4, 4, seed=1), pixels="full")
    assert full == pytest.approx([10 * (norm / 4 - 1) ** 2] * 2, abs=1e-5)  # shrunk by 4 before and after
    assert (D.stage, D.alpha) == (0, 1.0)


def test_full_pixels_are_native_ones_with_a_gradient_halved_by_each_size_to_come():
    (G, D), real = pair(16), data.from_tensor(noise(20, 3, 16, 16).clamp(-1, 1), device="cpu")
    found = {}
    for pixels in ("full", "native"):
        game = Progressive(G, copy.deepcopy(D), replace(PGGAN, batch=4), SOON, device=CPU, pixels=pixels)
        game.G.at(0, 1.0), game.D.at(0, 1.0)
        x = game.resized(real(4, torch.Generator().manual_seed(0)))
        y = game.G(noise(4, 6)).detach()
        found[pixels] = game.d_loss(x, y, torch.Generator().manual_seed(1))
    judge = lambda x: game.D(x)[:, 0]  # noqa: E731
    rng = torch.Generator().manual_seed(1)
    parts = (
        GradientPenalty(10.0)(judge, x, y, rng),
        GradientPenalty(10.0)(lambda x: judge(x) / 4, x, y, rng.manual_seed(1)),
    )
    assert_close(found["full"] - found["native"], parts[1] - parts[0])


# --- the game

SOON = Growth((4, 8, 16), hold=8, fade=8)  # in batches of 4: two rounds a phase


def played(rounds=12, **changes):
    (G, D), x = pair(16), noise(20, 3, 16, 16).clamp(-1, 1)
    given = {"recipe": replace(PGGAN, batch=4, ema_halflife=20.0), "growth": SOON} | changes
    return train(Progressive(G, D, **given, device=CPU), data.from_tensor(x, device="cpu"), rounds=rounds, seed=1)


def test_growth_is_a_function_of_the_round_alone():
    run = fit(played())
    assert run.history["size"] == [4, 4, 8, 8, 8, 8, 16, 16, 16, 16, 16, 16]
    assert run.history["alpha"] == [1, 1, 0, 0.5, 1, 1, 0, 0.5, 1, 1, 1, 1]
    game = run.game
    game.prepare(4)
    assert [(net.stage, net.alpha) for net in (game.G, game.D, game.sampler)] == [(1, 0.5)] * 3
    assert SOON.images == 40 and [SOON.begins(k) for k in range(3)] == [0, 8, 24]
    assert Growth((4, 8), hold=(5, 7), fade=(3,)).phases == [(0, False, 5), (1, True, 3), (1, False, 7)]


def test_layers_of_later_sizes_stand_still_and_are_averaged_as_they_are():
    run = played(rounds=4)
    before = {name: p.detach().clone() for name, p in run.game.named_parameters()}
    fit(run)
    moved = {name for name, p in run.game.named_parameters() if not torch.equal(p, before[name])}
    assert not any("blocks.2" in name or "rgb.2" in name for name in moved)
    assert any(name.startswith("G.blocks.1") for name in moved)
    late = [name for name in before if name.startswith("average.module.") and ("blocks.2" in name or "rgb.2" in name)]
    for name in late:
        assert_close(dict(run.game.named_parameters())[name], before[name])


def test_what_d_sees_of_reals_is_continuous_where_a_size_begins():
    game, x = played().game, noise(4, 3, 16, 16)
    game.prepare(2)
    old = game.resized(x)
    game.prepare(3)
    assert old.shape[-1] == 4 and game.resized(x).shape[-1] == 8
    assert_close(game.resized(x), enlarge(old), atol=1e-6, rtol=0)
    game.prepare(12)
    assert torch.equal(game.resized(x), x)


def test_samples_have_the_present_size_or_the_one_asked_for():
    sizes = []
    for step in every(4, played()):
        sizes.append((step.sample(3).shape[-1], step.sample(3, size=16).shape[-1]))
        assert step.sample(3).abs().max() <= 1
    assert sizes == [(8, 16), (16, 16), (16, 16)]
    with pytest.raises(ValueError, match="size must be a multiple of the present 16 px, got 24"):
        step.sample(1, size=24)


def test_rates_move_while_networks_grow():
    rate = Ramp(0.1, 0.3, 20)  # over five rounds of four images
    recipe = replace(PGGAN, batch=4, ema_halflife=20.0, lr_g=rate)
    run, seen = played(rounds=7, recipe=recipe), []
    for _ in run:
        seen.append(run.game.optimizers["G"].param_groups[0]["lr"])
    assert_close(seen, [0.1, 0.14, 0.18, 0.22, 0.26, 0.3, 0.3])


def test_resumed_in_every_round_of_a_growth_it_is_the_run_never_stopped(tmp_path):
    whole = fit(played())
    for stop in range(1, 12):
        path = tmp_path / f"{stop}"
        run = iter(train(played().game, played().real, rounds=12, seed=1, checkpoint=path, save_every=1))
        for _ in range(stop):
            next(run)
        resumed = fit(train(played().game, played().real, rounds=12, seed=1, checkpoint=path, save_every=1))
        for (name, a), b in zip(whole.game.state_dict().items(), resumed.game.state_dict().values(), strict=True):
            assert torch.equal(a, b), (stop, name)
        assert resumed.history == whole.history


def test_drift_is_of_the_real_scores_alone():
    x, y, rng = noise(5, 2), noise(5, 2, seed=1), torch.Generator()
    assert_close(losses.Drift(0.1)(lambda x: x[:, 0], x, y, rng), 0.1 * x[:, 0].square().mean())
    with pytest.raises(ValueError, match="weight must be a finite number >= 0"):
        losses.Drift(-1.0)


def test_levels_are_the_pyramid_on_the_authors_scale():
    x, y = noise(60, 3, 32, 32), 2 * noise(60, 3, 32, 32, seed=1) + enlarge(noise(60, 3, 8, 8), 4)
    wanted = pyramid_distance(x, y, patches=2, directions=128, smallest=8, seed=3)
    assert levels(x, y, seed=3) == {side: 1_000 * float(score) for side, score in wanted.items()}
    assert list(wanted) == [32, 16, 8]


BAD = {
    "sizes must be 4, 8, 16, ..., each twice the one before, none skipped, got (4, 16)": lambda: Growth((4, 16), 1, 1),
    "none skipped, got (8, 16)": lambda: Growth((8, 16), 1, 1),
    "none skipped, got (4,)": lambda: Growth((4,), 1, 1),
    "hold must be one number, or 2 for the sizes (4, 8), got (1,)": lambda: Growth((4, 8), (1,), 1),
    "fade must be a whole number >= 1, got 0": lambda: Growth((4, 8), 1, 0),
    "images must be a whole number >= 0, got -1": lambda: SOON.at(-1),
    "stage must be a whole number in 0..2, got 3": lambda: SOON.begins(3),
    "size must be one of 8, 16, 32, 64, got 28": lambda: growing(28),
    "channels must be one of 1, 3, got 2": lambda: growing(8, 2),
    "widest must be a whole number >= 1, got 0": lambda: growing(8, widest=0),
    "stage must be a whole number in 0..3, got 4": lambda: pair()[0].at(4, 1.0),
    "alpha must be a number in [0, 1], got 2": lambda: pair()[0].at(1, 2),
    "image must be of 32 px in stage 3, got (16, 16)": lambda: pair()[1](torch.zeros(4, 3, 16, 16)),
    "kernel must be odd": lambda: EqualisedConv2d(3, 3, 4),
    "G must have a stage for each of the sizes (4, 8, 16) of growth, got 4": lambda: game(pair()),
    "pixels must be one of full, native, got 'half'": lambda: played(pixels="half"),
    "D must play a stage before its last one, whole, got stage 3": lambda: jump(
        pair()[1], *[torch.zeros(4, 3, 32, 32)] * 2
    ),
}


def game(networks):
    return Progressive(*networks, PGGAN, SOON, device=CPU)


@pytest.mark.parametrize("sentence", BAD)
@pytest.mark.usefixtures("as_readers")
def test_what_does_not_fit_is_refused(sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        BAD[sentence]()


@pytest.mark.usefixtures("as_readers")
def test_data_of_another_size_are_refused():
    real = data.from_tensor(torch.zeros(20, 3, 8, 8), device="cpu")
    with pytest.raises(ValueError, match=r"real must return images of the final size, 16 px, got shape \(3, 8, 8\)"):
        train(played().game, real, rounds=1)
    mlp = models.mlp([2, 8, 2])
    with pytest.raises(ValueError, match="G must be a GrowingG, such as models.growing makes"):
        Progressive(mlp, mlp, PGGAN, SOON, device=CPU)
    with pytest.raises(ValueError, match="growth must be a Growth"):
        Progressive(*pair(16), PGGAN, None, device=CPU)


def test_images_that_are_cut_when_drawn_are_not_complained_of(recwarn):
    (G, D), real = pair(16), data.from_tensor(noise(20, 3, 16, 16).clamp(-1, 1), device="cpu")
    with torch.no_grad():
        for weight in G.parameters():
            weight.mul_(10)
    game = Progressive(G, D, replace(PGGAN, batch=4), SOON, device=CPU)
    game.check(real)
    assert not [each for each in recwarn if "G makes images" in str(each.message)]
    assert float(game.G(noise(4, 6)).detach().abs().max()) > 1
