"""Every score on a device without float64, which Apple's MPS is. Simulated: nothing here has run on a Mac."""

import types

import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

from ganbook import data, features, metrics


class OnMPS(torch.Tensor):
    """A label: this tensor lies on the simulated device."""


class SimulatedMPS(TorchFunctionMode):
    """Computes on the processor, and refuses float64, and tensors of two devices, where a label is."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        given = args, kwargs or {}
        flat = tree_leaves(given)
        there = any(isinstance(x, OnMPS) for x in flat)
        if function == torch.Tensor.device.__get__ and there:
            return torch.device("mps")
        if there and any(type(x) is torch.Tensor and x.dim() for x in flat) and function is not torch.Tensor.to:
            raise RuntimeError("Expected all tensors to be on the same device, found mps and cpu")
        args, kwargs = tree_map(self.opened, given)
        out = function(*args, **kwargs)
        wanted = [x.type for x in flat if isinstance(x, torch.device)]
        there = wanted[0] == "mps" if wanted else there
        if not there or function is torch.Tensor.cpu or isinstance(out, torch.Size):
            return out
        return tree_map(self.closed, out)

    def opened(self, x):
        if isinstance(x, torch.device):
            return torch.device("cpu")
        return x.as_subclass(torch.Tensor) if isinstance(x, OnMPS) else x

    def closed(self, x):
        if not isinstance(x, torch.Tensor):
            return x
        if x.dtype == torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64")
        return x.as_subclass(OnMPS)


def test_the_simulation_has_no_float64_and_keeps_devices_apart():
    x = torch.ones(3).as_subclass(OnMPS)
    with SimulatedMPS():
        assert x.device.type == "mps" and type(x + 1) is OnMPS and type(x.cpu()) is torch.Tensor
        assert type(torch.arange(3).to(x.device)) is OnMPS
        with pytest.raises(TypeError, match="float64"):
            x.double()
        with pytest.raises(RuntimeError, match="same device"):
            x + torch.ones(3)


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


X, Y, Z = drawn(60, 8), drawn(60, 8, seed=1), drawn(60, 8, seed=2)
A, B = drawn(16, 1, 32, 32).clamp(-1, 1), drawn(16, 1, 32, 32, seed=1).clamp(-1, 1)
RING = data.ring(std=0.05, device="cpu")
POINTS = RING(100, torch.Generator().manual_seed(0))
DIGITS, FACES = features.load("digits", device="cpu"), features.load("faces", device="cpu")
COLOUR = drawn(40, 3, 16, 16).clamp(-1, 1), drawn(40, 3, 16, 16, seed=1).clamp(-1, 1)


def bright(x):
    """A classifier: dark is class 0, bright is class 1."""
    mean = x.mean((1, 2, 3))
    return torch.stack([-mean, mean], dim=1)


SCORES = {
    "frechet_distance": (metrics.frechet_distance, X, Y),
    "precision_recall": (lambda x, y: metrics.precision_recall(x, y), X, Y),
    "density_coverage": (lambda x, y: metrics.density_coverage(x, y), X, Y),
    "kernel_distance": (lambda x, y: metrics.kernel_distance(x, y, subset=20, subsets=3), X, Y),
    "mmd2": (metrics.kernel.mmd2, X, Y),
    "inception_score": (lambda x: metrics.inception_score(x, 2), X),
    "memorisation": (metrics.memorisation, X, Y, Z),
    "mode_scores": (lambda x, c: metrics.mode_scores(x, c, RING.std), POINTS, RING.means),
    "reverse_kl": (metrics.reverse_kl, torch.tensor([3, 4, 5])),
    "image_similarity": (lambda x: metrics.image_similarity(x, pairs=10), A),
    "ms_ssim": (lambda x, y: metrics.ms_ssim(x, y).unbind(), A, B),
    "sliced_wasserstein": (metrics.sliced_wasserstein, X, Y),
    "pyramid_distance": (lambda x, y: tuple(metrics.pyramid_distance(x, y).values()), A, B),
    "stacked_scores": (lambda x: metrics.stacked_scores(x, bright, classes=2), A),
    "nearest": (lambda x, y: (*metrics.nearest(x, y)[0].unbind(), *metrics.nearest(x, y)[1].unbind()), X, Y),
    "frechet_gaussians": (metrics.frechet_gaussians, X[0], X.T.cov(), Y[0], Y.T.cov()),
    "face_frechet_distance": (lambda x, y: features.book_frechet_distance(FACES, x, y), *COLOUR),
    "pixel_frechet_distance": (features.pixel_frechet_distance, A, B),
    "book_frechet_distance": (lambda x, y: features.book_frechet_distance(DIGITS, x, y), A, B),
}


NO_SCORE = ("laplacian_pyramid", "interval", "best_of", "holm", "paired_t", "sign_flip", "expected_coverage")
"""Of images no number is made, or one of numbers that are Python's or NumPy's already."""


def test_no_score_is_missing_here():
    public = {name for name in metrics.__all__ if isinstance(getattr(metrics, name), types.FunctionType)}
    public |= {name for name in vars(features) if name.endswith("_distance")}
    assert public - set(NO_SCORE) <= set(SCORES)  # fid.published is frechet_distance and inception_score
    assert set(NO_SCORE) <= public


def numbers(found):
    if isinstance(found, metrics.ModeScores):
        return [float(found.modes), float(found.high_quality), float(found.reverse_kl)]
    return [float(each) for each in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize("name", SCORES)
def test_a_score_on_mps_is_that_of_the_processor(name):
    score, *given = SCORES[name]
    labelled = [x.as_subclass(OnMPS) for x in given]
    with SimulatedMPS():
        found = score(*labelled)
    assert numbers(found) == pytest.approx(numbers(score(*given)), rel=1e-6)
