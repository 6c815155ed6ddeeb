"""The emoji: pairs by code point, a split without leaks, sizes, categories, licences, and what the script cuts out."""

import json

import make_emoji
import numpy as np
import pytest
import torch

from ganbook import data
from ganbook.data import bundled
from ganbook.data.images import encode

STYLES = ("noto", "twemoji")
PARTS = {"train": 3_432, "test": 313, "all": 3_745}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("split", PARTS)
def test_counts_shapes_and_ranges(style, split):
    sampler = data.emoji(style, split=split)
    assert len(sampler) == len(sampler.y) == len(sampler.names) == len(sampler.codepoints) == PARTS[split]
    assert sampler.x.shape[1:] == (3, 32, 32) and sampler.x.dtype == torch.float32 and sampler.x.is_contiguous()
    assert sampler.x.min() == -1 and sampler.x.max() == 1
    assert sampler.y.unique().tolist() == list(range(10)) and len(sampler.classes) == 10
    assert sampler(5, torch.Generator().manual_seed(0)).shape == (5, 3, 32, 32)


def test_row_i_is_the_same_emoji_in_both_styles():
    noto, twemoji = (data.emoji(style, split="all") for style in STYLES)
    assert noto.codepoints == twemoji.codepoints and noto.names == twemoji.names and torch.equal(noto.y, twemoji.y)
    assert len(set(noto.codepoints)) == len(noto)
    # the mean colour of a picture, and so its partner, is shared by the designs far more often than by chance
    a, b = ((sampler.x - sampler.x.mean(0)).flatten(1) for sampler in (noto, twemoji))
    own = torch.nn.functional.cosine_similarity(a, b).mean()
    other = torch.nn.functional.cosine_similarity(a, b.roll(1, 0)).mean()
    assert own > 0.5 and abs(other) < 0.1


def test_names_and_categories_are_those_of_unicode():
    sampler = data.emoji(split="all")
    kinds = {code: sampler.classes[y] for code, y in zip(sampler.codepoints, sampler.y.tolist(), strict=True)}
    assert kinds["1F600"] == "faces" and kinds["1F431"] == "animals" and kinds["1F34E"] == "food"
    assert kinds["1F335"] == "plants" and kinds["2764-FE0F"] == "symbols" and kinds["1F1EE-1F1F9"] == "flags"
    assert sampler.names[sampler.codepoints.index("1F600")] == "grinning face"


@pytest.mark.parametrize("style", STYLES)
def test_no_picture_is_there_twice(style):
    assert len(set(map(bytes, encode(data.emoji(style, split="all").x).flatten(1).numpy()))) == PARTS["all"]


def test_the_split_divides_no_family_and_is_decided_by_the_code_points_alone():
    train, test = (data.emoji(split=split) for split in ("train", "test"))
    assert not {make_emoji.family(code) for code in train.codepoints} & set(map(make_emoji.family, test.codepoints))
    assert all(map(make_emoji.held_out, test.codepoints)) and not any(map(make_emoji.held_out, train.codepoints))
    both = data.emoji(split="all")
    assert both.codepoints == train.codepoints + test.codepoints and torch.equal(both.x, torch.cat([train.x, test.x]))


def test_a_family_is_an_emoji_in_all_tones_and_genders():
    runners = "1F3C3", "1F3C3-1F3FF", "1F3C3-1F3FB-200D-2640-FE0F", "1F3C3-200D-27A1-FE0F"
    assert {make_emoji.family(code) for code in runners} == {"1F3C3"}
    assert make_emoji.family("1F468-1F3FD-200D-1F373") == make_emoji.family("1F9D1-200D-1F373")
    assert make_emoji.family("1F1E9-1F1EA") == "1F1E9-1F1EA"
    assert make_emoji.family("2640-FE0F") == "2640-FE0F"  # the sign itself is not nothing


