"""TensorSampler and from_tensor: what is drawn, that rng is the whole state, and what is refused."""

import numpy as np
import pytest
import torch

from ganbook import data
from ganbook.data.sampler import check_draw, check_samples, decode


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def numbers():
    return data.from_tensor(torch.arange(10.0).view(10, 1), labels=torch.arange(10) % 2, classes=("even", "odd"))


SAMPLERS = {
    "tensor": lambda: data.from_tensor(torch.rand(100, 3, generator=rng())),
    "digits": lambda: data.digits(size=8, split="test"),
    "ring": data.ring,
    "grid": data.grid,
    "swiss_roll": data.swiss_roll,
    "gaussian": data.gaussian,
    "mixture1d": lambda: data.mixture1d([0.25, 0.75], [0.0, 1.0], [1.0, 2.0]),
    "interval": data.interval,
    "normal": lambda: data.normal(4),
    "uniform": lambda: data.uniform(4),
    "moons": data.moons,
    "noise": lambda: data.noise((2, 3)),
    "between": lambda: data.between(data.ring()),
    "resampled": lambda: data.truncated(4, 0.5),
    "hub": lambda: data.truncated(4, 0.5, "hub"),
    "shrunken": lambda: data.truncated(4, 0.5, "shrunken"),
}


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
def test_one_seed_draws_one_batch_and_another_seed_another(make):
    sampler = make()
    first = sampler(32, rng(5))
    assert len(first) == 32 and first.dtype == torch.float32
    assert torch.equal(first, make()(32, rng(5)))
    assert not torch.equal(first, sampler(32, rng(6)))


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
def test_the_whole_state_is_the_generator(make):
    sampler, generator = make(), rng()
    sampler(7, generator)
    state = generator.get_state()
    expected = [sampler(5, generator) for _ in range(3)]
    other = make()  # a new process would make it anew
    resumed = torch.Generator()
    resumed.set_state(state)
    for batch in expected:
        assert torch.equal(other(5, resumed), batch)


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
def test_drawing_leaves_the_global_generator_alone(make):
    sampler = make()
    before = torch.get_rng_state()
    sampler(5, rng())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
@pytest.mark.parametrize("n", [0, -1])
def test_n_below_one_is_refused_by_every_sampler(make, n):
    with pytest.raises(ValueError, match=f"n must be at least 1, got {n}"):
        make()(n, rng())


def test_wrong_kinds_of_n_and_rng_are_named():
    with pytest.raises(TypeError, match="n must be an int.*2.0"):
        check_draw(2.0, rng())
    with pytest.raises(TypeError, match="n must be an int.*True"):
        check_draw(True, rng())
    with pytest.raises(TypeError, match="rng must be a torch.Generator.*got 0"):
        check_draw(2, 0)
    with pytest.raises(TypeError):
        data.ring()(2, None)


def test_a_generator_of_a_gpu_is_refused():
    class OnGPU(torch.Generator):
        device = torch.device("cuda")

    with pytest.raises(ValueError, match="rng must be a generator of the CPU.*cuda"):
        check_draw(2, OnGPU())


def test_labels_go_with_their_samples(numbers):
    x, y = numbers.labelled(500, rng(1))
    assert torch.equal(y, x[:, 0].long() % 2)
    assert torch.equal(x, numbers(500, rng(1)))


def test_every_row_is_drawn_equally_often_with_replacement(numbers):
    counts = numbers(20_000, rng()).flatten().long().bincount(minlength=10)
    chi2 = ((counts - 2_000.0) ** 2 / 2_000).sum().item()
    assert chi2 < 27.9  # the 99.9 % point of chi-squared with 9 degrees of freedom


def test_a_batch_is_a_copy(numbers):
    numbers(10, rng()).fill_(99.0)
    assert numbers.x.max() == 9


def test_it_cannot_be_changed_by_accident(numbers):
    with pytest.raises(AttributeError):
        numbers.y = None


def test_labelled_without_labels_is_refused():
    with pytest.raises(ValueError, match="labelled.*needs labels"):
        data.from_tensor(torch.zeros(3, 2)).labelled(2, rng())


