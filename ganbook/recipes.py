"""Recipes: everything of a training that is not a network or data, each named one with its source."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ganbook import checks
from ganbook.losses import (
    AdversarialLoss,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Realness,
    RelativisticAverage,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.optimizers import OPTIMIZERS
from ganbook.penalties import R1, R2, Dragan, GradientPenalty
from ganbook.ramps import Ramp, ends, settle


@dataclass(frozen=True)
class Recipe:
    """What both players do in a round; change one field with dataclasses.replace for an ablation.

    loss: the pair of losses.
    penalties: added to D's loss, each called as penalty(critic, real, fake, rng).
    d_steps: steps of D before G moves.
    g_steps: steps of G before D moves again; each after the first has fresh data and fresh z.
    batch: samples of each kind a step.
    lr_d, lr_g, betas: the optimisers'; any of these numbers may be a Ramp, as may the constants of penalties.
    ema_halflife: half-life, in images shown to G, of the averaged copy that sampling uses; None samples G itself.
    optimizer: "adam", or "rmsprop", which has no use for betas.
    clip: after each step of D all its parameters are put back into [-clip, clip]; None leaves them.
    augment: what is done to all that D sees, real and fake, in both players' steps (ganbook.augment).
    norm_d: what the recipe counts on in D, as models.dcgan names it: "spectral". It is looked for before round 1.

    Raises: ValueError naming the field, its value and what is allowed.
    """

    loss: AdversarialLoss
    penalties: tuple = ()
    d_steps: int = 1
    g_steps: int = 1
    batch: int = 64
    lr_d: float | Ramp = 2e-4
    lr_g: float | Ramp = 2e-4
    betas: tuple[float | Ramp, float | Ramp] = (0.5, 0.999)
    ema_halflife: float | None = None
    optimizer: str = "adam"
    clip: float | None = None
    augment: tuple = ()
    norm_d: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.loss, type) or not isinstance(self.loss, AdversarialLoss):
            raise ValueError(f"loss must be an AdversarialLoss such as NonSaturating(), got {self.loss!r}")
        if not isinstance(self.penalties, tuple) or not all(callable(penalty) for penalty in self.penalties):
            raise ValueError(f"penalties must be a tuple of penalties, got {self.penalties!r}")
        if not isinstance(self.augment, tuple) or not all(callable(one) for one in self.augment):
            raise ValueError(f"augment must be a tuple such as ganbook.augment.FEW_IMAGES, got {self.augment!r}")
        for value in (self.loss, *self.penalties, *self.augment):
            if " at 0x" in repr(value):  # a checkpoint compares recipes by their text
                raise ValueError(
                    "loss, penalties and augment must print alike in every process (a frozen dataclass does), "
                    f"got {value!r}"
                )
        checks.one_of("norm_d", self.norm_d, (None, "spectral"))
        for name in ("d_steps", "g_steps", "batch"):
            checks.whole(name, getattr(self, name))
        for name in ("lr_d", "lr_g"):
            for end in ends(getattr(self, name)):
                checks.positive(name, end)
        pair = isinstance(self.betas, tuple) and len(self.betas) == 2
        if not (pair and all(checks.is_finite(b) and 0 <= b < 1 for beta in self.betas for b in ends(beta))):
            raise ValueError(f"betas must be a tuple of two numbers in [0, 1), got {self.betas!r}")
        if self.ema_halflife is not None:
            checks.positive("ema_halflife", self.ema_halflife, of="of images")
        checks.one_of("optimizer", self.optimizer, OPTIMIZERS)
        if self.clip is not None:
            checks.positive("clip", self.clip)

    def at(self, images: int) -> Recipe:
        """The recipe after so many real images: every Ramp by its value. One without Ramps is handed back as it is.

        >>> Recipe(NonSaturating(), lr_g=Ramp(2.0, 1.0, images=1_000)).at(500).lr_g
        1.5
        """
        return settle(self, checks.whole("images", images, least=0))

    def describe(self) -> dict[str, str]:
        """Each field as text: what a checkpoint keeps, and what is compared before it is resumed.

        The fields that came last are told where they ask for something: checkpoints from before have no word of them.
        """
        told = {field.name: repr(getattr(self, field.name)) for field in fields(self)}
        return {name: text for name, text in told.items() if name not in LATER or text not in ("()", "None")}


LATER = ("augment", "norm_d")


MINIMAX = Recipe(loss=Minimax())
"""The zero-sum game with DCGAN's optimiser. Goodfellow et al. 2014, Algorithm 1 with k = 1."""

