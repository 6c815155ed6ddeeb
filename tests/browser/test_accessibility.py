"""axe-core on every page, in light and in dark, at the width of a desk and of a phone."""

import pytest
from bookpages import AXE, PAGES

# What the theme's own templates cause, and no content of ours: (rule, part of the selector, why it stays).
OF_THE_THEME = []

UNFOLD = "() => document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })"
PLANTED = """() => document.querySelector('article').insertAdjacentHTML('beforeend',
    '<p style="color:#bbb;background:#ccc">grey</p><img src="../_static/logo.svg">')"""


# MathJax's inner markup is left out: it is not ours, takes its colour from the text around it, and is most of a page.
EVERYWHERE = "{exclude: [['mjx-container']]}"


def violations(page, rules="{}"):
    assert AXE.exists(), "axe-core is absent; get it with: make browser-needs"
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        f"async () => (await axe.run({EVERYWHERE}, {{resultTypes: ['violations'], ...{rules}}})).violations"
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
        if not any(rule["id"] == known and part in str(node["target"]) for known, part, _ in OF_THE_THEME)
    ]


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_axe_finds_nothing(visit, name):
    page = visit(name).page
    page.evaluate(UNFOLD)
    page.wait_for_timeout(400)  # the fold's transition: half-transparent text has half its contrast
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    page.wait_for_timeout(400)
    found["dark"] = violations(page, "{runOnly: ['color-contrast', 'link-in-text-block']}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(100)
    found["on a phone"] = violations(page, "{rules: {'color-contrast': {enabled: false}}}")
    assert not any(found.values()), found


def test_axe_would_find_something(visit):
    page = visit(PAGES[0]).page
    page.evaluate(PLANTED)
    assert {line.split(":")[0] for line in violations(page)} >= {"color-contrast", "image-alt"}
