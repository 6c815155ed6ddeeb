"""Can pairing + R1 + R2 find all 1000 modes of stacked digits when it is tuned for it? Five new seeds.

The data, classifier and score of arena_stacked. Four things differ from arena_thousand, found in trials on other seeds:
hidden layers of 256 in place of 128, gamma = 10 in place of 1, 16,000 rounds in place of 8,000, and rates that stay at
1e-3 for half of them and then fall to 0 in a straight line. Beside the scores stand those of as many real triples.
"""

from __future__ import annotations

import torch
from arena_stacked import N, classifier

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.games import SideBySide
from ganbook.studies.arena import Channels, entrants, pixels

ROUNDS, LOOKS, SEEDS, WIDTH, RATE, CPU = 16_000, 8, tuple(range(30, 35)), 256, 1e-3, torch.device("cpu")


def rate(t: int) -> float:
    """Of round t."""
    return RATE * min(1.0, 2 * (1 - t / ROUNDS))


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """The curve of one training."""
    net, accuracy = classifier()
    real, recipe = Channels(data.digits(8, device=CPU)), entrants(penalty=10.0)[variant]
    rng, own = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(seed + 1)
    game = SideBySide(lambda: pixels((3, 8, 8), 1, False, WIDTH), [seed], recipe, device=CPU)
    yardstick = metrics.stacked_scores(real(N, own), net)
    curve: dict[str, list[float]] = {name: [] for name in EXPERIMENT.measures}
    for t in range(1, ROUNDS + 1):
        for group in (group for adam in game.optimizers.values() for group in adam.param_groups):
            group["lr"] = rate(t)
        game.round(real, rng)
        if t % (ROUNDS // LOOKS) == 0:
            found = metrics.stacked_scores(game.samples(N, own)[0], net)
            row = (t, found.modes, found.reverse_kl, yardstick.modes, yardstick.reverse_kl, accuracy)
            for name, value in zip(EXPERIMENT.measures, row, strict=True):
                curve[name].append(float(value))
    return curve


EXPERIMENT = Experiment(
    name="thousand_modes",
    question="Does pairing with both penalties find all 1000 modes of stacked digits, tuned and trained for longer?",
    variants=("pairing + R1 + R2",),
    seeds=SEEDS,
    measures=("round", "modes", "reverse KL", "modes of real", "reverse KL of real", "classifier accuracy"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={"live": "16,000 rounds of five runs take half an hour"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
