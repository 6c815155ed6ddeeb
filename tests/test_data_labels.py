"""Few labels, and batches of several kinds."""

import pytest
import torch

from ganbook import data
from ganbook.data import check_labels, few, from_loader, from_tensor, together

X, Y = torch.arange(12.0).view(12, 1), torch.tensor([0, 1, 2] * 4)
SET = from_tensor(X, Y, ("a", "b", "c"), device="cpu")


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def test_few_takes_as_many_of_each_class_with_their_labels():
    found = few(SET, 2)
    assert len(found) == 6
    assert found.y.bincount().tolist() == [2, 2, 2]
    assert found.classes == ("a", "b", "c")
    assert all(Y[int(x)] == y for x, y in zip(found.x.squeeze(1), found.y, strict=True))
    assert len(found.x.unique()) == 6  # without replacement
    x, y = found.labelled(50, rng())
    assert set(x.flatten().tolist()) == set(found.x.flatten().tolist())
    assert all(Y[int(a)] == b for a, b in zip(x, y, strict=True))


def test_few_is_decided_by_its_seed_and_more_labels_contain_fewer():
    one, again, more, other = few(SET, 1), few(SET, 1), few(SET, 3), few(SET, 1, seed=3)
    assert torch.equal(one.x, again.x)
    assert set(one.x.flatten().tolist()) <= set(more.x.flatten().tolist())
    assert not torch.equal(one.x, other.x)


def test_together_is_one_tuple_and_draws_each_for_itself():
    labelled, plain = SET.labelled, from_tensor(-X, device="cpu")
    x, y, u = together(labelled, plain)(6, rng())
    second = rng()
    a, b = labelled(6, second)
    assert torch.equal(x, a) and torch.equal(y, b) and torch.equal(u, plain(6, second))
    assert not torch.equal(u, -x)
    assert repr(together(labelled, plain)) == "together(labelled, TensorSampler(12 samples of shape 1))"


def test_a_loader_hands_out_labels_with_their_rows():
    pairs = torch.utils.data.TensorDataset(X, Y)
    sampler = from_loader(torch.utils.data.DataLoader(pairs, batch_size=5, shuffle=True), device="cpu", labels=True)
    for n in (3, 4, 9):
        x, y = sampler(n, rng())
        assert len(x) == len(y) == n and y.dtype == torch.int64
        assert all(Y[int(a)] == b for a, b in zip(x, y, strict=True))
    assert together(sampler, SET).stateful and not together(SET, SET).stateful
    bare = from_loader(torch.utils.data.DataLoader(pairs, batch_size=5), device="cpu")
    assert isinstance(bare(3, rng()), torch.Tensor)


def test_labels_are_handed_back_once_they_are_known_to_be_some():
    y = torch.tensor([0, 2, 1])
    assert check_labels(y, 3) is y


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_labels(Y, 2), "y must hold labels from 0 to 1, got 2 in row 2"),
        (lambda: check_labels(-Y, 3), "y must hold labels from 0 to 2, got -1 in row 1"),
        (lambda: check_labels(Y, 0), "classes must be a whole number >= 1, got 0"),
        (lambda: check_labels(Y.bool(), 3), "one whole number a row, got torch.bool"),
        (lambda: few(SET, 5), "per_class must be at most 4, the rows of class 'a', got 5"),
        (lambda: few(from_tensor(X, Y, ("a", "b", "c", "d"), device="cpu"), 1), "at most 0, the rows of class 'd'"),
        (lambda: few(SET, 0), "per_class must be a whole number >= 1, got 0"),
        (lambda: few(from_tensor(X), 1), "sampler must have one label a row, got no labels"),
        (lambda: few(from_tensor(X, Y.view(-1, 1)), 1), "got 1 labels a row"),
        (lambda: few(data.ring(), 1), "sampler must be a set with labels"),
        (lambda: together(SET), "samplers must be two or more"),
        (lambda: together(SET, 3), "samplers must be two or more"),
        (lambda: from_loader([(X, X)], labels=True)(2, rng()), "one whole number a row as labels, got torch.float32"),
        (lambda: from_loader([X], labels=True)(2, rng()), "as labels, got NoneType"),
        (lambda: from_loader([{"image": X}])(2, rng()), "got a dict with the keys image"),
        (lambda: from_loader([X[:3], X.repeat(1, 2)])(5, rng()), "samples of one size"),
    ],
)
def test_mistakes_are_named(call, message, as_readers):
    with pytest.raises(Exception, match=message):
        call()


def test_a_dataset_is_told_what_to_become(as_readers):
    with pytest.raises(TypeError, match=r"wrap it as torch.utils.data.DataLoader"):
        from_loader(torch.utils.data.TensorDataset(X))
