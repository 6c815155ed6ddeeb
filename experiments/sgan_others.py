"""Other pictures with 100 labels: clothes, and faces with or without glasses; plain, SGAN, interpolations. Five seeds.

Networks and measures of sgan_digits, half its rounds. Clothes: Fashion-MNIST, ten of each class, 10,000 without labels,
2,000 held out. Faces: pixel art in colour, 50 with glasses (light or dark) and 50 without, 20,000 without labels, 1,000
of the faces held out.
"""

from __future__ import annotations

import torch
from sgan_digits import MEASURES, ROUNDS, Values, trainings

from ganbook import data
from ganbook.experiments import Experiment, main


def glasses(split: str, n: int) -> data.TensorSampler:
    """The first n faces, and whether they wear glasses."""
    faces = data.faces(16, split)
    y = (faces.column("glasses") > 0).to(torch.int64)
    return data.from_tensor(faces.x[:n], y[:n], ("none", "glasses"))


def pictures(variant: str, seeds: tuple[int, ...]) -> list[Values]:
    """Trainings on clothes or faces."""
    what, kind = variant.split(", ")
    if what == "clothes":
        known, test, per_class = data.fashion(16), data.fashion(16, "test"), 10
    else:
        known, test, per_class = glasses("train", 20_000), glasses("test", 1_000), 50
    few = [data.few(known, per_class, seed) for seed in seeds]
    return trainings(kind, few, known, test, seeds, ROUNDS // 2)


EXPERIMENT = Experiment(
    name="sgan_others",
    question="Clothes and faces with 100 labels: what do pictures without labels add?",
    variants=tuple(f"{what}, {kind}" for what in ("clothes", "faces") for kind in ("plain", "SGAN", "interpolations")),
    seeds=tuple(range(5)),
    measures=MEASURES,
    measure=pictures,
    live=None,
    differs={"live": "five networks side by side take ten minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
