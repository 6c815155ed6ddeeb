"""Measure what the generator in the hand tells its reader: `python scripts/measure_hand.py` (a quarter of an hour).

The direction of glasses is that of chapter 5, by its own recipe, and the pictures are drawn by the engine that the page
runs, from the weights of 8 bits. Written to ganbook/player/hand/measured.json, which travels with the weights.
"""

import contextlib
import json

import numpy as np
import torch
from py_mini_racer import mini_racer

from ganbook import claims, data, features, zoo
from ganbook.models import still
from ganbook.player.hand import bundle, pack

TARGET = bundle.HERE / "measured.json"
DIGITS = 100  # held-out ones, the first
DRAW = "(G, latents) => latents.map((z) => [...E.run(G, z).out])"
NEAREST = "(G, wanted, n) => { const seen = {}; for (const _ of E.nearest(G, wanted, n, seen)); return seen.far; }"


@contextlib.contextmanager
def engine(network):
    """run(a function of G, arguments) -> what it returns, by the page's engine in V8."""
    made = {key: value if key == "forms" else list(value) for key, value in pack.packed(network).items()}
    with mini_racer() as context:
        context.eval(
            f"{bundle.engine()};var E = engine(), a = {json.dumps(made)}; a.numbers = Float32Array.from(a.numbers); "
            "a.integers = Int8Array.from(a.integers); var G = E.unpack(a).G"
        )

        def run(function, *arguments):
            text = f"JSON.stringify(({function})(G, {', '.join(map(json.dumps, arguments))}))"
            return json.loads(context.eval(text, timeout_sec=600))

        yield run


def wears(x):
    """Which faces have glasses, by the classifier of chapter 6."""
    return features.load("faces").attributes(x)["glasses"].cpu() > 0


def glasses():
    """(the step of chapter 5, latents without glasses on which it was not made), to three decimals."""
    z, G = torch.randn(8_000, 100, generator=claims.rng(5)), zoo.load("dcgan-faces", device="cpu").G
    with still(G):
        seen = wears(torch.cat([G(part) for part in z.split(500)]))
    known, has = z[:6_000], seen[:6_000]
    step = known[has].mean(0) - known[~has].mean(0)
    return (1_000 * step).round() / 1_000, z[6_000:][~seen[6_000:]]


def hits(step, bare):
    """Of faces without glasses the share that has them after 0, 1 and 2 steps, as the page draws them."""
    z = torch.cat([bare + s * step for s in range(3)])
    with engine("faces") as run:
        drawn = [torch.tensor(run(DRAW, part.tolist())) for part in z.split(200)]
    return wears(torch.cat(drawn).view(-1, 3, 16, 16)).view(3, -1).double().mean(1).tolist()


def nearest():
    """Of held-out digits the squared distance of the nearest that the page finds, sorted."""
    x = data.digits(split="test", device="cpu").x[:DIGITS].flatten(1)
    with engine("digits") as run:
        return np.sort([run(NEAREST, wanted.tolist(), n) for n, wanted in enumerate(x)])


def main():
    step, bare = glasses()
    none, one, two = hits(step, bare)
    far = nearest()
    made = {
        "faces": {
            "glasses": [round(v, 3) for v in step.tolist()],
            "tried": len(bare),
            "hits": [round(v, 3) for v in (none, one, two)],
        },
        "digits": {
            "tried": DIGITS,
            "half": round(float(np.quantile(far, 0.5)), 1),
            "nine": round(float(np.quantile(far, 0.9)), 1),
        },
    }
    TARGET.write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
