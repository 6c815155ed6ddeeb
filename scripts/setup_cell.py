"""The first cell of every notebook, written once. `make address` puts it, and the address of _config.yml, everywhere.

The cell does nothing where the package is present in the version the notebook was made with. On Colab it installs
it (Colab's own torch and numpy stay as they are). Elsewhere it never installs: it says what to do.
"""

import re
import sys

import chapters
import yaml

SOURCE = """\
# @title Set-up: does nothing where the book's package is installed; on Colab it installs it.
def _set_up(repository="{repository}", branch="{branch}", wanted="{version}"):
    import importlib.metadata
    import os
    import re
    import subprocess
    import sys

    def installed():
        importlib.invalidate_caches()
        try:
            return importlib.metadata.version("ganbook")
        except importlib.metadata.PackageNotFoundError:
            return None

    def recent(version):
        return version and [int(k) for k in re.findall(r"\\d+", version)] >= [int(k) for k in wanted.split(".")]

    if recent(installed()):
        return
    source = f"git+{{repository}}@{{branch}}"
    if "COLAB_RELEASE_TAG" not in os.environ:
        found = f"version {{installed()}} is" if installed() else "it is not"
        raise ImportError(
            f"This notebook needs the package ganbook {{wanted}} or later; {{found}} installed here, and nothing is "
            f"installed into your environment unasked. In a clone of {{repository}} run: make lab. "
            f'Or install it yourself: python -m pip install "ganbook @ {{source}}"'
        )
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", source]
    for _ in range(2):  # a second try: the network of a hosted machine has its moments
        pip = subprocess.run(command, capture_output=True, text=True)
        if pip.returncode == 0 and recent(installed()):
            break
    else:
        raise ImportError(
            f"ganbook {{wanted}} could not be installed from {{source}} (pip ended with {{pip.returncode}}, found: "
            f"{{installed()}}). Run this cell again; if it fails again, pip's last words were:\\n{{pip.stderr[-1500:]}}"
        )
    for name in [name for name in sys.modules if name.split(".")[0] == "ganbook"]:
        del sys.modules[name]  # an older copy that was imported before


_set_up()
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


def badge(name, root=chapters.ROOT):
    """The link under a chapter's title: text, since a picture of a badge would be a request to another host."""
    url, branch = address(root)
    place = url.removeprefix("https://github.com/")
    return f"[▶ Open in Colab](https://colab.research.google.com/github/{place}/blob/{branch}/notebooks/{name}.ipynb)"


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
            head, _, rest = words.partition("\n")
            title["source"] = f"{head}\n\n{badge(name, root)}\n\n{rest.lstrip()}".rstrip()
    return notebook


def main():
    for path in sorted(chapters.NOTEBOOKS.glob("*.ipynb")):
        before = chapters.read(path)
        after = chapters.normalise(apply(chapters.read(path), path.stem))
        if chapters.normalise(before) != after:
            chapters.write(path, after)
            print(f"{path.relative_to(chapters.ROOT)}: set-up cell and badge written anew")


if __name__ == "__main__":
    sys.exit(main())
