"""Every game of the library, and those of coming chapters, in one line each: test_registry.py plays them all.

A new game is added here with other values for each of its arguments; nothing else has to be written for it.
"""

import inspect
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook
from trial_games import (
    Joined,
    Progressive,
    growing,
    wider,
)

from ganbook import recipes
from ganbook.augment import FEW_IMAGES, Flip
from ganbook.data import few, from_tensor, normal, together, uniform
from ganbook.games import (
    GAN,
    SGAN,
    BiGAN,
    BigBiGAN,
    ClassifierAlone,
    ConditionalGAN,
    CriticAlone,
    CycleGAN,
    Evolution,
    Growth,
    InParts,
    SideBySide,
    Unrolled,
)
from ganbook.games import Progressive as Grown
from ganbook.games.bigan import generated, reconstructed
from ganbook.losses import (
    Drift,
    Hinge,
    LeastSquares,
    NonSaturating,
    Realness,
    SemiSupervised,
    SemiSupervisedMatching,
    Wasserstein,
)
from ganbook.models import Joint, Residual, Scores, Stochastic, biggan, classifier, dcgan, mlp
from ganbook.models import growing as pair_that_grows
from ganbook.models.layers import Resample
from ganbook.penalties import R1, R2, GradientPenalty
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.train import Run, train

CPU = torch.device("cpu")
RECIPES = {name: value for name, value in vars(recipes).items() if isinstance(value, Recipe)}
BATCH = 4


# --- data: small, labelled, fixed


def rows(*shape):
    return torch.rand(30, *shape, generator=torch.Generator().manual_seed(7)) * 2 - 1


points = from_tensor(rows(2), torch.arange(30) % 3, ("a", "b", "c"), device="cpu")
shifted = from_tensor(rows(2)[:20] / 2, device="cpu")
images = from_tensor(rows(1, 16, 16), device="cpu")
pictures = from_tensor(images.x, torch.arange(30) % 3, ("a", "b", "c"), device="cpu")
small = from_tensor(rows(1, 8, 8), device="cpu")
FEW = together(few(points, 2).labelled, points)


# --- networks


class Dropout(nn.Module):
    """A layer that takes its noise from the global generator."""

    def forward(self, x):
        return nn.functional.dropout(x, 0.5, self.training)


def flat(outputs=1, width=8, **more):
    return {"G": mlp([3, width, 2]), "D": mlp([2, width, outputs], **more)}


def square(outputs=1, width=4, **more):
    G, D = dcgan(16, 1, outputs=outputs, z=3, width=width, **more)
    return {"G": G, "D": D}


def told(width=4):
    D = classifier(16, 1, outputs=3, width=width, hidden=6, features=True)
    return {"G": dcgan(16, 1, z=3, width=width)[0], "D": D}


def domains(width):
    """(G, F, D_x, D_y) of grey pictures, by name."""

    def redraw():
        return nn.Sequential(nn.Conv2d(1, width, 3, 1, 1), Residual(width), nn.Conv2d(width, 1, 3, 1, 1), nn.Tanh())

    def critic():
        return nn.Sequential(nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(width, 1, 4), nn.Flatten())

    return {"G": redraw(), "F": redraw(), "D_x": critic(), "D_y": critic()}


def planes(width):
    """The same of points in the plane, with critics of one number a sample, as a penalty asks."""
    return {name: mlp([2, width, 2 if name in "GF" else 1]) for name in ("G", "F", "D_x", "D_y")}


def told_apart(width, **more):
    G, D = biggan(4, 16, 1, z=6, width=width, embedding=2, **{"width_d": width, **more})
    return {"G": G, "D": D}


def pair():
    return mlp([3, 8, 2]), mlp([2, 8, 5])


def wide_pair():
    return mlp([3, 9, 2]), mlp([2, 9, 5])


# --- entries


@dataclass(frozen=True)
class Entry:
    """A game to be played.

    kind: its class. given: its arguments, made anew for each game. real: its data.
    others: for each argument but recipe and device another value.
    loss: another loss of as many outputs. asked: what its `sample` takes, or None where it has none. rounds: how many
    it is played.
    """

    kind: type
    given: Callable[[], dict[str, Any]]
    real: Callable
    others: Callable[[], dict[str, Any]]
    loss: Any = field(default_factory=Hinge)
    asked: dict[str, Any] | None = field(default_factory=dict)
    rounds: int = 6

    def game(self, **changes):
        torch.manual_seed(0)
        return self.kind(**{**self.given(), **changes}, device=CPU)

    def run(self, **options) -> Run:
        return train(self.game(), self.real, **{"rounds": self.rounds, "seed": 3, **options})

    def recipes(self, change):
        """Its recipe, or its recipes, after a change."""
        recipe = self.given()["recipe"]
        return change(recipe) if isinstance(recipe, Recipe) else [change(one) for one in recipe]

    @property
    def arguments(self):
        return set(inspect.signature(self.kind.__init__).parameters) - {"self", "device", "recipe"}


