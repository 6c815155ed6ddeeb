"""Finding, reading and writing notebooks: `python scripts/chapters.py 01 05` prints paths of chapters (all: of all)."""

import copy
import hashlib
import json
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


def find(chapter, folder=None):
    """The notebooks that "01", "01_minimax_game" or "all" names; SystemExit with what there is where none fits."""
    folder = folder or NOTEBOOKS
    there = sorted(path for path in folder.glob("*.ipynb"))
    if chapter == "all":
        found = there
    elif chapter:
        name = pathlib.PurePath(chapter).name.removesuffix(".ipynb")
        found = [path for path in there if path.stem == name or path.stem.split("_")[0] == name.zfill(2)]
    else:
        sys.exit(f"Name a chapter: CH=01, or CH=all. There are: {', '.join(p.stem for p in there) or 'none yet'}.")
    if not found:
        sys.exit(
            f"No chapter {chapter!r} in {folder.name}/. There are: {', '.join(p.stem for p in there) or 'none yet'}. "
            "Start one with: make chapter NAME=20_my_topic"
        )
    return found


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def source(cell):
    return "".join(cell["source"])


def first_line(text):
    return text.strip().splitlines()[0] if text.strip() else "(empty)"


def normalise(notebook):
    """The one form in which a notebook is committed: no trace of the machine or the editor, the same ids every time."""
    notebook = copy.deepcopy(notebook)
    kept = {key: value for key, value in notebook["metadata"].items() if key == "ganbook"}
    notebook["metadata"] = {
        **kept,
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    seen = {}
    for cell in notebook["cells"]:
        text = source(cell)
        base = hashlib.sha256(f"{cell['cell_type']}\0{text}".encode()).hexdigest()[:8]
        seen[base] = seen.get(base, 0) + 1
        cell["id"] = base if seen[base] == 1 else f"{base}-{seen[base]}"
        for key in (
            "execution",
            "ExecuteTime",
            "collapsed",
            "scrolled",
            "vscode",
            "jupyter",
            "colab",
            "lines_to_next_cell",
        ):
            cell["metadata"].pop(key, None)
        cell["source"] = text.splitlines(keepends=True)
        for output in cell.get("outputs", []):
            # Live widgets need a kernel and make GitHub refuse the page; their static form stays.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
            for key in ("text", *output.get("data", {})):
                place = output if key == "text" else output["data"]
                if isinstance(place.get(key), str) and not key.startswith(("image/png", "image/jpeg", "image/gif")):
                    place[key] = place[key].splitlines(keepends=True)
    return notebook


def write(path, notebook):
    """Replace the file in one step: whoever reads it sees the old text or the new, never half."""
    path = pathlib.Path(path)
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    found = [path for word in sys.argv[1:] or [""] for path in find(word)]
    print("\n".join(str(path.relative_to(ROOT)) for path in found))
