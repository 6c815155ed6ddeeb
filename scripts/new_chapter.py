"""Start a chapter from scripts/chapter_template.py: `make chapter NAME=20_my_topic`."""

import re
import sys

import chapters
import setup_cell
import text_form

TEMPLATE = chapters.ROOT / "scripts" / "chapter_template.py"


def build(name, root=chapters.ROOT):
    """The notebook of a chapter that nobody has written yet."""
    number, _, topic = name.partition("_")
    text = TEMPLATE.read_text(encoding="utf-8").split("\n", 1)[1]
    text = text.replace("@TITLE@", topic.replace("_", " ").capitalize()).replace("@NUMBER@", number)
    notebook = text_form.to_notebook(text, "py:percent", None)
    return chapters.normalise(setup_cell.apply(notebook, name, root))


def main(names):
    name = names[0] if len(names) == 1 else ""
    if not re.fullmatch(r"\d\d_[a-z0-9]+(_[a-z0-9]+)*", name):
        sys.exit(f"NAME must be two digits and words of small letters, as in 20_my_topic; got {name!r}")
    taken = sorted(path.name for path in chapters.NOTEBOOKS.glob(f"{name[:2]}_*.ipynb"))
    if taken:
        sys.exit(f"Chapter {name[:2]} exists: notebooks/{taken[0]}. Choose another number.")
    chapters.NOTEBOOKS.mkdir(exist_ok=True)
    chapters.write(chapters.NOTEBOOKS / f"{name}.ipynb", build(name))
    print(
        f"notebooks/{name}.ipynb is started. Next:\n"
        f"  1. write it, in Jupyter (make lab) or as text (make text CH={name[:2]}, edit, make untext CH={name[:2]});\n"
        f"  2. make run CH={name[:2]}      executes it in place and measures it;\n"
        f"  3. add '- file: notebooks/{name}' to _toc.yml, and the chapter to book/syllabus.yml;\n"
        f"  4. make check CH={name[:2]}    says what is still missing, in sentences;\n"
        f"  5. make seeds CH={name[:2]}    shows the margins of its claims under ten seeds;\n"
        f"  6. make test."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
