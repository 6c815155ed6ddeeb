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
}


@pytest.mark.parametrize(("asked", "value"), PROTOCOLS.items())
def test_a_default_is_a_protocol(asked, value):
    """Two measurements can be compared only where these agree: whoever changes one changes all that was measured."""
    function, name = asked
    assert inspect.signature(function).parameters[name].default == value
