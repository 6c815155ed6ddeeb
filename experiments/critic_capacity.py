"""What does a critic learn of a batch that does not hold beyond it? From a straight line to the exact potential.

256 threes against 256 fives, and 256 threes against 256 other threes, 14x14 pixels. Each seed deals the digits anew and
starts the networks anew. Every critic is divided by its steepest slope between any two points, those of the batch and
those it has not seen, so that all of them keep the constraint of the dual on what is measured.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook import data, models
from ganbook.divergences import transport
from ganbook.experiments import Experiment, main
from ganbook.penalties import GradientPenalty

N, BATCH, RATE, WEIGHT = 256, 64, 1e-3, 10.0
NETWORKS = {  # units in each of two hidden layers, steps
    "8 units, 400 steps": (8, 400),
    "128 units, 400 steps": (128, 400),
    "512 units, 400 steps": (512, 400),
    "512 units, 1,200 steps": (512, 1_200),
}


def dealt(seed: int) -> dict[str, tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Pair -> batch x, batch y, unseen x, unseen y."""
    digits, rng = data.digits(size=14, device="cpu"), torch.Generator().manual_seed(seed)
    three, five = (digits.x[digits.y == label] for label in (3, 5))
    three, five = (s[torch.randperm(len(s), generator=rng)] for s in (three, five))
    return {
        "3 and 5": (three[:N], five[:N], three[2 * N : 2 * N + 300], five[N : N + 300]),
        "3 and 3": (three[:N], three[N : 2 * N], three[2 * N : 2 * N + 150], three[2 * N + 150 : 2 * N + 300]),
    }


def critic(variant: str, x: Tensor, y: Tensor, seed: int):
    """A function of images, trained on the two batches."""
    if variant == "linear":  # the best function of slope 1 with straight level lines
        way = (x.mean(0) - y.mean(0)).flatten()
        return lambda s: s.flatten(1) @ (way / way.norm())
    if variant == "exact potential":
        equal = torch.full((N,), 1 / N, dtype=torch.float64)
        prices = transport.transport(equal, equal, transport.costs(x, y)).v
        return lambda s: transport.c_transform(prices, transport.costs(s, y))
    width, steps = NETWORKS[variant]
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    f = models.mlp([x[0].numel(), width, width, 1], torch.nn.ReLU, flatten=True)
    penalty = GradientPenalty(WEIGHT, one_sided=True)
    optimizer = torch.optim.Adam(f.parameters(), lr=RATE, betas=(0.5, 0.9))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        real, fake = (s[torch.randint(N, (BATCH,), generator=rng)] for s in (x, y))
        loss = f(fake).mean() - f(real).mean() + penalty(lambda s: f(s).squeeze(1), real, fake, rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return lambda s: f(s).squeeze(1)


@torch.no_grad()
def gaps(f, x: Tensor, y: Tensor, new_x: Tensor, new_y: Tensor) -> tuple[float, float, float]:
    """The differences of means, batch and unseen, divided by the steepest slope; and that slope."""
    p, q = torch.cat([x, new_x]), torch.cat([y, new_y])
    up, down = f(p), f(q)
    steepest = float(transport.steepest(up, down, transport.costs(p, q)))
    found = (up[:N].mean() - down[:N].mean(), up[N:].mean() - down[N:].mean())
    return *(float(gap) / steepest for gap in found), steepest


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    rows = []
    for seed in seeds:
        row = {}
        for pair, (x, y, new_x, new_y) in dealt(seed).items():
            found = gaps(critic(variant, x, y, seed), x, y, new_x, new_y)
            row |= dict(zip((f"{pair}, batch", f"{pair}, unseen", f"{pair}, steepest"), found, strict=True))
        rows.append(row)
    return rows


EXPERIMENT = Experiment(
    name="critic_capacity",
    question="What does a critic learn of a batch of digits that does not hold for unseen digits?",
    variants=("linear", *NETWORKS, "exact potential"),
    seeds=tuple(range(5)),
    measures=tuple(f"{pair}, {what}" for pair in ("3 and 5", "3 and 3") for what in ("batch", "unseen", "steepest")),
    measure=measure,
    apart=True,
    live="08: trials",
    differs={"seeds": "five deals for one", "variants": "four networks and two functions without one, for one network"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
