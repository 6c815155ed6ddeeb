"""from_loader: counts, passes, shuffling by rng, and what is refused."""

import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from ganbook import data


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


NUMBERS = torch.arange(10.0).view(10, 1)


def drawn(sampler, n, generator):
    return sampler(n, generator).flatten().tolist()


@pytest.mark.parametrize("batch", [1, 3, 10, 64])
@pytest.mark.parametrize("n", [1, 4, 10, 23])
def test_each_call_hands_out_the_next_n_whatever_the_batch(batch, n):
    sampler, generator = data.from_loader(DataLoader(NUMBERS, batch_size=batch)), rng()
    got = [value for _ in range(3) for value in drawn(sampler, n, generator)]
    assert got == [float(i % 10) for i in range(3 * n)]


def test_labels_are_dropped():
    sampler = data.from_loader(DataLoader(TensorDataset(NUMBERS, torch.arange(10)), batch_size=4))
    assert sampler(10, rng()).shape == (10, 1)


def test_a_pass_is_shuffled_by_rng_and_by_nothing_else():
    def passes(seed, world):
        torch.manual_seed(world)
        before = torch.get_rng_state()
        sampler, generator = data.from_loader(DataLoader(NUMBERS, batch_size=4, shuffle=True)), rng(seed)
        out = [drawn(sampler, 10, generator) for _ in range(3)]
        assert torch.equal(torch.get_rng_state(), before)  # the reader's own generator is left alone
        return out

    one = passes(0, world=1)
    assert one == passes(0, world=2)
    assert one != passes(1, world=1)
    assert one[0] != one[1]
    assert all(sorted(p) == NUMBERS.flatten().tolist() for p in one)


def test_the_samples_come_as_float32_without_gradient():
    x = torch.zeros(4, 2, dtype=torch.float64, requires_grad=True)
    batch = data.from_loader([x])(3, rng())
    assert batch.dtype == torch.float32 and not batch.requires_grad


def test_an_iterator_that_ends_for_good_is_refused():
    sampler, generator = data.from_loader(iter([NUMBERS])), rng()
    sampler(10, generator)
    with pytest.raises(ValueError, match="loader must give at least one batch on every pass"):
        sampler(1, generator)


def test_an_empty_loader_is_refused():
    with pytest.raises(ValueError, match="at least one batch"):
        data.from_loader([])(1, rng())


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (torch.zeros(2, 1, 2, 2, dtype=torch.uint8), "loader's batch must be floating point, got torch.uint8"),
        (torch.full((2, 1, 2, 2), 7.0), r"loader's batch must hold images in \[-1, 1\], got 7.0"),
        (torch.full((2, 2), float("nan")), "loader's batch must be finite, got nan"),
    ],
)
def test_a_bad_batch_is_named(batch, message):
    with pytest.raises(ValueError, match=message):
        data.from_loader([batch])(1, rng())


def test_n_and_rng_are_checked():
    with pytest.raises(ValueError, match="n must be at least 1"):
        data.from_loader([NUMBERS])(0, rng())


def test_what_gives_no_batches_is_refused():
    with pytest.raises(TypeError, match="loader"):
        data.from_loader(3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (torch.zeros(4, 3, 8, 8), "got one Tensor: data.from_tensor draws from that"),
        (torch.zeros(4, 2).numpy(), "got one ndarray: data.from_tensor"),
        ("pictures", r"got the path 'pictures': data.folder\(path, size\)"),
        (
            TensorDataset(NUMBERS),
            r"got the Dataset TensorDataset: wrap it as .*data.folder\(path, size\) needs neither",
        ),
    ],
)
def test_what_belongs_elsewhere_is_sent_there(given, message, as_readers):
    with pytest.raises(TypeError, match=message):
        data.from_loader(given)
