"""A Score carries its protocol, prints it, goes into JSON, and refuses to be ordered against another protocol."""

import dataclasses
import inspect
import json

import pytest
import scipy.stats
import torch
from torch.testing import assert_close

from ganbook import metrics
from ganbook.metrics import Score, interval

X = torch.rand(40, 3, generator=torch.Generator().manual_seed(0))
IMAGES = torch.rand(20, 1, 28, 28, generator=torch.Generator().manual_seed(0))

ALL = {
    "inception_score": lambda: metrics.inception_score(X),
    "frechet_distance": lambda: metrics.frechet_distance(X, X + 1),
    "kernel_distance": lambda: metrics.kernel_distance(X, X + 1),
    "kernel subsets": lambda: metrics.kernel_distance(X, X + 1, subset=10),
    "precision": lambda: metrics.precision_recall(X, X + 1).precision,
    "recall": lambda: metrics.precision_recall(X, X + 1).recall,
    "density": lambda: metrics.density_coverage(X, X + 1).density,
    "coverage": lambda: metrics.density_coverage(X, X + 1).coverage,
    "sliced_wasserstein": lambda: metrics.sliced_wasserstein(X, X + 1),
    "pyramid_distance": lambda: metrics.pyramid_distance(IMAGES, IMAGES.flip(0))[14],
    "image_similarity": lambda: metrics.image_similarity(IMAGES, pairs=10),
    "modes": lambda: metrics.mode_scores(X, X[:4], std=0.1).modes,
    "memorisation": lambda: metrics.memorisation(X, X + 1, X + 2),
}


@pytest.mark.parametrize("name", ALL)
def test_every_metric_is_a_pure_function_with_a_protocol(name):
    state = torch.get_rng_state()
    score, again = ALL[name](), ALL[name]()
    assert score == again
    assert torch.equal(torch.get_rng_state(), state)
    assert score.n_fake in (20, 40)
    assert score.features
    assert str(score.n_fake) in str(score)
    assert score.name in str(score)
    assert json.loads(json.dumps(score.as_dict()))["value"] == float(score)


def test_a_score_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ALL["frechet_distance"]().value = 0.0


def test_scores_of_one_protocol_are_ordered_and_seeds_may_differ():
    a, b = (metrics.sliced_wasserstein(X, X + shift, seed=seed) for shift, seed in ((1.0, 0), (2.0, 1)))
    assert a < b
    assert b > a


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_fake": 5}, "n_fake 10 against 5"),
        ({"features": "digits@1234"}, "features samples against digits@1234"),
        ({"settings": (("k", 4),)}, "k 3 against 4"),
        ({"name": "other"}, "name one against other"),
    ],
)
def test_scores_of_different_protocols_are_not_ordered(change, message):
    score = Score(1.0, "one", 10, 10, settings=(("k", 3),))
    with pytest.raises(ValueError, match=message):
        assert score < dataclasses.replace(score, **change)
    with pytest.raises(ValueError, match=message):
        assert score > dataclasses.replace(score, **change)


def test_format_takes_the_number():
    assert f"{Score(1.23456, 'one', 1, 1):.2f}" == "1.23"


def test_interval_matches_scipy():
    values = [0.3, 0.5, 0.9, 1.4]
    low, high = scipy.stats.t.interval(0.9, 3, loc=0.775, scale=scipy.stats.sem(values))
    got = interval([Score(v, "one", 1, 1) for v in values], level=0.9)
    assert_close([got.low, got.high], [float(low), float(high)])


def test_interval_covers_the_mean_as_often_as_it_says():
    rng = torch.Generator().manual_seed(0)
    draws = torch.randn(2_000, 5, generator=rng).tolist()
    hits = sum(got.low < 0 < got.high for got in map(interval, draws))
    assert abs(hits / 2_000 - 0.95) < 0.02  # 4 standard errors


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (([1.0],), "at least 2 repetitions"),
        (([1.0, 2.0], 1.0), "level must be a number in .0, 1., got 1.0"),
    ],
)
def test_interval_refuses(args, message):
    with pytest.raises(ValueError, match=message):
        interval(*args)


PROTOCOLS = {
    (metrics.sliced_wasserstein, "directions"): 128,
    (metrics.pyramid_distance, "directions"): 128,
    (metrics.pyramid_distance, "patches"): 2,
    (metrics.precision_recall, "neighbours"): 3,
    (metrics.density_coverage, "neighbours"): 5,
    (metrics.kernel_distance, "subsets"): 100,
    (metrics.inception_score, "splits"): 10,
    (metrics.mode_scores, "radius"): 3.0,
    (metrics.mode_scores, "least"): 1,
    (metrics.image_similarity, "pairs"): 5_000,
    (metrics.interval, "level"): 0.95,
    (metrics.sliced_wasserstein, "seed"): 0,
    (metrics.pyramid_distance, "seed"): 0,
    (metrics.pyramid_distance, "smallest"): 14,
    (metrics.pyramid_distance, "normalise"): "each",
    (metrics.laplacian_pyramid, "smallest"): 14,
    (metrics.kernel_distance, "seed"): 0,
    (metrics.kernel_distance, "subset"): None,
    (metrics.image_similarity, "seed"): 0,
    (metrics.image_similarity, "span"): 2.0,
    (metrics.ms_ssim, "span"): 2.0,
    (metrics.stacked_scores, "classes"): 10,
    (metrics.stacked_scores, "least"): 1,
}


