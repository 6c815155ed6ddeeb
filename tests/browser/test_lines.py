"""How lines break on a phone: none begins with a sign that belongs to the word before it."""

import pytest
from bookpages import PAGES, UNFOLD

ALONE = """() => {
  const outside = 'pre, mjx-container, svg, script, style, button, canvas, .headerlink, .gbp, .claims-matrix';
  const walker = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT);
  const range = document.createRange(), found = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (!/[%,.;:!?)\\]’”…]/.test(text.data) || text.parentElement.closest(outside)) continue;
    let block = text.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const look = getComputedStyle(block);
    const left = block.getBoundingClientRect().left + parseFloat(look.paddingLeft) + parseFloat(look.borderLeftWidth);
    for (const sign of text.data.matchAll(/(^|\\S)[,.;:!?)\\]’”…]|%/g)) {
      const at = sign.index + sign[0].length - 1;
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const box = range.getBoundingClientRect();
      if (!box.width || Math.abs(box.left - left) > 2.5) continue;
      range.setStart(block, 0);
      range.setEnd(text, at);
      const before = range.toString();
      if (before.trim()) found.push(before.slice(-40) + '|' + text.data.slice(at, at + 20));
    }
  }
  return found;
}"""

PROSE = [name for name in PAGES if not name.startswith("book/library/")]  # there, signatures are code


@pytest.mark.widths(390)
@pytest.mark.parametrize("name", PROSE)
def test_no_line_begins_with_a_lone_sign(read, name):
    page = read(name, width=390).page
    page.evaluate(UNFOLD)
    assert page.evaluate(ALONE) == []
