"""The ledger's arithmetic by a second way, its correction, and that no switch is without a chapter."""

import math
import pathlib
import re
import sys

import numpy as np
import pytest
from scipy import stats

from ganbook import experiments
from ganbook.studies import ledger

ROOT = pathlib.Path(__file__).parent.parent


class Made(experiments.Results):
    """Results of five seeds: R1 is nearer by about a tenth each time, everything else is noise."""

    def __init__(self):
        pass

    def ends(self, variant, measure, of=None):
        rng = np.random.default_rng(len(variant) * 10 + len(measure))
        base = np.array([10.0, 11.0, 9.0, 12.0, 10.5])
        if variant == "baseline":
            return list(base)
        return list(base * (0.9 + 1e-4 * rng.normal(size=5)) if variant == "R1" else base * rng.uniform(0.7, 1.4, 5))


def test_a_change_is_the_ratio_of_geometric_means_and_its_p_value_students():
    after, before = [9.0, 8.0, 12.0, 7.0], [10.0, 10.0, 11.0, 9.0]
    entry = ledger.compared("R1", "px", after, before)
    assert entry.change == pytest.approx(stats.gmean(after) / stats.gmean(before) - 1)
    assert entry.p == pytest.approx(stats.ttest_rel(np.log(after), np.log(before)).pvalue)
    low, high = stats.ttest_rel(np.log(after), np.log(before)).confidence_interval(0.95)
    assert (entry.low, entry.high) == pytest.approx((math.expm1(low), math.expm1(high)))


def test_the_correction_is_for_all_entries_at_once_and_the_sure_one_survives_it():
    found = ledger.entries(Made())
    assert len(found) == 2 * len(ledger.CHAPTERS)
    pixels = [entry for entry in found if entry.measure == "px"]
    assert all(entry.corrected >= entry.p for entry in pixels) and len(pixels) == len(ledger.CHAPTERS)
    assert all(math.isnan(entry.corrected) for entry in found if entry not in pixels)
    assert min(pixels, key=lambda entry: entry.p).corrected == pytest.approx(len(pixels) * min(e.p for e in pixels))
    assert ledger.verdicts(found)["R1"] == "nearer"


def test_a_quarter_is_the_first_point_of_a_curve():
    book = experiments.load("ledger")
    early = {e.switch: e for e in ledger.entries(book, ledger.at_a_quarter) if e.measure == "px"}
    first = {v: [curve[0] for curve in book.values(v, "px")] for v in ("R1", "baseline")}
    assert early["R1"].change == ledger.compared("R1", "px", first["R1"], first["baseline"]).change


def test_a_verdict_needs_pixels_and_the_correction():
    def entry(switch, change, corrected, measure="px"):
        return ledger.Entry(switch, measure, change, 0.0, 0.0, 0.0, corrected)

    found = [
        entry("a", -0.1, 0.01),
        entry("b", 0.1, 0.05),
        entry("c", 0.5, 0.06),
        entry("c", 0.5, 0.0, "book distance"),
    ]
    assert ledger.verdicts(found) == {"a": "nearer", "b": "farther", "c": "not seen"}


def test_distances_and_seeds_that_do_not_fit_are_refused_by_name():
    with pytest.raises(ValueError, match="with_it must have as many seeds as without \\(2\\), got 1"):
        ledger.compared("R1", "px", [1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="a distance"):
        ledger.compared("R1", "px", [0.0, 1.0], [1.0, 2.0])


def test_every_switch_of_the_experiment_has_a_chapter_and_the_other_way_round():
    sys.path.insert(0, str(ROOT / "experiments"))
    try:
        import ledger as script
    finally:
        sys.path.pop(0)
    assert set(script.EXPERIMENT.variants) - {"baseline", "real"} == set(ledger.CHAPTERS)
    assert set(ledger.BESIDE) | set(ledger.BESIDE.values()) <= set(script.EXPERIMENT.variants)
    assert set(ledger.MEASURES) <= set(script.EXPERIMENT.measures)


HEADINGS = {"nearer": "Nearer", "farther": "Farther", "not seen": "Not seen"}


def test_the_page_of_advice_says_what_the_ledger_says_and_nothing_else():
    said = ledger.verdicts(ledger.entries(experiments.load("ledger")))
    text = (ROOT / "book" / "advice.md").read_text(encoding="utf-8")
    parts = {part.splitlines()[0].strip(): part for part in text.split("\n## ")[1:]}
    for verdict, heading in HEADINGS.items():
        named = set(re.findall(r"\*\*(.+?)\*\*", parts.get(heading, "")))
        assert named == {switch for switch, word in said.items() if word == verdict}, heading


def test_every_number_of_the_page_of_advice_is_the_ledgers():
    found = {e.switch: e for e in ledger.entries(experiments.load("ledger")) if e.measure == "px"}
    text = (ROOT / "book" / "advice.md").read_text(encoding="utf-8").replace("−", "-")
    said = dict(re.findall(r"\*\*(.+?)\*\*.*: ([+-]\d+) %$", text, re.M))
    assert said == {switch: f"{100 * entry.change:+.0f}" for switch, entry in found.items()}


def test_the_page_of_advice_names_the_chapter_of_each_switch():
    """0 is the page on one's own images."""
    text = (ROOT / "book" / "advice.md").read_text(encoding="utf-8")
    lines = {line.split("**")[1]: line for line in text.splitlines() if line.startswith("- **")}
    said = {
        switch: 0 if "</notebooks/own_images>" in line else int(re.search(r"{chapter}`(\d+)`", line)[1])
        for switch, line in lines.items()
    }
    assert said == ledger.CHAPTERS


def test_what_the_page_of_advice_says_of_a_shorter_training_and_of_two_recipes():
    book = experiments.load("ledger")
    early = {e.switch: e for e in ledger.entries(book, ledger.at_a_quarter) if e.measure == "px"}
    for switch, share in (("R1", 0.07), ("R1 + R2", 0.23)):
        assert early[switch].low > 0 and early[switch].change == pytest.approx(share, abs=0.005)
    for switch, px, recall in (("R1", 13.3, 0.37), ("R3GAN's schedules", 13.3, 0.41), ("baseline", 16.1, 0.19)):
        assert np.mean(book.ends(switch, "px")) == pytest.approx(px, abs=0.05)
        assert np.mean(book.ends(switch, "pixel recall")) == pytest.approx(recall, abs=0.005)


def test_growing_is_compared_with_the_ledger_s_own_baseline():
    """It was trained again beside growing, and is the same to the last bit, but for its time."""
    old, new = (experiments.load(name) for name in ("ledger", "ledger_growing"))
    for measure in ("px", "book distance", "pixel recall"):
        assert new.values("baseline", measure) == old.values("baseline", measure)
