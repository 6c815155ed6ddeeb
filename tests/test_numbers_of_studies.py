"""Numbers that chapters 12 to 19 print, against NumPy and SciPy in float64, written from their definitions."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import ndimage, stats
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from ganbook import data, features
from ganbook.data.truncation import truncated, truncated_std
from ganbook.divergences.gaussian import Gaussian
from ganbook.metrics import best_of, interval, ms_ssim, pyramid_distance
from ganbook.studies import class_prior, codes, conditional, encoders, evolution, ledger, matchings, modern, spectral
from ganbook.studies import translation as tr
from ganbook.studies.joint_distance import three
from ganbook.studies.thumbnails import thumbnail_precision_recall


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- patches of a Laplacian pyramid, as in the code of Karras et al. 2018

FILTER = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[None, None] / 256


def pyramid(x, levels):
    found = [x]
    for _ in range(levels - 1):
        small = ndimage.convolve(found[-1], FILTER, mode="mirror")[:, :, ::2, ::2]
        wide = np.zeros_like(found[-1])
        wide[:, :, ::2, ::2] = small
        found[-1] = found[-1] - ndimage.convolve(wide, 4 * FILTER, mode="mirror")
        found.append(small)
    return found


def described(level, rows, columns):
    places = [(i, r, c) for i in range(len(rows)) for r, c in zip(rows[i], columns[i], strict=True)]
    return np.stack([level[i, :, r : r + 7, c : c + 7] for i, r, c in places])


@pytest.mark.parametrize("normalise", ["each", "real"])
@pytest.mark.parametrize(
    ("shape", "levels", "scale"), [((3, 32, 32), 3, 1), ((1, 28, 56), 2, 1e-8), ((1, 28, 28), 2, 1e8)]
)
def test_the_sliced_distance_of_patches(normalise, shape, levels, scale):
    x, y = (scale * drawn(30, *shape, seed=k).cumsum(2) for k in (0, 1))
    rng, sides = torch.Generator().manual_seed(5), [[side >> k for side in shape[1:]] for k in range(levels)]
    places = [[torch.randint(0, s - 6, (30, 2), generator=rng).numpy() for s in level] for level in sides]
    found = pyramid_distance(x, y, seed=5, smallest=8 if shape[1] == 32 else 14, normalise=normalise)
    for k, (a, b) in enumerate(zip(pyramid(x.numpy(), levels), pyramid(y.numpy(), levels), strict=True)):
        a, b = described(a, *places[k]), described(b, *places[k])
        m, s = a.mean((0, 2, 3), keepdims=True), a.std((0, 2, 3), keepdims=True)
        if normalise == "each":
            b = (b - b.mean((0, 2, 3), keepdims=True)) / b.std((0, 2, 3), keepdims=True)
        else:
            b = (b - m) / s
        a, b = ((a - m) / s).reshape(len(a), -1), b.reshape(len(b), -1)
        theta = torch.randn(a.shape[1], 128, generator=rng).double().numpy()
        theta /= np.linalg.norm(theta, axis=0)
        wanted = np.abs(np.sort(a @ theta, 0) - np.sort(b @ theta, 0)).mean()
        assert float(found[sides[k][1]]) == pytest.approx(wanted, rel=1e-6)


def test_pixels_of_another_range_are_refused_by_similarity(as_readers):
    x = (drawn(2, 1, 16, 16).clamp(-1, 1) + 1) * 127.5
    with pytest.raises(ValueError, match="x must hold pixels that reach over span = 2 at most, got values from 0 to"):
        ms_ssim(x, x)
    assert float(ms_ssim(x, x, span=255.0)[0]) == pytest.approx(1)


# --- translations and codes

PAIRS = {
    "plain": (drawn(40, 3, 4, 4), drawn(40, 3, 4, 4, seed=1)),
    "ties": (drawn(40, 12).round(), drawn(40, 12, seed=1).round()),
    "duplicates": (drawn(40, 12), drawn(20, 12, seed=1).repeat(2, 1)),
    "outlier": (torch.cat([drawn(39, 12), torch.full((1, 12), 1e6).double()]), drawn(40, 12, seed=1)),
    "1e-8": (1e-8 * drawn(40, 12), 1e-8 * drawn(40, 12, seed=1)),
    "1e8": (1e8 * drawn(40, 12), 1e8 * drawn(40, 12, seed=1)),
    "one row": (drawn(1, 5), drawn(1, 5, seed=1)),
    "n < d": (drawn(3, 500), drawn(3, 500, seed=2)),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_ranks_distances_and_ratios_of_pairs(kind):
    for dtype in (torch.float64, torch.float32):
        made, true = (x.to(dtype) for x in PAIRS[kind])
        a, b = (x.double().flatten(1).numpy() for x in (made, true))
        ranks = [stats.rankdata(row)[k] for k, row in enumerate(cdist(a, b, "cityblock"))]
        assert tr.ranks(made, true).tolist() == ranks
        assert tr.l1(made, true) == pytest.approx(np.abs(a - b).mean(), rel=1e-12)
        if len(a) > 1:
            wanted = np.linalg.norm(a - b, axis=1).mean() / np.linalg.norm(a - np.roll(b, -1, 0), axis=1).mean()
            assert encoders.ratio(made, true) == pytest.approx(wanted, rel=1e-12)
            gap = np.mean([stats.kstest(column, "norm").statistic for column in a.T])
            assert codes.ks(made.flatten(1)) == pytest.approx(gap, rel=1e-9)


@pytest.mark.parametrize("kind", ["plain", "1e8", "offset", "n < d", "outlier", "unknown class", "class of one"])
def test_readers_of_codes(kind):
    y, told, middles = torch.arange(60) % 4, torch.arange(50) % 4, 3 * drawn(4, 80, seed=7)
    known, new = middles[y] + 2 * drawn(60, 80), middles[told] + 2 * drawn(50, 80, seed=1)
    if kind != "n < d":
        known, new = known[:, :6], new[:, :6]
    if kind == "1e8":
        known, new = 1e8 * known, 1e8 * new
    if kind == "offset":
        known, new = known + 1e4, new + 1e4
    if kind == "outlier":
        known[-1] = 1e6
    if kind in ("unknown class", "class of one"):
        keep = (y < 3) | ((torch.arange(60) == 3) & (kind == "class of one"))
        known, y = known[keep], y[keep]
    a, b = ((x.numpy() - known.numpy().mean(0)) / known.numpy().std(0, ddof=1) for x in (known, new))
    assert encoders.nearest(known, y, new, told) == (y.numpy()[cdist(b, a).argmin(1)] == told.numpy()).mean()
    a, b = (np.hstack([x, np.ones((len(x), 1))]) for x in (a, b))
    rows = np.vstack([a / np.sqrt(len(a)), np.sqrt(0.1) * np.eye(a.shape[1])])
    wanted = np.vstack([np.eye(4)[y.numpy()] / np.sqrt(len(a)), np.zeros((a.shape[1], 4))])
    read = (b @ np.linalg.lstsq(rows, wanted, rcond=None)[0]).argmax(1)
    assert encoders.probe(known, y, new, told) == (read == told.numpy()).mean()


def test_thumbnails_and_classes_of_faces():
    faces, net = conditional.four_classes("test", "cpu"), features.load("faces", "cpu")
    x, y = faces.x[:120], faces.y[:120]
    other = (0.8 * x.flip(0) + 0.1 * drawn(*x.shape).float()).clamp(-1, 1)
    a, b = (z.double().numpy().reshape(-1, 3, 4, 4, 4, 4).mean((3, 5)).reshape(-1, 48) for z in (x, other))
    balls = [np.sort(cdist(own, own), 1)[:, 3] for own in (a, b)]
    found = thumbnail_precision_recall(x, other)
    assert float(found.precision) == (cdist(a, b) <= balls[0][:, None]).any(0).mean()
    assert float(found.recall) == (cdist(a, b) <= balls[1]).any(1).mean()
    told = net.attributes(x)
    right = [int(told["length"][k]) + 2 * int(told["glasses"][k] > 0) == int(y[k]) for k in range(120)]
    assert conditional.label_accuracy(net, x, y) == np.mean(right)


def face_scores():
    net, x = features.load("faces", "cpu"), data.faces(split="test", device="cpu").x[:8]
    return x, {
        "label_accuracy": lambda x: conditional.label_accuracy(net, x, torch.zeros(8).long()),
        "hit": lambda x: tr.hit(net, x),
        "unchanged": lambda z: tr.unchanged(net, x, z),
        "thumbnails": lambda z: thumbnail_precision_recall(x, z),
    }


@pytest.mark.parametrize("name", ["label_accuracy", "hit", "unchanged", "thumbnails"])
def test_faces_of_another_range_are_refused(name, as_readers):
    """In 0..255 the classes of real faces were found in 37 of 100, and nobody was told."""
    x, scores = face_scores()
    for bad, sentence in (
        ((x + 1) * 127.5, r"must hold images in \[-1, 1\], got values from 0 to 25"),
        (((x + 1) * 127.5).byte(), "in floating point, got torch.uint8"),
        (torch.where(torch.arange(16) == 3, math.nan, x), "must be finite"),
    ):
        with pytest.raises(ValueError, match=sentence):
            scores[name](bad)
    with pytest.warns(UserWarning, match="nothing below 0"):
        scores[name]((x + 1) / 2)


NAN, Z = torch.full((4, 2), math.nan), torch.zeros(4).long()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tr.ranks(NAN, torch.zeros(4, 2)), "pictures must be finite"),  # was rank 0.5, ahead of the best
        (
            lambda: tr.outside(*[torch.ones(2, 1, 2, 2).byte()] * 2, torch.eye(2).bool()),
            "in floating point, got torch.uint8",
        ),
        (lambda: tr.mean_difference(drawn(2, 3), drawn(0, 3), drawn(2, 3)), "of_x must be a tensor and not be empty"),
        (lambda: encoders.probe(NAN, Z, NAN, Z), "known must be finite"),
        (lambda: encoders.nearest(torch.zeros(4, 2), Z, NAN, Z), "new must be finite"),
        (lambda: encoders.ratio(NAN, NAN), "x must be finite"),
        (lambda: codes.ks(NAN), "z must be finite"),
        (lambda: interval([1.0, math.nan]), "scores must be finite, got nan among 2"),
        (lambda: best_of(range(1_001), 500), "scores must be at most 1,000 numbers, got 1001"),
        (lambda: matchings.census(21), r"n must be a whole number in 1\.\.20, got 21"),
        (lambda: matchings.right([]), "G must give at least one number"),
        (lambda: spectral.kernel_sigma(torch.ones(1, 1, 3, 3).bfloat16()), "kernel must be of float32 or float64"),
    ],
)
def test_what_has_no_score(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()
    assert best_of(range(1_000), 500) < 1


# --- small exact things


def total_variation(p, q):
    """1/2 int |p - q|: along y in closed form between the roots of log p - log q, along x by quadrature."""
    (mp, P), (mq, Q) = ((np.array(m, float), np.array(S, float)) for m, S in (p, q))
    normal = stats.norm

    def given(x, m, S):
        slope = S[0, 1] / S[0, 0]
        return normal.logpdf(x, m[0], S[0, 0] ** 0.5), m[1] + slope * (x - m[0]), (S[1, 1] - slope * S[0, 1]) ** 0.5

    def between(x):
        (u, a, s), (v, b, t) = given(x, mp, P), given(x, mq, Q)
        curve = [0.5 / t**2 - 0.5 / s**2, a / s**2 - b / t**2]
        curve.append(u - v + math.log(t / s) - 0.5 * (a / s) ** 2 + 0.5 * (b / t) ** 2)
        roots = np.roots(curve)
        edges = [-np.inf, *sorted(roots[np.isreal(roots)].real), np.inf]
        masses = math.exp(u) * np.diff(normal.cdf(edges, a, s)) - math.exp(v) * np.diff(normal.cdf(edges, b, t))
        return 0.5 * np.abs(masses).sum()

    ends = [m[0] + side * 8 * S[0, 0] ** 0.5 for m, S in ((mp, P), (mq, Q)) for side in (-1, 1)]
    return quad(between, min(ends), max(ends), epsabs=1e-9, epsrel=1e-9, limit=400)[0]


@pytest.mark.parametrize("seed", range(4))
def test_three_distances_of_pairs(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 2, 2))
    p, q = (rng.normal(size=2), a @ a.T + 0.2 * np.eye(2)), (rng.normal(size=2), b @ b.T + 0.2 * np.eye(2))
    for scale in (1.0, 1e-4, 1e4):
        laws = [Gaussian((scale * m).tolist(), (scale**2 * S).tolist()) for m, S in (p, q)]
        assert three(*laws).xz == pytest.approx(total_variation(p, q), abs=1e-7)


@pytest.mark.parametrize("rare", [0.01, 0.3])
def test_the_best_d_without_a_class_bias(rare):
    x, w = np.polynomial.hermite_e.hermegauss(80)

    def price(v):
        out = [v[0] + v[1 + y] * (x + centre) for y, centre in enumerate((-1, 1))]
        each = [p * np.logaddexp(0, -o) + 0.5 * np.logaddexp(0, o) for p, o in zip((1 - rare, rare), out, strict=True)]
        return sum((w * loss).sum() for loss in each) / w.sum()

    found = minimize(price, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    assert class_prior.best(rare, False).slopes == pytest.approx(found.x[1:], abs=1e-5)


def test_the_best_of_n():
    for n in (1, 2, 5, 100, 10_000):
        wanted = quad(lambda x, n=n: x * n * stats.norm.pdf(x) * stats.norm.cdf(x) ** (n - 1), -10, 12, limit=200)[0]
        assert evolution.expected_maximum(n) == pytest.approx(wanted, abs=1e-8)
    runs = np.random.default_rng(0).normal(size=10)
    assert best_of(runs, 4) == pytest.approx(np.mean([min(some) for some in itertools.combinations(runs, 4)]))


def test_matchings_counted_one_by_one():
    for n in range(1, 7):
        right = [sum(i == j for i, j in enumerate(p)) for p in itertools.permutations(range(n))]
        assert matchings.census(n).tolist() == np.bincount(right, minlength=n + 1).tolist()


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_the_ledger_is_a_paired_test_of_logarithms(scale):
    a, b = np.random.default_rng(0).lognormal(size=(2, 8))
    test = stats.ttest_rel(np.log(a), np.log(b))
    low, high = np.expm1(test.confidence_interval(0.95))
    found = ledger.compared("R1", "px", (scale * a).tolist(), (scale * b).tolist())
    wanted = [np.expm1(np.log(a / b).mean()), low, high, test.pvalue]
    assert [found.change, found.low, found.high, found.p] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("threshold", [1e-8, 0.02, 0.7, 30])
def test_truncated_latents(threshold):
    law = stats.truncnorm(-threshold, threshold) if threshold > 1e-3 else stats.uniform(-threshold, 2 * threshold)
    z = truncated(4, threshold)(5_000, torch.Generator().manual_seed(1)).double().numpy().ravel()
    assert stats.kstest(z, law.cdf).pvalue > 0.01
    assert truncated_std(threshold) == pytest.approx(law.std(), rel=1e-6)


def test_spectral_estimates_kernels_and_slopes():
    W, K = drawn(7, 11), drawn(3, 2, 3, 3, seed=1)
    for scale in (1e-8, 1.0, 1e8):
        assert spectral.estimates(scale * W, 300)[-1] == pytest.approx(scale * np.linalg.norm(W.numpy(), 2), rel=1e-9)
    assert spectral.kernel_sigma(K) == pytest.approx(np.linalg.norm(K.numpy().reshape(3, -1), 2))
    for gamma, penalties in itertools.product((0.0, 0.3, 2.5), (1, 2)):
        played = np.linalg.eigvals(np.array([[-penalties * gamma, 0.5], [-0.5, 0.0]], complex))
        ours = np.array(modern.dirac_eigenvalues(gamma, penalties))
        apart = np.abs(ours[:, None] - played)  # in either order
        assert min(apart.trace(), apart[::-1].trace()) < 1e-7
