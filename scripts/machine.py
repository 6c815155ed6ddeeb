"""The machine that times are measured on: what it is called, and who else is on it."""

import os
import pathlib
import platform
import time

import psutil

QUIET = 0.15
"""Of one processor: what others may take before a time is not told."""


def name():
    """The processor as its maker calls it."""
    told = pathlib.Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor() or platform.machine()])[0]


def load():
    """The load over 1, 5 and 15 minutes, in words."""
    return "load " + " ".join(f"{each:.1f}" for each in psutil.getloadavg())


class Others:
    """How many processors other programs have taken since this was made.

    What a hypervisor has given to others counts with them. The children of this process count with it once they have
    ended, and until then with the others.
    """

    def __init__(self):
        self.start, self.spent = time.perf_counter(), self._spent()

    @staticmethod
    def _spent():
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0)
        twice = getattr(times, "guest", 0) + getattr(times, "guest_nice", 0)  # these are in user and nice, too
        return sum(times) - idle - twice - sum(os.times()[:4])

    def share(self):
        return (self._spent() - self.spent) / (time.perf_counter() - self.start)


def refusal(share):
    """Why a time is not told; "" on a quiet machine."""
    if share <= QUIET:
        return ""
    return f"not told: other programs took {share:.2f} of {os.cpu_count()} processors meanwhile (at most {QUIET})"


def look(seconds=3.0):
    """What others take now, while this process sleeps."""
    others = Others()
    time.sleep(seconds)
    return others.share()
