"""Many runs of one training, side by side: their weights stacked, one product of matrices a layer for all of them.

A network of the plane is so small that Python takes longer than the arithmetic; ten runs side by side take little more
time than one. The rows of a batch are dealt out in equal blocks, one a run, and no run sees another's: losses and
penalties are summed over runs, so each gets the gradients, and takes the steps, that it would get alone.

    game = SideBySide(lambda: (mlp([2, 64, 2]), mlp([2, 64, 1])), range(10), NON_SATURATING)
    fit(train(game, data.ring(), rounds=1_000))
    game.samples(2_500, rng)                         # (10, 2500, 2)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, normalize
from torch.nn.utils import parametrize

from ganbook.games import GAN, check_shapes
from ganbook.losses import AdversarialLoss
from ganbook.penalties import Critic, Penalty
from ganbook.recipes import Recipe
from ganbook.types import Batch, Float, Outputs, Sampler, Samples, Scalar


def deal(x: Batch, runs: int) -> Float[Tensor, "runs each ..."]:
    """Rows in equal blocks, one a run. Raises: ValueError where they cannot be dealt out.

    >>> deal(torch.arange(6.0).view(6, 1), 2)[1].flatten().tolist()
    [3.0, 4.0, 5.0]
    """
    if len(x) % runs:
        raise ValueError(f"x must have a multiple of {runs} rows, one block a run, got {len(x)}")
    return x.unflatten(0, (runs, -1))


class Linear(nn.Module):
    """As nn.Linear, with a matrix for each run: (runs n, before) -> (runs n, after)."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.in_features, self.out_features = layers[0].in_features, layers[0].out_features
        spectral = [parametrize.is_parametrized(each, "weight") for each in layers]
        weights = [each.parametrizations.weight.original if spectral[0] else each.weight for each in layers]
        self.weight = nn.Parameter(torch.stack([weight.detach().T for weight in weights]))  # (runs, before, after)
        self.bias = nn.Parameter(torch.stack([each.bias.detach()[None] for each in layers]))  # (runs, 1, after)
        if spectral[0]:
            parametrize.register_parametrization(self, "weight", Spectral(layers), unsafe=True)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, runs={len(self.bias)}"

    def forward(self, x: Batch) -> Batch:
        return torch.baddbmm(self.bias, deal(x, len(self.bias)), self.weight).flatten(0, 1)


class Spectral(nn.Module):
    """Each run's matrix divided by its largest singular value, one power iteration a forward pass in training.

    Source: Miyato et al. 2018, Algorithm 1, as torch's spectral_norm does it. Derived in: chapter 9.
    """

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        norms = [each.parametrizations.weight[0] for each in layers]
        self.register_buffer("u", torch.stack([norm._u for norm in norms])[:, None])  # (runs, 1, after)
        self.register_buffer("v", torch.stack([norm._v for norm in norms])[:, :, None])  # (runs, before, 1)

    def forward(self, weight: Float[Tensor, "runs i o"]) -> Float[Tensor, "runs i o"]:
        if self.training:
            with torch.no_grad():
                self.u = normalize(torch.bmm(self.v.mT, weight), dim=2)
                self.v = normalize(torch.bmm(weight, self.u.mT), dim=1)
        return weight / torch.bmm(torch.bmm(self.v.mT, weight), self.u.mT)


class LayerNorm(nn.Module):
    """As nn.LayerNorm, with scales and shifts of its own for each run."""

    def __init__(self, layers: Sequence[nn.LayerNorm]) -> None:
        super().__init__()
        self.shape, self.eps = layers[0].normalized_shape, layers[0].eps
        self.weight = nn.Parameter(torch.stack([each.weight.detach()[None] for each in layers]))
        self.bias = nn.Parameter(torch.stack([each.bias.detach()[None] for each in layers]))

    def forward(self, x: Batch) -> Batch:
        x = deal(layer_norm(x, self.shape, eps=self.eps), len(self.bias))
        return torch.addcmul(self.bias, x, self.weight).flatten(0, 1)


class BatchNorm(nn.Module):
    """As nn.BatchNorm1d, with statistics, scales and shifts of its own for each run."""

    def __init__(self, layers: Sequence[nn.BatchNorm1d]) -> None:
        super().__init__()
        self.runs, one = len(layers), layers[0]
        self.norm = nn.BatchNorm1d(self.runs * one.num_features, one.eps, one.momentum).to(one.weight)
        states = [each.state_dict() for each in layers]
        self.norm.load_state_dict(
            {name: torch.cat([state[name] for state in states]) for name in states[0] if states[0][name].dim()}
            | {"num_batches_tracked": states[0]["num_batches_tracked"]}
        )

    def forward(self, x: Batch) -> Batch:
        side = deal(x, self.runs).transpose(0, 1).flatten(1)  # (n, runs d)
        return self.norm(side).unflatten(1, (self.runs, -1)).transpose(0, 1).flatten(0, 1)


