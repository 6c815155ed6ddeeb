"""Training: how long, how exact, how resumed.

    for step in every(100, train(game, real, rounds=2_000)):
        film.add(step.sample(64), title=f"round {step.n}")

`train` gives an iterator of steps; `fit` exhausts it, for scripts.
"""

from __future__ import annotations

from ganbook.train.run import LOOK, Run, Step, every, fit, train

__all__ = ["LOOK", "Run", "Step", "every", "fit", "train"]
