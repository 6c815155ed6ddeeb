"""The pictures that stand for the book elsewhere: `python scripts/make_readme.py` writes those of the README, and one.

book/cover/film.webp holds the frames of the cover's film, five times as large; book/cover/page.webp is one screen of a
chapter of the built book (make html), which needs Chromium; book/theme/preview.png is the film's last frame, for link
previews. All are committed, and made again when the cover or the look of a page changes.
"""

import argparse
import base64
import io
import pathlib
import re
import sys

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[1]
COVER = ROOT / "book" / "cover"
SCALE = 5
FRAME, LAST = 300, 2_500  # milliseconds
WIDTH = 1_000  # of the screen, in the README


def film():
    """The cover's film as one animated picture: a pixel stays a square."""
    html = (COVER / "film.html").read_text(encoding="utf-8")
    frames = [
        Image.open(io.BytesIO(base64.b64decode(part))).convert("RGB")
        for part in re.findall(r"data:image/webp;base64,([A-Za-z0-9+/=]+)", html)
    ]
    large = [frame.resize((SCALE * frame.width, SCALE * frame.height), Image.NEAREST) for frame in frames]
    waits = [FRAME] * (len(large) - 1) + [LAST]
    target = COVER / "film.webp"
    large[0].save(target, save_all=True, append_images=large[1:], duration=waits, loop=0, lossless=True, method=6)
    large[-1].save(ROOT / "book" / "theme" / "preview.png", optimize=True)
    return target


def page(name, top):
    """One screen of a chapter as a reader sees it, from `top` pixels on."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    from playwright.sync_api import sync_playwright

    from conftest import FLAGS, find_chromium

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        tab = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        tab.goto((ROOT / "_build" / "html" / "notebooks" / f"{name}.html").as_uri())
        tab.evaluate("async () => { await document.fonts.ready; }")
        tab.evaluate(f"window.scrollTo(0, {top})")
        tab.wait_for_timeout(1_000)
        picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
        browser.close()
    target = COVER / "page.webp"
    height = round(WIDTH * picture.height / picture.width)
    picture.resize((WIDTH, height), Image.LANCZOS).save(target, quality=82, method=6)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chapter", default="01_minimax_game")
    parser.add_argument("--top", type=int, default=0, help="pixels from the top of the page")
    asked = parser.parse_args()
    for path in (film(), page(asked.chapter, asked.top)):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
