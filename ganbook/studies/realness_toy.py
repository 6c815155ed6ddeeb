"""RealnessGAN's toy world for many variants at once: each variant and seed is a run of stacked networks.

Runs of one seed start from the same weights and see the same data and the same z, whatever their variant: what differs
is the loss, so differences between variants are paired by seed. All variants have heads of one width, and each uses as
many of its logits as it has outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganbook import metrics, models
from ganbook.data.mixture import Mixture
from ganbook.losses import AdversarialLoss, NonSaturating, Realness, Redrawn, anchors
from ganbook.models.stacked import deal, stack
from ganbook.types import Float

TERMS = {None: (0.0, 1.0, 0.0), 1: (0.0, 0.0, 1.0), 2: (1.0, 0.0, 1.0), 3: (0.0, 1.0, 1.0)}
"""Objective -> (a, b, c) of `Losses`; None is the non-saturating loss."""


class Losses:
    """The losses of several variants on the logits of their runs (runs, n, outcomes), by variant, then seed.

    All are sums of the same divergences, with P = softmax(D(x)) and Q = softmax(D(G(z))):
    d = KL(A1 || P) + KL(A0 || Q),  g = a KL(P || Q) + b KL(A1 || Q) - c KL(A0 || Q),
    up to entropies of the anchors, which move nothing. The standard GAN has two one-hot outcomes, the logits 0 and s,
    and (a, b, c) = (0, 1, 0).

    losses: NonSaturating(), Realness, or Redrawn with the authors' anchors, one a variant. seeds: runs of each.
    Raises: ValueError for another loss.
    Derived in: chapter 10.
    """

    def __init__(self, losses: Sequence[AdversarialLoss], seeds: int) -> None:
        for loss in losses:
            if not (loss == NonSaturating() or isinstance(loss, Realness)):
                raise ValueError(f"losses must hold NonSaturating() or Realness, got {loss!r}")
            if isinstance(loss, Redrawn) and loss.anchors != "authors":
                raise ValueError(f"losses may redraw the authors' anchors only, got {loss!r}")
        self.losses, self.seeds = tuple(losses), seeds
        widths = [max(2, loss.outputs) for loss in losses]
        self.width = width = max(widths)
        fixed = [loss.pair if isinstance(loss, Realness) else anchors.pair("one-hot", 2) for loss in losses]
        self.pairs = torch.stack([_padded(pair, width) for pair in fixed])  # (variants, 2, width)
        self.low, self.high = self._anchors()
        abc = torch.tensor([TERMS[getattr(loss, "objective", None)] for loss in losses])
        self.a, self.b, self.c = abc.repeat_interleave(seeds, 0).T[:, :, None, None]  # each (runs, 1, 1)
        used = torch.arange(width) < torch.tensor(widths)[:, None]  # (variants, width)
        scale, shift = used.float(), torch.where(used, 0.0, -1e9)
        scale[[not isinstance(loss, Realness) for loss in losses], 0] = 0.0  # the standard GAN's logit of "fake" is 0
        self.scale, self.shift = (t.repeat_interleave(seeds, 0)[:, None] for t in (scale, shift))

    def redraw(self, rng: torch.Generator) -> None:
        """Draw the anchors of the variants with `Redrawn` anew, as the authors' programs do before each round."""
        moving = [k for k, loss in enumerate(self.losses) if isinstance(loss, Redrawn)]
        for k in moving:
            self.pairs[k] = _padded(anchors.authors_draw(self.losses[k].outputs, rng), self.width)
        if moving:
            self.low, self.high = self._anchors()

    def d(self, real: Float[Tensor, "r n m"], fake: Float[Tensor, "r n m"]) -> Float[Tensor, " r"]:
        """Each run's loss of D."""
        return -(self.high * self._logs(real) + self.low * self._logs(fake)).sum(2).mean(1)

    def g(self, real: Float[Tensor, "r n m"], fake: Float[Tensor, "r n m"]) -> Float[Tensor, " r"]:
        """Each run's loss of G; real pairs with fake where the objective looks at it."""
        p, q = self._logs(real), self._logs(fake)
        terms = self.a * p.exp() * (p - q) + (self.c * self.low - self.b * self.high) * q
        return terms.sum(2).mean(1)

    def _logs(self, out: Tensor) -> Tensor:
        """log softmax over the outcomes that each run has."""
        return torch.addcmul(self.shift, out, self.scale).log_softmax(2)

    def _anchors(self) -> tuple[Tensor, Tensor]:
        low, high = self.pairs.repeat_interleave(self.seeds, 0)[:, :, None].unbind(1)
        return low, high  # each (runs, 1, width)


def _padded(pair: tuple[anchors.Anchor, anchors.Anchor], width: int) -> Tensor:
    return torch.tensor([[*anchor, *[0.0] * (width - len(anchor))] for anchor in pair])


