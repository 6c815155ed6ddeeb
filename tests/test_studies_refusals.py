"""What the studies refuse, by the name of the argument and what is allowed."""

import math

import pytest
import torch
from torch import nn

from ganbook import features
from ganbook.studies import (
    arena,
    bigbigan_ring,
    class_prior,
    codes,
    conditional,
    dirac,
    encoders,
    evolution,
    finite_pairs,
    growing,
    hidden_colour,
    joint_distance,
    ledger,
    matchings,
    modern,
    scaling,
    spectral,
    thumbnails,
    two_by_two,
)
from ganbook.studies import translation as tr
from ganbook.studies.populations import Populations

FACES = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0)).clamp(-1, 1)
NAN = torch.full((3, 2), math.nan)
TWO = torch.zeros(2).long()
REFUSED = {
    "encoded a": (lambda: joint_distance.encoded(math.nan, 1.0), "a must be a finite number"),
    "generated g": (lambda: joint_distance.generated(math.inf, 1.0), "g must be a finite number"),
    "three order": (lambda: joint_distance.three(*[joint_distance.encoded(0.5, 1.0)] * 2, 1), "order must be .* >= 2"),
    "posterior": (lambda: joint_distance.posterior(torch.eye(2)), r"g must be a tensor of shape \(d,\)"),
    "matchings pairs": (lambda: next(matchings.pairs(0)), "n must be a whole number >= 1"),
    "matchings circles": (lambda: matchings.circles(0), "n must be a whole number >= 1"),
    "modern gamma": (lambda: modern.dirac_eigenvalues(-1.0), "gamma must be a finite number >= 0"),
    "modern penalties": (lambda: modern.dirac_eigenvalues(1.0, 3), "penalties must be one of 0, 1, 2"),
    "Kink c": (lambda: modern.Kink(math.nan), "c must be a finite number"),
    "Kink slope": (lambda: modern.Kink(0.0, math.inf), "slope must be a finite number"),
    "slopes steps": (lambda: modern.slopes(0), "steps must be a whole number >= 1"),
    "slopes lr": (lambda: modern.slopes(1, lr=0.0), "lr must be a finite number > 0"),
    "slopes reals": (lambda: modern.slopes(1, reals=()), "reals must be at least one number other than c"),
    "slopes on c": (
        lambda: modern.slopes(1, fakes=(1.0, 0.5), c=0.5),
        "fakes must be at least one number other than c",
    ),
    "slopes pairs": (lambda: modern.slopes(1, fakes=(1.0, 2.0)), r"reals must be as many as fakes \(2\)"),
    "resting r2": (lambda: modern.resting_slope(0.0), "r2 must be a finite number > 0"),
    "resting distance": (lambda: modern.resting_slope(1.0, 0.0), "distance must be a finite number > 0"),
    "duels": (lambda: modern.duels("twice", (0, 1)), "asked must be one of"),
    "sup_value three": (lambda: modern.sup_value("alone", (0, 1, 2)), "fakes must be two points of 0 to 3"),
    "sup_value four": (lambda: modern.sup_value("alone", (0, 4)), "fakes must be two points of 0 to 3"),
    "pixel gamma": (lambda: modern.pixel_gamma(0.0, 8, 16), "gamma must be a finite number > 0"),
    "pixel size": (lambda: modern.pixel_gamma(1.0, 0, 16), "size must be a whole number >= 1"),
    "pixel to": (lambda: modern.pixel_gamma(1.0, 8, 0), "to must be a whole number >= 1"),
    "penalty target": (lambda: dirac.WithGradientPenalty(dirac.minimax, 1.0, -1.0), "target must be a number >= 0"),
    "estimates W": (lambda: spectral.estimates(torch.zeros(3), 1), "W must be a matrix"),
    "estimates steps": (lambda: spectral.estimates(torch.eye(2), 0), "steps must be a whole number >= 1"),
    "ratio": (lambda: spectral.with_ratio(1.5, 3), r"ratio must be a number in \(0, 1\]"),
    "ratio 0": (lambda: spectral.with_ratio(0.0, 3), r"ratio must be a number in \(0, 1\]"),
    "layers": (lambda: spectral.layers(3), "network must be a network"),
    "no spectral layer": (lambda: spectral.layers(nn.Linear(2, 2)), "network must have a layer with spectral norm"),
    "kernel": (lambda: spectral.kernel_sigma(torch.zeros(3, 3)), "kernel must be"),
    "convolution": (lambda: spectral.convolution_sigma(torch.ones(1, 1, 3, 3).half(), 4), "kernel must be of float32"),
    "convolution size": (lambda: spectral.convolution_sigma(torch.ones(1, 1, 3, 3), 0), "size must be a whole number"),
    "steps ratio": (lambda: spectral.steps_until(1.0, 0.5), r"ratio must be a number in \(0, 1\)"),
    "steps missing": (lambda: spectral.steps_until(0.5, 0.0), r"missing must be a number in \(0, 1\)"),
    "jump": (lambda: growing.jump(nn.Linear(2, 1), FACES, FACES), "D must be a GrowingD"),
    "relative lr": (lambda: growing.relative_step(0.0, 9, equalised=False), "lr must be a finite number > 0"),
    "relative inputs": (lambda: growing.relative_step(0.1, 0, equalised=True), "inputs must be a whole number >= 1"),
    "relative gain": (lambda: growing.relative_step(0.1, 9, equalised=True, gain=0.0), "gain must be a finite number"),
    "relative steps": (lambda: growing.relative_steps(nn.Linear(1, 1), None, None, 0), "steps must be a whole number"),
    "maximum": (lambda: evolution.expected_maximum(0), "n must be a whole number >= 1"),
    "curse worth": (lambda: evolution.curse([], 1.0), "worth must be"),
    "curse sigma": (lambda: evolution.curse([1.0], 0.0), "sigma must be a finite number > 0"),
    "curse draws": (lambda: evolution.curse([1.0], 1.0, 0), "draws must be a whole number >= 1"),
    "passes children": (lambda: evolution.passes(0), "children must be a whole number >= 1"),
    "passes batch": (lambda: evolution.passes(batch=0), "batch must be a whole number >= 1"),
    "passes evaluation": (lambda: evolution.passes(evaluation=-1), "evaluation must be a whole number >= 0"),
    "shares": (lambda: evolution.shares([], 1), "births must hold at least one round, got none"),
    "shares in parts": (lambda: evolution.shares([evolution.Birth(1, 0, 0, "minimax", 0.0)], 2), "parts must be"),
    "family": (lambda: evolution.family({"D": [1.0]}), "history must be that of an Evolution, got D"),
    "graph size": (lambda: finite_pairs.graph([1.0], [0], 0), "size must be a whole number >= 1"),
    "graph to": (lambda: finite_pairs.graph([1.0], [2], 2), r"to must give each of the 1 outcomes a number in 0\.\.1"),
    "graph short": (lambda: finite_pairs.graph([0.5, 0.5], [0], 2), "to must give each of the 2 outcomes a number"),
    "levels": (lambda: hidden_colour.Whispering(nn.Identity(), 257), r"levels must be a number in \[0, 256\]"),
    "whisperer": (lambda: hidden_colour.Whispering(abs, 8), "network must be a network to one channel"),
    "prior labels": (lambda: class_prior.best(0.1, True, "real ones"), "labels must be one of"),
    "codes": (lambda: codes.ks(torch.zeros(2, 2, 2)), r"z must be codes of shape \(n, d\)"),
    "ratio back": (lambda: encoders.ratio(torch.zeros(3, 2), NAN), "back must be finite"),
    "ratio one": (lambda: encoders.ratio(torch.zeros(1, 2), torch.zeros(1, 2)), "x and back must be two or more rows"),
    "probe ridge": (
        lambda: encoders.probe(torch.zeros(2, 1), TWO, torch.zeros(2, 1), TWO, 0.0),
        "ridge must be a finite number > 0",
    ),
    "probe known": (
        lambda: encoders.probe(torch.zeros(2), TWO, torch.zeros(2, 1), TWO),
        r"known must be codes of shape \(n, d\)",
    ),
    "labels told": (
        lambda: encoders.nearest(torch.zeros(2, 1), TWO, torch.zeros(3, 1), TWO),
        "told must have one label for each of 3 codes, got 2",
    ),
    "unchanged": (lambda: tr.unchanged(None, 300 * FACES, FACES), "x must hold images"),
    "unchanged pairs": (lambda: tr.unchanged(None, FACES, FACES[:2]), "pictures must be in pairs of one shape"),
    "populations": (lambda: Populations(None, (), None), "seeds must be one or more, got none"),
    "region": (lambda: tr.region(FACES, FACES[:2]), "pictures must be in pairs of one shape"),
    "borrowed": (lambda: tr.borrowed(FACES, FACES[:, :1]), "pictures must be in pairs of one shape"),
    "no pictures": (lambda: tr.l1(FACES[:0], FACES[:0]), "pictures must be in pairs of one shape"),
    "of_y": (lambda: tr.mean_difference(FACES, FACES, FACES[:0]), "of_y must be a tensor and not be empty"),
    "true nan": (lambda: tr.l1(torch.zeros(3, 2), NAN), "pictures must be finite"),
    "thumbnails": (lambda: thumbnails.thumbnail_precision_recall(300 * FACES, FACES), "real must hold images"),
    "channels": (lambda: arena.entrants(-1.0), "must be a finite number >= 0"),
    "2x2": (lambda: two_by_two.two_by_two(-1.0), "gamma must be a finite number >= 0"),
    "left out": (lambda: scaling.left_out("words").__enter__(), "what must be one of"),
    "ring scores": (lambda: bigbigan_ring.ring_scores(None, 0), "runs must be a whole number >= 1"),
    "ledger": (lambda: ledger.compared("a", "px", [1.0, 0.0], [1.0, 1.0]), "a distance must be a finite number > 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_by_name(name, as_readers):
    call, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        call()


def test_classes_asked_for_must_be_one_a_picture(as_readers):
    with pytest.raises(ValueError, match="y must hold one label for each of the 4 rows of x, got 2"):
        conditional.label_accuracy(features.load("faces", "cpu"), FACES, TWO)
