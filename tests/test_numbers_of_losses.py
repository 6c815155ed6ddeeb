"""Losses, penalties and fitness against NumPy in float64, written from the papers' equations and not from our code."""

import numpy as np
import pytest
import torch
from scipy.special import expit, log_expit, logsumexp

from ganbook import losses, penalties
from ganbook.games import Evolution
from ganbook.games.mutations import MUTATIONS
from ganbook.models import mlp
from ganbook.recipes import Recipe


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def log_d(x):
    return log_expit(x)  # log D of a raw output, and log (1 - D) of its negative


PAPERS = {  # of r = D(x) and f = D(G(z)), raw: what D and what G descend
    "NonSaturating": (lambda r, f: -log_d(r).mean() - log_d(-f).mean(), lambda r, f: -log_d(f).mean()),
    "Minimax": (lambda r, f: -log_d(r).mean() - log_d(-f).mean(), lambda r, f: log_d(-f).mean()),
    "LeastSquares": (
        lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2,
        lambda r, f: ((f - 1) ** 2).mean() / 2,
    ),
    "Hinge": (lambda r, f: np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean(), lambda r, f: -f.mean()),
    "Wasserstein": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "RelativisticAverage": (
        lambda r, f: -log_d(r - f.mean()).mean() - log_d(r.mean() - f).mean(),
        lambda r, f: -log_d(f - r.mean()).mean() - log_d(f.mean() - r).mean(),
    ),
    "RelativisticPairing": (lambda r, f: -log_d(r - f).mean(), lambda r, f: -log_d(f - r).mean()),
}
SETS = {
    "plain": (drawn(9, 1), drawn(9, 1, seed=1)),
    "one row": (drawn(1, 1), drawn(1, 1, seed=1)),
    "1e4": (1e4 * drawn(9, 1), 1e4 * drawn(9, 1, seed=1)),
    "1e-8": (1e-8 * drawn(9, 1), 1e-8 * drawn(9, 1, seed=1)),
    "ties": (drawn(9, 1).round(), drawn(9, 1, seed=1).round()),
    "outlier": (torch.cat([drawn(8, 1), torch.full((1, 1), 1e8, dtype=torch.float64)]), drawn(9, 1, seed=1)),
}
TYPES = {torch.float64: 1e-13, torch.float32: 3e-7, torch.bfloat16: 1e-2}


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("kind", SETS)
def test_losses_of_one_output(name, kind):
    for dtype, within in TYPES.items():
        r, f = (x.to(dtype) for x in SETS[kind])
        a, b = r.double().numpy(), f.double().numpy()
        size = 1 + max(np.abs(a).max(), np.abs(b).max())
        for found, wanted in zip(("d", "g"), PAPERS[name], strict=True):
            ours = float(getattr(getattr(losses, name)(), found)(r, f))
            scale = size**2 if name == "LeastSquares" else size
            assert ours == pytest.approx(wanted(a, b), rel=0, abs=within * scale), (found, dtype)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 50.0, 1e4])
def test_semi_supervised_by_the_probabilities_of_k_plus_one_classes(scale):
    """Salimans et al. 2016, section 5: the fake's own logit is 0, its probability 1 / (Z + 1)."""
    real, fake, y = scale * drawn(7, 4), scale * drawn(7, 4, seed=1), torch.arange(7) % 4
    r, f = (np.concatenate([x.numpy(), np.zeros((7, 1))], 1) for x in (real, fake))
    log_p, log_q = (x - logsumexp(x, 1, keepdims=True) for x in (r, f))
    loss = losses.SemiSupervised(4, weight=1.5)
    d = -1.5 / 2 * (logsumexp(log_p[:, :4], 1).mean() + log_q[:, 4].mean())
    assert float(loss.d(real, fake)) == pytest.approx(d, rel=1e-12)
    assert float(loss.g(None, fake)) == pytest.approx(-logsumexp(log_q[:, :4], 1).mean(), rel=1e-12, abs=1e-12)
    known = r[:, :4] - logsumexp(r[:, :4], 1, keepdims=True)
    wanted = -known[np.arange(7), y.numpy()].mean()
    assert float(loss.supervised(real, y)) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


def test_matching_of_features():
    r, f = drawn(9, 6), drawn(9, 6, seed=1)

    def gap(k):
        return ((r.numpy()[:, k:].mean(0) - f.numpy()[:, k:].mean(0)) ** 2).sum()

    assert float(losses.FeatureMatching(5).g(r, f)) == pytest.approx(gap(1))
    assert float(losses.SemiSupervisedMatching(2, 4).g(r, f)) == pytest.approx(gap(2))
    wanted = -log_d(f.numpy()[:, 0]).mean() + 0.7 / 5 * gap(1)
    assert float(losses.PlusMatching(5, weight=0.7).g(r, f)) == pytest.approx(wanted)


