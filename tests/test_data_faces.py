"""The faces: counts, a split without leaks, a table that the pictures bear out, true pairs, and refusals."""

import importlib
import itertools

import face_styles
import make_faces
import numpy as np
import plan_faces
import pytest
import torch
from torch.testing import assert_close

from ganbook import data
from ganbook.data import bundled
from ganbook.data.images import encode

STYLES = {"pixel": face_styles.PIXEL, "drawn": face_styles.DRAWN}
PARTS = {"pixel": {"train": 20_000, "test": 4_000}, "drawn": {"train": 8_000, "test": 2_000}}
CASES = [(style, split) for style in PARTS for split in PARTS[style]]


def value(sampler, name):
    """The values of an attribute, one a row, as an array of texts."""
    return np.array(sampler.attributes[name])[sampler.column(name).cpu().numpy()]


def colours(sampler):
    """One number a pixel, (n, h, w): its colour as 0xRRGGBB."""
    r, g, b = sampler.stored.cpu().numpy().astype(np.int32).transpose(1, 0, 2, 3)
    return (r << 16) + (g << 8) + b


@pytest.mark.parametrize(("style", "split"), CASES)
def test_counts_shapes_and_ranges(style, split):
    size = STYLES[style].size
    sampler = data.faces(split=split, style=style)
    assert len(sampler) == len(sampler.codes) == PARTS[style][split]
    assert sampler.stored.dtype == torch.uint8 and sampler.stored.shape[1:] == (3, size, size) == sampler.shape
    batch = sampler(50, torch.Generator().manual_seed(0))
    assert batch.dtype == torch.float32 and batch.max() == 1 and batch.min() < -0.8 and batch.is_contiguous()
    assert (batch[:, :, 0, 0] == 1).float().mean() > 0.9  # the background is white