def gan(recipe, networks=flat, real=points, kind=GAN, others=(), rounds=6, **more):
    """An entry of GAN, or of a kind that takes more arguments."""
    recipe = replace(recipe, batch=BATCH)
    loss, K = recipe.loss, recipe.loss.outputs
    other = Hinge() if K == 1 else Realness(K, 1 if getattr(loss, "objective", 1) == 2 else 2)
    return Entry(
        kind,
        lambda: {**networks(K), "recipe": recipe, **more},
        real,
        lambda: {**networks(K, width=5), "prior": uniform(3, CPU), **dict(others)},
        NonSaturating(0.9) if other == loss else other,
        rounds=rounds,
    )


def many(recipe):
    return Entry(
        SideBySide,
        lambda: {"make": pair, "seeds": (3, 5), "recipe": recipe},
        points,
        lambda: {"make": wide_pair, "seeds": (3, 6), "prior": uniform(3, CPU)},
        Realness(5, 1),
    )


def with_encoder(recipe, fakes=(generated,), others=(generated, reconstructed)):
    def networks(width):
        joint = Joint(nn.Identity(), nn.Identity(), mlp([5, width, 1]))
        return {"G": mlp([3, width, 2]), "E": mlp([2, width, 3]), "D": joint}

    return Entry(
        BiGAN,
        lambda: {**networks(8), "recipe": recipe, "fakes": fakes},
        points,
        lambda: {**networks(5), "prior": uniform(3, CPU), "fakes": others},
    )


def of_scores(recipe, **more):
    def networks(width, last=nn.Softplus):
        D = Scores(
            mlp([2, width]), mlp([3, width]), mlp([2 * width, width]).append(last()), *(mlp([width, 1]) for _ in "xzj")
        )
        return {"G": mlp([3, width, 2]), "E": Stochastic(mlp([2, width, 6])), "D": D}

    return Entry(
        BigBiGAN,
        lambda: {**networks(8), "recipe": recipe, **more},
        points,
        lambda: {**networks(5), "prior": uniform(3, CPU), "scores": ("z", "xz"), "lr_e": 5e-3},
        loss=NonSaturating(),
    )


def plain(loss=None, **changes):
    return Recipe(loss or NonSaturating(), **{"batch": BATCH, "lr_d": 1e-3, "lr_g": 1e-3, **changes})


HALF = BATCH * 3  # images: three rounds
RAMPED = replace(
    recipes.R3GAN,
    lr_d=Ramp(2e-3, 5e-4, HALF),
    lr_g=Ramp(2e-3, 5e-4, 2 * HALF),
    betas=(0.0, Ramp(0.9, 0.99, HALF)),
    penalties=(R1(Ramp(1.0, 0.1, HALF)), R2(Ramp(1.0, 0.1, 2 * HALF))),
)
SPLIT = [plain(loss, betas=(0.0, 0.9)) for loss in (Realness(5, 2), LeastSquares())]
GROWN = {
    "real": images,
    "rounds": 10,
    "others": lambda: {"make": wider, "images": 9, "prior": uniform(3, CPU), "stages": 2},
}

SOON = Growth((4, 8, 16), hold=BATCH, fade=2 * BATCH)  # rounds: one at 4 px, two of 8 px fading in, one whole, ...


def grown(recipe, **more):
    def networks(width):
        G, D = pair_that_grows(16, 1, z=3, width=width, widest=5, spread=2)
        return {"G": G, "D": D}

    return Entry(
        Grown,
        lambda: {**networks(3), "recipe": recipe, "growth": SOON, **more},
        images,
        lambda: {
            **networks(4),
            "growth": Growth(SOON.sizes, 2 * BATCH, BATCH),
            "prior": uniform(3, CPU),
            "pixels": "native",
        },
        rounds=10,
    )


