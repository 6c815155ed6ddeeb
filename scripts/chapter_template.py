# The start of a chapter, in jupytext's percent form: `make chapter NAME=20_my_topic` reads this file.
# %% [markdown]
# # @TITLE@
#
# TODO One paragraph: what goes wrong without this chapter, and what it gives instead.
#
# ## What this chapter gives you
#
# - TODO You will be able to ...
#
# **Know first.** TODO chapter 1.
#
# ```{costs}
# ```
#
# ## The question
#
# TODO One picture, or one small experiment that goes wrong.

# %% mystnb={"image": {"alt": "TODO what is to be seen, in a sentence"}}
import matplotlib.pyplot as plt
import torch

from ganbook import plot
from ganbook.claims import below, claim, close, seed

plot.style()
rng = torch.Generator().manual_seed(seed(0))
figure, axis = plt.subplots(figsize=(5, 2.5))
axis.plot(torch.randn(50, generator=rng).cumsum(0))
plt.show()

# %% [markdown]
# ## The derivation
#
# TODO Every step justified. Labels start with the chapter's number.
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

# %%
a, b = torch.randn(2, generator=rng, dtype=torch.float64)
claim("TODO addition commutes", close(a + b, b + a, 1e-12), a=float(a), b=float(b))
claim("TODO a square is not below zero", a * a >= 0, a=float(a))
claim("TODO half is less than one", below(0.5, 1.0))

# %% [markdown]
# ## The code
#
# TODO The ten lines that matter, imported from `ganbook` and shown.
#
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

# %%
claim("TODO the solution holds", 1 + 1 == 2)

# %% [markdown]
# ````{solution-end}
# ````
#
# ## Summary and further reading
#
# TODO