NON_SATURATING = Recipe(loss=NonSaturating())
"""The generator's loss that Goodfellow et al. 2014 recommend in section 3; optimiser of Radford et al. 2016."""

MLP_GAN = Recipe(loss=NonSaturating(), lr_d=1e-3, lr_g=1e-3, ema_halflife=10_000)
"""Chapter 1's recipe for fully connected networks on 28 px digits: Adam with DCGAN's betas, rates chosen here."""

DCGAN = Recipe(loss=NonSaturating(), batch=128)
"""Adam 2e-4, beta1 0.5, batch 128. Radford et al. 2016, section 4."""

LSGAN = Recipe(loss=LeastSquares())
"""Least squares on DCGAN's optimiser. The loss: Mao et al. 2017, eq. 9."""

HINGE = Recipe(loss=Hinge(), betas=(0.0, 0.9))
"""The hinge loss. Miyato et al. 2018, eqs. 16 and 17; betas as in their setting with 5 or 1 steps of D."""

WGAN = Recipe(
    loss=Wasserstein(), d_steps=5, batch=64, lr_d=5e-5, lr_g=5e-5, betas=(0.0, 0.0), optimizer="rmsprop", clip=0.01
)
"""RMSprop 5e-5, clipping at 0.01, five steps of the critic. Arjovsky et al. 2017, Algorithm 1 (its defaults)."""

WGAN_GP = Recipe(
    loss=Wasserstein(), penalties=(GradientPenalty(weight=10.0),), d_steps=5, lr_d=1e-4, lr_g=1e-4, betas=(0.0, 0.9)
)
"""Penalty 10, Adam 1e-4 with betas (0, 0.9), five steps of the critic. Gulrajani et al. 2017, Algorithm 1.

The critic must not couple the samples of a batch: no batch norm in it. The authors' code has betas (0.5, 0.9) in its
digit, CIFAR and toy scripts, and weight 0.1 in the toy script."""

DRAGAN = Recipe(loss=NonSaturating(), penalties=(Dragan(),), lr_d=1e-4, lr_g=1e-4, betas=(0.5, 0.9))
"""The standard loss with a penalty beside the data; constants and noise of Kodali et al. 2017's notebook."""

SNGAN_HINGE = Recipe(loss=Hinge(), d_steps=5, betas=(0.0, 0.9), norm_d="spectral")
"""Hinge loss, Adam 2e-4 with betas (0, 0.9), five steps of D. Miyato et al. 2018, eqs. 16 and 17, and section 4.

The spectral normalisation is in the network: models.dcgan(norm_d="spectral") or models.mlp(norm="spectral")."""

REALNESS = Recipe(loss=Realness(51, objective=2, anchors="authors"), batch=32)
"""51 outcomes and Adam 2e-4, beta1 0.5: the authors' script for CelebA at 256 px, with the mean of their anchors.
Xiangli et al. 2020, eq. 19; its published discriminator also has spectral norm and resampling."""

REALNESS_TOY = Recipe(
    loss=Realness(5, objective=2, anchors="authors"), g_steps=3, batch=100, lr_d=1e-4, lr_g=1e-4, betas=(0.8, 0.999)
)
"""Five outcomes on the 3x3 mixture, three steps of G a step of D: the authors' toy script."""

RELATIVISTIC_AVERAGE = Recipe(loss=RelativisticAverage())
"""The relativistic average on DCGAN's optimiser. The loss: Jolicoeur-Martineau 2019 (RaSGAN)."""

R3GAN = Recipe(loss=RelativisticPairing(), penalties=(R1(0.05), R2(0.05)), betas=(0.0, 0.9))
"""Pairing with both penalties: Adam 2e-4, betas (0, 0.9), gamma 0.05, with which the schedule for CIFAR-10 begins.

It ends at 5e-5, (0, 0.99) and 0.005. Huang et al. 2024; its networks have no normalisation, and a batch of their own.
"""
