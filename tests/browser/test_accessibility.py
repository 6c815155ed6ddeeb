"""axe-core on every page: its form on a phone, its colours on a desk, in light and in dark."""

import pytest
from bookpages import AXE, CHAPTERS, PAGES, SETTLED, UNFOLD

from conftest import PHONE, WIDTH

# What the theme's own templates cause, and no content of ours: (rule, part of the selector, why it stays).
OF_THE_THEME = []

PLANTED = """() => document.querySelector('article').insertAdjacentHTML('beforeend', `
    <p style="color:#bbb;background:#ccc">grey</p><img src="../_static/logo.svg">
    <p>${'<button style="all:revert;width:9px;height:9px">a</button>'.repeat(2)}</p>
    <pre><span class="pale" style="color:#bbb;background:#ccc">word</span></pre>
    <a style="color:#bbb;background:#ccc" href="#"><mjx-container><mjx-mi>formula</mjx-mi></mjx-container></a>`)"""
# Two thirds of a page are MathJax's inner markup, which is not ours: a box of its size with its text stands for it.
# Code in which no kind of word is new on its ground becomes plain text. axe then takes a third of its time.
SHORTER = """() => {
  const formulas = [...document.querySelectorAll('mjx-container')], seen = new Set();
  const boxes = formulas.map((formula) => formula.getBoundingClientRect());
  formulas.forEach((formula, k) => {
    formula.textContent = formula.textContent;
    Object.assign(formula.style, { display: 'inline-block', overflow: 'hidden', maxWidth: '100%',
      width: `${boxes[k].width}px`, height: `${boxes[k].height}px` });
  });
  for (const code of document.querySelectorAll('article pre')) {
    let ground = code;
    while (/, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    const on = getComputedStyle(ground).backgroundColor;
    const kinds = [...code.querySelectorAll('*')].map((part) => on + part.tagName + part.className);
    if (kinds.every((kind) => seen.has(kind))) code.textContent = code.textContent;
    kinds.forEach((kind) => seen.add(kind));
  }
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
NO_COLOURS, TARGETS = {rule: {"enabled": False} for rule in COLOURS}, {"target-size": {"enabled": True}}
AT_ONCE = "() => document.head.insertAdjacentHTML('beforeend', '<style>* {transition: none !important}</style>')"
# Text of an article that looks like three texts before it, on the same ground, has their contrast: while colours are
# looked at it is not seen. (axe looks at what lies around each text, which takes most of its time.)
ALIKE = """() => {
  const seen = {}, grounds = new Map(), ground = (part) => {
    if (!part) return '';
    if (!grounds.has(part)) {
      const look = getComputedStyle(part), image = look.backgroundImage;
      const clear = /, 0\\)$/.test(look.backgroundColor) && image === 'none';
      const own = `${look.backgroundColor} ${image} ${look.position}`;
      grounds.set(part, (clear ? ground(part.parentElement) : own) + (look.opacity < 1 ? ` ${look.opacity}` : ''));
    }
    return grounds.get(part);
  };
  const texts = [...document.querySelectorAll('article *')].filter((part) =>
    [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  texts.forEach((part) => part.style.removeProperty('visibility'));
  const again = texts.filter((part) => {
    const { color, fontSize, fontWeight, filter } = getComputedStyle(part);
    const kind = [part.tagName, color, fontSize, fontWeight, filter, ground(part)].join();
    return (seen[kind] = (seen[kind] ?? 0) + 1) > 3;
  });
  const known = new Set(again), fresh = new Set(texts.filter((part) => !known.has(part)));
  for (const part of again) {
    if ([...part.querySelectorAll('*')].some((inner) => fresh.has(inner))) continue;
    part.style.setProperty('visibility', 'hidden', 'important');
  }
}"""
FRAMED = [PAGES[0], CHAPTERS[0], "book/library/losses", "search"]
"""What lies around an article is the same on all pages of a kind: these are looked at whole, in all colours."""


def violations(page, within="", **options):
    assert AXE.exists(), "axe-core is absent; get it with: make browser-needs"
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=str(AXE))
    options["resultTypes"] = ["violations"]
    run = "async ([within, options]) => (await axe.run(within || document, options)).violations"
    found = page.evaluate(run, [within, options])
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
        if not any(rule["id"] == known and part in str(node["target"]) for known, part, _ in OF_THE_THEME)
    ]


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_axe_finds_nothing(last, name):
    page, within = last(name, width=PHONE).page, "" if name in FRAMED else "article"
    page.evaluate(AT_ONCE)  # half-transparent text has half its contrast
    page.evaluate(UNFOLD)
    page.evaluate(SHORTER)
    page.evaluate(SETTLED)
    found = {"all but colours, on a phone": violations(page, rules=NO_COLOURS | TARGETS)}
    page.set_viewport_size({"width": WIDTH, "height": 900})
    page.evaluate(SETTLED)
    page.evaluate(ALIKE)
    found["by day"] = violations(page, within, runOnly=COLOURS)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    page.evaluate(SETTLED)
    page.evaluate(ALIKE)
    found["dark"] = violations(page, within, runOnly=COLOURS)
    if name in FRAMED:
        page.evaluate("() => document.querySelector('article')?.replaceChildren(document.querySelector('article h1'))")
        found["around it, on a desk"] = violations(page, rules=NO_COLOURS)
    assert not any(found.values()), found


def test_axe_would_find_something(visit):
    page = visit(PAGES[0]).page
    page.evaluate(PLANTED)
    page.evaluate(SHORTER)
    found = [line.split(":")[0] for line in violations(page, rules=TARGETS)]
    assert found.count("color-contrast") == 3 and {"image-alt", "target-size"} <= set(found)
