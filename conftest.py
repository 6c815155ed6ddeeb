"""Each test and doctest draws the same numbers, whatever ran before it in its worker."""

import sys


def pytest_runtest_setup(item) -> None:
    if torch := sys.modules.get("torch"):  # nbval's own process has no torch, and needs none
        torch.manual_seed(0)
