"""Where grey faces have to bring their colours back: what do G and F agree on, and what erases it? 16 px, three seeds.

G: colour -> grey and F: grey -> colour are trained on different people; the true grey of a held-out face is known.
cycle: |F(G(x)) - x|, also after noise of 1, 3, 8 of 256 levels, rounding to 256 levels, or the mean of 3 x 3 pixels has
touched G(x). honest: |F(grey(x)) - x|, what F can do with a true grey picture, in which nobody hid anything. far:
|G(x) - grey(x)|. hair, skin: share of the faces whose colour of hair, or tone of skin, a classifier reads in F(G(x)) as
in x, and with noise of 3.

Variants: as told; F trained with noise of 8 on all that it sees (models.InstanceNoise); lambda 0; and a control in
which nothing is lost, faces whose channels are exchanged (green, blue, red), where "grey" is that exchange.

Networks: Redraw without a gate, 16 and 32 maps; critics of the whole picture; Adam 1e-3 falling to a tenth, batch 8,
lambda 10, no identity, 600 rounds. Settings as for the glasses, with no trial before.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from ganbook import data, features, models
from ganbook.data import grey
from ganbook.experiments import Experiment, main
from ganbook.games import CycleGAN
from ganbook.losses import LeastSquares
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.translation import blurred, cycle_error, l1, noisy, rounded
from ganbook.train import fit, train

SEEDS, ROUNDS, BATCH, N, CPU = (0, 1, 2), 600, 8, 1_000, torch.device("cpu")
FALLING = Ramp(1e-3, 1e-4, images=BATCH * ROUNDS)
RECIPE = Recipe(LeastSquares(), batch=BATCH, lr_d=FALLING, lr_g=FALLING, betas=(0.5, 0.999))
VARIANTS = ("colour to grey", "colour to grey, F trained with noise", "colour to grey, lambda 0", "channels exchanged")
NOISES = (1, 3, 8)


def exchanged(x: Tensor) -> Tensor:
    """Green, blue, red: nothing is lost."""
    return x[:, [1, 2, 0]]


def game(variant: str, seed: int) -> CycleGAN:
    """A game of a variant; the first three begin with the same weights."""
    torch.manual_seed(seed)
    out = 3 if variant == "channels exchanged" else 1
    G, F, D_x, D_y = models.cyclegan(16, 3, out=out, gate=False)
    if variant.endswith("with noise"):
        F = nn.Sequential(models.InstanceNoise(8 / 128), F)
    cycle = 0.0 if variant.endswith("lambda 0") else 10.0
    return CycleGAN(G, F, D_x, D_y, RECIPE, CPU, cycle=cycle, identity=0.0)


def domains(variant: str):
    x, y = data.unpaired_colour(device=CPU)
    if variant == "channels exchanged":
        known = data.unpaired_faces("mouth", device=CPU)  # both moods in both domains
        x, y = (
            data.from_tensor(x.x, device=CPU),
            data.from_tensor(exchanged(torch.cat([k.x for k in known])), device=CPU),
        )
    return data.together(x, y)


def scored(game: CycleGAN, told) -> dict[str, float]:
    """All measures; told: what the true partner is."""
    net, x, rng = features.load("faces", CPU), data.faces(split="test", device=CPU).x[:N], torch.Generator()
    G, F = game.translate, game.translate_back
    touched = {f"noise {k}": partial(noisy, levels=k, rng=rng.manual_seed(k)) for k in NOISES}
    touched |= {"rounded": rounded, "blurred": blurred}
    known = net.attributes(x)
    found = {"cycle": cycle_error(G, F, x), "honest": l1(F(told(x)), x), "far": l1(G(x), told(x))}
    for name, disturb in touched.items():
        found[f"cycle, {name}"] = cycle_error(G, F, x, disturb)
    for name, disturb in (("", lambda y: y), (", noise 3", touched["noise 3"])):
        read = net.attributes(F(disturb(G(x))))
        for part in ("hair", "skin"):
            found[f"{part}{name}"] = float((read[part] == known[part]).double().mean())
    return found


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    real, found = domains(variant), []
    for seed in seeds:
        one = game(variant, seed)
        fit(train(one, real, rounds=ROUNDS, seed=seed, progress=False))
        found.append(scored(one, exchanged if variant == "channels exchanged" else grey))
    return found


EXPERIMENT = Experiment(
    name="hidden_code",
    question="Do translators hide colours in a grey picture, and what erases them?",
    variants=VARIANTS,
    seeds=SEEDS,
    measures=(
        "cycle",
        "honest",
        "far",
        *(f"cycle, noise {k}" for k in NOISES),
        "cycle, rounded",
        "cycle, blurred",
        *(f"{part}{name}" for name in ("", ", noise 3") for part in ("hair", "skin")),
    ),
    measure=measure,
    live=None,
    differs={"live": "chapter 14 trains glasses live; twelve trainings of colours take five minutes"},
    apart=True,
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)