@pytest.mark.parametrize("split", ["train", "test"])
def test_every_run_of_rows_holds_the_categories_in_proportion(split):
    y = data.emoji(split=split).y
    half, whole = y[: len(y) // 2].bincount(minlength=10), y.bincount(minlength=10)
    assert (half - whole / 2).abs().max() <= 1


def test_a_category_and_the_tones_choose_rows():
    every, faces = data.emoji(), data.emoji(category="faces")
    assert len(faces) == 119 and torch.equal(faces.x, every.x[every.y == 0])
    assert not any(make_emoji.TONES & set(code.split("-")) for code in data.emoji(tones=False).codepoints)
    plain = data.emoji(tones=False)
    assert len(plain) == 1_668 and set(plain.codepoints) < set(every.codepoints)
    assert data.emoji("twemoji", category="faces").names == faces.names


def test_small_sizes_are_means_of_blocks():
    x = {size: data.emoji(size=size, split="test").x for size in (8, 16, 32, 64)}
    for size in (8, 16):
        blocks = x[2 * size].unflatten(3, (size, 2)).unflatten(2, (size, 2)).mean((3, 5))
        torch.testing.assert_close(x[size], blocks)
    assert x[64].shape[2:] == (64, 64) and x[64].abs().max() <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"style": "apple"}, "style must be one of noto, twemoji, got 'apple'"),
        ({"size": 28}, "size must be one of 4, 8, 16, 32, 64, got 28"),
        ({"category": "cats"}, "category must be one of None, 'faces', .*, 'flags', got 'cats'"),
        ({"split": "valid"}, "split must be one of train, test, all, got 'valid'"),
    ],
)
def test_what_is_not_there_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        data.emoji(**arguments)


def test_changing_one_sampler_does_not_change_the_next():
    data.emoji(split="test").x.zero_()
    assert data.emoji(split="test").x.max() == 1


@pytest.mark.parametrize(("style", "words"), [("noto", "Apache License"), ("twemoji", "CC BY 4.0")])
def test_files_are_small_and_their_licence_lies_beside_them(style, words):
    assert (bundled.FOLDER / f"emoji-{style}.npz").stat().st_size < 4_000_000
    text = (bundled.FOLDER / f"emoji-{style}.LICENSE.txt").read_text(encoding="utf-8")
    assert words in text and "Authors of the images" in text and "Changes:" in text


@pytest.fixture
def toy():
    """A sheet of 2x3 cells with pictures of one colour each, and a list that names them."""
    sheet = np.zeros((3 * 34, 2 * 34, 4), np.uint8)
    entries = []
    for k in range(6):
        x, y = k % 2, k // 2
        sheet[34 * y + 1 : 34 * y + 33, 34 * x + 1 : 34 * x + 33] = (40 * k, 0, 0, 255)
        entries.append(
            {"name": f"N{k}", "short_name": "n", "unified": f"1F60{k}", "category": "Food & Drink", "subcategory": ""}
            | {"sheet_x": x, "sheet_y": y, "has_img_google": True, "has_img_twitter": k != 5}
        )
    return entries, sheet


def test_a_picture_is_cut_from_its_cell_and_laid_on_white(toy):
    _, sheet = toy
    assert (make_emoji.cut(sheet, (1, 2)) == [200, 0, 0]).all() and make_emoji.cut(sheet, (1, 2)).shape == (32, 32, 3)
    sheet[1:33, 1:33] = (0, 0, 0, 0)
    assert (make_emoji.cut(sheet, (0, 0)) == 255).all()
    sheet[1:33, 1:33] = (0, 100, 200, 51)  # a fifth of the colour, four fifths of white
    assert (make_emoji.cut(sheet, (0, 0)) == [204, 224, 244]).all()


def test_what_one_style_lacks_and_what_is_there_twice_is_dropped(toy):
    entries, sheet = toy
    other = sheet.copy()
    other[35:67, 1:33] = other[1:33, 1:33]  # in the second style the third picture is the first again
    arrays = make_emoji.arrange(make_emoji.rows(entries), {"a": sheet, "b": other})
    codes = [bytes(arrays["emoji"][f"{part}_codepoints"]).decode().split() for part in ("train", "test")]
    assert sorted(sum(codes, [])) == ["1F600", "1F601", "1F603", "1F604"]
    for part, listed in zip(("train", "test"), codes, strict=True):
        for style in ("a", "b"):
            pictures = arrays[f"emoji-{style}"][f"{part}_images"]
            assert pictures[:, 0, 0, 0].tolist() == [40 * int(code[-1]) for code in listed]


def test_another_package_is_refused(tmp_path):
    (tmp_path / "emoji-datasource-google-16.0.0.tgz").write_bytes(json.dumps({}).encode())
    with pytest.raises(ValueError, match="emoji-datasource-google-16.0.0.tgz has SHA-256"):
        make_emoji.fetch(tmp_path)


def test_the_script_and_the_library_name_the_same_categories():
    import importlib

    assert importlib.import_module("ganbook.data.emoji").CATEGORIES == make_emoji.CATEGORIES
