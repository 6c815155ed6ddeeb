"""The one table: the same numbers as text and as HTML, whatever the rows hold, and refusals that name the argument."""

import html
import re
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
import torch

from ganbook import metrics, plot
from ganbook.metrics import Interval

ROWS = [
    {"": "GAN", "modes": 7, "distance": Interval(53.2, 9.6, 101.0, 5, 0.95), "lost": "3 of 5", "mark": "**"},
    {"": "WGAN", "modes": 10, "distance": Interval(-0.2, -4.0, 6.0, 5, 0.95), "lost": "0 of 5", "mark": None},
    {"": "none", "modes": float("nan"), "distance": None, "lost": "10 of 5", "mark": "*"},
]
FORMATS = {"": "", "modes": "", "distance": ".1f", "lost": "", "mark": ""}


class Cells(HTMLParser):
    """The cells of a table, as (tag, attributes, text), row by row."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open, self.tags = [], False, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append([tag, dict(attrs), ""])
            self.open = True

    def handle_endtag(self, tag):
        self.tags.append("/" + tag)
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data):
        if self.open:
            self.rows[-1][-1][2] += data


def cells(table):
    return Cells(table._repr_html_())


def column(values, form=""):
    """The texts of one column, after a first one of names."""
    shown = plot.table([[f"r{i}", value] for i, value in enumerate(values)], {"": "", "x": form})
    return [row[1].replace("\u2007", " ") for row in shown.cells]


# --- as text ---------------------------------------------------------------------------------------------------------


def test_the_text_is_aligned():
    shown = plot.table(ROWS, FORMATS, caption="Who finds what", footnote="Made up.")
    assert repr(shown).splitlines() == [
        "Who finds what",
        "",
        "      modes            distance     lost  mark",
        "GAN       7  53.2 [ 9.6, 101.0]   3 of 5  **",
        "WGAN     10  -0.2 [-4.0,   6.0]   0 of 5",
        "none    nan                      10 of 5  *",
        "",
        "Made up.",
    ]


def test_long_captions_and_footnotes_are_broken():
    lines = repr(plot.table(ROWS, caption="Who finds " * 20, footnote="Made up. " * 20)).splitlines()
    assert max(map(len, lines)) <= 88
    assert " ".join(lines[:3]).split() == ("Who finds " * 20).split()


@pytest.mark.parametrize(
    ("values", "form", "shown"),
    [
        ([1, 20_000], "", ["1", "20000"]),
        ([0.123456, 12.0], "", ["0.1235", "12"]),
        ([0.5, -0.5], "+.1f", ["+0.5", "-0.5"]),
        ([-0.04, -0.0], ".1f", ["0.0", "0.0"]),
        ([-0.04], "+.1f", ["+0.0"]),
        ([0.531, 1], ".0%", ["53 %", "100 %"]),
        ([Interval(0.5, -0.04, 1.0, 5, 0.95)], ".0%", ["50 % [-4, 100]"]),
        ([(1.0, 0.5, 2.0), [10.0, 5.0, 20.0]], ".1f", [" 1.0 [0.5,  2.0]", "10.0 [5.0, 20.0]"]),
        ([Interval(1.0, float("nan"), float("inf"), 5, 0.95)], ".1f", ["1.0 [nan, inf]"]),
        ([float("-inf"), float("nan")], ".2f", ["-inf", "nan"]),
        ([1234567.0], ",.0f", ["1,234,567"]),
        ([2.4e-7], ".2g", ["2.4e-07"]),
        ([True, False, None], "", ["yes", "no", ""]),
        ([np.int64(12), np.float32(0.5), torch.tensor(2.0), Fraction(1, 4)], "", ["12", "0.5", "2", "0.25"]),
        ([3, 4.0], lambda value: f"{value:.0f} of 5", ["3 of 5", "4 of 5"]),
        (["free", 0.5], ".1f", ["free", "0.5"]),
    ],
)
def test_values(values, form, shown):
    assert column(values, form) == shown


def test_a_score_is_its_value_and_an_interval_of_the_library_is_one():
    score = metrics.sliced_wasserstein(torch.zeros(8, 2), torch.ones(8, 2))
    assert column([score], ".3f") == [f"{float(score):.3f}"]
    assert column([metrics.interval([1.0, 2.0, 3.0])], ".1f") == ["2.0 [-0.5, 4.5]"]


def test_numbers_stand_on_the_right_and_texts_on_the_left():
    assert plot.table(ROWS, FORMATS).right == (False, True, True, True, False)
    assert plot.table([["a", "2 hard"], ["b", "soft"]], ["", "x"]).right == (False, False)
    assert plot.table([[2021, 1.0], [2022, 2.0]], ["year", "x"]).right == (False, True)


def test_columns_may_be_left_to_the_rows():
    assert plot.table(ROWS).columns == ("", "modes", "distance", "lost", "mark")
    assert plot.table([{"a": 1, "b": 2}, {"b": 3, "a": 4}]).cells == (("1", "2"), ("4", "3"))
    assert plot.table(([k, k] for k in range(2)), ["a", "b"]).cells == (("0", "0"), ("1", "1"))


# --- as HTML ---------------------------------------------------------------------------------------------------------


def test_heads_are_th_with_their_scope():
    found = cells(plot.table(ROWS, FORMATS)).rows
    assert [(tag, attrs.get("scope")) for tag, attrs, _ in found[0]] == [("td", None)] + [("th", "col")] * 4
    assert [(tag, attrs.get("scope")) for tag, attrs, _ in found[1]] == [("th", "row")] + [("td", None)] * 4
    assert [attrs.get("class") for _, attrs, _ in found[1]] == [None, None, None, None, "l"]


def test_the_numbers_are_those_of_the_text():
    shown = plot.table(ROWS, FORMATS, caption="Who", footnote="Made up.")
    plain = [[text.replace("\u2007", " ").replace("\u2212", "-") for _, _, text in row] for row in cells(shown).rows]
    assert [" ".join(" ".join(row).split()) for row in plain] == [
        " ".join(line.split()) for line in repr(shown).splitlines()[2:-2]
    ]


def test_everything_is_escaped():
    bad = "<b>&\"'</b><script>"
    found = cells(plot.table([{bad: bad, "x": bad}], caption=bad, footnote=bad))
    assert [text for row in found.rows for _, _, text in row] == [bad, "x", bad, bad]
    assert found.tags.count("b") == 0 and found.tags.count("script") == 1
    assert f'aria-label="{html.escape(bad)}"' in plot.table([[1]], ["x"], caption=bad)._repr_html_()


def test_the_html_is_whole_small_and_always_the_same():
    one, two = (plot.table(ROWS, FORMATS, caption="Who")._repr_html_() for _ in range(2))
    assert one == two
    assert len(one) < 5_000
    assert not re.search(r"\bid=|https?:|0x[0-9a-f]{6}", one)
    tags = [tag for tag in Cells(one).tags if tag not in ("button",)]
    assert sorted(tag for tag in tags if tag[0] != "/") == sorted(tag[1:] for tag in tags if tag[0] == "/")


def test_the_scrolling_part_has_a_name_and_can_be_reached_by_keys():
    assert '<div class="gbt-scroll" role="group" tabindex="0" aria-label="Table">' in plot.table(ROWS)._repr_html_()
    assert "<caption>" not in plot.table(ROWS)._repr_html_()
    assert "<caption>Who</caption>" in plot.table(ROWS, caption="Who")._repr_html_()


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([], None, "rows must be mappings or sequences of values, at least one, got"),
        ("abc", None, "rows must be mappings or sequences"),
        ({"a": 1}, None, "rows must be mappings or sequences"),
        (3, None, "rows must be mappings or sequences"),
        ([[1, 2]], None, "columns must be given where rows are no mappings"),
        ([[1, 2]], "ab", "columns must be names"),
        ([[1, 2]], [], "columns must be names"),
        ([[1, 2]], ["a", "a"], "columns must be different texts"),
        ([[1, 2]], ["a", 3], "columns must be different texts"),
        ([[1, 2], [3]], ["a", "b"], "rows must each have 2 values, row 1 is"),
        (["ab"], ["a", "b"], "rows must each have 2 values, row 0 is"),
        ([{"a": 1, "b": 2}, {"a": 1}], None, r"rows must each have the columns \['a', 'b'\], row 1 has \['a'\]"),
        ([{"a": 1}], {"b": ""}, r"rows must each have the columns \['b'\], row 0 has \['a'\]"),
        ([["a", [1, 2]]], ["a", "b"], r"rows must hold texts, numbers, .* got \[1, 2\] in row 0, column 'b'"),
        ([["a", torch.zeros(2)]], ["a", "b"], "rows must hold texts, numbers, intervals or None, got tensor"),
        ([["a", "b\nc"]], ["a", "b"], "rows must hold texts of one line"),
        ([["a", 1.0]], {"a": "", "b": "two"}, "columns must have formats such as '.2f', got 'two' for 'b'"),
        ([["a", 1.0]], {"a": "", "b": lambda value: value}, "the function of 'b' must return a text, got 1.0"),
    ],
)
@pytest.mark.usefixtures("as_readers")
def test_bad_rows_and_columns_are_refused(rows, columns, message):
    with pytest.raises(ValueError, match=message):
        plot.table(rows, columns)


@pytest.mark.parametrize("name", ["caption", "footnote"])
def test_captions_of_several_lines_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be one line of text"):
        plot.table(ROWS, **{name: "a\nb"})
