"""A phone: what scrolls shows it, a caption stays, every control takes a finger, nothing lies over the text."""

import pytest
from bookpages import CHAPTERS, SETTLED, WAKE
from touch import swipe

NAME = CHAPTERS[0]
SCROLLS = """() => [...document.querySelectorAll(`article :is(pre, .gbt-scroll, .gbp-stage, .cell_output,
  .output,  .pst-scrollable-table-container, table)`)]
  .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1
    && ['auto', 'scroll'].includes(getComputedStyle(box).overflowX))"""
FADED = f"""async () => {{
  const boxes = ({SCROLLS})(), more = () => boxes.map((box) => getComputedStyle(box).maskImage !== 'none'
    ? parseFloat(getComputedStyle(box).getPropertyValue('--more')) : -1);
  const still = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  boxes.forEach((box) => {{ box.scrollLeft = 0; }});
  await still();
  const first = more();
  boxes.forEach((box) => {{ box.scrollLeft = box.scrollWidth; }});
  await still();
  const last = more();
  const reach = boxes.map((box) => box.tabIndex);
  boxes.forEach((box) => {{ box.scrollLeft = 0; }});
  return boxes.map((box, k) => [box.className || box.tagName, first[k], last[k], reach[k]]);
}}"""
CAPTIONS = """() => [...document.querySelectorAll('article .gbt caption')].flatMap((caption) => {
  const box = caption.closest('.gbt-scroll'), found = [];
  for (const to of [0, box.scrollWidth]) {
    box.scrollLeft = to;
    const [inner, outer] = [caption.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.left < outer.left - 1 || inner.right > outer.right - 24) found.push([caption.textContent, to]);
  }
  box.scrollLeft = 0;
  return found;
})"""
SMALL = """() => [...document.querySelectorAll(`.bd-header-article button, summary, article button,
  article :is(input[type=range], select)`)]
  .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest('.gbt-table'))
  .filter((part) => part.getBoundingClientRect().height < 43.5)
  .map((part) => `${part.tagName}.${part.className} ${part.textContent.slice(0, 30)}`)"""

HEIGHT = "view => view.getBoundingClientRect().height"

# Of the heads of tables: those too low, or where a finger near an edge would meet something else than their button.
MISSED = """() => [...document.querySelectorAll('article .gbt thead th')].filter((head) => {
  head.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const box = head.getBoundingClientRect(), button = head.querySelector('button');
  const ends = [[box.left + 2, box.top + 2], [box.right - 2, box.top + 2], [box.left + 2, box.bottom - 2]];
  return box.height < 43.5 || ends.some(([x, y]) => document.elementFromPoint(x, y) !== button);
}).map((head) => head.textContent)"""
# Heads whose arrow lies over the first column where it has scrolled beneath it.
SHINING = """() => [...document.querySelectorAll('article .gbt-scroll')].flatMap((box) => {
  const [first, ...heads] = box.querySelectorAll('thead tr > *');
  box.scrollIntoView({ block: 'center', behavior: 'instant' });
  const over = heads.filter((head) => {
    box.scrollLeft = 0;
    const middle = first.getBoundingClientRect().left + first.offsetWidth / 2;
    const arrow = () => head.querySelector('button').getBoundingClientRect();
    box.scrollLeft = arrow().right - 5 - middle;
    const at = arrow();
    if (at.right - 5 > middle + 1) return false;  // it does not scroll that far
    return !first.contains(document.elementFromPoint(at.right - 5, at.top + at.height / 2));
  });
  box.scrollLeft = 0;
  return over.map((head) => head.textContent);
})"""


@pytest.fixture(scope="module")
def phone(go):
    """One page for all that only looks."""
    seen = go(NAME, width=390, has_touch=True, is_mobile=True)
    seen.page.evaluate(WAKE)
    seen.page.wait_for_load_state("networkidle")
    seen.page.evaluate(SETTLED)
    yield seen.page
    seen.page.context.close()


def test_what_scrolls_fades_where_more_follows(phone):
    boxes = phone.evaluate(FADED)
    assert len(boxes) > 3
    assert not [box for box in boxes if not box[1] > 20], "no sign that more follows"
    assert not [box for box in boxes if box[2] > 1], "the end fades, too"
    assert not [box for box in boxes if box[3] < 0], "not reached by keyboard"


