"""book/scaling_out.md: its tables are those of the results, and its sentences name what they hold."""

import re

import yaml
from forked import HERE
from shared_runs import EXACT, ROUNDS

from ganbook.experiments import load

PAGE = (HERE.parent / "book" / "scaling_out.md").read_text(encoding="utf-8")
WHO = ("one process", "half the batch", "the other process")


def spread(values, form=".2g"):
    """The least and the greatest of the seeds; one number where they look alike."""
    low, high = (format(pick(values), form) for pick in (min, max))
    return low if low == high else f"{low} to {high}"


def table(rows):
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def failures():
    results = load("scaling_failures")
    called = {"averages of own rows": "averages count own rows", "... whose statistics stay": "... and each its own"}
    rows = []
    for variant in results.variants:
        away = [spread(results.values(variant, f"from {who}")) for who in WHO]
        (noticed,) = set(results.values(variant, "noticed"))
        rows.append((called.get(variant, variant), *away, "yes" if noticed else "no"))
    return table(rows)


def batches(variants):
    results = load("scaling_batches")
    assert results.seeds == [0, 1]
    return table(
        (
            variant,
            *(spread([curve[k] for curve in results.values(variant, "book Frechet distance")], ".0f") for k in (0, 1)),
        )
        for variant in variants
    )


def times():
    results = load("scaling_time")
    rows = []
    for batch in (64, 256):
        for parts in (1, 2, 4, 8):
            one, two = f"{batch} in {parts}", f"{batch} in {parts} by two"
            kept, spent = (min(results.values(one, measure)) for measure in ("MiB kept", "processor ms"))
            both = f"{min(results.values(two, 'processor ms')):.0f}" if two in results.variants else "-"
            rows.append((f"{batch}", f"{parts}", f"{kept:.1f}", f"{spent:.0f}", both))
    return table(rows)


def test_the_tables_are_those_of_the_results():
    for rows in (failures(), batches(("32", "64", "128", "256")), batches(("64 rows", "8 rows")), times()):
        assert rows in PAGE


def test_what_is_said_of_times_holds():
    """Kept: as the parts are. Each of two processes spends more than half of what one spends."""
    results = load("scaling_time")
    for batch in (64, 256):
        kept = [min(results.values(f"{batch} in {parts}", "MiB kept")) for parts in (1, 2, 4, 8)]
        assert kept == sorted(kept, reverse=True) and kept[-1] < kept[0] / 4
        for parts in (2, 4, 8):
            one, two = (min(results.values(f"{batch} in {parts}{by}", "processor ms")) for by in ("", " by two"))
            assert two > one / 2


def test_what_is_said_of_batches_holds():
    results = load("scaling_batches")
    first, second = (
        {name: [curve[k] for curve in results.values(name, "book Frechet distance")] for name in results.variants}
        for k in (0, 1)
    )
    for small, large in (("32", "64"), ("64", "128"), ("128", "256")):
        assert max(second[small]) < min(second[large])  # equal images
        assert max(second[large]) < min(first[small])  # equal rounds
    assert min(second["8 rows"]) < min(second["64 rows"]) < max(second["64 rows"]) < max(second["8 rows"])


def test_the_configuration_can_be_copied_and_the_script_shows_the_same_commands():
    scripts = HERE.parent / "scripts"
    settings = yaml.safe_load((scripts / "scale_out.yaml").read_text(encoding="utf-8"))
    assert settings["mixed_precision"] == "no"  # in quotes, or YAML reads a truth value
    for name in ("scale_out.py", "scale_out.yaml"):
        assert re.search(rf"```{{literalinclude}} \.\./scripts/{name}\n", PAGE)
    commands = re.findall(r"^ +(accelerate launch .*)$", (scripts / "scale_out.py").read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert all(command in PAGE for command in commands)


def test_as_many_games_as_the_page_says_are_played_by_two_processes():
    assert f"after {ROUNDS} rounds on two processes" in PAGE
    assert "this script and nine smaller games" in PAGE
    assert "the script" in EXACT and len(EXACT) == 1 + 9
