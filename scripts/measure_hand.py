"""Measure what the generator in the hand tells its reader: `python scripts/measure_hand.py` (a quarter of an hour).

Only some of it: `python scripts/measure_hand.py kinds` (ten seconds).

The direction of glasses is that of chapter 5, by its own recipe, and the pictures are drawn by the engine that the page
runs, from the weights of 8 bits. Written to ganbook/player/hand/measured.json, which travels with the weights.
"""

import base64
import contextlib
import json
import sys

import numpy as np
import torch
from py_mini_racer import mini_racer

from ganbook import claims, data, features, zoo
from ganbook.games import ConditionalGAN
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.models import still
from ganbook.player.hand import bundle, pack
from ganbook.studies.conditional import CLASSES, four_classes
from ganbook.studies.thumbnails import thumbnail_precision_recall

TARGET = bundle.HERE / "measured.json"
DIGITS = 100  # held-out ones, the first
TAUS = [k / 10 for k in range(1, 21)]
DRAW = "(G, latents) => latents.map((z) => [...E.run(G, z).out])"
NEAREST = "(G, wanted, n) => { const seen = {}; for (const _ of E.nearest(G, wanted, n, seen)); return seen.far; }"


@contextlib.contextmanager
def engine(network):
    """run(a function of G, arguments) -> what it returns, by the page's engine in V8."""
    made = {key: value if key == "forms" else list(value) for key, value in pack.packed(network).items()}
    with mini_racer() as context:
        context.eval(
            f"{bundle.engine(network)};var E = engine(), a = {json.dumps(made)}; "
            "a.numbers = Float32Array.from(a.numbers); a.integers = Int8Array.from(a.integers); var G = E.unpack(a).G"
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


def rounded():
    """The game of chapter 17's kept pair, its G with the weights that a page gets."""
    kept = zoo.load(pack.NETWORKS["kinds"], device="cpu")
    layers = [layer for layer in kept.G.modules() if isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d))]
    for layer in layers[:-1]:
        shape = tuple(layer.weight.shape)
        integers, scales = pack.rounded(pack.Tensor(shape, layer.weight.flatten().tolist()))
        layer.weight.copy_(torch.tensor(integers).view(shape) * torch.tensor(scales).view(-1, *[1] * (len(shape) - 1)))
    return ConditionalGAN(kept.G, kept.D, BIGGAN_LITE, len(CLASSES), device=torch.device("cpu"))


def statistics(game, tau=None):
    """What the norms divide by at a threshold, None for none: of each in turn means and variances; as chapter 17."""
    G = game.standing(claims.rng(4), 8, game.latents(tau))
    norms = [part for part in G.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    return G, torch.cat([torch.cat([norm.running_mean, norm.running_var]) for norm in norms])


def kinds():
    """Statistics of every threshold and of none; precision and recall of 1,000 faces with the one and the other."""
    game, n = rounded(), 1_000
    real, asked = four_classes("test", "cpu").x[:n], torch.arange(len(CLASSES)).repeat_interleave(n // len(CLASSES))
    borrowed, usual = statistics(game)
    rows, scores = [usual], [{"precision": [], "recall": []} for _ in range(2)]
    for tau in TAUS:
        own, row = statistics(game, tau)
        rows.append(row)
        for G, found in zip((own, borrowed), scores, strict=True):
            with still(G):
                x = G(game.latents(tau)(n, claims.rng(3)), asked)
            for name, score in thumbnail_precision_recall(real, x)._asdict().items():
                found[name].append(round(float(score), 3))
    body = torch.stack(rows).numpy().astype("<f4").tobytes()
    told = {"taus": TAUS, "classes": CLASSES, "z": game.prior.d, "n": n, "scores": scores}
    return told | {"statistics": base64.b64encode(body).decode("ascii")}


def faces():
    """The step towards glasses, and how often none, one and two of them put on glasses."""
    step, bare = glasses()
    return {
        "glasses": [round(v, 3) for v in step.tolist()],
        "tried": len(bare),
        "hits": [round(v, 3) for v in hits(step, bare)],
    }


def digits():
    """How near the page comes to half, and to nine in ten, of some held-out digits."""
    half, nine = (round(float(v), 1) for v in np.quantile(nearest(), (0.5, 0.9)))
    return {"tried": DIGITS, "half": half, "nine": nine}


def main(*names):
    known = json.loads(TARGET.read_text(encoding="utf-8"))
    for measure in (faces, digits, kinds):
        if not names or measure.__name__ in names:
            known[measure.__name__] = measure()
    TARGET.write_text(json.dumps(known) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