def test_the_files_are_small_and_their_licences_lie_beside_them():
    assert (bundled.FOLDER / "faces.npz").stat().st_size < 1_000_000
    assert (bundled.FOLDER / "faces-drawn.npz").stat().st_size < 2_000_000
    text = (bundled.FOLDER / "faces.LICENSE.txt").read_text(encoding="utf-8")
    assert "CC0 1.0" in text and "DiceBear" in text and "Changes:" in text
    text = (bundled.FOLDER / "faces-drawn.LICENSE.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text and "Lisa Wischofsky" in text and "Changes:" in text


# --- the split -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_identities_are_in_one_part_and_differ_in_two_columns_from_those_of_the_other(style):
    names = STYLES[style].identity
    own = [
        {tuple(row) for row in np.stack([value(data.faces(split=split, style=style), name) for name in names], 1)}
        for split in ("train", "test")
    ]
    assert [len(people) for people in own] == list(STYLES[style].identities.values())
    assert not any(shares_all_but_one(*own))
    person = next(iter(own[0]))
    assert list(shares_all_but_one(own[0], {(*person[:-1], "another")})) == [(*person[:-1], "another")]  # planted


def shares_all_but_one(train, test):
    for k in range(len(next(iter(train)))):
        known = {(*row[:k], *row[k + 1 :]) for row in train}
        yield from (row for row in test if (*row[:k], *row[k + 1 :]) in known)


@pytest.mark.parametrize("style", STYLES)
def test_no_picture_and_no_row_of_the_table_is_there_twice(style):
    sampler = data.faces(split="all", style=style)
    assert len(set(map(bytes, sampler.stored.numpy()))) == len(set(map(bytes, sampler.codes.numpy()))) == len(sampler)


def fewest_changes(train, test):
    """For each picture of test, the number of pixels in which the nearest picture of train differs."""
    train = np.ascontiguousarray(train.reshape(len(train), -1).T)
    nearest = []
    for picture in test.reshape(len(test), -1):
        count = np.zeros(train.shape[1], np.uint16)
        for column, pixel in zip(train, picture, strict=True):
            count += column != pixel
        nearest.append(count.min())
    return np.array(nearest)


def test_no_held_out_face_is_nearly_one_of_the_training_set():
    train, test = colours(data.faces()), colours(data.faces(split="test"))[::16]
    changes = fewest_changes(train, test)
    assert changes.min() > 8  # of 256 pixels; among all 4,000 faces one has 8, the next has 9 or 10
    assert np.mean(changes > 40) > 0.5  # the page on the pictures says so
    copy = train[7:8].copy()
    copy[0, 5:7, 4] = 0  # two pixels changed in a training face: caught
    assert fewest_changes(train, copy) == 2


def test_all_is_train_then_test_and_drawing_changes_nothing():
    train, test, both = (data.faces(split=split) for split in ("train", "test", "all"))
    assert torch.equal(both.stored, torch.cat([train.stored, test.stored]))
    assert torch.equal(both.codes, torch.cat([train.codes, test.codes]))
    test.stored.zero_()
    assert data.faces(split="test").stored.max() == 255


# --- the table -------------------------------------------------------------------------------------------------------


def test_shares_are_as_stated():
    for split in ("train", "test"):
        sampler, n = data.faces(split=split), PARTS["pixel"][split]
        counts = {name: sampler.column(name).bincount().tolist() for name in sampler.attributes}
        assert counts["glasses"] == [n // 2, n // 4, n // 4]
        assert counts["hair"] == [n // 8] * 8
        assert counts["length"] == [n // 2] * 2
        assert counts["beard"][1] == round(n / 3) and abs(counts["hat"][1] - n / 6) <= 1
        assert abs(counts["mouth"][0] - n / 2) <= 0.005 * n
        for name in ("skin", "eyes", "clothing", "garment"):
            assert max(counts[name]) - min(counts[name]) <= 8  # of whole identities
    sampler = data.faces(style="drawn")
    assert sampler.column("glasses").bincount().tolist() == [4_000, 4_000]
    assert sampler.column("hair").bincount().tolist() == [800] * 10
    assert sampler.column("earrings").bincount().tolist() == [6_000, 2_000]


def test_the_main_attributes_are_independent():
    sampler = data.faces(split="all")
    names = ("glasses", "hair", "length", "beard", "hat", "mouth", "skin")
    for one, two in itertools.combinations(names, 2):
        a, b = sampler.column(one), sampler.column(two)
        table = torch.zeros(int(a.max()) + 1, int(b.max()) + 1, dtype=torch.float64).index_put_(
            (a, b), torch.ones(len(a), dtype=torch.float64), accumulate=True
        )
        p = table / table.sum()
        information = (p * (p / (p.sum(1, keepdim=True) * p.sum(0))).log()).sum()
        assert information < 0.002  # nats; of 24,000 independent rows 0.0007 at most is expected of 8 x 6 values


def test_every_long_run_of_rows_holds_the_shares():
    for start in range(0, 20_000, 2_000):
        share = (data.faces().column("glasses")[start : start + 2_000] == 0).double().mean()
        assert abs(float(share) - 0.5) < 0.05


# --- the pictures bear the table out: rules on pixels that know nothing of how a face is drawn -----------------------


@pytest.fixture(scope="module")
def pixel():
    sampler = data.faces(split="all")
    return sampler, colours(sampler)


def holds(region, palette):
    """Does a region (n, h, w) hold a pixel of one of the colours? One column a colour."""
    codes = [int(code, 16) for code in palette.values()]
    return np.stack([(region == code).any((1, 2)) for code in codes], 1)


def test_glasses_are_seen_by_the_colour_of_their_frame_and_dark_ones_by_what_is_behind(pixel):
    sampler, x = pixel
    found = holds(x[:, 4:9, 2:14], face_styles.FRAMES)
    frame = value(sampler, "frame_colour")
    for k, name in enumerate(face_styles.FRAMES):
        assert (found[:, k] == (frame == name)).all()
    glasses = value(sampler, "glasses")
    assert (found.any(1) == (glasses != "none")).all()
    shade = (x[:, 4:9, 2:14] == 0xB2B2B2).any((1, 2))  # seven tenths of the white of an eye
    told = (glasses != "none") & (value(sampler, "eyes") != "05")  # most frames hide the little white of these eyes
    assert told.sum() > 10_000 and (shade == (glasses == "dark"))[told].all()


def test_hair_is_seen_by_its_colour_and_long_hair_beside_the_chin(pixel):
    sampler, x = pixel
    found = holds(x, face_styles.HAIR)
    hair, length = value(sampler, "hair"), value(sampler, "length")
    own = found[np.arange(len(x)), sampler.column("hair").numpy()]
    assert own.all()  # beneath every hat, too
    code = np.array([int(face_styles.HAIR[name], 16) for name in hair])[:, None, None]
    assert ((x[:, 8:] == code).any((1, 2)) == (length == "long")).all()
    assert ((x == code).sum((1, 2)) >= 4).all()


def test_a_beard_is_seen_at_the_chin_and_a_hat_above_the_eyes(pixel):
    sampler, x = pixel
    nose, chin = x[:, 8, 7], x[:, 11, 6]
    assert ((nose != chin) == (value(sampler, "beard") == "yes")).all()
    found = holds(x[:, :3], face_styles.HATS)
    hat = value(sampler, "hat_colour")
    for k, name in enumerate(face_styles.HATS):
        assert (found[:, k] == (hat == name)).all()
    assert (found.any(1) == (value(sampler, "hat") == "yes")).all()


def test_a_mouth_is_happy_where_its_middle_is_low(pixel):
    sampler, x = pixel
    lips = np.array([int(face_styles.LIPS[name], 16) for name in value(sampler, "lips")])[:, None, None]
    low = (x[:, 10:11, 7:9] == lips).any((1, 2)) | (x[:, 11:12, 7:9] == lips).any((1, 2))
    assert (low == (value(sampler, "mouth") == "happy")).all()


def test_skin_is_the_colour_of_the_nose_and_clothing_that_of_the_chest(pixel):
    sampler, x = pixel
    groups = {name: set(x[value(sampler, "skin") == name][:, 8, 7]) for name in sampler.attributes["skin"]}
    assert all(len(found) == 1 for found in groups.values()) and len(set.union(*groups.values())) == 6
    found = holds(x[:, 12:], face_styles.CLOTHING)
    assert found[np.arange(len(x)), sampler.column("clothing").numpy()].mean() > 0.99


def test_a_table_that_is_wrong_in_one_row_is_noticed(pixel):
    sampler, x = pixel
    beard = value(sampler, "beard").copy()
    beard[123] = "no" if beard[123] == "yes" else "yes"
    assert ((x[:, 8, 7] != x[:, 11, 6]) == (beard == "yes")).sum() == len(x) - 1


def test_drawn_hair_and_skin_have_the_colours_of_the_table():
    sampler = data.faces(split="test", style="drawn")
    x = colours(sampler)
    for palette, name in ((face_styles.DRAWN_HAIR, "hair"), (face_styles.DRAWN_SKIN, "skin")):
        codes = np.array([int(palette[one], 16) for one in value(sampler, name)])[:, None, None]
        assert ((x == codes).sum((1, 2)) >= 5).mean() > 0.99


# --- sizes, selections, pairs ----------------------------------------------------------------------------------------


def test_32_doubles_the_pixels_of_16_and_averages_those_of_64():
    small, large = data.faces(split="test").x[:100], data.faces(32, split="test").x[:100]
    assert torch.equal(large[:, :, ::2, ::2], small) and torch.equal(large[:, :, 1::2, 1::2], small)
    fine, half = data.faces(64, "test", style="drawn").x[:100], data.faces(32, "test", style="drawn").x[:100]
    assert_close(half, torch.nn.functional.avg_pool2d(fine, 2), rtol=0, atol=1.01 / 255)


def test_labels_are_a_column_and_a_selection_keeps_them():
    sampler = data.faces(label="glasses")
    assert sampler.classes == ("none", "light", "dark") and torch.equal(sampler.y, sampler.column("glasses"))
    x, y = sampler.labelled(64, torch.Generator().manual_seed(1))
    assert torch.equal(x, sampler(64, torch.Generator().manual_seed(1))) and y.shape == (64,) and y.dtype == torch.int64
    chosen = sampler.where(glasses=("light", "dark"), hat="no")
    assert set(chosen.y.tolist()) == {1, 2} and set(value(chosen, "hat")) == {"no"}
    rows = (sampler.column("glasses") > 0) & (sampler.column("hat") == 0)
    assert torch.equal(chosen.stored, sampler.stored[rows]) and torch.equal(chosen.codes, sampler.codes[rows])
    assert torch.equal(chosen.y, chosen.column("glasses")) and chosen.classes == sampler.classes
    assert repr(sampler) == "FacesSampler(20,000 faces of shape 3x16x16, labelled by glasses: none, light, dark)"
    assert repr(data.faces(32, "test")) == "FacesSampler(4,000 faces of shape 3x32x32)"


PLACES = {  # rows and columns outside which the two faces of a pair are equal
    "glasses": (slice(4, 9), slice(2, 14)),
    "beard": (slice(6, 14), slice(3, 13)),
    "mouth": (slice(9, 12), slice(6, 10)),
    "hair": (slice(0, 16), slice(0, 16)),
}


@pytest.mark.parametrize("attribute", PLACES)
def test_pairs_differ_and_only_where_they_should(attribute):
    first, second = data.faces_pairs(attribute)
    assert first.shape == second.shape == (1_000, 3, 16, 16) and first.abs().max() <= 1
    changed = (first != second).any(1)
    assert changed.flatten(1).any(1).all()
    changed[(slice(None), *PLACES[attribute])] = False
    assert not changed.any()
    large = data.faces_pairs(attribute, size=32)
    assert torch.equal(large[0][:, :, ::2, ::2], first) and torch.equal(large[1][:, :, ::2, ::2], second)
    test, train = (set(map(bytes, data.faces(split=split).stored.numpy())) for split in ("test", "train"))
    own = [[bytes(x) in test for x in encode(half).numpy()] for half in (first, second)]
    assert all(one or two for one, two in zip(*own, strict=True)) and min(map(sum, own)) >= 500
    assert not any(bytes(x) in train for half in (first, second) for x in encode(half).numpy())


def test_pairs_have_what_they_say():
    codes = [int(code, 16) for code in face_styles.FRAMES.values()]
    for half, share in zip(data.faces_pairs("glasses"), (0, 1), strict=True):
        assert np.isin(numbered(half)[:, 4:9], codes).any((1, 2)).mean() == share
    for half, share in zip(data.faces_pairs("beard"), (0, 1), strict=True):
        x = numbered(half)
        assert (x[:, 8, 7] != x[:, 11, 6]).mean() == share
    black, blond = (int(face_styles.HAIR[name], 16) for name in ("black", "blond"))
    x, y = map(numbered, data.faces_pairs("hair"))
    same = x == y
    assert (x == black).any((1, 2)).all() and not (x == blond).any() and ((x == black) == (y == blond)).all()
    bearded = x[:, 8, 7] != x[:, 11, 6]
    assert (same | (x == black)).all((1, 2))[~bearded].all()  # nothing but the hair changes


def numbered(x):
    return colours(data.FacesSampler(encode(x)))


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 28}, "size must be one of 16, 32, got 28 .style 'pixel'; style 'drawn' has 32 or 64."),
        ({"size": 16, "style": "drawn"}, "size must be one of 32, 64, got 16 .style 'drawn'; style 'pixel' has 16 or"),
        ({"split": "valid"}, "split must be one of train, test, all, got 'valid'"),
        ({"style": "photo"}, "style must be one of pixel, drawn, got 'photo'"),
        ({"label": "smile"}, "label must be None or one of glasses, hair, length, .*, lips, got 'smile'"),
        ({"label": "beard", "style": "drawn"}, "label must be None or one of glasses, hair, .*, got 'beard'"),
    ],
)
def test_what_is_not_there_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        data.faces(**arguments)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({}, "where.. needs at least one attribute of glasses, hair"),
        ({"spectacles": "none"}, "an attribute must be one of glasses, .*, lips; got 'spectacles'"),
        ({"glasses": "round"}, "glasses must be one of none, light, dark, got 'round'"),
        ({"glasses": ("none", "2")}, "glasses must be one of none, light, dark, got '2'"),
        ({"glasses": ()}, r"no face of 4,000 has glasses=\(\): .* glasses can be none or light or dark"),
        (
            {"hat": "yes", "cut": "short23"},
            "no face of 4,000 has hat='yes', cut='short23': with the other choices as they are, hat can be no; "
            "cut can be short01 or short13",
        ),
    ],
)
def test_a_selection_that_cannot_be_made_is_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        data.faces(split="test").where(**choices)


