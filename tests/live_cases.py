"""The same game twice, from the same weights and batches: by ganbook, and by the live engine wherever it runs."""

import torch

from ganbook import losses, models
from ganbook.games import GAN
from ganbook.penalties import R1, R2, GradientPenalty
from ganbook.recipes import Recipe

BATCH = 16
PLAIN = {
    "minimax": losses.Minimax(),
    "non-saturating": losses.NonSaturating(),
    "least-squares": losses.LeastSquares(),
    "hinge": losses.Hinge(),
    "wasserstein": losses.Wasserstein(),
    "relativistic": losses.RelativisticPairing(),
}
PENALTIES = {
    "none": {},
    "clip": {"clip": 0.05},
    "gp": {"penalties": (GradientPenalty(0.05),)},
    "r1": {"penalties": (R1(0.05),)},
    "r1+r2": {"penalties": (R1(0.05), R2(0.05))},
}
"""The engine's names, and what a recipe says instead; the engine is told the strength 0.05."""


def _cases():
    for name, loss in PLAIN.items():
        for penalty in PENALTIES:
            yield {"loss": name, "penalty": penalty}, loss
    for objective in (1, 2, 3):
        for outcomes, anchors in ((2, "one-hot"), (5, "authors"), (20, "far")):
            asked = {"loss": "realness", "outcomes": outcomes, "objective": objective, "anchors": anchors}
            yield asked, losses.Realness(outcomes, objective, anchors)
    for penalty in ("gp", "r1+r2"):
        asked = {"loss": "realness", "outcomes": 5, "objective": 2, "anchors": "middle", "penalty": penalty}
        yield asked, losses.Realness(5, 2, "middle")
    yield {"loss": "hinge", "optimizer": "rmsprop"}, losses.Hinge()
    yield {"loss": "least-squares", "optimizer": "sgd"}, losses.LeastSquares()
    yield {"loss": "wasserstein", "penalty": "gp", "d_steps": 3}, losses.Wasserstein()
    yield {"loss": "non-saturating", "g_steps": 2}, losses.NonSaturating()


CASES = {
    " ".join(map(str, asked.values())) + (" steps" if len(asked) > 2 else ""): (asked, loss) for asked, loss in _cases()
}


def played(asked, loss, rounds):
    """(What the engine is asked, what ganbook finds: losses and gradients of the first round, weights after the last).

    Everything is in double precision, as JavaScript's numbers are.
    """
    steps = {name: asked.get(name, 1) for name in ("d_steps", "g_steps")}
    torch.manual_seed(0)
    G, D = models.mlp([2, 7, 5, 2]).double(), models.mlp([2, 9, 6, loss.outputs]).double()
    rng = torch.Generator().manual_seed(1)
    draws = rounds * (steps["d_steps"] + steps["g_steps"])
    x, z = (torch.randn(draws, BATCH, 2, generator=rng, dtype=torch.float64) for _ in range(2))
    shares = torch.rand(draws, BATCH, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    request = {
        "settings": {
            "penalty": "none",
            "strength": 0.05,
            "rate_d": 2e-3,
            "rate_g": 1e-3,
            "optimizer": "adam",
            "beta1": 0.5,
        }
        | steps
        | asked,
        "batch": BATCH,
        "rounds": rounds,
        **{name: values.flatten(1).tolist() for name, values in (("real", x), ("latent", z), ("shares", shares))},
        **{name: weights(network) for name, network in (("G", G), ("D", D))},
    }
    optimizer = asked.get("optimizer", "adam")
    recipe = Recipe(
        loss,
        lr_d=2e-3,
        lr_g=1e-3,
        batch=BATCH,
        optimizer="rmsprop" if optimizer == "rmsprop" else "adam",
        **steps,
        **PENALTIES[asked.get("penalty", "none")],
    )
    reals, latents = iter(x), iter(z)
    game = GAN(G, D, recipe, prior=lambda n, rng: next(latents), device=torch.device("cpu"))
    if optimizer == "sgd":  # no recipe asks for it
        for name, network, rate in (("D", D, 2e-3), ("G", G, 1e-3)):
            game.optimizers[name] = torch.optim.SGD(network.parameters(), lr=rate)
    drawn = torch.Generator().manual_seed(2)
    for n in range(rounds):
        readings = game.round(lambda n, rng: next(reals), drawn)
        if n == 0:
            found = {name: float(value) for name, value in readings.items()}
            found |= {
                f"slopes of {k}": [p.grad.flatten().tolist() for p in net.parameters()]
                for k, net in (("G", G), ("D", D))
            }
    found |= {
        f"weights of {k}": [p.detach().flatten().tolist() for p in net.parameters()] for k, net in (("G", G), ("D", D))
    }
    return request, found


def weights(network):
    """One list a parameter, in PyTorch's order: weights, biases, layer after layer; with the layers' widths."""
    linear = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    return {
        "widths": [linear[0].in_features, *(layer.out_features for layer in linear)],
        "numbers": [p.detach().flatten().tolist() for layer in linear for p in (layer.weight, layer.bias)],
    }


DRIVER = """(E, asked) => {
  const seated = ({ widths, numbers }) => {
    const network = E.makeNetwork(widths, E.makeRandom(0));
    network.forEach((layer, k) => { layer.w.set(numbers[2 * k]); layer.b.set(numbers[2 * k + 1]); });
    return network;
  };
  const networks = { G: seated(asked.G), D: seated(asked.D) }, at = { real: 0, latent: 0, shares: 0 };
  const hand = (name) => () => Float64Array.from(asked[name][at[name]++]);
  const supply = { real: hand("real"), latent: hand("latent"), shares: hand("shares") };
  const game = E.makeGame(asked.settings, supply, networks, asked.batch), found = {};
  const list = (network, names) => network.flatMap((layer) => names.map((name) => [...layer[name]]));
  for (let n = 0; n < asked.rounds; n += 1) {
    game.playRound();
    if (n) continue;
    Object.assign(found, { D: game.d, G: game.g });
    for (const k of ["G", "D"]) found["slopes of " + k] = list(networks[k], ["dw", "db"]);
  }
  for (const k of ["G", "D"]) found["weights of " + k] = list(networks[k], ["w", "b"]);
  return found;
}"""
"""The engine's side of `played`, for whatever runs JavaScript."""
