"""GAN or pairing, with no penalty, R1, or R1 + R2: ring, grid and the 1000 modes of stacked digits, ten seeds.

The arena's networks, rates and scores (chapter 11), ten seeds side by side. gamma: 0.01 in the plane and 1 on the
digits, as there. Ring and grid: 900 rounds, 2,500 samples by PacGAN's protocol. Digits: 420 rounds, 5,000 samples read
by the classifier of arena_stacked; as many real triples would show about 993 of the 1000 modes.

A run has failed where its samples are not finite or where it ends with fewer than half of the modes. "slope at fakes"
and "slope at reals": the mean length of D's gradient there.

Nothing was tuned: rates and gammas are the arena's, and the seeds are new. The numbers of rounds were cut for time,
before any result; 24 rounds on other seeds were timed.
"""

from __future__ import annotations

import contextlib
from itertools import islice

import torch
from arena_stacked import classifier

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.games import SideBySide
from ganbook.studies.arena import Channels, pixels, plane
from ganbook.studies.two_by_two import steepness, two_by_two
from ganbook.train import fit, train

SEEDS, LOOKS, CPU = tuple(range(50, 60)), 6, torch.device("cpu")
GAMMA = {"ring": 0.01, "grid": 0.01, "thousand": 1.0}
ROUNDS = {"ring": 900, "grid": 900, "thousand": 420}
N = {"ring": 2_500, "grid": 2_500, "thousand": 5_000}
MODES = {"ring": 8, "grid": 25, "thousand": 1_000}


def played(place: str, name: str, seeds: tuple[int, ...]):
    """(game, real): one run a seed, side by side."""
    if place == "thousand":
        real = Channels(data.digits(8, device=CPU))
        return SideBySide(lambda: pixels((3, 8, 8), 1, False), seeds, two_by_two(GAMMA[place])[name], device=CPU), real
    real = data.ring(device=CPU) if place == "ring" else data.grid(device=CPU)
    return SideBySide(lambda: plane(1, False), seeds, two_by_two(GAMMA[place])[name], device=CPU), real


def found(place: str, samples: torch.Tensor, real) -> metrics.ModeScores:
    """Modes of one run's samples."""
    if place == "thousand":
        return metrics.stacked_scores(samples, classifier()[0])
    return metrics.mode_scores(samples, real.means, real.std)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    place, name = variant.split(": ")
    game, real = played(place, name, seeds)
    run, own = train(game, real, rounds=ROUNDS[place], seed=seeds[0], progress=False), torch.Generator()
    own.manual_seed(seeds[0] + 1)
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]
    for look in range(1, LOOKS + 1):
        with contextlib.suppress(FloatingPointError):  # all runs are lost: so say their samples
            fit(islice(run, ROUNDS[place] // LOOKS))
        y = game.samples(N[place], own)
        alive = y.flatten(1).isfinite().all(1)
        y = y.nan_to_num(0.0, 0.0, 0.0) * alive.view(-1, *[1] * (y.dim() - 1))
        slopes = {
            "slope at fakes": steepness(game, y[:, :200].flatten(0, 1)),
            "slope at reals": steepness(game, real(200 * len(seeds), own)),
        }
        for k, row in enumerate(rows):
            scores = found(place, y[k], real)
            row["round"].append(float(look * ROUNDS[place] // LOOKS))
            row["modes"].append(float(scores.modes))
            row["high quality"].append(float(scores.high_quality))
            row["not finite"].append(float(not alive[k]))
            row["failed"].append(float(not alive[k] or float(scores.modes) < MODES[place] / 2))
            for slope, values in slopes.items():
                row[slope].append(float(values[k].nan_to_num(0.0, 0.0, 0.0)))
    return rows


EXPERIMENT = Experiment(
    name="modern_2x2",
    question="Are both, the pairing loss and a penalty on the fakes, needed to find all modes?",
    variants=tuple(f"{place}: {name}" for place in GAMMA for name in two_by_two(1.0)),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", "slope at fakes", "slope at reals", "not finite", "failed"),
    measure=measure,
    live="19: ring_game",
    differs={
        "seeds": "ten, side by side, for one",
        "rounds": "900",
        "variants": "ring, grid and digits; six recipes",
        "data": "ring, grid and digits for the ring",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