def test_unknown_columns_and_pairs_are_refused():
    with pytest.raises(ValueError, match="an attribute must be one of glasses, .*; got 'age'"):
        data.faces().column("age")
    with pytest.raises(ValueError, match="attribute must be one of glasses, beard, mouth, hair, got 'hat'"):
        data.faces_pairs("hat")
    with pytest.raises(ValueError, match="size must be one of 16, 32, got 64"):
        data.faces_pairs("beard", size=64)
    with pytest.raises(ValueError, match="this sampler was made without any"):
        data.faces().labelled(3, torch.Generator())


# --- the scripts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "split"), CASES)
def test_the_table_is_the_one_that_the_script_plans(style, split):
    rows, sampler = make_faces.plan(STYLES[style])[split], data.faces(split=split, style=style)
    assert sampler.attributes == STYLES[style].columns
    for name in sampler.attributes:
        assert value(sampler, name).tolist() == [row[name] for row in rows]


def test_library_and_script_name_the_same_pairs_and_their_partners_differ_in_one_attribute():
    assert importlib.import_module("ganbook.data.faces").PAIRS == face_styles.PAIRS
    rows = make_faces.plan(face_styles.PIXEL)["test"]
    for name in face_styles.PAIRS:
        chosen, others = plan_faces.partners(rows, name)
        details = {name, f"{name}_shape", *(one for one, owner in face_styles.OWNERS.items() if owner == name)}
        for k, other in zip(chosen, others, strict=True):
            assert name in (changed := {one for one in other if other[one] != rows[k][one]}) and changed <= details


def test_a_deck_deals_exact_shares():
    dealt = plan_faces.Deck("seed").deal(10, ("a", "b", "c"), (2, 1, 1))
    assert sorted(dealt) == list("aaaaabbccc") or sorted(dealt) == list("aaaaabbbcc")
    assert dealt == plan_faces.Deck("seed").deal(10, ("a", "b", "c"), (2, 1, 1)) != sorted(dealt)


def test_another_package_is_refused():
    entries = {
        f"node_modules/{name}": {"version": version, "integrity": digest}
        for name, (version, digest) in make_faces.PACKAGES.items()
    }
    make_faces.check({"packages": entries})
    entries["node_modules/@dicebear/core"]["version"] = "9.5.0"
    with pytest.raises(ValueError, match="@dicebear/core is 9.5.0 with sha512-.*, it must be 9.4.3"):
        make_faces.check({"packages": entries})