def test_bytes_are_decoded_to_exact_ends_and_equal_steps():
    x = decode(torch.arange(256, dtype=torch.uint8))
    assert x[0] == -1 and x[255] == 1
    torch.testing.assert_close(x, torch.linspace(-1, 1, 256))


def test_stored_bytes_and_stored_floats_draw_the_same():
    pixels = torch.randint(256, (50, 1, 4, 4), dtype=torch.uint8, generator=rng())
    as_bytes, as_floats = data.TensorSampler(pixels), data.TensorSampler(decode(pixels))
    assert torch.equal(as_bytes(20, rng()), as_floats(20, rng()))
    assert torch.equal(as_bytes.x, as_floats.x)
    as_bytes.x.zero_()
    assert torch.equal(as_bytes.stored, pixels)


def test_repr_says_what_it_holds(numbers):
    assert repr(numbers) == "TensorSampler(10 samples of shape 1, 2 classes)"
    assert numbers.shape == (1,) and numbers.device.type == numbers.x.device.type
    unnamed = data.from_tensor(torch.zeros(2, 1, 4, 4), torch.zeros(2, dtype=torch.long))
    assert repr(unnamed) == "TensorSampler(2 samples of shape 1x4x4, labelled)"


def test_float64_is_kept_as_float32_and_strides_are_made_plain():
    x = torch.rand(5, 4, dtype=torch.float64, generator=rng()).T
    sampler = data.from_tensor(x)
    assert sampler.x.dtype == torch.float32 and sampler.x.is_contiguous()
    torch.testing.assert_close(sampler.x.double(), x, rtol=0, atol=1e-7)


def image(value, at):
    x = torch.zeros(3, 1, 2, 2)
    x[at] = value
    return x


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(3, 2, dtype=torch.long), "x must be floating point, got torch.int64"),
        (torch.zeros(3, 1, 2, 2, dtype=torch.uint8), r"x must be floating point, got torch.uint8 .*127\.5"),
        (torch.zeros(3), r"x must have one sample a row.*got shape \(3,\)"),
        (torch.zeros(0, 2), r"at least one; got shape \(0, 2\)"),
        (torch.tensor([[0.0], [float("nan")]]), r"x must be finite, got nan at \(1, 0\)"),
        (torch.tensor([[0.0, float("-inf")]]), r"x must be finite, got -inf at \(0, 1\)"),
        (image(1.5, (2, 0, 1, 1)), r"x must hold images in \[-1, 1\], got 1.5 at \(2, 0, 1, 1\)"),
        (image(-1.25, (0, 0, 0, 1)), r"x must hold images in \[-1, 1\], got -1.25 at \(0, 0, 0, 1\)"),
    ],
)
def test_bad_samples_are_named(x, message):
    with pytest.raises(ValueError, match=message):
        data.from_tensor(x)


def test_the_ends_of_the_range_are_allowed_and_points_may_lie_outside():
    with pytest.warns(UserWarning, match="x holds images from 0 to 1, nothing below 0, where"):
        data.from_tensor(image(1.0, 0))  # it might be meant so
    data.from_tensor(image(-1.0, 0))
    assert data.from_tensor(torch.full((2, 2), 50.0)).x.max() == 50


def test_an_array_is_not_taken_for_a_tensor():
    with pytest.raises(TypeError, match="x must be a torch.Tensor, got ndarray"):
        check_samples("x", np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (torch.zeros(3), "labels must be a tensor of whole numbers, got torch.float32"),
        (torch.zeros(2, dtype=torch.long), r"one row for each of the 3 rows of x, got shape \(2,\)"),
        (torch.tensor(1), r"one row for each of the 3 rows of x, got shape \(\)"),
    ],
)
def test_bad_labels_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        data.from_tensor(torch.zeros(3, 2), labels)


def test_samples_that_need_gradients_are_detached():
    x = torch.zeros(3, 2, requires_grad=True)
    assert not data.from_tensor(x)(2, rng()).requires_grad


def test_everything_exported_is_there():
    assert all(hasattr(data, name) for name in data.__all__)
    assert list(data.__all__) == sorted(data.__all__)
