"""Who plays in the studies: networks layer by layer, and every number of their recipes."""

import math
from dataclasses import fields, replace

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize
from torch.testing import assert_close

from ganbook import data, models
from ganbook.losses import Minimax, Realness
from ganbook.recipes import Recipe
from ganbook.studies import arena, bigbigan_ring, hidden_colour, realness_toy, small_faces, switches, two_by_two


def told(network):
    """Its layers in one line: 2-8-1 for linear ones, a convolution by its channels and kernel, else their names."""
    words = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            spectral = "s" if parametrize.is_parametrized(layer, "weight") else ""
            words.append(f"{layer.in_features}>{layer.out_features}{spectral}")
        elif isinstance(layer, nn.Conv2d):
            words.append(f"{layer.in_channels}>{layer.out_channels}@{layer.kernel_size[0]}/{layer.stride[0]}")
        else:
            words.append(type(layer).__name__)
    return " ".join(words)


PLANE_G = "2>64 ReLU 64>64 ReLU 64>2"
OPEN = "2>64 LeakyReLU 64>64 LeakyReLU"
NETWORKS = {
    "plane": (lambda: arena.plane(3, False)[1], "2>64 LeakyReLU 64>64 LeakyReLU 64>64 LeakyReLU 64>3"),
    "plane, spectral": (
        lambda: arena.plane(3, True, 8)[1],
        "2>8s LeakyReLU 8>8s LeakyReLU 8>8s LeakyReLU 8>3s",
    ),
    "plane's G": (lambda: arena.plane(3, True)[0], PLANE_G),
    "pixels": (lambda: arena.pixels((2, 3, 5), 4, False)[1], "Flatten 30>128 LeakyReLU 128>128 LeakyReLU 128>4"),
    "pixels, spectral": (lambda: arena.pixels((6,), 4, True, 8)[1], "Flatten 6>8s LeakyReLU 8>8s LeakyReLU 8>4s"),
    "pixels' G": (
        lambda: arena.pixels((2, 3, 5), 4, True, 8)[0],
        "32>8 BatchNorm1d ReLU 8>8 BatchNorm1d ReLU 8>30 Tanh Unflatten",
    ),
    "ring's G": (lambda: bigbigan_ring.networks()["G"], "2>64 LeakyReLU 64>64 LeakyReLU 64>2"),
    "ring's E": (lambda: bigbigan_ring.networks()["E"], "2>64 LeakyReLU 64>64 LeakyReLU 64>4"),
    "ring's E without noise": (lambda: bigbigan_ring.networks(8, False)["E"], "2>8 LeakyReLU 8>8 LeakyReLU 8>2"),
    "ring's F": (lambda: bigbigan_ring.networks()["F"], OPEN),
    "ring's H": (lambda: bigbigan_ring.networks()["H"], OPEN),
    "ring's J": (lambda: bigbigan_ring.networks()["J"], "128>64 LeakyReLU"),
    **{f"ring's {end}": (lambda end=end: bigbigan_ring.networks()[end], "64>1") for end in ("of_x", "of_z", "of_xz")},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_layer_by_layer(name):
    make, layers = NETWORKS[name]
    assert told(make()) == layers


@pytest.mark.parametrize(
    ("loss", "resample", "outputs"),
    [(Minimax(), None, 1), (Minimax(), [None], 2), (Realness(5, 2, "far"), [None], 5)],
)
def test_the_toy_pair_of_realness(loss, resample, outputs):
    """Three hidden layers each; a D that may resample has two heads at least."""
    game = realness_toy.Toy([replace(realness_toy.TOY, loss=loss)], (0,), resample, device=torch.device("cpu"))
    assert told(game.G) == " ".join(["Linear BatchNorm ReLU"] * 3 + ["Linear"])
    assert told(game.D) == " ".join(["Linear LeakyReLU"] * 3 + ["Resample" if resample else "Linear"])
    assert [p.shape[1:] for p in game.G.parameters() if p.dim() == 3][::2] == [(16, 64), (64, 64), (64, 64), (64, 2)]
    last = game.D[-1].mean if resample else game.D[-1]
    assert last.weight.shape == (1, 64, outputs)


# --- switches of small faces


def small():
    return small_faces.plain(0, width=8, z=8)


FIRST, HIDDEN, HEAD = "3>8@4/2", "LeakyReLU 8>16@4/2 LeakyReLU", "16>1@4/1 Flatten"
SWITCHED = {
    switches.packed: f"Pack 6>8@4/2 {HIDDEN} {HEAD}",
    switches.attentive: f"{FIRST} LeakyReLU SelfAttention {HIDDEN.removeprefix('LeakyReLU ')} {HEAD}",
    switches.noisy: f"InstanceNoise {FIRST} {HIDDEN} {HEAD}",
    switches.spread: f"{FIRST} {HIDDEN} MinibatchStd 17>1@4/1 Flatten",
    switches.with_features: f"{FIRST} {HIDDEN} Flatten KeepFeatures",
    switches.drawn_2015: f"{FIRST} {HIDDEN} {HEAD}",
}


@pytest.mark.parametrize("switch", SWITCHED, ids=lambda switch: switch.__name__)
def test_a_switched_d_layer_by_layer(switch):
    assert told(small()[1]) == f"{FIRST} {HIDDEN} {HEAD}"
    assert told(switch(small())[1]) == SWITCHED[switch]


def test_new_layers_are_drawn_as_the_baseline_s():
    """He's rule, half as wide at the head, biases 0: sqrt(2 / inputs) / 2."""
    D = switches.packed(small_faces.plain(0, width=32, z=8))[1]
    heads = switches.spread(small_faces.plain(0, width=32, z=8))[1][-2], D[-2]
    head = switches.with_features(small_faces.plain(0, width=32, z=8))[1][-1]
    linear = next(layer for layer in head.modules() if isinstance(layer, nn.Linear))
    for layer, factor in ((D[1], 1), (heads[0], 0.5), (heads[1], 0.5), (linear, 0.5)):
        wanted = factor * math.sqrt(2 / layer.weight[0].numel())
        assert layer.weight.std().item() == pytest.approx(wanted, rel=0.1) and not layer.bias.any()
    assert D[1].padding == (1, 1)


@pytest.mark.parametrize("norm_d", [None, "spectral"])
def test_g_and_d_of_small_faces_have_a_stream_each(norm_d):
    """G's is the seed, D's a million later; a spectral D is that of dcgan. What was drawn before changes nothing."""
    torch.manual_seed(99)
    G, D = small_faces.plain(4, width=8, z=6, norm_d=norm_d)
    torch.manual_seed(4)
    wanted = models.he_init(models.dcgan(16, 3, z=6, width=8, norm_d=None, norm_g=None)[0])
    torch.manual_seed(4)
    assert all(torch.equal(a, b) for a, b in zip(G.parameters(), models.he_init(wanted).parameters(), strict=True))
    torch.manual_seed(1_000_004)
    wanted = models.dcgan(16, 3, z=6, width=8, norm_d=norm_d, norm_g=None)[1]
    if norm_d is None:
        torch.manual_seed(1_000_004)
        models.he_init(wanted)
    assert all(torch.equal(a, b) for a, b in zip(D.parameters(), wanted.parameters(), strict=True))


# --- a translator that whispers


class Says(nn.Module):
    """One number everywhere."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def forward(self, x):
        return torch.full_like(x[:, :1], self.number)


@pytest.mark.parametrize(("levels", "wanted"), [(0, 0.5), (64, 0.375), (256, 0.0)])
def test_a_whisper_goes_from_the_grey_picture_to_what_is_said(levels, wanted):
    x = torch.full((2, 3, 4, 4), 0.5)
    out = hidden_colour.Whispering(Says(0.0), levels)(x)
    assert_close(out, torch.full((2, 1, 4, 4), wanted))
    assert f"levels={levels}" in repr(hidden_colour.Whispering(Says(0.0), levels))


def test_four_networks_from_colour_to_grey():
    G, F, D_x, D_y = hidden_colour.networks(8)
    x = torch.zeros(2, 3, 16, 16)
    assert G(x).shape == (2, 1, 16, 16) and F(G(x)).shape == x.shape
    assert D_x(x).shape == D_y(G(x)).shape == (2, 1)
    assert isinstance(G, hidden_colour.Whispering) and G.levels == 8
    free = hidden_colour.networks(256, width=8)[0]
    assert not isinstance(free, hidden_colour.Whispering)
    for network, width in ((G.network, 16), (F, 16), (free, 8)):
        assert not any(isinstance(part, models.Gated) for part in network.modules())
        assert next(part for part in network.modules() if isinstance(part, nn.Conv2d)).out_channels == width


# --- recipes: where a study says nothing, it is a plain one

ADAM = {"batch": "64", "lr_d": "0.001", "lr_g": "0.001", "betas": "(0.5, 0.9)"}
SLOW = {"batch": "64", "lr_d": "0.0005", "lr_g": "0.0005", "optimizer": "'rmsprop'", "clip": "0.01"}
FACES = {**ADAM, "batch": "32", "betas": "(0.0, 0.99)", "ema_halflife": "4000.0"}
FALL = "Ramp(start=0.002, end=0.0002, images=96000)"
RATE, PRICE = (f"Ramp(start={start}, end={end}, images=100)" for start, end in ((0.002, 0.0005), (1.0, 0.1)))
REALNESS = "Realness(outcomes=20, objective={}, anchors='far')"
FREE = "NonSaturating(real_label=1.0)"
PENALISED = "(GradientPenalty(weight=1.0, target=1.0, one_sided=False),)"
RECIPES = {
    **{("arena", f"realness {k}"): (REALNESS.format(k), "()", ADAM) for k in (1, 2, 3)},
    ("arena", "minimax"): ("Minimax()", "()", ADAM),
    ("arena", "non-saturating"): (FREE, "()", ADAM),
    ("arena", "least squares"): ("LeastSquares()", "()", ADAM),
    ("arena", "hinge"): ("Hinge()", "()", ADAM),
    ("arena", "SN-hinge"): ("Hinge()", "()", ADAM),
    ("arena", "WGAN"): ("Wasserstein()", "()", SLOW),
    ("arena", "WGAN-GP"): ("Wasserstein()", PENALISED, ADAM),
    ("arena", "DRAGAN"): (FREE, "(Dragan(weight=1.0, target=1.0, noise=UniformNoise(share=0.5)),)", ADAM),
    ("arena", "relativistic average"): ("RelativisticAverage()", "()", ADAM),
    ("arena", "non-saturating + R1"): (FREE, "(R1(gamma=0.1),)", ADAM),
    ("arena", "pairing + R1 + R2"): ("RelativisticPairing()", "(R1(gamma=0.1), R2(gamma=0.1))", ADAM),
    ("2x2", "GAN"): (FREE, "()", ADAM),
    ("2x2", "GAN + R1"): (FREE, "(R1(gamma=0.3),)", ADAM),
    ("2x2", "GAN + R1 + R2"): (FREE, "(R1(gamma=0.3), R2(gamma=0.3))", ADAM),
    ("2x2", "pairing"): ("RelativisticPairing()", "()", ADAM),
    ("2x2", "pairing + R1"): ("RelativisticPairing()", "(R1(gamma=0.3),)", ADAM),
    ("2x2", "pairing + R1 + R2"): ("RelativisticPairing()", "(R1(gamma=0.3), R2(gamma=0.3))", ADAM),
    ("faces", "baseline"): (FREE, "()", FACES),
    ("faces", "pairing"): ("RelativisticPairing()", "(R1(gamma=0.5), R2(gamma=0.5))", FACES),
    ("faces", "scheduled"): (
        "RelativisticPairing()",
        f"(R1(gamma={PRICE}), R2(gamma={PRICE}))",
        {**FACES, "lr_d": RATE, "lr_g": RATE, "betas": "(0.0, Ramp(start=0.9, end=0.99, images=100))"},
    ),
    ("ring", "BigBiGAN"): ("Hinge()", "(R1(gamma=0.1),)", {**FACES, "batch": "64", "lr_d": FALL, "lr_g": FALL}),
    ("toy", "realness"): (
        "Realness(outcomes=5, objective=2, anchors='authors')",
        "()",
        {**ADAM, "betas": "(0.8, 0.999)", "g_steps": "3"},
    ),
}


def played():
    return {
        **{("arena", name): recipe for name, recipe in arena.entrants(0.1).items()},
        **{("2x2", name): recipe for name, recipe in two_by_two.two_by_two(0.3).items()},
        ("faces", "baseline"): small_faces.BASELINE,
        ("faces", "pairing"): small_faces.PAIRING,
        ("faces", "scheduled"): small_faces.scheduled(100),
        ("ring", "BigBiGAN"): bigbigan_ring.RING,
        ("toy", "realness"): realness_toy.TOY,
    }


@pytest.mark.parametrize("study", ["arena", "2x2", "faces", "ring", "toy"])
def test_recipes_in_the_words_of_their_papers_and_pages(study):
    nothing = {field.name: repr(getattr(Recipe(Minimax()), field.name)) for field in fields(Recipe)}
    found = {name: recipe for name, recipe in played().items() if name[0] == study}
    assert found.keys() == {name for name in RECIPES if name[0] == study}
    for name, recipe in found.items():
        loss, penalties, numbers = RECIPES[name]
        averaged = {"ema_halflife": "None"} if study == "ring" else {}
        wanted = nothing | {"loss": loss, "penalties": penalties} | numbers | averaged
        assert {field.name: repr(getattr(recipe, field.name)) for field in fields(Recipe)} == wanted, name


def test_other_numbers_of_a_schedule():
    recipe = small_faces.scheduled(200, gamma=4.0, lr=1.0, batch=8)
    assert recipe.batch == 8 and recipe.at(100).penalties[1].gamma == pytest.approx(2.2)
    assert recipe.at(100).lr_g == recipe.at(100).lr_d == 0.625 and recipe.at(100).betas == (0.0, pytest.approx(0.945))


@pytest.mark.parametrize("stochastic", [True, False])
def test_a_ring_game_of_many_falls_by_the_images_of_all(stochastic):
    """Rates of one run are by images of one run; networks are those of each seed, and nobody else's draws move."""
    state = torch.random.get_rng_state()
    rate = bigbigan_ring.Ramp(1e-2, 1e-3, images=100)
    game = bigbigan_ring.ring_game((3, 4), ("xz",), lr_e=rate, stochastic=stochastic)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert (game.recipe.batch, game.recipe.lr_d.images, game.recipe.lr_g.images, game.lr_e.images) == (
        (128, 192_000, 192_000, 200)
    )
    assert game.scores == ("xz",) and isinstance(game.E, models.Stochastic) == stochastic
    assert bigbigan_ring.ring_game((3,), recipe=Recipe(Minimax())).recipe.lr_d == Recipe(Minimax()).lr_d
    torch.manual_seed(4)
    assert_close(game.G[0].weight[1].T, bigbigan_ring.networks(stochastic=stochastic)["G"][0].weight)
    assert game.prior(3, torch.Generator()).shape == (3, 2)
    ring = data.ring(std=0.05, device="cpu")
    assert_close(bigbigan_ring.world()(9, torch.Generator()), ring(9, torch.Generator()))
