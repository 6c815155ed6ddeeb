"""What do digits without labels add to 100 labels, and what may stand where the generator stands? Ten seeds, 16 px.

All variants have the same fully connected D with the same first weights a seed, the same 100 labelled digits (ten of
each class, drawn by the seed), the same number of rounds of the same batch, and 9,000 digits without labels. They
differ in the fakes: "plain" has none, D descends the cross-entropy of its labelled batch alone; "interpolations" are
means of two digits; "real images" parts the 9,000, half of which stay real and half stand in for a perfect generator.
"feature matching" differs from "SGAN" in G's loss. Accuracy is of the averaged copy of D on the 1,000 digits held out,
"curve" has it at each tenth of the way. "D on reals" and "D on fakes" are means of D(x) at the end, on the digits held
out and on 1,000 fakes; the second is 0 where there are none.

The seeds of a variant run side by side, each with rows of its own: weights are stacked, losses are means over runs,
which Adam does not feel. Networks, batch and rates were chosen after a few trainings from 100 labels drawn by seeds 100
to 105, which are not among those reported. The scripts sgan_digits_*.py play other numbers of labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.games import SGAN, ClassifierAlone
from ganbook.losses import SemiSupervised, SemiSupervisedMatching
from ganbook.models import InstanceNoise, KeepFeatures, he_init, leaky_relu, mlp
from ganbook.models.stacked import deal, stack
from ganbook.recipes import Recipe
from ganbook.train import every, train
from ganbook.types import Batch, Outputs, Sampler, Scalar

ROUNDS, N, Z, NOISE = 3_000, 1_000, 64, 0.3
HIDDEN = (256, 128)
RECIPE = Recipe(SemiSupervised(10), batch=32, lr_d=3e-3, lr_g=1e-3, betas=(0.5, 0.999), ema_halflife=2_200)
KINDS = ("plain", "SGAN", "interpolations", "real images", "noise", "feature matching")
MEASURES = ("accuracy", "curve", "accuracy, last weights", "D on reals", "D on fakes")

Values = dict[str, float | list[float]]


@dataclass(frozen=True)
class Matching(SemiSupervisedMatching):
    """Feature matching for each run alone: the mean over runs."""

    runs: int = 1

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        means = [deal(out[:, self.classes :], self.runs).mean(1) for out in (real, fake)]
        return (means[0] - means[1]).square().sum(1).mean()


@dataclass(frozen=True)
class EachItsOwn:
    """A block of rows from each sampler, labels too."""

    samplers: tuple[data.TensorSampler, ...]

    def __call__(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        drawn = [sampler.labelled(n // len(self.samplers), rng) for sampler in self.samplers]
        x, y = (torch.cat(parts) for parts in zip(*drawn, strict=True))
        return x, y


def pair(shape: tuple[int, ...], classes: int) -> tuple[nn.Sequential, nn.Sequential]:
    """G and D, freshly drawn; D's weights first, so that they are the same with every G."""
    numbers = torch.Size(shape).numel()
    layers: list[nn.Module] = [nn.Flatten(), InstanceNoise(NOISE)]
    for before, after in zip((numbers, *HIDDEN), HIDDEN, strict=False):
        layers += [nn.Linear(before, after), leaky_relu(), InstanceNoise(NOISE)]
    D = he_init(nn.Sequential(*layers, nn.Linear(HIDDEN[-1], classes)), last=1.0)
    return he_init(mlp([Z, 128, numbers], nn.ReLU, norm="batch", out=nn.Tanh(), shape=shape)), D


def game(
    kind: str, seeds: Sequence[int], unlabelled: data.TensorSampler, fake: Sampler, classes: int
) -> SGAN | ClassifierAlone:
    """The game of a kind, one run a seed."""
    pairs, runs = [], len(seeds)
    for seed in seeds:
        torch.manual_seed(seed)
        pairs.append(pair(unlabelled.shape, classes))
    G, D = (stack([each[k] for each in pairs]) for k in (0, 1))
    matching = kind == "feature matching"
    recipe = replace(
        RECIPE,
        loss=Matching(classes, HIDDEN[-1], runs=runs) if matching else SemiSupervised(classes),
        batch=RECIPE.batch * runs,
        ema_halflife=RECIPE.ema_halflife * runs,
    )
    if matching:
        D = nn.Sequential(*D[:-1], KeepFeatures(D[-1]))
    if kind in ("SGAN", "feature matching"):
        return SGAN(G, D, recipe, data.normal(Z))
    fakes = {
        "plain": None,
        "noise": data.noise(unlabelled.shape),
        "interpolations": data.between(unlabelled),
        "real images": fake,
    }
    return ClassifierAlone(D, recipe, fakes[kind])


def halves(known: data.TensorSampler) -> tuple[data.TensorSampler, data.TensorSampler]:
    """Every other row."""
    first, second = (data.from_tensor(known.x[k::2], known.y[k::2], known.classes) for k in (0, 1))
    return first, second


def trainings(
    kind: str,
    few: Sequence[data.TensorSampler],
    known: data.TensorSampler,
    test: data.TensorSampler,
    seeds: tuple[int, ...],
    rounds: int = ROUNDS,
) -> list[Values]:
    """One training a seed, on few labelled samples each and all of `known` without labels, measured on `test`."""
    runs = len(seeds)
    unlabelled, fake = halves(known) if kind == "real images" else (known, known)
    played = game(kind, seeds, unlabelled, fake, len(known.classes))

    def in_turn(x: Batch) -> Batch:
        return x.repeat(runs, *[1] * (x.dim() - 1))

    def accuracies(network: nn.Module | None = None) -> list[float]:
        right = deal(played.classify(in_turn(test.x), network) == in_turn(test.y), runs)
        return [hits / len(test) for hits in right.sum(1).tolist()]

    def verdicts(x: Batch) -> list[float]:
        with torch.no_grad():
            return deal(played.now.loss.score(played.classifier(x)).sigmoid(), runs).mean(1).tolist()

    curves = []
    real = data.together(EachItsOwn(tuple(few)), unlabelled)
    for _ in every(rounds // 10, train(played, real, rounds=rounds, seed=seeds[0], progress=False)):
        curves.append(accuracies())
    played.eval()
    rng = torch.Generator().manual_seed(seeds[0])
    fakes = [0.0] * runs
    if kind != "plain":
        fakes = verdicts(played.sample(N * runs, rng) if isinstance(played, SGAN) else played.fakes(N * runs, rng))
    last, reals = accuracies(played.D), verdicts(in_turn(test.x))
    return [
        {
            "accuracy": curves[-1][k],
            "curve": [accuracy[k] for accuracy in curves],
            "accuracy, last weights": last[k],
            "D on reals": reals[k],
            "D on fakes": fakes[k],
        }
        for k in range(runs)
    ]


def digits(kind: str, per_class: int, seeds: tuple[int, ...]) -> list[Values]:
    """Digits with so many labels of each class."""
    known = data.digits(16)
    few = [data.few(known, per_class, seed) for seed in seeds]
    return trainings(kind, few, known, data.digits(16, "test"), seeds)


EXPERIMENT = Experiment(
    name="sgan_digits",
    question="Digits with 100 labels: what do 9,000 digits without labels add, and what may stand in for the fakes?",
    variants=KINDS,
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=lambda kind, seeds: digits(kind, 10, seeds),
    live=None,
    differs={"live": "six variants of ten networks take 17 minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