def test_a_caption_stays_in_sight(phone):
    assert not phone.evaluate(CAPTIONS)


def test_every_control_takes_a_finger(phone):
    assert not phone.evaluate(SMALL)


def test_the_whole_head_of_a_column_takes_a_finger(phone):
    assert not phone.evaluate(MISSED)
    head = phone.locator("article .gbt thead th").last
    box = head.bounding_box()
    phone.touchscreen.tap(box["x"] + 3, box["y"] + 3)
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click(click_count=2)  # as they were


def test_what_scrolls_beneath_the_first_column_does_not_shine_through(phone):
    assert not phone.evaluate(SHINING)


STROKE = """async (range) => {
  const still = () => new Promise((done) => setTimeout(done, 60));
  for (let at = -1; at !== scrollY; await still()) at = scrollY;  // a swipe has its momentum
  range.scrollIntoView({ block: 'center', behavior: 'instant' });
  await still();
  if (!window.told) document.addEventListener('input', (event) => told.push(event.target.value));
  window.told = [];
  const { left, top, width, height } = range.getBoundingClientRect();
  return [left + 0.3 * width, top + height / 2, scrollY, range.value];
}"""


@pytest.mark.parametrize("kind", [".gbp-film input[type=range]", ".gbl input[type=range]"])
def test_a_swipe_over_a_slider_scrolls_and_leaves_it_where_it_is(phone, kind):
    slider = phone.locator(f"article {kind} >> visible=true").first
    x, y, before, value = slider.evaluate(STROKE)
    swipe(phone, x, y, 5, -240)
    phone.wait_for_function("before => scrollY > before + 100", arg=before)
    assert (slider.input_value(), phone.evaluate("told")) == (value, [])
    x, y, before, _ = slider.evaluate(STROKE)
    swipe(phone, x, y, 0.4 * slider.bounding_box()["width"], 3)
    there = slider.evaluate("range => (range.value - range.min) / (range.max - range.min)")
    assert 0.55 < there < 0.85 and phone.evaluate("told").pop() == slider.input_value()
    assert phone.evaluate("scrollY") == before, "the page scrolled instead"
    phone.touchscreen.tap(x, y)
    there = slider.evaluate("range => (range.value - range.min) / (range.max - range.min)")
    assert 0.15 < there < 0.45 and phone.evaluate("told").pop() == slider.input_value()


def test_nothing_lies_over_the_text(phone):
    phone.evaluate("() => scrollTo({ top: 5000, behavior: 'instant' })")
    phone.wait_for_timeout(100)
    phone.evaluate("() => scrollTo({ top: 4000, behavior: 'instant' })")
    phone.wait_for_timeout(200)
    assert not phone.locator("#pst-back-to-top").is_visible()
    phone.locator(".theme-switch-button").first.evaluate(
        "button => bootstrap.Tooltip.getOrCreateInstance(button).show()"
    )
    assert phone.locator(".tooltip:visible").count() == 0


def test_the_drawer_of_sections_closes_after_a_tap(phone):
    phone.locator("button.secondary-toggle").first.click()
    drawer = phone.locator("dialog#pst-secondary-sidebar-modal")
    link = drawer.locator("a[href^='#']:visible").nth(2)
    assert link.bounding_box()["height"] >= 43.5
    link.click()
    drawer.wait_for(state="hidden", timeout=3000)
    assert phone.evaluate("() => location.hash.length > 1")


@pytest.mark.parametrize("number", ["04", "16"])
def test_a_film_in_rows_has_its_room_before_its_pictures_are_there(chromium, served, number):
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.route("**/_images/*", lambda route: None)  # none of them comes
    name = next(name for name in CHAPTERS if name.startswith(f"notebooks/{number}"))
    page.goto(f"{served}/{name}.html", wait_until="domcontentloaded")
    first = page.locator("article .gbp-view:has(.film-row)").first
    before = first.evaluate(HEIGHT)
    page.unroute_all()
    page.wait_for_function("() => document.querySelector('.film-row img').complete")
    assert abs(first.evaluate(HEIGHT) - before) < 2 < 300 < before
    page.context.close()