@pytest.mark.parametrize(("asked", "value"), PROTOCOLS.items())
def test_a_default_is_a_protocol(asked, value):
    """Two measurements can be compared only where these agree: whoever changes one changes all that was measured."""
    function, name = asked
    assert inspect.signature(function).parameters[name].default == value


def points(n, seed):
    return torch.rand(n, 3, generator=torch.Generator().manual_seed(seed))


R, F, H = points(30, 0), points(20, 1), points(10, 2)
HALF = torch.rand(5, 2, 4, 4, generator=torch.Generator().manual_seed(3))
TOLD = {
    "inception": (
        lambda: [metrics.inception_score(F, 4, features="t")],
        ["Inception Score (0 real, 20 fake, t, splits 4)"],
    ),
    "frechet": (
        lambda: [metrics.frechet_distance(R, F, features="t")],
        ["Frechet distance (30 real, 20 fake, t)"],
    ),
    "kernel": (
        lambda: [metrics.kernel_distance(R, F, features="t"), metrics.kernel_distance(R, F, 10, 7, 3, features="t")],
        [
            "kernel distance (30 real, 20 fake, t, subset all)",
            "kernel distance (30 real, 20 fake, t, seed 3, subset 10, subsets 7)",
        ],
    ),
    "balls": (
        lambda: [*metrics.precision_recall(R, F, 2, features="t"), *metrics.density_coverage(R, F, 2, features="t")],
        [f"{name} (30 real, 20 fake, t, neighbours 2)" for name in ("precision", "recall", "density", "coverage")],
    ),
    "sliced": (
        lambda: [metrics.sliced_wasserstein(F, F + 1, 9, 4, features="t")],
        ["sliced Wasserstein distance (20 real, 20 fake, t, seed 4, directions 9)"],
    ),
    "pyramid": (
        lambda: metrics.pyramid_distance(IMAGES, IMAGES.flip(0), 3, 9, 7, 5, normalise="real").values(),
        [
            f"sliced Wasserstein distance, level {side} "
            "(20 real, 20 fake, patches 7x7, seed 5, directions 9, normalise real, patches 3)"
            for side in (28, 14, 7)
        ],
    ),
    "similarity": (
        lambda: [metrics.image_similarity(IMAGES, 9, 6, scales=n, features="t") for n in (1, None)],
        [f"MS-SSIM (0 real, 20 fake, t, seed 6, pairs 9, scales {n})" for n in (1, 2)],
    ),
    "modes": (
        lambda: metrics.mode_scores(F, R[:4], 0.1, radius=2.0, least=2, seed=8)[:3],
        [
            f"{name} (0 real, 20 fake, 4 modes of std 0.1, seed 8, least 2, radius 2.0)"
            for name in ("modes", "high-quality share", "reverse KL")
        ],
    ),
    "stacked": (
        lambda: metrics.stacked_scores(HALF, lambda x: X[: len(x)], classes=3, least=2, features="t", seed=9)[:3],
        [
            f"{name} (0 real, 5 fake, t, seed 9, least 2, possible 9)"
            for name in ("modes", "high-quality share", "reverse KL")
        ],
    ),
    "memorisation": (
        lambda: [metrics.memorisation(F, R, H, features="t")],
        ["memorisation (30 real, 20 fake, t, held_out 10, z {z})"],
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_score_tells_how_it_was_measured_to_the_last_choice(name):
    """Sets of different sizes, and no choice left at its default: what is not told, or told wrongly, shows."""
    measure, told = TOLD[name]
    for score, expected in zip(measure(), told, strict=True):
        value = score.as_dict()["value"]
        words = expected.replace(" (", f" {value:.4g} (", 1).replace("{z}", str(dict(score.settings).get("z")))
        assert str(score) == f"{score}" == words
        assert {"value", "spread", "seed", "name", "n_real", "n_fake", "features"} <= score.as_dict().keys()


def test_where_a_metric_is_a_mean_its_spread_is_the_deviation_of_what_it_averages():
    """Over parts, subsets or pairs, divided by their number: as papers print it."""
    parts = [float(metrics.inception_score(part, 1)) for part in F.split(5)]
    assert_close(metrics.inception_score(F, 4).spread, float(torch.tensor(parts).double().std(correction=0)))
    draws = torch.Generator().manual_seed(3)
    found = []
    for _ in range(7):
        i, j = (torch.randperm(len(x), generator=draws)[:10] for x in (R, F))
        found.append(float(metrics.kernel_distance(R[i], F[j])))
    score, found = metrics.kernel_distance(R, F, 10, 7, 3), torch.tensor(found, dtype=torch.float64)
    means = [float(found.mean()), float(found.std(correction=0))]
    assert_close([float(score), score.spread], means, rtol=1e-12, atol=0.0)
    opposite = torch.stack([IMAGES[0], IMAGES[0], -IMAGES[0]])  # of a pair's similarity: 1 or 0
    score = metrics.image_similarity(opposite, 30)
    assert_close(score.spread, (float(score) * (1 - float(score))) ** 0.5, rtol=1e-4, atol=0.0)
