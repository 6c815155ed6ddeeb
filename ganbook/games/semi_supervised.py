"""Games on few labels: D is a classifier too, with a generator against it, with something that stands in for one, or
alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganbook.data import TensorSampler
from ganbook.data.labels import check_labels
from ganbook.games.critic import CriticAlone
from ganbook.games.game import Average, first_samples
from ganbook.games.gan import GAN
from ganbook.games.with_d import GameWithD
from ganbook.losses.semi_supervised import OneOfK
from ganbook.models import still
from ganbook.recipes import Recipe
from ganbook.types import Batch, Float, Int, Sampler, Samples, Scalar

FORM = "real must return (x, y, u): labelled samples, their labels, and samples without"


class FewLabels(GameWithD):
    """What these games share: real returns (x, y, u), D descends both parts of its loss, and can be asked for classes.

    Where the recipe has a half-life, D has an averaged copy, as G has; `classifier` is the one that is asked.
    """

    average_d: Average | None

    def seat_d(self, D: nn.Module) -> None:
        """D plays, and where the recipe says so an averaged copy follows it."""
        loss, halflife = self.recipe.loss, self.recipe.ema_halflife
        if not isinstance(loss, OneOfK):
            raise ValueError(f"loss must name classes, as SemiSupervised(classes) does, got {loss!r}")
        super().seat_d(D)
        self.average_d = Average(D, halflife, self.recipe.batch) if halflife else None

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        readings = super().round(real, rng)
        if self.average_d is not None:
            self.average_d.update_parameters(self.D)
        return {**readings, "supervised": self.told}

    def d_loss(
        self,
        x: Batch,
        y: Batch,
        rng: torch.Generator,
        D: nn.Module | None = None,
    ) -> Scalar:
        """The cross-entropy of the labelled samples, and what tells those without labels from fakes."""
        labelled, labels, unlabelled = x
        told = self.now.loss.supervised((D or self.D)(labelled), labels)
        self.told = told.detach()
        return told + self.untold(unlabelled, y, rng, D)

    def untold(self, u: Batch, y: Batch, rng: torch.Generator, D: nn.Module | None = None) -> Scalar:
        """The part without labels, penalties included."""
        return super().d_loss(u, y, rng, D)

    @property
    def classifier(self) -> nn.Module:
        """The network that is asked: the averaged copy where there is one."""
        return self.D if self.average_d is None else self.average_d.module

    def probabilities(self, x: Samples, network: nn.Module | None = None) -> Float[Tensor, "n classes"]:
        """p(y | x) of a real x: the softmax of the K logits. network: another one than `classifier`."""
        network = self.classifier if network is None else network
        with still(network):
            return self.now.loss.logits(network(x)).softmax(1)

    def classify(self, x: Samples, network: nn.Module | None = None) -> Int[Tensor, " n"]:
        """The likeliest class of each sample."""
        return self.probabilities(x, network).argmax(1)

    def accuracy(self, x: Samples, y: Int[Tensor, " n"], network: nn.Module | None = None) -> float:
        """Share of samples whose class is found.

        x, y: samples that the training has not seen, and their labels.
        """
        check_labels(y, self.now.loss.classes)
        if len(x) != len(y):
            raise ValueError(f"y must hold one label for each of the {len(x)} rows of x, got {len(y)}")
        return int((self.classify(x, network) == y).sum()) / len(y)

    def check(self, real: Sampler) -> None:
        """Before round 1: three parts, labels of every class, and what every game with a D asks."""
        batch = first_samples(real, self.share)
        if not isinstance(batch, tuple) or len(batch) != 3:
            got = f"a tuple of {len(batch)}" if isinstance(batch, tuple) else "samples without labels"
            raise ValueError(f"{FORM}, as data.together(data.few(digits, 10).labelled, digits) does, got {got}")
        x, y, u = batch
        check_labels(y, self.recipe.loss.classes)
        if x.shape != u.shape or x.dtype != u.dtype:
            raise ValueError(f"{FORM} of the same shape, got {tuple(x.shape)} and {tuple(u.shape)}")
        for one in getattr(real, "samplers", ()):
            check_every_class(getattr(one, "__self__", None), self.recipe.loss.classes)
        super().check(real)


def check_every_class(known: object, classes: int) -> None:
    """Refuse a labelled set in which a class is missing: its logit would only ever be pushed down.

    Raises: ValueError naming the first such class. A sampler whose rows cannot be counted is let pass.
    """
    if isinstance(known, TensorSampler) and known.y is not None and known.y.dim() == 1:
        counts = check_labels(known.y, classes).bincount(minlength=classes).tolist()
        if 0 in counts:
            missing = counts.index(0)
            name = f" ({known.classes[missing]!r})" if missing < len(known.classes) else ""
            raise ValueError(
                f"real must have labelled samples of each of {classes} classes, got none of class {missing}{name} "
                f"among {len(known)}: data.few draws as many of each"
            )


class SGAN(FewLabels, GAN):
    """A GAN whose D also names the class: a few labelled samples, many without, and the fakes of G.

    D descends  -E log p(y | x, real)  over labelled samples  +  loss.d over samples without labels and fakes.

    G, D, prior, device: as in GAN; D: network from samples to (n, recipe.loss.outputs).
    recipe: with the loss SemiSupervised or SemiSupervisedMatching; its half-life is of the averaged copies of both.

    real returns (x, y, u), drawn in this order: data.together(data.few(digits, 10).labelled, digits). Labelled and
    unlabelled samples come one to one, so the few are seen over and over.

    Readings: D (all that D descends), G, and supervised (the cross-entropy alone).

    Raises: ValueError as GAN; for a loss without classes; before round 1 where there are no labels, or none of a class.
    Source: Odena 2016; Salimans et al. 2016, section 5. Derived in: chapter 12.

    >>> from ganbook import data, losses, models
    >>> from ganbook.train import fit, train
    >>> recipe = Recipe(losses.SemiSupervised(2), batch=32, lr_d=1e-2)
    >>> moons = data.moons(device="cpu")
    >>> x, y = moons.labelled(8, torch.Generator().manual_seed(0))
    >>> known = data.from_tensor(x, y, device="cpu")
    >>> game = SGAN(models.mlp([2, 8, 2]), models.mlp([2, 8, 2]), recipe, device=torch.device("cpu"))
    >>> sorted(fit(train(game, data.together(known.labelled, moons), rounds=2)).history)
    ['D', 'G', 'supervised']
    """

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        """What G descends; where the loss looks at real samples, at those without labels."""
        return super().g_loss(x[2], y)


def nothing(n: int, rng: torch.Generator) -> Batch:
    """No fakes: nobody looks at these zeros."""
    return torch.zeros(n, 1)


class ClassifierAlone(FewLabels, CriticAlone):
    """The same D without a generator: something that holds still stands in for the fakes, or there are none.

    D, recipe, device: as in SGAN, whose settings of D they are.
    fake: Sampler of what stands where G's samples would: noise, interpolations of real samples (data.noise,
        data.between), real samples kept apart, which are those of a perfect generator. None: D descends the
        cross-entropy of the labelled samples alone, with as many updates; u is drawn and not looked at.

    Readings: D, and supervised.

    Raises: ValueError as SGAN; where the fakes are no samples of the data's shape, before round 1.
    Derived in: chapter 12.
    """

    def __init__(
        self, D: nn.Module, recipe: Recipe, fake: Sampler | None = None, device: torch.device | None = None
    ) -> None:
        super().__init__(D, recipe, nothing if fake is None else fake, device)

    def untold(self, u: Batch, y: Batch, rng: torch.Generator, D: nn.Module | None = None) -> Scalar:
        if self.fakes is nothing:
            return self.told.new_zeros(())
        return super().untold(u, y, rng, D)

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        raise ValueError("sample needs a generator, and a ClassifierAlone has none: draw from its `fakes`")