@dataclass(frozen=True)
class Setting:
    """What all variants share.

    g_steps: steps of G a step of D. look: rounds from one scoring to the next. rate_d, rate_g, betas: Adam's.
    width, width_d: of the hidden layers of G and D. samples: of each generator, a score.
    """

    g_steps: int
    rounds: int
    look: int
    rate_d: float = 1e-3
    rate_g: float = 1e-3
    betas: tuple[float, float] = (0.8, 0.999)
    batch: int = 64
    z: int = 16
    width: int = 64
    width_d: int = 64
    samples: int = 5_000


Curves = dict[str, list[float]]
Rounds = Callable[[int], bool]


def play(
    world: Mixture,
    losses: Sequence[AdversarialLoss],
    seeds: Sequence[int],
    setting: Setting,
    resample: Sequence[Rounds | None] | None = None,
) -> list[list[Curves]]:
    """Train every variant with every seed; for each variant and seed its curves.

    A round is one step of D and setting.g_steps of G, each on fresh data and fresh z. Every setting.look rounds each
    generator's samples are scored: "modes" with 1 % of the samples or more within four standard deviations, their
    share "high quality", and each mode's share "mode k".
    resample: for each variant None, or a function that says in which rounds D draws its logits as `Resample` does.
    """
    rules, runs = Losses(losses, len(seeds)), len(losses) * len(seeds)
    rngs = [torch.Generator().manual_seed(seed) for seed in seeds]
    noise = torch.Generator().manual_seed(seeds[0])
    pairs = [_networks(seed, setting, rules.width * (2 if resample else 1)) for seed in seeds]
    G, D = (stack([pair[k] for _ in losses for pair in pairs]) for k in (0, 1))
    adam_g, adam_d = (
        torch.optim.Adam(net.parameters(), lr=rate, betas=setting.betas, fused=True)
        for net, rate in ((G, setting.rate_g), (D, setting.rate_d))
    )
    curves: list[Curves] = [{} for _ in range(runs)]

    def real() -> Tensor:
        """(runs n, 2): each seed draws once, for all variants."""
        return torch.cat([world(setting.batch, rng) for rng in rngs]).repeat(len(losses), 1)

    def latent(n: int = setting.batch) -> Tensor:
        return torch.cat([torch.randn(n, setting.z, generator=rng) for rng in rngs]).repeat(len(losses), 1)

    def answer(x: Tensor, drawn: Tensor | None) -> Tensor:
        out = deal(D(x), runs)
        if drawn is None:
            return out
        mean, log_variance = out.chunk(2, 2)
        return mean + drawn * torch.randn(mean.shape, generator=noise) * (0.5 * log_variance).exp()

    def step(adam: torch.optim.Adam, loss: Tensor) -> None:
        adam.zero_grad()
        loss.sum().backward(inputs=[p for group in adam.param_groups for p in group["params"]])
        adam.step()

    for t in range(1, setting.rounds + 1):
        drawn = None
        if resample:
            flags = torch.tensor([float(rounds is not None and rounds(t)) for rounds in resample])
            drawn = flags.repeat_interleave(len(seeds))[:, None, None]
        rules.redraw(noise)
        with torch.no_grad():
            y = G(latent())
        step(adam_d, rules.d(answer(real(), drawn), answer(y, drawn)))
        for _ in range(setting.g_steps):
            with torch.no_grad():
                seen = answer(real(), drawn)
            step(adam_g, rules.g(seen, answer(G(latent()), drawn)))
        if t % setting.look == 0:
            G.eval()
            with torch.no_grad():
                parts = [deal(G(latent(500)), runs) for _ in range(setting.samples // 500)]
            G.train()
            for curve, samples in zip(curves, torch.cat(parts, 1), strict=True):
                _score(curve, t, samples, world)
    return [curves[k : k + len(seeds)] for k in range(0, runs, len(seeds))]


def _score(curve: Curves, t: int, samples: Tensor, world: Mixture) -> None:
    n = len(samples)
    found = metrics.mode_scores(samples, world.means, world.std, radius=4.0, least=n // 100)
    row = {"round": t, "modes": found.modes, "high quality": found.high_quality}
    row |= {f"mode {k}": count / n for k, count in enumerate(found.counts.tolist())}
    for name, value in row.items():
        curve.setdefault(name, []).append(round(float(value), 4))


def _networks(seed: int, setting: Setting, outputs: int) -> tuple[nn.Sequential, nn.Sequential]:
    """One run's (G, D): three hidden layers each, with batch norm and ReLU in G, LeakyReLU in D."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return (
            models.mlp([setting.z, *[setting.width] * 3, 2], nn.ReLU, norm="batch"),
            models.mlp([2, *[setting.width_d] * 3, outputs]),
        )