def bred(parents, recipe, **more):
    def networks(width):
        return {"parents": [mlp([3, width, 2]) for _ in range(parents)], "D": mlp([2, width, 1])}

    settings = {
        "mutations": ("least squares on the logit", "heuristic"),
        "gamma": -0.3,
        "evaluation": 5,
        "select": "random",
        "adam": "mutation",
        "fresh": True,
    }
    others = {"adam": "parent"} if "adam" in more else {}
    others |= {"select": "fitness"} if "select" in more else {}
    others |= {"fresh": False} if "fresh" in more else {}
    return Entry(
        Evolution,
        lambda: {**networks(8), "recipe": replace(recipe, batch=BATCH), **more},
        points,
        lambda: {**networks(5), "prior": uniform(3, CPU), **settings, **others},
    )


GAMES: dict[str, Entry] = {
    **{f"GAN {name}": gan(recipe, partial(flat, norm=recipe.norm_d)) for name, recipe in RECIPES.items()},
    "GAN ramped": gan(RAMPED),
    "GAN, averaged, with dropout": gan(recipes.MLP_GAN, lambda K, **more: flat(K, activation=Dropout, **more)),
    "GAN, three steps of both": gan(plain(d_steps=3, g_steps=3)),
    "GAN of images, augmented": gan(plain(augment=(*FEW_IMAGES, Flip())), square, images),
    "GAN, resampled logits": gan(
        recipes.REALNESS,
        lambda K, **more: (nets := flat(2 * K, **more)) | {"D": nn.Sequential(nets["D"], Resample(2 * K, K))},
    ),
    "GAN of images, DCGAN": gan(recipes.DCGAN, square, images),
    "GAN of images, clipped": gan(recipes.WGAN, square, images),
    "GAN of images, realness": gan(recipes.REALNESS_TOY, square, images),
    "GAN of images, penalised": gan(RAMPED, lambda K, **more: square(K, norm_d=None, **more), images),
    "Unrolled": gan(plain(penalties=(GradientPenalty(),)), kind=Unrolled, steps=2, others={"steps": 3}),
    "CriticAlone": Entry(
        CriticAlone,
        lambda: {"D": mlp([2, 8, 1]), "recipe": plain(Wasserstein(), penalties=(GradientPenalty(),)), "fake": shifted},
        points,
        lambda: {"D": mlp([2, 5, 1]), "fake": points},
        asked=None,
    ),
    "SideBySide": many(plain(Realness(5, 2), penalties=(R1(0.1),), ema_halflife=20.0)),
    "SideBySide, a recipe a run": many(SPLIT),
    "SGAN": Entry(
        SGAN,
        lambda: {**flat(3), "recipe": plain(SemiSupervised(3), ema_halflife=20.0)},
        FEW,
        lambda: {**flat(3, width=5), "prior": uniform(3, CPU)},
        loss=SemiSupervised(3, 0.5),
    ),
    "SGAN of images, matching": Entry(
        SGAN,
        lambda: {**told(), "recipe": plain(SemiSupervisedMatching(3, 6), penalties=(R1(0.1),))},
        together(few(pictures, 2).labelled, images),
        lambda: {**told(width=5), "prior": uniform(3, CPU)},
        loss=SemiSupervisedMatching(3, 6, 0.5),
    ),
    "ClassifierAlone": Entry(
        ClassifierAlone,
        lambda: {"D": mlp([2, 8, 3]), "recipe": plain(SemiSupervised(3), ema_halflife=20.0), "fake": shifted},
        FEW,
        lambda: {"D": mlp([2, 5, 3]), "fake": points},
        loss=SemiSupervised(3, 0.5),
        asked=None,
    ),
    "ClassifierAlone, no fakes": Entry(
        ClassifierAlone,
        lambda: {"D": mlp([2, 8, 3]), "recipe": plain(SemiSupervised(3)), "fake": None},
        FEW,
        lambda: {"D": mlp([2, 5, 3]), "fake": points},
        loss=SemiSupervised(3, 0.5),
        asked=None,
    ),
    "BiGAN": with_encoder(plain(penalties=(R1(0.1),))),
    "Augmented BiGAN, averaged": with_encoder(
        plain(ema_halflife=20.0, d_steps=3, g_steps=3), (generated, reconstructed), (reconstructed,)
    ),
    "BigBiGAN": of_scores(plain(Hinge(), penalties=(R1(0.1),))),
    "BigBiGAN, joint only, averaged": of_scores(
        plain(Hinge(), ema_halflife=20.0, d_steps=3, g_steps=3, clip=0.5), scores=("xz",), lr_e=Ramp(2e-3, 5e-4, HALF)
    ),
    "CycleGAN": Entry(
        CycleGAN,
        lambda: {**domains(4), "recipe": plain(LeastSquares()), "pool": 9},
        together(small, from_tensor(-small.x, device="cpu")),
        lambda: {**domains(5), "cycle": 1.0, "identity": 0.0, "pool": 10},
        asked={"x": small.x},
    ),
    "CycleGAN of points, averaged, penalised": Entry(
        CycleGAN,
        lambda: {
            **planes(8),
            "recipe": plain(penalties=(R1(0.1),), ema_halflife=20.0, d_steps=3, g_steps=3, clip=0.5),
            "pool": 0,
            "identity": 0.0,
        },
        together(points, shifted),
        lambda: {**planes(5), "cycle": 0.0, "identity": 1.0, "pool": 8},
        asked={"x": points.x},
    ),
    "in parts": Entry(
        InParts,
        lambda: {**flat(), "recipe": plain(ema_halflife=20.0), "parts": 2},
        points,
        lambda: {**flat(width=5), "parts": 4, "prior": uniform(3, CPU)},
    ),
    "conditional, in parts": Entry(
        ConditionalGAN,
        lambda: {
            "G": Joined(mlp([6, 8, 2]), 3),
            "D": Joined(mlp([5, 8, 1]), 3),
            "recipe": plain(penalties=(R1(0.1),), ema_halflife=20.0),
            "classes": 3,
            "prior": normal(3, CPU),
            "parts": 2,
        },
        points.labelled,
        lambda: {
            "G": Joined(mlp([6, 5, 2]), 3),
            "D": Joined(mlp([5, 5, 1]), 3),
            "classes": 4,
            "prior": uniform(3, CPU),
            "parts": 1,
            "labels": "uniform",
            "orthogonal": 1e-4,
        },
        asked={"y": torch.tensor([0, 1, 2, 0]), "truncation": 0.5},
    ),
    "conditional pictures, three steps of D": Entry(
        ConditionalGAN,
        lambda: {
            **told_apart(2),
            "recipe": plain(Hinge(), ema_halflife=20.0, d_steps=3, betas=(0.0, 0.999)),
            "classes": 3,
            "labels": "uniform",
            "orthogonal": 1e-4,
        },
        pictures.labelled,
        lambda: {
            **told_apart(3),
            "classes": 4,
            "prior": uniform(6, CPU),
            "parts": 2,
            "labels": "real",
            "orthogonal": 0.0,
        },
        loss=NonSaturating(),
        asked={"y": torch.tensor([0, 1, 2, 0]), "truncation": 0.5, "form": "hub", "standing": 2},
    ),
    "conditional pictures, all switched round": Entry(
        ConditionalGAN,
        lambda: {
            **told_apart(
                4, label="concatenation", skip_z=False, conditional=False, attention=True, spectral_g=True, width_d=8
            ),
            "recipe": plain(Hinge(), d_steps=3, g_steps=3),
            "classes": 3,
            "parts": 4,
        },
        pictures.labelled,
        lambda: {
            **told_apart(5),
            "classes": 4,
            "prior": uniform(6, CPU),
            "parts": 2,
            "labels": "uniform",
            "orthogonal": 1e-4,
        },
        loss=NonSaturating(),
    ),
    "Progressive": grown(plain(Wasserstein(), penalties=(GradientPenalty(), Drift(0.1)), betas=(0.0, 0.99))),
    "Progressive, averaged": grown(plain(penalties=(R1(0.1),), ema_halflife=20.0, clip=0.5, d_steps=3, g_steps=3)),
    "progressive": Entry(Progressive, lambda: {"make": growing, "recipe": plain(), "images": HALF}, **GROWN),
    "progressive, averaged": Entry(
        Progressive, lambda: {"make": growing, "recipe": plain(ema_halflife=20.0, clip=0.5), "images": HALF}, **GROWN
    ),
    "Evolution": bred(1, plain(penalties=(R1(0.1),), ema_halflife=20.0), fresh=True),
    "Evolution, moments a mutation, three steps of both": bred(
        1, plain(d_steps=3, g_steps=3, clip=0.5), adam="mutation", mutations=("heuristic", "minimax")
    ),
    "two parents": bred(2, RAMPED, evaluation=9),
    "two parents, drawn": bred(2, plain(), select="random", gamma=0.0),
}


def killed(name, path, n, precision="float32"):
    """Play an entry with its checkpoint until, in the middle of round n, this process kills itself."""
    run, entry = None, GAMES[name]

    def strike(optimizer, args, kwargs):
        if run is not None and run.n == n - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    register_optimizer_step_post_hook(strike)
    run = entry.run(checkpoint=path, save_every=2, precision=precision)
    for _ in run:
        pass
    sys.exit("was not killed")
