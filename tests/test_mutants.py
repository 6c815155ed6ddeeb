"""`make mutants`: what it changes and which tests it asks."""

import ast

import chapters
import mutants
import mutate

SOURCE = '''
"""A text of 1 < 2."""
LIMIT = 0.5


class Asked(Protocol):
    size: int = 3


def f(x: "n 1", n: int = 1, *, ä=True) -> "n 1":
    """At least 1."""
    if n < 1 or not ä:
        raise ValueError(f"n must be >= {1 + 0}")
    x.check()
    x.set("n", n) if f(x, x) else f(*x, n)
    x += n
    return max(-n, g(x.detach(), keep=2.0)) ** 2
'''


def test_every_change_is_one_that_computes_and_still_parses():
    found = mutate.mutants("a.py", SOURCE)
    assert [f"{each.line} {each.old.split(chr(10))[0]} > {each.new}" for each in found] == [
        "3 0.5 > 1.0",
        "10 1 > 2",
        "10 True > False",
        "12 if n < 1 or not ä: > pass",
        "12 n < 1 or not ä > (n < 1 and (not ä))",
        "12 n < 1 > n <= 1",
        "12 1 > 2",
        "12 not ä > (ä)",
        "14 x.check() > pass",
        "14 x.check() > x",
        "16 x += n > pass",
        "17 max(-n, g(x.detach(), keep=2.0)) ** 2 > (max(-n, g(x.detach(), keep=2.0)) * 2)",
        "17 max(-n, g(x.detach(), keep=2.0)) > max(g(x.detach(), keep=2.0), -n)",
        "17 -n > (n)",
        "17 g(x.detach(), keep=2.0) > g(x.detach())",
        "17 x.detach() > x",
        "17 2.0 > 4.0",
        "17 2 > 3",
    ]
    sources = {ast.dump(ast.parse(each.of(SOURCE))) for each in found}
    assert len(sources) == len(found) and ast.dump(ast.parse(SOURCE)) not in sources


def test_the_tests_of_a_module_are_found_through_its_door_and_its_users():
    def names(path):
        return [test.stem for test in mutants.tests_of(chapters.ROOT / "ganbook" / path)]

    assert names("losses/classic.py")[0] == "test_losses"
    assert names("train/run.py")[:2] == ["test_train_run", "test_train"]
    assert names("data/mixture.py")[0] == "test_data_toys" and "test_data_sampler" in names("data/mixture.py")
    assert names("data/mixture.py")[-2:] == ["test_refusals", "test_registry"], "what is asked of everything, last"
    assert "test_train" in names("train/state.py"), "who uses a module for it tests it too"
    assert names("divergences/discrete.py")[0] == "test_divergences_discrete", "it has its names by getattr"
    assert names("train/shared.py")[0] == "test_shared", "it starts other processes"
    assert "test_metrics_images" in names("metrics/float64.py")
    assert all(len(mutants.tests_of(path)) <= mutants.FILES + 2 for path in (chapters.ROOT / "ganbook").rglob("*.py"))


def test_a_seed_draws_the_same_mutants_and_another_one_others():
    total, first = mutants.drawn(["losses/"], 20, 1)
    assert first == mutants.drawn(["losses/"], 20, 1)[1] != mutants.drawn(["losses/"], 20, 2)[1]
    assert len(set(first)) == 20 < total
    assert not any(each.path.startswith(mutants.DRAWN) for each in mutants.drawn([], 500, 1)[1])


def test_a_planted_text_is_taken_away_again(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    before = path.stat().st_mtime_ns
    with mutants.planted(path, "x = 2\n"):
        assert path.read_text() == "x = 2\n" and path.stat().st_mtime_ns != before
    assert path.read_text() == "x = 1\n" and path.stat().st_mtime_ns == before
