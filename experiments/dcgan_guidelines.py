"""What is each guideline of DCGAN worth? Short trainings on 16 px digits, one thing changed at a time, five seeds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganbook import data, features, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.losses import NonSaturating
from ganbook.models import dcgan_init
from ganbook.recipes import DCGAN, Recipe
from ganbook.train import fit, train

ROUNDS, N, WIDTH = 450, 1_000, 16
RECIPE = replace(DCGAN, batch=64, lr_d=1e-3, lr_g=1e-3)  # five times the paper's rate: the runs are short


def pooled(G: nn.Sequential, D: nn.Sequential) -> tuple[nn.Sequential, nn.Sequential]:
    """Fixed up-sampling and pooling, with 3x3 convolutions of stride 1, where the paper has strides."""
    g: list[nn.Module] = []
    for layer in G:
        if isinstance(layer, nn.ConvTranspose2d):
            g += [nn.Upsample(scale_factor=2), nn.Conv2d(layer.in_channels, layer.out_channels, 3, 1, 1, bias=False)]
        else:
            g.append(layer)
    d: list[nn.Module] = []
    for layer in D:
        if isinstance(layer, nn.Conv2d) and layer.stride == (2, 2):
            d += [nn.Conv2d(layer.in_channels, layer.out_channels, 3, 1, 1, bias=False), nn.MaxPool2d(2)]
        else:
            d.append(layer)
    return dcgan_init(nn.Sequential(*g)), dcgan_init(nn.Sequential(*d))


def dense(G: nn.Sequential, D: nn.Sequential) -> tuple[nn.Sequential, nn.Sequential]:
    """A fully connected hidden layer of 256 more in each network: after z, and before D's output."""
    flat = D[-2].in_channels * D[-2].kernel_size[0] ** 2
    g = nn.Sequential(nn.Linear(100, 256), nn.ReLU(), nn.Linear(256, G[0].out_features), *G[1:])
    d = nn.Sequential(*D[:-2], nn.Flatten(), nn.Linear(flat, 256), models.leaky_relu(), nn.Linear(256, 1))
    return dcgan_init(g), dcgan_init(d)


def swapped(network: nn.Sequential, old: type[nn.Module], new: type[nn.Module]) -> nn.Sequential:
    """Every activation of one type becomes one of another."""
    return nn.Sequential(*(new() if isinstance(layer, old) else layer for layer in network))


def pair(variant: str) -> tuple[nn.Sequential, nn.Sequential]:
    """The networks of a variant, freshly drawn."""
    norm = None if variant == "no batch norm" else "batch"
    G, D = models.dcgan(16, 1, width=WIDTH, norm_d=norm, norm_g=norm)
    if variant == "pooling, no strides":
        return pooled(G, D)
    if variant == "dense hidden layers":
        return dense(G, D)
    if variant == "tanh inside G":
        return swapped(G, nn.ReLU, nn.Tanh), D
    if variant == "ReLU in D":
        return G, swapped(D, nn.LeakyReLU, nn.ReLU)
    if variant == "weights of 0.2":
        return dcgan_init(G, 0.2), dcgan_init(D, 0.2)
    return G, D


def recipe(variant: str) -> Recipe:
    """The recipe of a variant."""
    if variant == "beta1 of 0.9":
        return replace(RECIPE, betas=(0.9, 0.999))
    return replace(RECIPE, loss=NonSaturating(real_label=0.9)) if variant == "real label 0.9" else RECIPE


def enlarged(x: Tensor) -> Tensor:
    """16 px back to the 32 px that the feature network crops: real and generated images alike."""
    return F.interpolate(x, scale_factor=2, mode="bilinear")


@cache
def reference() -> tuple[Tensor, float]:
    """Features of the held-out digits, and the least distance that a single digit reaches, all its images copied."""
    net, known, test = features.load("digits"), data.digits(16), data.digits(16, split="test")
    real, copies = net.features(enlarged(test.x)), net.features(enlarged(known.x[:3_000]))
    return real, min(float(metrics.frechet_distance(real, copies[known.y[:3_000] == k])) for k in range(10))


def scored(images: Tensor) -> dict[str, float]:
    """Samples against the held-out digits.

    failed: 1 where the distance is above the least that a single digit reaches: the run does worse than a perfect
    generator of one digit. digits: how many classes have at least 2 % of the samples. balance: the entropy of the
    histogram of classes, in nats; log(10) = 2.303 is the most.
    """
    net, (real, threshold) = features.load("digits"), reference()
    fake = net.features(enlarged(images))
    distance = float(metrics.frechet_distance(real, fake))
    counts = net.head(fake).argmax(1).bincount(minlength=10)
    return {
        "book Frechet distance": distance,
        "failed": float(distance > threshold),
        "digits": float((counts >= N // 50).sum()),
        "balance": float(torch.special.entr(counts / N).sum()),
    }


def training(variant: str, seed: int) -> dict[str, float]:
    """One training from one seed, and its scores."""
    torch.manual_seed(seed)
    prior = data.uniform(100) if variant == "z uniform" else None
    game = GAN(*pair(variant), recipe(variant), prior)
    fit(train(game, data.digits(16), rounds=ROUNDS, seed=seed, progress=False))
    return scored(game.sample(N, torch.Generator().manual_seed(seed)))


EXPERIMENT = Experiment(
    name="dcgan_guidelines",
    question="What does each guideline of DCGAN change in a short training on digits?",
    variants=(
        "all guidelines",
        "pooling, no strides",
        "no batch norm",
        "dense hidden layers",
        "tanh inside G",
        "ReLU in D",
        "weights of 0.2",
        "beta1 of 0.9",
        "z uniform",
        "real label 0.9",
    ),
    seeds=tuple(range(5)),
    measures=("book Frechet distance", "failed", "digits", "balance"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live="05: plans",
    differs={
        "data": "digits in grey for faces in colour",
        "networks": "half the width, one channel",
        "batch": "64 for 32",
        "rates": "the same but for the live pair without norm, whose betas are others",
        "penalties": "none, where the live pair without norm has R1",
        "ema_halflife": "none: G itself is sampled, not its averaged copy",
        "rounds": "450, a fraction of the live training",
        "seeds": "five for one",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
