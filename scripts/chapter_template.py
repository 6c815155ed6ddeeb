# The start of a chapter, in jupytext's percent form: `make chapter NAME=20_my_topic` reads this file.
# %% [markdown]
# # @TITLE@
#
# TODO One sentence: the question that the picture asks.

# %% tags=["figure"] mystnb={"image": {"alt": "TODO what is to be seen, in a sentence"}}
import matplotlib.pyplot as plt
import torch

from ganbook import plot
from ganbook.claims import below, claim, close, exact, refuses, rng

plot.style()
draws = rng(0)
figure, axis = plt.subplots(figsize=(5, 2.5))
axis.plot(torch.randn(50, generator=draws).cumsum(0))
plt.show()

# %% [markdown]
# ## What this chapter gives you
#
# TODO In one line: you derive ..., you measure ..., you know why ... **Know first.** TODO chapter 1.
#
# ```{costs}
# ```
#
# ## The question
#
# TODO What the picture above shows, and why it should not be so: one small experiment that goes wrong.
#
# ## The derivation
#
# TODO Every step justified. Labels start with the chapter's number. A drawing beside each theorem that has one.
#
# $$
# a + b = b + a
# $$ (eq-@NUMBER@-first)
#
# ```{prf:theorem} TODO its name
# :label: thm-@NUMBER@-first
#
# TODO For all $a$ and $b$, {eq}`eq-@NUMBER@-first` holds.
# ```
#
# ```{prf:proof}
# TODO
# ```
#
# ## The check
#
# TODO Each theorem and formula is computed and asserted.

# %% tags=["check"]
a, b = torch.randn(2, generator=draws, dtype=torch.float64)
claim(
    "TODO the mean of 10,000 draws is near $0$", close(torch.randn(10_000, generator=draws).mean(), 0, 0.05), key=True
)
claim("TODO half is less than one", below(0.5, 1.0))
claim("TODO addition commutes, to the last bit", exact(a + b == b + a))
claim("TODO a word is no number", refuses(lambda: float("seven"), ValueError))

# %% [markdown]
# ## The code
#
# TODO The ten lines that matter, in a lesson cell, or imported from `ganbook` and shown.


# %% tags=["lesson"]
def area(width, height):
    """TODO What the chapter teaches, in the paper's symbols."""
    return width * height


# %% [markdown]
# ## The training
#
# TODO Inline, on real data: the film, the losses, the metric of chapter 6. Samples from a fixed z, never the best.
#
# ## Paper versus code
#
# TODO Where the paper, its authors' code and re-implementations differ, and what changes when measured.
#
# ## Spot the bug
#
# TODO A real defect, planted; the reader finds it; a claim shows the repair.
#
# ## Exercises
#
# ```{exercise} TODO its name
# :label: ex-@NUMBER@-1
#
# TODO
# ```
#
# ````{solution-start} ex-@NUMBER@-1
# :class: dropdown
# ````

# %% tags=["check"]
claim("TODO the solution holds", exact(1 + 1 == 2))

# %% [markdown]
# ````{solution-end}
# ````
#
# ## Summary and further reading
#
# TODO
