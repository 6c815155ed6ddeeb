"""Recipes: every constant of every name, as its source has it, and where a field's refusals begin."""

import dataclasses

import pytest

from ganbook import augment, recipes
from ganbook.losses import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Realness,
    RelativisticAverage,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.penalties import R1, R2, Dragan, GradientPenalty, UniformNoise
from ganbook.recipes import Ramp, Recipe

DCGANS = {
    "penalties": (),
    "d_steps": 1,
    "g_steps": 1,
    "batch": 64,
    "lr_d": 2e-4,
    "lr_g": 2e-4,
    "betas": (0.5, 0.999),
    "ema_halflife": None,
    "optimizer": "adam",
    "clip": None,
    "augment": (),
    "norm_d": None,
}
"""What holds where nothing is said: the optimiser of Radford et al. 2016."""

PENALTY = GradientPenalty(weight=10.0, target=1.0, one_sided=False)
BESIDE = Dragan(weight=10.0, target=1.0, noise=UniformNoise(share=0.5))
PUBLISHED = {
    "MINIMAX": {"loss": Minimax()},
    "NON_SATURATING": {"loss": NonSaturating(1.0)},
    "MLP_GAN": {"loss": NonSaturating(1.0), "lr_d": 1e-3, "lr_g": 1e-3, "ema_halflife": 10_000},
    "DCGAN": {"loss": NonSaturating(1.0), "batch": 128},
    "LSGAN": {"loss": LeastSquares()},
    "HINGE": {"loss": Hinge(), "betas": (0.0, 0.9)},
    "WGAN": {
        "loss": Wasserstein(),
        "d_steps": 5,
        "lr_d": 5e-5,
        "lr_g": 5e-5,
        "betas": (0.0, 0.0),
        "optimizer": "rmsprop",
        "clip": 0.01,
    },
    "WGAN_GP": {
        "loss": Wasserstein(),
        "penalties": (PENALTY,),
        "d_steps": 5,
        "lr_d": 1e-4,
        "lr_g": 1e-4,
        "betas": (0.0, 0.9),
    },
    "DRAGAN": {"loss": NonSaturating(1.0), "penalties": (BESIDE,), "lr_d": 1e-4, "lr_g": 1e-4, "betas": (0.5, 0.9)},
    "SNGAN_HINGE": {"loss": Hinge(), "d_steps": 5, "betas": (0.0, 0.9), "norm_d": "spectral"},
    "REALNESS": {"loss": Realness(51, 2, "authors"), "batch": 32},
    "REALNESS_TOY": {
        "loss": Realness(5, 2, "authors"),
        "g_steps": 3,
        "batch": 100,
        "lr_d": 1e-4,
        "lr_g": 1e-4,
        "betas": (0.8, 0.999),
    },
    "RELATIVISTIC_AVERAGE": {"loss": RelativisticAverage()},
    "R3GAN": {"loss": RelativisticPairing(), "penalties": (R1(0.05), R2(0.05)), "betas": (0.0, 0.9)},
}


def test_each_name_is_its_source_to_the_last_field():
    """A constant moved in a recipe, or in the defaults that it counts on, is another experiment."""
    named = {name: value for name, value in vars(recipes).items() if isinstance(value, Recipe)}
    assert named.keys() == PUBLISHED.keys()
    for name, recipe in named.items():
        found = {field.name: getattr(recipe, field.name) for field in dataclasses.fields(recipe)}
        assert found == DCGANS | PUBLISHED[name], name


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("d_steps", 1, 0),
        ("g_steps", 1, 0),
        ("batch", 1, 0),
        ("batch", 2, 1.5),
        ("lr_d", Ramp(1e-9, 1.0, 1), Ramp(1.0, 0.0, 1)),
        ("lr_g", Ramp(1e-9, 1.0, 1), Ramp(0.0, 1.0, 1)),
        ("betas", (0, 0.0), (0.0, -0.1)),
        ("betas", (Ramp(0.0, 0.9, 1), 0.0), (Ramp(0.0, 1.0, 1), 0.0)),
        ("betas", (0.5, 0.9), (0.5,)),
        ("betas", (0.5, 0.9), [0.5, 0.9]),
        ("betas", (0.5, 0.9), (0.5, float("nan"))),
        ("ema_halflife", 1e-3, 0.0),
        ("clip", 1e-3, 0.0),
        ("penalties", (R1(1.0), R2(1.0)), (R1(1.0), 3)),
        ("penalties", (), [R1(1.0)]),
        ("augment", (augment.Flip(),), (augment.Flip(), 3)),
        ("augment", augment.FEW_IMAGES, list(augment.FEW_IMAGES)),
        ("norm_d", "spectral", "batch"),
        ("optimizer", "rmsprop", "sgd"),
        ("loss", Hinge(), Hinge),
    ],
)
def test_a_field_is_refused_beyond_its_border_and_by_its_name(field, good, bad, as_readers):
    made = dataclasses.replace(recipes.DCGAN, **{field: good})
    assert getattr(made, field) is good or getattr(made, field) == good
    with pytest.raises(ValueError, match=f"^{field} must be"):
        dataclasses.replace(recipes.DCGAN, **{field: bad})


def test_a_number_that_moves_is_read_from_the_first_image_on():
    recipe = dataclasses.replace(recipes.DCGAN, lr_d=Ramp(1.0, 3.0, 4), betas=(Ramp(0.0, 0.5, 4), 0.9))
    for images, lr, beta in ((0, 1.0, 0.0), (2, 2.0, 0.25), (4, 3.0, 0.5), (9, 3.0, 0.5)):
        now = recipe.at(images)
        assert (now.lr_d, now.betas, now.lr_g) == (lr, (beta, 0.9), 2e-4)
    assert recipes.DCGAN.at(7) is recipes.DCGAN
    with pytest.raises(ValueError, match="images must be a whole number >= 0"):
        recipe.at(-1)


def test_a_description_has_every_field_but_the_later_ones_that_ask_for_nothing():
    """Checkpoints from before augment and norm_d have no word of them, and are resumed."""
    fields = {field.name for field in dataclasses.fields(Recipe)}
    assert recipes.DCGAN.describe().keys() == fields - {"augment", "norm_d"}
    asking = dataclasses.replace(recipes.SNGAN_HINGE, augment=(augment.Flip(),)).describe()
    assert asking.keys() == fields and asking["norm_d"] == "'spectral'" and asking["augment"] == "(Flip(),)"
    assert asking["penalties"] == "()" and asking["clip"] == "None"


def test_what_prints_its_place_in_memory_is_refused_wherever_it_stands():
    class Loss(Hinge):
        __repr__ = object.__repr__

    nameless = [("loss", Loss()), ("penalties", (R1(1.0), lambda *_: 0.0)), ("augment", (lambda x: x,))]
    for field, value in nameless:
        with pytest.raises(ValueError, match="loss, penalties and augment must print alike in every process"):
            dataclasses.replace(recipes.DCGAN, **{field: value})
