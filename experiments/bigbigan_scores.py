"""Which of BigBiGAN's three scores matter where the answer is known? A ring of eight Gaussians, ten seeds.

Ten runs side by side (`ganbook.studies.bigbigan_ring`): x on a ring of radius 1, z on a normal plane, 1,500 rounds of
64, hinge and R1, rates that fall from 2e-3 to 2e-4. Per seed all variants begin with the same weights and see the same
x and z, so that differences are paired. "encoder x10": E's rate is ten times that of G and D. "marginals only": s_x and
s_z without s_xz, the control in which nothing says which z belongs to which x. Settings from two trials of 300 rounds
on the seeds 100 to 109, all scores, with batches of 64 and 32.

modes: of 2,000 samples those with 1 % or more within four deviations; high quality: their share. distance: ||x -
G(E(x))|| with the mean code; ratio: that as a share of the distance from another's; ratio z: the same for z and
E(G(z)), where about 1 is chance. KS: the largest gap between the distribution of drawn codes and N(0, 1), mean of the
two coordinates. sigma: the mean deviation that E draws with.
"""

from __future__ import annotations

from typing import Any

from ganbook.experiments import Experiment, main
from ganbook.ramps import Ramp
from ganbook.studies.bigbigan_ring import FALLING, ring_game, ring_scores, world
from ganbook.studies.bigbigan_ring import ROUNDS as ALL
from ganbook.train import fit, train

SEEDS, ROUNDS = tuple(range(10)), ALL
VARIANTS: dict[str, dict[str, Any]] = {
    "all scores": {},
    "without s_x": {"scores": ("z", "xz")},
    "without s_z": {"scores": ("x", "xz")},
    "joint only": {"scores": ("xz",)},
    "encoder x10": {"lr_e": Ramp(10 * FALLING.start, 10 * FALLING.end, FALLING.images)},
    "marginals only": {"scores": ("x", "z")},
}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """All seeds side by side."""
    game = ring_game(seeds, **VARIANTS[variant])
    fit(train(game, world(), rounds=ROUNDS, seed=seeds[0], progress=False))
    return ring_scores(game, len(seeds), seed=1_000 + seeds[0])


EXPERIMENT = Experiment(
    name="bigbigan_scores",
    question="Which of the three scores matter on a ring, and what does the encoder's rate change?",
    variants=tuple(VARIANTS),
    seeds=SEEDS,
    measures=("modes", "high quality", "distance", "ratio", "ratio z", "KS", "sigma"),
    measure=measure,
    live=None,
    differs={"live": "ten runs of each of six variants side by side take minutes; chapter 18 trains live on faces"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
