"""The first cell of every notebook, written once. `make address` puts it, and the address of _config.yml, everywhere.

The cell does nothing where the package is present in the version the notebook was made with. On Colab it installs
it (Colab's own torch and numpy stay as they are). Elsewhere it never installs: it says what to do.
"""

import re
import sys

import chapters
import yaml

SOURCE = """\
# @title Set-up: does nothing where the book is installed; on Colab it installs it.
def _set_up(wanted, repository, branch):
    import importlib.metadata
    import os
    import re
    import subprocess
    import sys

    def numbers(version):
        return [int(number) for number in re.findall(r"\\d+", version)]

    def version():
        importlib.invalidate_caches()
        try:
            return importlib.metadata.version("ganbook")
        except importlib.metadata.PackageNotFoundError:
            return ""

    if numbers(version()) >= numbers(wanted):
        return
    source = f"git+{{repository}}@{{branch}}"
    if "COLAB_RELEASE_TAG" not in os.environ:
        raise ImportError(
            f"This notebook needs the package ganbook {{wanted}} or later; here is "
            f"{{version() or 'none'}}. Nothing is installed into your environment "
            f"unasked. Either clone {{repository}} and run: make lab. "
            f'Or install it yourself: python -m pip install "ganbook @ {{source}}"'
        )
    pip = [sys.executable, "-m", "pip", "install", "-q", "--force-reinstall"]
    for _ in range(2):  # the network of a hosted machine has its moments
        run = subprocess.run(
            [*pip, "--no-deps", source], capture_output=True, text=True
        )
        if run.returncode == 0 and numbers(version()) >= numbers(wanted):
            break
    else:
        raise ImportError(
            f"ganbook {{wanted}} could not be installed from {{source}}. Run this cell "
            f"again. pip ended with {{run.returncode}}, here is now "
            f"{{version() or 'none'}}, and its last words were:\\n{{run.stderr[-1500:]}}"
        )
    for name in [name for name in sys.modules if name.split(".")[0] == "ganbook"]:
        del sys.modules[name]  # an older copy, imported before


_set_up(
    wanted="{version}",
    repository="{repository}",
    branch="{branch}",
)
"""

METADATA = {"cellView": "form", "tags": ["remove-cell"]}


def address(root=chapters.ROOT):
    """(url, branch) of the repository: they stand in _config.yml and nowhere else."""
    repository = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["repository"]
    return repository["url"].rstrip("/"), repository.get("branch", "main")


def version(root=chapters.ROOT):
    return re.search(r'^version = "([\d.]+)"', (root / "pyproject.toml").read_text(encoding="utf-8"), re.M).group(1)


def text(root=chapters.ROOT):
    """The source of the set-up cell."""
    url, branch = address(root)
    return SOURCE.format(repository=url, branch=branch, version=version(root)).rstrip("\n")


def place(url):
    """owner/name of an address."""
    return "/".join(url.split("/")[-2:])


def badge(name, root=chapters.ROOT):
    """The link under a chapter's title: text, since a picture of a badge would be a request to another host."""
    url, branch = address(root)
    return (
        f"[▶ Open in Colab](https://colab.research.google.com/github/{place(url)}/blob/{branch}/notebooks/{name}.ipynb)"
    )


BADGE = re.compile(r"^\[▶ Open in Colab\]\(.*\)$", re.M)


def apply(notebook, name, root=chapters.ROOT):
    """The notebook with the set-up cell first and the badge under its title; its own cells and outputs are kept."""
    cells = notebook["cells"]
    first = cells[0] if cells and cells[0]["cell_type"] == "code" and "_set_up" in chapters.source(cells[0]) else None
    if first is None:
        first = {"cell_type": "code", "execution_count": None, "id": "setup", "outputs": []}
        cells.insert(0, first)
    first["source"], first["metadata"] = text(root), dict(METADATA)
    title = next((cell for cell in cells if cell["cell_type"] == "markdown"), None)
    if title is not None:
        words = chapters.source(title)
        if BADGE.search(words):
            title["source"] = BADGE.sub(lambda _: badge(name, root), words, count=1)
        else:
            title["source"] = re.sub(
                r"^(# .*)\n*", lambda m: f"{m[1]}\n\n{badge(name, root)}\n\n", words, count=1, flags=re.M
            )
            title["source"] = title["source"].rstrip()
    return notebook


def main():
    """Every notebook: this cell, this address, the one form in which notebooks are committed."""
    for path in sorted(chapters.NOTEBOOKS.glob("*.ipynb")):
        before = chapters.read(path)
        after = chapters.normalise(apply(chapters.read(path), path.stem))
        if before != after:
            chapters.write(path, after)
            print(f"{path.relative_to(chapters.ROOT)}: set-up cell, badge and form written anew")


if __name__ == "__main__":
    sys.exit(main())
