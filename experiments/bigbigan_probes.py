"""What do BigBiGAN's rivals know of faces, read in both places? The encoders of chapter 13, 16 px.

Trained as in `bigan_encoders` (the same script makes them): BiGAN, an autoencoder, an encoder fitted afterwards to a
plain GAN, and the untrained encoder; the seeds and the readers are those of `bigbigan_faces`, whose rows stand beside
these. From z (32 numbers) and from the maps of the last convolution, averaged over pixels (32 numbers); of the
untrained encoder that is what random features give. "random convolution": all 512 numbers of those maps, the same in
both columns. ratio x is 1 where there is no decoder.
"""

from __future__ import annotations

import torch
from bigan_encoders import ASKED, N, faces, labels, made
from bigbigan_faces import READ, SEEDS, attributes
from torch import nn

from ganbook.experiments import Experiment, main
from ganbook.studies.encoders import probe, ratio

VARIANTS = ("BiGAN", "autoencoder", "encoder fitted afterwards", "untrained encoder", "random convolution")


@torch.no_grad()
def scored(encode: nn.Module, decode: nn.Module | None) -> dict[str, float]:
    """What comes back, where there is a decoder, and what a linear map reads."""
    x, held_out = faces("train").x[:N], faces("test").x[:N]
    found = {"ratio x": 1.0 if decode is None else ratio(held_out, decode(encode(held_out)))}
    if isinstance(encode[-2], nn.Conv2d):
        return found | attributes(encode)
    known, new = encode(x), encode(held_out)
    read = {name: probe(known, labels("train", name)[:N], new, labels("test", name)[:N]) for name in ASKED}
    return found | {f"{where}: {name}": share for where in ("z", "pooled") for name, share in read.items()}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed."""
    return [scored(*made(variant, seed)[:2]) for seed in seeds]


EXPERIMENT = Experiment(
    name="bigbigan_probes",
    question="What do BiGAN, an autoencoder, a fitted encoder and random features know of faces?",
    variants=VARIANTS,
    seeds=SEEDS,
    measures=("ratio x", *READ),
    measure=measure,
    apart=True,
    live=None,
    differs={"live": "chapter 18 trains one BigBiGAN live; here its rivals, ten seeds each"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