def test_mutations_of_the_paper():
    x = torch.cat([drawn(9), 30 * drawn(9), 1e-8 * drawn(9)])
    D = expit(x.numpy())
    papers = {"minimax": log_d(-x.numpy()), "heuristic": -log_d(x.numpy()), "least squares": (D - 1) ** 2}
    for name, wanted in papers.items():
        np.testing.assert_allclose(MUTATIONS[name](x).numpy(), wanted, rtol=1e-12, atol=1e-9)


# --- penalties: D(x) = w . tanh(W x + b), so grad D = W^T (w (1 - tanh^2))
W, B, OUT = drawn(5, 4, seed=2), drawn(5, seed=3), drawn(5, seed=4)
FAR = torch.cat([drawn(8, 4), 1e8 * drawn(1, 4)])
POINTS = {
    "plain": (drawn(9, 4), drawn(9, 4, seed=1)),
    "one row": (drawn(1, 4), drawn(1, 4, seed=1)),
    "1e-8": (1e-8 * drawn(9, 4), 1e-8 * drawn(9, 4, seed=1)),
    "duplicates": (drawn(1, 4).repeat(9, 1), drawn(9, 4, seed=1)),
    "outlier": (FAR, drawn(9, 4, seed=1)),
    "images": (drawn(9, 4).view(9, 1, 2, 2), drawn(9, 4, seed=1).view(9, 1, 2, 2)),
}


def critic(x):
    return torch.tanh(x.flatten(1) @ W.to(x).T + B.to(x)) @ OUT.to(x)


def slopes(x):
    h = np.tanh(x @ W.numpy().T + B.numpy())
    return (OUT.numpy() * (1 - h * h)) @ W.numpy()


@pytest.mark.parametrize("kind", POINTS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_penalties_by_a_gradient_written_out(kind, dtype):
    x, y = (points.to(dtype) for points in POINTS[kind])
    a, b = (points.double().flatten(1).numpy() for points in (x, y))

    def rng():
        return torch.Generator().manual_seed(3)

    e = torch.rand(len(x), generator=rng(), dtype=dtype).double().numpy()[:, None]
    norms = np.linalg.norm(slopes(e * a + (1 - e) * b), axis=1)
    beside = a + np.sqrt(0.3) * torch.randn(x.shape, generator=rng(), dtype=dtype).double().flatten(1).numpy()
    scores = np.tanh(a @ W.numpy().T + B.numpy()) @ OUT.numpy()
    wanted = {
        penalties.R1(3.0): 3 / 2 * (slopes(a) ** 2).sum(1).mean(),
        penalties.R2(3.0): 3 / 2 * (slopes(b) ** 2).sum(1).mean(),
        penalties.GradientPenalty(10.0): 10 * ((norms - 1) ** 2).mean(),
        penalties.GradientPenalty(10.0, 0.5, True): 10 * (np.maximum(0, norms - 0.5) ** 2).mean(),
        penalties.Dragan(5.0, noise=penalties.GaussianNoise(0.3)): 5
        * ((np.linalg.norm(slopes(beside), axis=1) - 1) ** 2).mean(),
        losses.Drift(0.1): 0.1 * (scores**2).mean(),
    }
    within = 1e-12 if dtype == torch.float64 else 1e-5
    for penalty, value in wanted.items():
        assert float(penalty(critic, x, y, rng()).detach()) == pytest.approx(value, rel=within, abs=within), penalty


def test_fitness_by_the_slopes_of_d_written_out():
    """Wang et al. 2019: F_q = E D(G(z)), F_d = -log |grad of D's loss by its weights|."""
    torch.manual_seed(0)
    G, D = mlp([2, 3]), torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    game = Evolution([G], D, Recipe(losses.NonSaturating(), batch=8), device=torch.device("cpu"), gamma=0.3)
    x = drawn(16, 3, seed=5).float()
    found = game.fitness(game.G, x, torch.Generator().manual_seed(1))
    with torch.no_grad():
        y = game.G(game.prior(16, torch.Generator().manual_seed(1)))
    V, c, w, o = (p.detach().double().numpy() for p in D.parameters())
    total = [0.0] * 4
    for samples, is_real in ((x, 1), (y, 0)):
        s = samples.double().numpy()
        h = np.tanh(s @ V.T + c)
        back = (expit(h @ w.T + o) - is_real) / len(s)  # d loss / d logit, (n, 1)
        inner = back * w * (1 - h * h)
        for k, slope in enumerate((inner.T @ s, inner.sum(0), back.T @ h, back.sum(0))):
            total[k] = total[k] + slope
        if not is_real:
            quality = expit(h @ w.T + o).mean()
    diversity = -np.log(np.sqrt(sum((slope**2).sum() for slope in total)))
    assert float(found.quality) == pytest.approx(quality, rel=1e-5)
    assert float(found.diversity) == pytest.approx(diversity, rel=1e-5)
    assert float(found.total) == pytest.approx(quality + 0.3 * diversity, rel=1e-5)
