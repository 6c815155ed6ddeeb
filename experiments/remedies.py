"""Eight remedies, and the other loss, against three failures of the game; each as small as it can be, eight seeds.

apart: data and generator are two short parallel lines, 2 apart. G owns nothing but where its line stands, and descends
    the minimax loss by plain gradient steps; D makes five steps a round. Alone, D becomes perfect and G is not told.
ring: eight modes, G's rate ten times D's, non-saturating loss. Alone, G stands on one mode and hops.
rest: Dirac-GAN in the plane: the data are one point, D is linear, both make plain gradient steps in turns. Alone, they
    circle for ever.

Each remedy has one setting for each failure, in `REMEDIES`, chosen by hand before the runs. The non-saturating loss is
no remedy on the ring, where it is played anyway: there its row repeats the first. All seeds of a game are trained side
by side (ganbook.games.side_by_side), as one stack of networks that share nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ganbook import data, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import SideBySide, Unrolled
from ganbook.losses import FeatureMatching, Minimax, NonSaturating
from ganbook.models import InstanceNoise, KeepFeatures, MinibatchStd, Pack, stacked
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.train import every, train

BATCH, WIDTH, CPU = 64, 64, torch.device("cpu")
stacked.STACKS[KeepFeatures] = lambda layers: KeepFeatures(stacked.Linear([layer.head for layer in layers]))


@dataclass(frozen=True)
class Remedy:
    """What is changed of the plain game, in each of the three failures: apart, ring, rest."""

    kind: str = "none"
    setting: tuple = (None, None, None)


REMEDIES = {
    "none": Remedy(),
    "non-saturating loss": Remedy("loss"),
    "instance noise": Remedy("noise", (1.0, 0.2, 0.7)),  # deviation
    "R1": Remedy("R1", (1.0, 0.1, 0.3)),  # gamma
    "unrolled": Remedy("unrolled", (5, 5, 5)),  # imagined steps
    "packing": Remedy("pack", (2, 2, 2)),  # samples a verdict
    "minibatch deviation": Remedy("spread"),
    "feature matching": Remedy("matching"),
    "two time scales": Remedy("scales", (4.0, 40.0, 4.0)),  # D's rate times this; on the ring D is then 4 times as fast
    "averaging": Remedy("average", (50, 100, 50)),  # half-life in rounds
}


class Foreseeing(SideBySide, Unrolled):
    """All seeds in one round, each G looking five steps ahead."""


def discriminator(kind: str, setting: float | None, hidden: list[int]) -> nn.Sequential:
    """D with the remedy in it, (2, *hidden, 1) without one."""
    if kind == "spread" and hidden:  # behind the first hidden layer
        first, *rest = hidden
        after = models.mlp([first + 1, *rest, 1])
        return nn.Sequential(nn.Linear(2, first), models.leaky_relu(), MinibatchStd(BATCH), *after)
    if kind == "spread":
        return nn.Sequential(MinibatchStd(BATCH), nn.Linear(3, 1))
    plain = models.mlp([2 * (setting if kind == "pack" else 1), *hidden, 1])
    if kind == "noise":
        return nn.Sequential(InstanceNoise(setting), *plain)
    if kind == "pack":
        return nn.Sequential(Pack(setting), *plain)
    if kind == "matching":
        return nn.Sequential(*plain[:-1], KeepFeatures(plain[-1]))
    return plain


def game(remedy: Remedy, which: int, recipe: Recipe, G: list[int], hidden: list[int], prior, seeds) -> SideBySide:
    """The game of one failure with one remedy, all seeds side by side."""
    kind, setting = remedy.kind, remedy.setting[which]
    if kind == "R1":
        recipe = replace(recipe, penalties=(R1(setting),))
    if kind == "matching":
        recipe = replace(recipe, loss=FeatureMatching(hidden[-1] if hidden else 2))
    if kind == "loss":
        recipe = replace(recipe, loss=NonSaturating())
    if kind == "scales":
        recipe = replace(recipe, lr_d=recipe.lr_d * setting)
    if kind == "average":
        recipe = replace(recipe, ema_halflife=float(setting * recipe.batch))

    def make():
        return models.mlp(G, nn.ReLU), discriminator(kind, setting, hidden)

    return (Foreseeing if kind == "unrolled" else SideBySide)(make, seeds, recipe, prior, CPU)


def centre(playing: SideBySide) -> Tensor:
    """Where each G stands, or its averaged copy: (runs, 2)."""
    network = playing.G if playing.average is None else playing.average.module
    return network[0].bias.detach()[:, 0].clone()


def accuracy(playing: SideBySide, real) -> Tensor:
    """The share of fresh samples (or packs) that each D puts on the right side of 1/2, in training mode."""
    rng = torch.Generator().manual_seed(3)
    playing.train()
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)  # instance noise draws from the global generator
        x, y = real(256 * playing.runs, rng), playing.G(playing.prior(256 * playing.runs, rng))
        right = [playing.critic(x) > 0, playing.critic(y) < 0]
    return sum(stacked.deal(side.float(), playing.runs).mean(1) for side in right) / 2


def line(n: int, rng: torch.Generator) -> Tensor:
    """The data of `apart`: points (0, u), u uniform in [-1, 1]."""
    return torch.stack([torch.zeros(n), 2 * torch.rand(n, generator=rng) - 1], 1)


def apart(remedy: Remedy, seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """G(z) = (theta_1, z + theta_2), from theta = (2, 0)."""
    recipe = Recipe(loss=Minimax(), d_steps=5, batch=BATCH, lr_d=2e-3)
    playing = game(remedy, 0, recipe, [1, 2], [32, 32], data.uniform(1, CPU), seeds)
    with torch.no_grad():
        playing.G[0].weight.copy_(torch.tensor([[0.0, 1.0]]))
        playing.G[0].bias.copy_(torch.tensor([[2.0, 0.0]]))
        if playing.average is not None:
            playing.average.module[0].bias.copy_(playing.G[0].bias)
    playing.optimizers["G"] = torch.optim.SGD([playing.G[0].bias], lr=0.1)
    start = accuracy(playing, line)
    most = start
    for _ in every(10, train(playing, line, rounds=150, seed=0, progress=False)):
        most = torch.maximum(most, accuracy(playing, line))
    return {"apart: way left": (centre(playing)[:, 0].abs() / 2).tolist(), "apart: best accuracy of D": most.tolist()}


def ring(remedy: Remedy, seeds: tuple[int, ...], rounds: int = 2_000, looks: int = 20) -> dict[str, list]:
    """Modes, quality and hopping; looks at 1,000 samples, from the same z each time."""
    real = data.ring(std=0.05, device=CPU)
    recipe = Recipe(loss=NonSaturating(), batch=BATCH, lr_d=1e-4, lr_g=1e-3)
    playing = game(remedy, 1, recipe, [2, WIDTH, WIDTH, 2], [WIDTH, WIDTH], data.normal(2, CPU), seeds)
    modes, quality, shares = [], [], []
    for _ in every(rounds // looks, train(playing, real, rounds=rounds, seed=0, progress=False)):
        samples = playing.samples(1_000, torch.Generator().manual_seed(1))
        found = [metrics.mode_scores(mine, real.means, real.std, least=10) for mine in samples]
        modes.append([float(each.modes) for each in found])
        quality.append([float(each.high_quality) for each in found])
        near = torch.cdist(samples, real.means.expand(len(seeds), -1, -1)).argmin(2)
        shares.append(torch.stack([torch.bincount(mine, minlength=8) / 1_000 for mine in near]))
    moved = torch.stack([(after - before).abs().sum(1) / 2 for before, after in zip(shares, shares[1:], strict=False)])
    return {
        "ring: modes": [list(curve) for curve in zip(*modes, strict=True)],
        "ring: high quality": [list(curve) for curve in zip(*quality, strict=True)],
        "ring: hopping": moved[looks // 2 - 1 :].mean(0).tolist(),
    }


def rest(remedy: Remedy, seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """G(z) = theta + z / 100 and data about 0 of that width; the root mean square of |theta| in the last third."""
    real = data.mixture([1.0], [[0.0, 0.0]], [0.01], device=CPU)
    recipe = Recipe(loss=Minimax(), batch=BATCH)
    playing = game(remedy, 2, recipe, [2, 2], [], data.normal(2, CPU), seeds)
    angles = [2 * math.pi * torch.rand(1, generator=torch.Generator().manual_seed(seed)).item() for seed in seeds]
    with torch.no_grad():
        playing.G[0].weight.copy_(0.01 * torch.eye(2))
        playing.G[0].bias.copy_(2**0.5 * torch.tensor([[[math.cos(a), math.sin(a)]] for a in angles]))
        if playing.average is not None:
            playing.average.module[0].bias.copy_(playing.G[0].bias)
        for weight in playing.D.parameters():
            weight.zero_()
    slopes = [weight for name, weight in playing.D.named_parameters() if "bias" not in name]
    fast = remedy.setting[2] if remedy.kind == "scales" else 1.0
    playing.optimizers["D"] = torch.optim.SGD(slopes, lr=0.2 * fast)
    playing.optimizers["G"] = torch.optim.SGD([playing.G[0].bias], lr=0.2)
    squares = []
    for step in train(playing, real, rounds=300, seed=0, progress=False):
        if step.n > 200:
            squares.append(centre(playing).square().sum(1))
    return {"rest: distance": torch.stack(squares).mean(0).sqrt().tolist()}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float | list[float]]]:
    """What the three failures come to, one dictionary a seed."""
    remedy = REMEDIES[variant]
    found = {**apart(remedy, seeds), **ring(remedy, seeds), **rest(remedy, seeds)}
    return [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]


EXPERIMENT = Experiment(
    name="remedies",
    question="Which of eight remedies, or the other loss, helps against which of three failures?",
    variants=tuple(REMEDIES),
    seeds=tuple(range(8)),
    measures=(
        "apart: way left",
        "apart: best accuracy of D",
        "ring: modes",
        "ring: high quality",
        "ring: hopping",
        "rest: distance",
    ),
    measure=measure,
    live="07: collapsed, packing",
    differs={
        "rounds": "2,000, longer",
        "seeds": "eight, side by side, for one",
        "variants": "ten rows for four; and two further failures",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