STACKS: dict[type[nn.Module], Callable[..., nn.Module]] = {
    nn.Linear: Linear,
    nn.LayerNorm: LayerNorm,
    nn.BatchNorm1d: BatchNorm,
}


def stack(networks: Sequence[nn.Sequential]) -> nn.Sequential:
    """One network that holds several of one shape: block k of its rows goes through the k-th.

    Layers without parameters must treat each row alone, as activations, Flatten and Unflatten do.

    Raises: ValueError for no networks, networks of different shapes, or a layer with weights that is not in STACKS.
    Derived in: chapter 11.

    >>> one, two = nn.Linear(1, 1), nn.Linear(1, 1)
    >>> both = stack([nn.Sequential(one), nn.Sequential(two)])
    >>> x = torch.tensor([[1.0], [2.0]])
    >>> torch.equal(both(x), torch.cat([one(x[:1]), two(x[1:])]))
    True
    """
    if not networks or len({repr(network) for network in networks}) != 1:
        raise ValueError(f"networks must be one or more of one shape, got {len(networks)} of different ones or none")
    layers = []
    for same in zip(*networks, strict=True):
        kind = next((make for plain, make in STACKS.items() if isinstance(same[0], plain)), None)
        if kind is None and any(True for _ in same[0].state_dict()):
            raise ValueError(
                f"networks must have weights in {', '.join(t.__name__ for t in STACKS)} only, got {same[0]}"
            )
        layers.append(same[0] if kind is None else kind(same))
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class EachRun:
    """A loss taken for each run alone, and summed. What couples a batch, such as a mean, couples that of one run."""

    loss: AdversarialLoss
    runs: int

    @property
    def outputs(self) -> int:
        return self.loss.outputs

    @property
    def g_sees_real(self) -> bool:
        return self.loss.g_sees_real

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        return self._sum(self.loss.d, real, fake)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        if real is None:
            return self._sum(lambda mine: self.loss.g(None, mine), fake)
        return self._sum(self.loss.g, real, fake)

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        return self.loss.score(out)

    def _sum(self, one: Callable[..., Tensor], *outs: Outputs) -> Scalar:
        return torch.vmap(one, randomness="different")(*(deal(out, self.runs) for out in outs)).sum()


@dataclass(frozen=True)
class AllRuns:
    """A penalty, which is a mean over rows, for all runs at once: the sum of theirs.

    A penalty that looks at its batch as a whole looks at all runs' rows: UniformNoise's deviation is theirs together.
    """

    penalty: Penalty
    runs: int

    def __call__(self, critic: Critic, real: Samples, fake: Samples, rng: torch.Generator) -> Scalar:
        return self.runs * self.penalty(critic, real, fake, rng)


class SideBySide(GAN):
    """One GAN a seed, trained side by side.

    make: called once a seed, with torch's global randomness at that seed, returns (G, D). recipe: that of one run.
    prior: as in GAN. Real samples, latents and penalties are drawn from one stream, different rows for each run, so
    that runs are independent; a run's result depends on how many others there are, but not on what they do.

    Raises: ValueError as `stack`, and as GAN.
    Derived in: chapter 11.
    """

    def __init__(
        self,
        make: Callable[[], tuple[nn.Sequential, nn.Sequential]],
        seeds: Sequence[int],
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
    ) -> None:
        pairs = []
        with torch.random.fork_rng():
            for seed in seeds:
                torch.manual_seed(seed)
                pairs.append(make())
        self.runs = runs = len(pairs)
        together = replace(
            recipe,
            loss=EachRun(recipe.loss, runs),
            penalties=tuple(AllRuns(penalty, runs) for penalty in recipe.penalties),
            batch=recipe.batch * runs,
            ema_halflife=recipe.ema_halflife and recipe.ema_halflife * runs,
        )
        super().__init__(stack([G for G, _ in pairs]), stack([D for _, D in pairs]), together, prior, device)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """One round of every run; the losses are means over runs."""
        return {name: loss / self.runs for name, loss in super().round(real, rng).items()}

    def samples(self, n: int, rng: torch.Generator) -> Float[Tensor, "runs each ..."]:
        """n samples of each run, from latents of their own."""
        return deal(self.sample(n * self.runs, rng), self.runs)

    @torch.no_grad()
    def shared(self, z: Batch) -> Float[Tensor, "runs each ..."]:
        """What every run makes of the same latents, in evaluation mode."""
        G = self.G if self.average is None else self.average.module
        mode = G.training
        y = G.eval()(z.repeat(self.runs, *[1] * (z.dim() - 1)))
        G.train(mode)
        return deal(y, self.runs)

    @torch.no_grad()
    def check(self, x: Tensor) -> None:
        self.eval()
        y = self._try("G", self.G, self.prior(self.runs, torch.Generator().manual_seed(0)))
        check_shapes(x, y)
        self.recipe.loss.score(self._try("D", self.D, x[:1].expand(self.runs, *x.shape[1:])))
        self.train()
