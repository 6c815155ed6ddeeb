"""Does anybody find all 1000 modes of stacked digits? Three leaders of arena_stacked, thirteen times as many rounds.

The same networks, data, rates and scores; nothing else is changed. The entrants are the three that had more modes than
all others after 600 rounds, so these seeds are new ones.
"""

from __future__ import annotations

from arena_stacked import N, classifier

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import Channels, entrants, pixels, race

ROUNDS, LOOKS, SEEDS = 8_000, 8, tuple(range(20, 25))


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    recipe, real = entrants()[variant], Channels(data.digits(8, device="cpu"))
    net, accuracy = classifier()
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]
    for look in race(lambda: pixels((3, 8, 8), 1, False), real, recipe, seeds, ROUNDS, LOOKS, N):
        for row, samples, alive in zip(rows, look.samples, look.alive, strict=True):
            found = metrics.stacked_scores(samples, net)
            row["round"].append(look.round)
            row["seconds"].append(look.seconds)
            row["modes"].append(float(found.modes))
            row["reverse KL"].append(float(found.reverse_kl))
            row["failed"].append(float(not alive))
            row["classifier accuracy"].append(accuracy)
    return rows


EXPERIMENT = Experiment(
    name="arena_thousand",
    question="Do the leaders of arena_stacked find all 1000 modes when they may train for longer?",
    variants=("WGAN", "non-saturating + R1", "pairing + R1 + R2"),
    seeds=SEEDS,
    measures=("round", "seconds", "modes", "reverse KL", "failed", "classifier accuracy"),
    measure=measure,
    clocks=("seconds",),
    live=None,
    differs={"live": "8,000 rounds of three entrants take eleven minutes"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
