"""Each test and doctest draws the same numbers and finds no open figure, whatever ran before it in its worker."""

import sys


def pytest_runtest_setup(item) -> None:
    if torch := sys.modules.get("torch"):  # nbval's own process has no torch, and needs none
        torch.manual_seed(0)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
