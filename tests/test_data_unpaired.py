"""Two domains without pairs: no identity and no name in both, what each has, grey by hand, refusals."""

import pytest
import torch
from torch.testing import assert_close

from ganbook import data
from ganbook.data.unpaired import IDENTITY


def people(sampler):
    return set(map(tuple, torch.stack([sampler.column(name) for name in IDENTITY], 1).tolist()))


@pytest.mark.parametrize(
    ("attribute", "first", "second"),
    [("glasses", ("none",), ("light", "dark")), ("mouth", ("sad",), ("happy",)), ("hair", ("black",), ("blond",))],
)
def test_domains_of_faces_differ_in_the_attribute_and_share_nobody(attribute, first, second):
    x, y = data.unpaired_faces(attribute)
    known = data.faces()
    for sampler, values in ((x, first), (y, second)):
        names = {known.attributes[attribute][code] for code in sampler.column(attribute).unique().tolist()}
        assert names == set(values)
        assert len(sampler) == pytest.approx(len(known.where(**{attribute: values})) / 2, rel=0.1)
        assert people(sampler) <= people(known)
    assert not people(x) & people(y)
    assert not (people(x) | people(y)) & people(data.faces(split="test"))


def test_the_halves_are_always_the_same_and_rows_keep_their_table():
    (x, _), (again, _) = data.unpaired_faces(), data.unpaired_faces()
    assert torch.equal(x.stored, again.stored) and torch.equal(x.codes, again.codes)
    known = data.faces()
    where = {row.numpy().tobytes(): k for k, row in enumerate(known.stored.cpu())}
    for k in (0, 100, len(x) - 1):
        assert torch.equal(known.codes[where[x.stored[k].cpu().numpy().tobytes()]], x.codes[k])


def test_no_emoji_is_in_both_designs_and_both_together_are_all():
    noto, twemoji = data.unpaired_emoji()
    whole = data.emoji("noto")
    assert not set(noto.names) & set(twemoji.names) and set(noto.names) | set(twemoji.names) == set(whole.names)
    assert len(noto) + len(twemoji) == len(whole) and abs(len(noto) - len(twemoji)) < 200
    k = whole.codepoints.index(twemoji.codepoints[5])
    assert torch.equal(data.emoji("twemoji").stored[k], twemoji.stored[5])
    assert data.emoji("noto").y[k] == twemoji.y[5] and twemoji.names[5] == whole.names[k]
    assert not set(noto.names) & set(data.emoji(split="test").names)


def test_grey_is_the_weighted_sum_and_keeps_black_and_white():
    x = torch.rand(2, 3, 4, 4) * 2 - 1
    wanted = 0.299 * x[:, 0] + 0.587 * x[:, 1] + 0.114 * x[:, 2]
    assert_close(data.grey(x)[:, 0], wanted)
    for value in (-1.0, 1.0):
        assert_close(data.grey(torch.full((1, 3, 2, 2), value)), torch.full((1, 1, 2, 2), value))


def test_colour_and_grey_are_of_different_people():
    x, y = data.unpaired_colour()
    assert x.shape == (3, 16, 16) and y.shape == (1, 16, 16) and len(x) == len(y) == 10_000
    known, halves = data.faces(), data.grey(data.faces().x)
    mine = {row.numpy().tobytes() for row in x.stored.cpu()}
    greys = {row.numpy().tobytes() for row in y.x.cpu()}
    both = [
        (a.numpy().tobytes() in mine, b.numpy().tobytes() in greys) for a, b in zip(known.stored, halves, strict=True)
    ]
    assert sum(a for a, _ in both) == 10_000 and sum(b and not a for a, b in both) == 10_000


def test_refusals(as_readers):
    for call, message in (
        (lambda: data.unpaired_faces("hat"), "attribute must be one of glasses, beard, mouth, hair, got 'hat'"),
        (lambda: data.unpaired_faces(size=20), "size must be one of 16, 32"),
        (lambda: data.unpaired_emoji(size=20), "size must be one of"),
        (lambda: data.unpaired_colour(size=20), "size must be one of 16, 32"),
        (lambda: data.grey(torch.zeros(1, 1, 4, 4)), r"x must hold pictures in colour \(n, 3, h, w\)"),
        (lambda: data.greyed(torch.zeros(1, 3, 4, 4)), "sampler must be a set of pictures, such as data.faces"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
