"""`make versions`: what it reads out of pyproject.toml and of uv's lists. Resolving itself asks the package index."""

import lock
import pytest
import versions
from packaging.version import Version


def test_every_direct_requirement_has_a_bound_and_a_pin():
    wanted = versions.bounds(lock.direct())
    assert {"torch", "mini-racer", "pot", "accelerate", "pytest"} <= wanted.keys()
    assert wanted.keys() <= versions.pins(lock.LOCK.read_text(encoding="utf-8")).keys()


def test_pins_are_read_with_markers_extras_and_any_spelling():
    text = "# a==1\nPOT==0.9.4\njaxtyping[x]==0.2.30 ; python_version < '3.11'\n    # via b==2\nsphinx_design==0.8\n"
    found = {"pot": Version("0.9.4"), "jaxtyping": Version("0.2.30"), "sphinx-design": Version("0.8")}
    assert versions.pins(text) == found


def test_a_bound_that_others_lift_is_told():
    wanted = versions.bounds(["sympy>=1.12", "torch>=2.5.1,<3"])
    said = versions.unreached(wanted, versions.pins("sympy==1.13.1\ntorch==2.5.1\n"))
    assert said == ["sympy>=1.12: the lowest that fits is 1.13.1; raise the bound to it"]


def test_what_does_not_resolve_is_said_and_fails(monkeypatch, tmp_path, capsys):
    def resolve(end, platform, out):
        if (end, platform) == ("newest", "Windows"):
            return "no wheel for torch"
        out.write_text("".join(f"{name}=={low}\n" for name, low in versions.bounds(lock.direct()).items()))
        return ""

    monkeypatch.setattr(versions, "HERE", tmp_path)
    monkeypatch.setattr(versions, "resolve", resolve)
    with pytest.raises(SystemExit, match="^newest, Python .*, Windows: does not resolve$"):
        versions.main()
    assert "no wheel for torch" in capsys.readouterr().out
