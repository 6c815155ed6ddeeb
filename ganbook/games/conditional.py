"""Classes on both sides: G is told which class to make, and D whether a picture is real *and* of its class."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.data import Normal, check_labels, normal, truncated
from ganbook.games.game import first_samples
from ganbook.games.gan import GAN
from ganbook.games.in_parts import InParts
from ganbook.losses import Hinge
from ganbook.models import still
from ganbook.models.orthogonal import orthogonal_penalty
from ganbook.models.standing import standing as stand
from ganbook.recipes import Recipe
from ganbook.types import Batch, Int, Sampler, Samples, Scalar

BIGGAN_LITE = Recipe(Hinge(), batch=32, lr_d=2e-3, lr_g=1e-3, betas=(0.0, 0.999), ema_halflife=2_000)
"""Hinge and Adam with betas (0, 0.999) as Brock et al. 2019, section 3; rates, batch and average for a minute on one
core: theirs are 2e-4 and 5e-5, two steps of D, batches of 2,048."""

FAKE_LABELS = ("real", "uniform")
"""Which classes G is asked for in training: those of the real batch, or each equally often whatever the data have."""


class ConditionalGAN(InParts):
    """Two players who both see a class y: G(z, y) against D(x, y).

    D descends loss.d(D(x, y), D(G(z, y'), y')) and G loss.g of the latter, and what holds its kernels orthogonal.

    G: network from (n, z) and labels to samples, such as models.ConditionalG.
    D: network of two arguments, D(x, y), to (n, recipe.loss.outputs), such as models.ConditionalD.
    recipe: BIGGAN_LITE, say; hinge is what this family plays. d_steps=2 for two steps of D.
    classes: how many there are.
    prior: Sampler of z; by default N(0, I) of G's width.
    device: by default ganbook.device().
    parts: a batch goes through the networks in so many equal parts, and the step is that of all of it: see InParts.
    labels: y' of the fakes, "real" for the labels of the real batch or "uniform", as the authors' code has them.
    orthogonal: strength of the orthogonal penalty of G (the paper: 1e-4).

    real returns (x, y), as `labelled` of a set does.

    Raises: ValueError as GAN; for parts that do not divide the batch, a label out of range, samples without labels.
    Source: Miyato and Koyama 2018; Brock et al. 2019. Derived in: chapter 17.

    >>> from ganbook import data, models
    >>> from ganbook.train import fit, train
    >>> digits = data.digits(device="cpu")
    >>> G, D = models.biggan(10, 28, 1, width=4, width_d=4)
    >>> game = ConditionalGAN(G, D, BIGGAN_LITE, 10, device=torch.device("cpu"))
    >>> sorted(fit(train(game, digits.labelled, rounds=1)).history)
    ['D', 'G']
    >>> game.sample(3, torch.Generator().manual_seed(0), y=torch.tensor([7, 7, 1]), truncation=0.5).shape
    torch.Size([3, 1, 28, 28])
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        classes: int,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        parts: int = 1,
        labels: str = "real",
        orthogonal: float = 0.0,
    ) -> None:
        width = getattr(G, "z", None)  # a G whose first layer sees a part of z, or more, says how wide z is
        if prior is None and isinstance(width, int):
            prior = normal(width, device)
        super().__init__(G, D, recipe, prior, device, parts=parts)
        self.classes = checks.whole("classes", classes)
        self.labels = checks.one_of("labels", labels, FAKE_LABELS)
        self.orthogonal = checks.not_negative("orthogonal", orthogonal)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        # One part needs no second pass for G's fakes, so it is played as any GAN is.
        return super().round(real, rng) if self.parts > 1 else GAN.round(self, real, rng)

    def given(self, x: Batch, rng: torch.Generator) -> tuple[Tensor, ...]:
        y = check_labels(x[1], self.classes)
        z = self.draw(self.prior, rng, len(y))
        if self.labels == "uniform":
            y = self.draw(lambda n, rng: (self.any_label(n, rng),), rng, len(y))[0].to(y.device)
        return z, y

    def made(self, z: Tensor, y: Tensor) -> Batch:
        return self.G(z, y), y

    def any_label(self, n: int, rng: torch.Generator) -> Int[Tensor, " n"]:
        """Labels of each class equally often."""
        return torch.randint(self.classes, (n,), generator=rng)

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        loss = super().g_loss(x, y)
        return loss + orthogonal_penalty(self.G, self.orthogonal) if self.orthogonal else loss

    def sample(
        self,
        n: int,
        rng: torch.Generator,
        y: Tensor | None = None,
        truncation: float | None = None,
        form: str = "resampled",
        standing: int = 0,
    ) -> Samples:
        """n samples in evaluation mode, without gradient.

        y: a class for each; by default each class equally often.
        truncation, form: of the latents, data.truncated(width, truncation, form); None for none.
        standing: so many batches of the recipe's size, with latents of this kind and each class equally often, from
            which the batch statistics are computed anew, of a copy; 0 takes those that training has left.

        Raises: ValueError for a label out of range, labels that are not n, truncation <= 0 or another form, or where
        the prior is not the normal one that is truncated.
        """
        checks.whole("n", n)
        checks.whole("standing", standing, least=0)
        prior = self.latents(truncation, form)
        y = self.any_label(n, rng) if y is None else check_labels(y, self.classes)
        if len(y) != n:
            raise ValueError(f"y must hold one label for each of the {n} samples, got {len(y)}")
        z = prior(n, rng)
        G = self.standing(rng, standing, prior) if standing else self.sampler
        with still(G):
            return G(z, y.to(z.device))

    def standing(self, rng: torch.Generator, batches: int, prior: Sampler | None = None) -> nn.Module:
        """A copy of the network that is sampled from, with batch statistics of its own weights and of these latents."""
        own, size = prior or self.prior, self.recipe.batch
        given = ((own(size, rng), self.any_label(size, rng).to(self.device)) for _ in range(batches))
        return stand(copy.deepcopy(self.sampler), given)

    def latents(self, truncation: float | None, form: str = "resampled") -> Sampler:
        """The prior, truncated."""
        if truncation is None:
            return self.prior
        if not isinstance(self.prior, Normal):
            raise ValueError(f"truncation must be None with a prior that is not normal, got {truncation!r}")
        checks.threshold("truncation", truncation, form)
        return truncated(self.prior.d, truncation, form, self.prior.device)

    def check(self, real: Sampler) -> None:
        """Before round 1: samples and labels, each in its range."""
        batch = first_samples(real, self.share)
        if not isinstance(batch, tuple) or len(batch) != 2:
            got = f"a batch of {len(batch)} parts" if isinstance(batch, tuple) else "samples without labels"
            raise ValueError(f"real must return (x, y), samples and their labels, as digits.labelled does, got {got}")
        check_labels(batch[1], self.classes)
        super().check(real)
