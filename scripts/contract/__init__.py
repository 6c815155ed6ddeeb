"""What every notebook keeps: checks that read it without running it, each a function of a Chapter.

A check returns sentences: what is wrong, in which cell, what to do. tests/test_notebooks.py plants a defect for each.
"""

from contract.chapter import Chapter
from contract.directions import CHECKS as DIRECTIONS
from contract.form import CHECKS as FORM
from contract.outputs import CHECKS as OUTPUTS
from contract.outputs import CLEAN
from contract.portable import CHECKS as PORTABLE
from contract.promise import CHECKS as PROMISE
from contract.rerun import CHECKS as RERUN

CHECKS = (*OUTPUTS, *PORTABLE, *PROMISE, *FORM, *DIRECTIONS, *RERUN)

__all__ = ["CHECKS", "CLEAN", "Chapter"]
