"""What every notebook keeps: checks that read it without running it, each a function of a Chapter.

A check returns sentences: what is wrong, in which cell, what to do. tests/test_notebooks.py plants a defect for each.
"""

from contract.chapter import Chapter
from contract.directions import CHECKS as DIRECTIONS
from contract.form import CHECKS as FORM
from contract.lettering import CHECKS as LETTERING
from contract.outputs import CHECKS as OUTPUTS
from contract.outputs import CLEAN
from contract.portable import CHECKS as PORTABLE
from contract.promise import CHECKS as PROMISE
from contract.promise import figures_have_alt_text, in_the_toc, one_title
from contract.rerun import CHECKS as RERUN

CHECKS = (*OUTPUTS, *PORTABLE, *PROMISE, *FORM, *LETTERING, *DIRECTIONS, *RERUN)
PAGE = (*OUTPUTS, *PORTABLE, one_title, figures_have_alt_text, in_the_toc)
"""For a notebook without a number, which is no chapter: a page that is executed."""

__all__ = ["CHECKS", "CLEAN", "PAGE", "Chapter"]
