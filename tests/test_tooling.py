"""The writer's tools: running in place, the text form, seeds, the template."""

import copy
import json
import os
import re
import shutil
import subprocess
import sys

import chapters
import kinds
import new_chapter
import pytest
import run_notebook
import seeds
import setup_cell
import text_form

from ganbook import claims
from ganbook.claims import above, agrees, all_of, below, between, close

ROOT = chapters.ROOT


def notebook(*sources):
    cells = [
        {"cell_type": "code", "execution_count": None, "id": "x", "metadata": {}, "outputs": [], "source": source}
        for source in sources
    ]
    title = {"cell_type": "markdown", "id": "x", "metadata": {}, "source": "# Title"}
    document = {"cells": [title, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return chapters.normalise(setup_cell.apply(document, "61_try"))


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty folder for notebooks; returns a function that puts one there."""
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    monkeypatch.setattr(chapters, "NOTEBOOKS", tmp_path)

    def put(name, document):
        path = tmp_path / f"{name}.ipynb"
        chapters.write(path, document)
        return path

    return put


# --- make run

SEE = """
import os
print(os.listdir(), [os.environ[n] for n in ("OMP_NUM_THREADS", "GANBOOK_STATIC")], os.environ.get("GANBOOK_SEED"))
"""


def test_run_executes_in_an_empty_folder_with_one_thread(shelf, monkeypatch, capsys):
    path = shelf(
        "61_try",
        notebook(
            SEE.strip(),
            "import time\nstart = time.process_time()\nwhile time.process_time() < start + 1: pass",
            "print('a')\nprint('b')\n1 + 1",
        ),
    )
    assert run_notebook.main(["61"]) == 0
    done = chapters.read(path)
    assert chapters.normalise(done) == done
    assert [cell.get("execution_count") for cell in done["cells"]] == [1, None, 2, 3, 4]
    assert done["cells"][2]["outputs"][0]["text"] == ["[] ['1', '1'] None\n"]
    assert [output["output_type"] for output in done["cells"][4]["outputs"]] == ["stream", "execute_result"]
    cost = done["metadata"]["ganbook"]
    assert set(cost) == {"seconds", "processor_seconds", "cores", "threads"}
    assert cost["threads"] == 1
    assert 0 < cost["processor_seconds"] <= cost["seconds"] + 2
    assert "Slowest cells" in capsys.readouterr().out
    assert [each.name for each in path.parent.iterdir()] == [path.name], "a partial file was left"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("object()", "memory address"),
        ("import warnings\nwarnings.warn('old')", "stderr"),
        ("import os\nos._exit(1)", "the kernel did not survive"),
    ],
)
def test_a_chapter_that_fails_is_left_untouched(shelf, capsys, source, reason):
    path = shelf("61_try", notebook("x = 1", source))
    before = path.read_bytes()
    assert run_notebook.main(["61"]) == 1
    said = capsys.readouterr().err
    assert "61_try.ipynb was left untouched" in said
    assert reason in said
    assert path.read_bytes() == before


def test_a_write_that_breaks_leaves_the_old_file(shelf, monkeypatch):
    path = shelf("61_try", notebook("x = 1"))
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(chapters.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        chapters.write(path, notebook("x = 2"))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


# --- the text form


def executed():
    document = new_chapter.build("61_try")
    count = 0
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": [f"output {count}\n"]}]
    document["cells"][2]["metadata"]["tags"] = ["nbval-ignore-output", "hide-input"]
    document["metadata"]["ganbook"] = {"cores": 2, "seconds": 5, "threads": 1}
    return document


@pytest.mark.parametrize("form", ["py:percent", "md:myst"])
def test_the_text_form_loses_nothing(form):
    document = executed()
    text = text_form.to_text(document, form)
    assert "output 1" not in text
    assert "what is to be seen" in text
    assert text_form.to_notebook(text, form, document) == document


@pytest.mark.parametrize("form", ["py:percent", "md:myst"])
def test_a_changed_cell_loses_its_output_and_the_others_keep_theirs(form):
    document = executed()
    text = text_form.to_text(document, form).replace("below(0.5, 1.0)", "below(0.25, 1.0)")
    back = text_form.to_notebook(text.replace("every step", "each step"), form, document)
    code = [cell for cell in back["cells"] if cell["cell_type"] == "code"]
    changed = [cell for cell in code if "0.25" in chapters.source(cell)]
    assert len(changed) == 1
    assert changed[0]["outputs"] == []
    assert changed[0]["execution_count"] is None
    assert [cell["outputs"][0]["text"] for cell in code if cell["outputs"]] == [
        ["output 1\n"],
        ["output 2\n"],
        ["output 4\n"],
        ["output 5\n"],
    ]


def test_edits_that_were_not_read_back_are_not_overwritten(shelf, monkeypatch):
    monkeypatch.setattr(text_form, "TEXTS", chapters.ROOT / "text")
    path = shelf("61_try", executed())
    text_form.out(path, "py:percent")
    target = text_form.place(path, "py:percent")
    target.write_text(target.read_text().replace("Every step", "My edit"))
    with pytest.raises(SystemExit, match="make untext CH=61"):
        text_form.out(path, "py:percent")
    assert "My edit" in target.read_text()
    text_form.back(path, "py:percent")
    assert "My edit" in path.read_text()
    assert "output 1" in path.read_text()
    text_form.out(path, "py:percent")


# --- kinds


def drawn(text="plt.show()"):
    cell = {"cell_type": "code", "execution_count": 1, "id": "x", "metadata": {}, "source": text}
    return {**cell, "outputs": [{"output_type": "display_data", "data": {"image/png": "AA=="}, "metadata": {}}]}


def test_kinds_are_proposed_by_what_a_cell_does(shelf, capsys):
    path = shelf(
        "61_try",
        notebook(
            "def loss(x):\n" + "    x = x + 1\n" * 9 + "    return x",
            "def picture(x):\n    plt.plot(x)",
            "a = 1\nclaim('so', below(a, 2))",
            "for step in train(game, data):\n    pass\nclaim('so', below(a, 2))",
            "class Mine:\n    pass\n\n\nclaim('so', True)",
        ),
    )
    document = chapters.read(path)
    document["cells"] += [drawn(), drawn("game = fit(game)\nplt.show()"), drawn("plt.show()\nclaim('so', True)")]
    document["cells"][-1]["metadata"] = {"tags": ["hide-input", "nbval-ignore-output"]}
    document["cells"][-2]["metadata"] = {"tags": ["figure"]}  # the writer's own choice stays
    solution = notebook("train(game)\nclaim('so', True)")["cells"][-1]
    document["cells"] += [
        {"cell_type": "markdown", "id": "x", "metadata": {}, "source": "````{solution-start} e\n````"}
    ]
    document["cells"] += [solution]
    chapters.write(path, chapters.normalise(document))
    number = path.stem.split("_")[0]
    kinds.main([number])
    said, after = capsys.readouterr().out, chapters.read(path)
    found = [cell["metadata"]["tags"] for cell in after["cells"] if cell["cell_type"] == "code"][1:]
    assert found == [
        ["lesson"],
        ["figure"],
        ["check"],
        ["lesson"],
        ["lesson"],
        ["figure"],
        ["figure"],
        ["figure", "nbval-ignore-output"],
        ["check"],
    ]
    assert "8 cells were given a kind" in said and "claims beside a picture" in said
    assert "lesson: 3, figure: 4, check: 2, open lines of code: 19" in said
    assert [cell.get("outputs") for cell in after["cells"]] == [cell.get("outputs") for cell in document["cells"]]
    before = path.read_bytes()
    kinds.main([number])
    assert path.read_bytes() == before and "0 cells were given a kind" in capsys.readouterr().out


# --- seeds


def record(sentence, holds, margin=None, **evidence):
    return (sentence, 1), {"sentence": sentence, "holds": holds, "margin": margin, "evidence": evidence}


def test_the_summary_counts_what_fails_and_what_is_not_made():
    lines, failed = seeds.summary(
        {
            1: [record("a", True, 0.5, value=1.0), record("b", True), record("c", True)],
            2: [record("a", True, 0.25, value=3.0), record("b", False)],
        }
    )
    assert failed == 2
    text = "\n".join(lines)
    assert re.search(r"✓  2/2  margin +\+25.0%  a", text)
    assert "value: 1 to 3" in text
    assert re.search(r"✗  1/2 .* b\n +failed under seeds \[2\]", text)
    assert re.search(r"✗  1/2 .* c\n +not made under seeds \[2\]", text)


def test_seeds_move_a_chapter_and_find_the_claim_that_held_by_luck(shelf, capsys, monkeypatch):
    for name in ("GANBOOK_SEED", "GANBOOK_CLAIMS"):  # the workers are forked: they must not leak into other tests
        monkeypatch.delenv(name, raising=False)
    lucky = "from ganbook.claims import above, claim, seed\nclaim('small', above(1500, seed(1)))\nclaim('fixed', True)"
    path = shelf("61_try", notebook(lucky))
    assert seeds.report(path, [1, 2]) is True
    said = capsys.readouterr().out
    assert re.search(r"✗  1/2 .*small\n +failed under seeds \[2\]", said)
    assert re.search(r"✓  2/2 .*fixed", said)
    assert "limit: 1001 to 2001" in said


def logged(path, seed, *made):
    """[(key, record)] of these claims, as a run under a seed leaves them: through the file that `claim` writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANBOOK_CLAIMS", str(path / f"{seed}.jsonl"))
        for sentence, bound in made:
            claims.claim(sentence, bound)
    return seeds.read_log(path / f"{seed}.jsonl")


def test_bounds_that_are_far_from_what_is_measured_are_listed(tmp_path, capsys):
    def under(seed, loss, away):
        return logged(
            tmp_path,
            seed,
            ("near", below(loss, 0.5)),
            ("far", below(loss / 2, 0.5)),
            ("rounding", close(1e-16, 0, 1e-9)),
            ("a sign", above(2.0, 0.0)),
            ("measured", below(0.001, loss, measured=True)),
            ("chance", agrees(4.5 + away, 4.5, 1.0)),
            ("theory", close(2 + away / 100, 2, 0.1)),
            ("both", all_of(below(loss, 0.21), above([9.0, 30.0], 2), between(loss, 0.01, 0.3))),
        )

    runs = {1: under(1, 0.2, 0.5), 2: under(2, 0.1, 0.1)}
    assert [" ".join(line.split()) for line in seeds.far(runs)] == [
        "20 times asked 2 ± 0.1, worst: off by 0.005 theory",
        "10 times asked ≥ 0.01, worst: 0.1 both",
        "5 times asked < 0.5, worst: 0.1 far",
        "4.5 times asked > 2, worst: 9 both",
    ]
    runs[2] = [(key, record) for key, record in runs[2] if record["sentence"] == "near"]
    assert seeds.far(runs) == []  # not made under every seed: that is another complaint


def test_a_loose_bound_of_a_chapter_is_listed_and_a_tight_one_is_not(shelf, capsys, monkeypatch):
    for name in ("GANBOOK_SEED", "GANBOOK_CLAIMS"):
        monkeypatch.delenv(name, raising=False)
    made = "from ganbook.claims import below, claim, seed\nx = 0.1 + seed() / 1e5\n"
    path = shelf("61_try", notebook(made + "claim('loose', below(x, 0.5))\nclaim('tight', below(x, 0.2))"))
    assert seeds.report(path, [1, 2]) is False
    said = capsys.readouterr().out
    assert "1 bounds are far from what is measured: the worst of 2 seeds beats them 3 times or more." in said
    assert re.search(r"\n +4.17 times  asked < 0.5, worst: 0.12\n +loose\n$", said)


def test_nbval_compares_everything_of_a_claim_but_the_measured_number(tmp_path):
    made = "from ganbook.claims import below, claim\n" + "claim('small', below({}, 0.5))"
    cells = [
        (made.format(0.2), "0.1, asked < 0.5"),
        (made.format(0.1), "0.1, asked < 0.6"),
        ("x = 1", "0.1, asked < 0.5"),
    ]
    document = notebook(*[code for code, _ in cells])
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    for count, (cell, (_, note)) in enumerate(zip(code[1:], cells, strict=True), start=1):  # code[0] is the set-up cell
        cell["execution_count"] = count
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": [f"✓ small  [{note}]\n"]}]
    chapters.write(tmp_path / "try.ipynb", document)
    (target,) = re.findall(r"--nbval-sanitize-with (\S+)", (chapters.ROOT / "Makefile").read_text(encoding="utf-8"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-o", "addopts=", "-p", "no:cacheprovider"]
        + ["--nbval-sanitize-with", target, str(tmp_path / "try.ipynb")],
        cwd=chapters.ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(chapters.ROOT)},
    )
    assert "2 failed, 2 passed" in done.stdout, done.stdout[-3000:]
    assert re.findall(r"Cell \d", " ".join(re.findall(r"FAILED .*", done.stdout))) == ["Cell 2", "Cell 3"]


def test_a_chapter_that_breaks_off_or_claims_nothing_is_reported(shelf, capsys):
    assert seeds.report(shelf("61_try", notebook("1 / 0")), [1]) is True
    said = capsys.readouterr().out
    assert "seed 1 broke off: CellExecutionError" in said
    assert "makes no claim" in said


# --- a new chapter, the address


@pytest.mark.parametrize("name", ["", "topic", "1_topic", "20-topic", "20_Topic", "20_topic.ipynb", "../20_topic"])
def test_a_bad_name_is_refused(name):
    with pytest.raises(SystemExit, match="two digits"):
        new_chapter.main([name])


def test_a_number_that_is_taken_is_refused(shelf):
    path = shelf("61_try", notebook("x = 1"))
    before = path.read_bytes()
    with pytest.raises(SystemExit, match="61_try"):
        new_chapter.main(["61_other"])
    assert path.read_bytes() == before


def test_the_address_is_written_once(shelf, tmp_path, capsys):
    for name in ("_config.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    path = shelf("61_try", executed())
    config = tmp_path / "_config.yml"
    config.write_text(re.sub(r"url: https://github.com/\S+", "url: https://github.com/new/place", config.read_text()))
    outputs = [cell.get("outputs") for cell in chapters.read(path)["cells"]]
    text = setup_cell.text(tmp_path)
    assert 'repository="https://github.com/new/place"' in text
    for document in (chapters.read(path),):
        chapters.write(path, chapters.normalise(setup_cell.apply(document, path.stem, tmp_path)))
    done = chapters.read(path)
    assert chapters.source(done["cells"][0]) == text
    assert "github/new/place/blob/main/notebooks/61_try.ipynb" in chapters.source(done["cells"][1])
    assert chapters.source(done["cells"][1]).count("Open in Colab") == 1
    assert [cell.get("outputs") for cell in done["cells"]] == outputs
    again = chapters.normalise(setup_cell.apply(copy.deepcopy(done), path.stem, tmp_path))
    assert again == done, "a second time changes nothing"


def test_the_one_form_is_stable():
    document = executed()
    assert chapters.normalise(document) == document
    ids = [cell["id"] for cell in document["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-\d+)?", each) for each in ids)
    json.dumps(document)
