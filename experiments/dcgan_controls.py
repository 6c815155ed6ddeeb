"""Controls for dcgan_guidelines: what its table leaves out. The same short trainings on 16 px digits, five seeds.

"the book's pair" has batch norm everywhere but at three places: the first layer of G (where the authors have it: "batch
norm after G's first layer"), G's output and D's first layer (where nobody has it: "batch norm at both ends"). Its rate
is five times the paper's, since the runs are short: "the paper's rate" is the control for that. "pixels shuffled": all
images with their pixels in another order, the same for each; samples are put back in order before they are scored.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from dcgan_guidelines import RECIPE, ROUNDS, WIDTH, N, scored
from torch import Tensor, nn

from ganbook import data, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.models import dcgan_init, leaky_relu
from ganbook.recipes import DCGAN
from ganbook.train import fit, train

SIZE = 16
Pair = tuple[nn.Sequential, nn.Sequential]


def connected() -> Pair:
    """Fully connected networks, no smaller than the convolutional ones, with torch's own first weights."""
    G = models.mlp([100, 128, 128, SIZE**2], out=nn.Tanh(), shape=(1, SIZE, SIZE))
    return G, models.mlp([SIZE**2, 128, 128, 1], flatten=True)


def dense(G: nn.Sequential, D: nn.Sequential) -> Pair:
    """dcgan_guidelines' dense hidden layers, of 256, each with a batch norm."""
    flat = D[-2].in_channels * D[-2].kernel_size[0] ** 2
    first = [nn.Linear(100, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, G[0].out_features)]
    last = [nn.Flatten(), nn.Linear(flat, 256), nn.BatchNorm1d(256), leaky_relu(), nn.Linear(256, 1)]
    return dcgan_init(nn.Sequential(*first, *G[1:])), dcgan_init(nn.Sequential(*D[:-2], *last))


def normed_ends(G: nn.Sequential, D: nn.Sequential) -> Pair:
    """Batch norm before G's tanh, and after D's first convolution."""
    g = nn.Sequential(*G[:-1], nn.BatchNorm2d(1), G[-1])
    return dcgan_init(g), dcgan_init(nn.Sequential(D[0], nn.BatchNorm2d(WIDTH), *D[1:]))


def pair(variant: str) -> Pair:
    """The networks of a variant, freshly drawn."""
    if variant == "fully connected":
        return connected()
    norm = None if variant == "no batch norm, He's weights" else "batch"
    G, D = models.dcgan(SIZE, 1, width=WIDTH, norm_d=norm, norm_g=norm)
    if variant == "no batch norm, He's weights":
        return models.he_init(G), models.he_init(D)
    if variant == "batch norm after G's first layer":
        return dcgan_init(nn.Sequential(*G[:2], nn.BatchNorm2d(G[3].in_channels), *G[2:])), D
    if variant == "batch norm at both ends":
        return normed_ends(G, D)
    return dense(G, D) if variant == "dense hidden layers, batch norm" else (G, D)


def moved(x: Tensor, order: Tensor) -> Tensor:
    """Every pixel at another place, the same one in each image."""
    return x.flatten(1)[:, order.to(x.device)].view_as(x)


def training(variant: str, seed: int) -> dict[str, float]:
    """One training from one seed, scored as in dcgan_guidelines."""
    torch.manual_seed(seed)
    slow = variant == "the paper's rate"
    game = GAN(*pair(variant), replace(RECIPE, lr_d=DCGAN.lr_d, lr_g=DCGAN.lr_g) if slow else RECIPE)
    order = torch.randperm(SIZE**2, generator=torch.Generator().manual_seed(0))
    order = order if variant == "pixels shuffled" else torch.arange(SIZE**2)
    known = data.from_tensor(moved(data.digits(SIZE).x, order))
    fit(train(game, known, rounds=ROUNDS, seed=seed, progress=False))
    return scored(moved(game.sample(N, torch.Generator().manual_seed(seed)), order.argsort()))


EXPERIMENT = Experiment(
    name="dcgan_controls",
    question="What does a DCGAN owe to its rate, to its ends, and to neighbouring pixels?",
    variants=(
        "the book's pair",
        "batch norm after G's first layer",
        "batch norm at both ends",
        "no batch norm, He's weights",
        "dense hidden layers, batch norm",
        "fully connected",
        "pixels shuffled",
        "the paper's rate",
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
