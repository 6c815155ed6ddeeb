"""`make bench` tells no time of a busy machine. Its own times are looked at by nobody here."""

import collections
import itertools
import os
import sys

import bench
import bench_against
import machine
import pytest


def test_the_processor_has_a_name_and_the_machine_a_load():
    assert machine.name().strip() and machine.load().startswith("load ")


def test_others_are_all_that_is_spent_and_not_by_this_process(monkeypatch):
    Times = collections.namedtuple("Times", "user nice system idle iowait steal guest")
    spent = iter([Times(100, 5, 20, 500, 9, 1, 30), Times(112, 6, 21, 506, 19, 1.5, 33)])
    own = iter([(7, 1, 2, 0, 0), (12, 2, 4, 1, 0)])
    clock = iter([50, 60])
    monkeypatch.setattr(machine.psutil, "cpu_times", lambda: next(spent))
    monkeypatch.setattr(machine.os, "times", lambda: next(own))
    monkeypatch.setattr(machine.time, "perf_counter", lambda: next(clock))
    # user 12, of which 3 are a guest's and stand in two places, nice 1, system 1, steal 0.5; own 5 + 1 + 2 + 1
    assert machine.Others().share() == pytest.approx((12 + 1 + 1 + 0.5 - 9) / 10)


@pytest.mark.parametrize(("share", "told"), [(0.0, True), (-0.01, True), (0.15, True), (0.16, False), (1.9, False)])
def test_others_may_take_a_little(share, told):
    assert (machine.refusal(share) == "") == told
    if not told:
        assert f"other programs took {share:.2f} of {os.cpu_count()} processors" in machine.refusal(share)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_a_ratio_is_told_of_a_quiet_machine_alone(share, monkeypatch, capsys):
    monkeypatch.setattr(machine.Others, "share", lambda self: share)
    found = bench.in_turns("a pair", itertools.repeat(0), itertools.repeat(0), 1, 4)
    said = capsys.readouterr().out
    if share:
        assert found is None and said.startswith("a pair: not told: other programs took 0.40 of")
    else:
        assert "times as fast as" in found[0] and said == ""


def test_nothing_is_measured_where_others_are_at_work(monkeypatch, capsys):
    monkeypatch.setattr(machine, "look", lambda: 1.9)
    monkeypatch.setattr(sys, "argv", ["bench.py"])
    threads = bench.torch.get_num_threads()
    with pytest.raises(SystemExit, match="Nothing is measured on a busy machine.*took 1.90 of"):
        bench.main()
    bench.torch.set_num_threads(threads)
    said = capsys.readouterr().out
    assert machine.name() in said and "bf16 instructions; load" in said and "peak" not in said


def test_a_comparison_asks_both_codes_in_turns_and_divides_their_times(monkeypatch, capsys):
    asked = []

    class Code:
        def __init__(self, root):
            self.root, self.process = root, Process()

        def told(self):
            return "one|two"

        def block(self, name):
            asked.append((name, self.root == bench_against.ROOT))
            return 2.0 if self.root == bench_against.ROOT else 3.0

    class Process:
        stdin = type("In", (), {"close": lambda self: None})()

        def wait(self):
            pass

    monkeypatch.setattr(bench_against, "Code", Code)
    monkeypatch.setattr(bench_against, "unpack", lambda commit, folder: None)
    monkeypatch.setattr(sys, "argv", ["bench_against.py", "HEAD", "--blocks", "4"])
    bench_against.main()
    said = capsys.readouterr().out
    assert asked == [("one", True), ("one", False)] * 4 + [("two", True), ("two", False)] * 4
    assert "one: 1.50 (middle half of 4 blocks 1.50 to 1.50) times as fast as HEAD; 2.0 ms" in said


def test_a_commit_that_is_none_is_told(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench_against.py", "no-such-commit"])
    with pytest.raises(SystemExit, match="no-such-commit is no commit of this repository"):
        bench_against.main()


@pytest.mark.parametrize("name", bench_against.cases())
def test_each_case_of_the_comparison_is_a_game_that_runs(name):
    networks, recipe, real, _ = bench_against.cases()[name]
    assert next(bench_against.made(networks, recipe, real)).n == 1
