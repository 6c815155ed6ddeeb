"""Do tangents that a BiGAN has learned help a classifier with few labels, and do they find a turn? Ten seeds.

Digits at 16 px, each turned by its own angle of up to 30 degrees: so one direction that leaves the class alone is
known, the derivative of the picture by its angle. Fully connected networks, ten seeds side by side: a BiGAN (R1, 1,500
rounds) and an autoencoder of the same G and E (as many steps). Eight directions at each picture x, orthonormal: the
largest left singular vectors of G's Jacobian at E(x); the largest right ones of E's at x; those of the autoencoder's G;
random ones; the eight principal components, the same everywhere. "true rotation" is one direction.

accuracy: of a classifier of 10 labels a class, 400 steps, to whose loss weight * E ||J_c T||^2 of its probabilities is
added on 200 pictures without labels (`tangent_penalty`), once for each of four weights, so that none is chosen. Seeds
are paired: the same labels, first weights and batches. (A trial on seeds 100 to 104 said where the weights are of use.)

angle: of the true rotation to the span of the directions at 200 held-out pictures, in degrees, on average; angle of 16:
to the span of all 16 that E and G have (16 random ones, 16 components). 90 stands for "none". ratio x: see
bigan_encoders; 1 where there is no encoder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample, mse_loss

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.games import AllRuns, BiGAN, EachRun
from ganbook.losses import NonSaturating
from ganbook.models import Joint, mlp
from ganbook.models.stacked import deal, stack
from ganbook.models.tangents import angles, jacobian, rows, tangent_penalty, tangents
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.encoders import ratio
from ganbook.train import fit, train

SEEDS, ROUNDS, STEPS, BATCH, Z, K, POOL, N, CPU = tuple(range(10)), 1_500, 400, 32, 16, 8, 200, 200, torch.device("cpu")
TURN = math.pi / 6
FALLING = Ramp(1e-3, 1e-4, images=BATCH * ROUNDS)
RECIPE = Recipe(NonSaturating(), (R1(0.5),), batch=BATCH, lr_d=FALLING, lr_g=FALLING, betas=(0.0, 0.99))
WEIGHTS = (0.03, 0.3, 3.0, 30.0)
KINDS = (
    "none",
    "random directions",
    "principal components",
    "tangents of G",
    "tangents of the autoencoder",
    "rows of E",
    "true rotation",
)


def turned(x: Tensor, angle: Tensor) -> Tensor:
    """Each picture turned about its middle, black (-1) coming in at the corners."""
    c, s, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    moves = torch.stack([torch.stack([c, -s, zero], 1), torch.stack([s, c, zero], 1)], 1)
    return grid_sample(x + 1, affine_grid(moves, x.shape, align_corners=False), align_corners=False) - 1


@cache
def digits(split: str) -> tuple[Tensor, Tensor, Tensor]:
    """(pictures, flat; labels; the direction in which each one turns, of length 1)."""
    known, rng = data.digits(16, split=split, device=CPU), torch.Generator().manual_seed(5)
    x = known.x[:5_000]
    angle, step = (2 * torch.rand(len(x), generator=rng) - 1) * TURN, 0.01
    slope = (turned(x, angle + step) - turned(x, angle - step)).flatten(1)
    return turned(x, angle).flatten(1), known.y[: len(x)], slope / slope.norm(dim=1, keepdim=True)


def makers() -> tuple[nn.Sequential, nn.Sequential]:
    """(G, E) of flat pictures."""
    return mlp([Z, 128, 128, 256], out=nn.Tanh()), mlp([256, 128, 128, Z])


def together(seeds: Sequence[int]) -> BiGAN:
    """A BiGAN a seed; rows are dealt out in blocks."""
    networks, runs = [], len(seeds)
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            networks.append((*makers(), mlp([256 + Z, 128, 128, 1])))
    G, E, D = (stack(each) for each in zip(*networks, strict=True))
    recipe = replace(
        RECIPE,
        loss=EachRun(RECIPE.loss, runs),
        penalties=tuple(AllRuns(penalty, runs) for penalty in RECIPE.penalties),
        batch=BATCH * runs,
        lr_d=replace(FALLING, images=FALLING.images * runs),
        lr_g=replace(FALLING, images=FALLING.images * runs),
    )
    return BiGAN(G, E, Joint(nn.Identity(), nn.Identity(), D), recipe, device=CPU)


def autoencoders(seeds: Sequence[int]) -> tuple[nn.Sequential, nn.Sequential]:
    """(G, E), stacked, of least squared error."""
    pairs, rng = [], torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            pairs.append(makers())
    G, E = (stack(each) for each in zip(*pairs, strict=True))
    adam, x = torch.optim.Adam([*G.parameters(), *E.parameters()], lr=FALLING.start), digits("train")[0]
    for n in range(ROUNDS):
        adam.param_groups[0]["lr"] = FALLING.at(n * BATCH)
        batch = x[torch.randint(len(x), (BATCH * len(seeds),), generator=rng)]
        adam.zero_grad()
        (len(seeds) * mse_loss(G(E(batch)), batch)).backward()
        adam.step()
    return G, E


def alone(network: nn.Sequential, run: int) -> nn.Sequential:
    """One of the networks of a stack."""
    layers: list[nn.Module] = []
    for layer in network:
        if hasattr(layer, "in_features"):
            plain = nn.Linear(layer.in_features, layer.out_features)
            plain.weight.data, plain.bias.data = layer.weight.data[run].T.clone(), layer.bias.data[run, 0].clone()
            layer = plain
        layers.append(layer)
    return nn.Sequential(*layers)


def directions(x: Tensor, slope: Tensor, game: BiGAN, pair: tuple, run: int, seed: int) -> dict[str, Tensor]:
    """Kind -> up to Z orthonormal directions at each x, the most important first: (n, 256, Z)."""
    G, E = alone(game.G, run), alone(game.E, run)
    G2, E2 = (alone(network, run) for network in pair)
    rng, known = torch.Generator().manual_seed(seed), digits("train")[0]
    components = torch.linalg.eigh(known.mT.cov()).eigenvectors.flip(1)[:, :Z]
    with torch.no_grad():
        z, z2 = E(x), E2(x)
    return {
        "random directions": torch.linalg.qr(torch.randn(len(x), 256, Z, generator=rng)).Q,
        "principal components": components.expand(len(x), 256, Z),
        "tangents of G": tangents(jacobian(G, z)),
        "tangents of the autoencoder": tangents(jacobian(G2, z2)),
        "rows of E": rows(jacobian(E, x)),
        "true rotation": slope[:, :, None],
    }


def classified(T: Tensor | None, weight: float, seeds: Sequence[int]) -> list[float]:
    """Accuracy on 1,000 held-out digits of a classifier a seed. T: (runs, POOL, 256, k)."""
    runs, (x, y, _), networks, labelled = len(seeds), digits("train"), [], []
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            networks.append(mlp([256, 128, 10]))
            labelled.append(data.few(data.from_tensor(x, y, device=CPU), 10, seed=seed))
    net, rng = stack(networks), torch.Generator().manual_seed(1)
    told, names = (torch.cat(parts) for parts in zip(*((one.x, one.y) for one in labelled), strict=True))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(STEPS):
        adam.zero_grad()
        loss = runs * cross_entropy(net(told), names)
        picked = torch.randint(POOL, (32,), generator=rng)
        if T is not None:
            pool = x[-POOL:][picked].repeat(runs, 1)
            moves = T[:, picked].flatten(0, 1)
            loss = loss + runs * weight * tangent_penalty(lambda x: net(x).softmax(1), pool, moves, rng)
        loss.backward()
        adam.step()
    held_out, right, _ = digits("test")
    with torch.no_grad():
        told = deal(net(held_out[:1_000].repeat(runs, 1)), runs).argmax(2)
    return (told == right[:1_000]).double().mean(1).tolist()


@cache
def prepared(seeds: tuple[int, ...]) -> tuple[dict[str, Tensor], list[dict[str, Tensor]], list[tuple[float, float]]]:
    """Directions on the pool (runs, POOL, 256, Z), on held-out pictures a run, and both ratios of a run."""
    game, known = together(seeds), digits("train")[0]
    fit(train(game, data.from_tensor(known, device=CPU), rounds=ROUNDS, seed=0, progress=False))
    pair = autoencoders(seeds)
    x, slope, new, turn = known[-POOL:], digits("train")[2][-POOL:], digits("test")[0][:N], digits("test")[2][:N]
    pool = [directions(x, slope, game, pair, run, seed) for run, seed in enumerate(seeds)]
    held_out = [directions(new, turn, game, pair, run, seed) for run, seed in enumerate(seeds)]
    runs = range(len(seeds))
    with torch.no_grad():
        back = [[ratio(new, alone(g, run)(alone(e, run)(new))) for g, e in ((game.G, game.E), pair)] for run in runs]
    return {kind: torch.stack([one[kind] for one in pool]) for kind in pool[0]}, held_out, back


def measure(group: str, seeds: tuple[int, ...]) -> list[dict[str, Any]]:
    """Every variant's measures, variant by variant."""
    pool, held_out, back = prepared(seeds)
    turn, found = digits("test")[2][:N, :, None], []
    for kind in KINDS:
        if kind == "none":
            right = [classified(None, 0.0, seeds)] * len(WEIGHTS)
        else:
            right = [classified(pool[kind][..., :K], weight, seeds) for weight in WEIGHTS]
        for run, accuracy in enumerate(zip(*right, strict=True)):
            own = None if kind == "none" else held_out[run][kind]
            which = {"tangents of G": 0, "rows of E": 0, "tangents of the autoencoder": 1}.get(kind)
            found.append(
                {
                    "weight": list(WEIGHTS),
                    "accuracy": list(accuracy),
                    "angle": 90.0 if own is None else float(angles(own[..., :K], turn).mean()),
                    "angle of 16": 90.0 if own is None else float(angles(own, turn).mean()),
                    "ratio x": 1.0 if which is None else back[run][which],
                }
            )
    return found


EXPERIMENT = Experiment(
    name="tangents",
    question="Do learned tangents find a turn, and do they help a classifier with 100 labels?",
    variants=KINDS,
    seeds=SEEDS,
    measures=("weight", "accuracy", "angle", "angle of 16", "ratio x"),
    measure=measure,
    live=None,
    differs={"live": "seven penalties at four weights, ten seeds, on turned digits, which no cell trains on"},
    groups={"all": KINDS},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
