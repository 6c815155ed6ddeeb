"""Frames a second of the live pieces, each on a page that holds nothing else: `python tests/browser/frames.py`.

Of the best of several tries, since other programs slow a try and none speeds it up; plain and on a processor that
DevTools makes four times as slow. Aims (issue 23): 30 frames, two games 20, and 15 at a quarter of the speed.
"""

import pathlib
import sys
import tempfile

from playwright.sync_api import sync_playwright

from conftest import find_chromium
from ganbook import explore
from ganbook.player.hand import bundle as hand
from ganbook.player.live import bundle as live

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><body>{body}{scripts}</body></html>'
COUNT = """(move) => new Promise((done) => {
  const pad = document.querySelector(".gbh [role=application]"), start = performance.now();
  let n = 0;
  const frame = (now) => {
    if (move) pad.dispatchEvent(new KeyboardEvent("keydown", { key: n % 40 < 20 ? "ArrowRight" : "ArrowLeft" }));
    n += 1;
    if (now - start < 3000) requestAnimationFrame(frame);
    else done((1000 * n) / (now - start));
  };
  requestAnimationFrame(frame);
})"""


def pages(folder):
    """The page of each piece, by its name."""
    for name, text in {"live": live.script(), "hand": hand.script()}.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    for name, text in hand.weights().items():
        (folder / f"hand-{name}.js").write_text(text, encoding="utf-8")
    pieces = {
        "one game": explore.game("ring"),
        "the hand's pad": explore.hand("faces"),
        "a descent": explore.hand("digits"),
    }
    pieces["two games"] = pieces["one game"]
    for name, piece in pieces.items():
        scripts = '<script src="live.js" defer></script><script src="hand.js" defer></script>'
        (folder / f"{name}.html").write_text(PAGE.format(body=piece._repr_html_(), scripts=scripts), encoding="utf-8")
    return list(pieces)


def begin(page, name):
    if "game" in name:
        page.wait_for_selector(".gbl canvas")
        if name == "two games":
            page.get_by_role("button", name="Second game beside it").click()
        page.wait_for_timeout(300)
        if (play := page.get_by_role("button", name="Play", exact=True)).count():  # it plays by itself where it is seen
            play.first.click()
        page.get_by_role("button", name="Pause", exact=True).first.wait_for()
        return
    page.get_by_role("button", name="Take the generator").click()
    page.wait_for_selector(".gbh[data-loaded]")
    if name == "a descent":
        page.get_by_role("combobox", name="A drawing").select_option("a fence")


def frames(browser, address, name, slower):
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.goto(address)
    begin(page, name)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    found = page.evaluate(COUNT, name == "the hand's pad")
    context.close()
    return found


def main(tries=3):
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = pathlib.Path(folder)
        flags = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        for name in pages(folder):
            rates = {
                slower: max(frames(browser, (folder / f"{name}.html").as_uri(), name, slower) for _ in range(tries))
                for slower in (1, 4)
            }
            print(f"{name}: {rates[1]:.0f} frames a second, {rates[4]:.0f} at a quarter of the speed", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
