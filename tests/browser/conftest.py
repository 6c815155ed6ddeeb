"""A real browser, the built book, and nobody else: Chromium that resolves no host, a fresh profile for each page.

The book is read over file:// and over http on the loopback interface. It is built first where it is absent or older
than its sources.
"""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import threading

import pytest
from bookpages import HTML, ROOT

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
HOW_TO_GET = (
    "NO BROWSER WAS FOUND, SO THE BOOK WAS NOT TESTED IN ONE. Get Chromium (Debian: apt-get install chromium), or "
    "name one: GANBOOK_CHROMIUM=/path/to/chromium make browser"
)


def find_chromium():
    named = os.environ.get("GANBOOK_CHROMIUM") or os.environ.get("CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((found for found in map(shutil.which, names) if found), None)


def pytest_terminal_summary(terminalreporter):
    if find_chromium() is None:
        terminalreporter.section("BROWSER", red=True, bold=True)
        terminalreporter.write_line(HOW_TO_GET, red=True)


@pytest.fixture(scope="module")
def chromium():
    """One browser a module: two at once in one process do not agree."""
    path = find_chromium()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def newest(paths):
    return max((path.stat().st_mtime for path in paths if path.is_file()), default=0)


@pytest.fixture(scope="session")
def html():
    """The folder of the built book, no older than its sources."""
    sources = [
        ROOT / "_config.yml",
        ROOT / "_toc.yml",
        *(ROOT / "book").rglob("*"),
        *(ROOT / "notebooks").glob("*.ipynb"),
        *(ROOT / "ganbook" / "player" / "live").glob("*.*"),
        *(ROOT / "ganbook" / "player" / "hand").glob("*.*"),
    ]
    sources = [path for path in sources if "__pycache__" not in path.parts]
    index = HTML / "_static" / "sections.js"  # written last
    if not index.exists() or index.stat().st_mtime < newest(sources):
        done = subprocess.run(["make", "html"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"the book does not build:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return HTML


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serving(folder):
    """The address of a folder on the loopback interface."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def served(html):
    with serving(html) as address:
        yield address


class Visit:
    """A page and what happened while it was open."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.errors, self.foreign, self.failed, self.sizes = [], [], [], {}
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.note)
        page.on("requestfailed", self.note_failure)
        page.on("response", lambda r: self.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("requestfinished", self.weigh)

    def note(self, request):
        if not request.url.startswith(("data:", "blob:", self.address)):
            self.foreign.append(request.url)

    def note_failure(self, request):
        """What the page asked for and did not get, unless it was left meanwhile and no longer wanted it."""
        if request.failure != "net::ERR_ABORTED":
            self.failed.append(request.url)

    def weigh(self, request):
        if not request.url.startswith(("data:", "blob:")):
            with contextlib.suppress(Exception):  # a redirect has no body
                self.sizes[request.url] = len(request.response().body())

    def open(self, name):
        self.page.goto(f"{self.address}/{name}.html")
        self.settle()
        return self

    def settle(self):
        """Wait until fonts and pictures are there, where a redirect leads if there is one."""
        from playwright.sync_api import Error

        for moves_left in (2, 1, 0):
            self.page.wait_for_load_state("load")
            try:
                self.page.evaluate("async () => { await document.fonts.ready; }")
                return
            except Error as error:  # the first file of the book only leads to the front page
                if "navigation" not in str(error) or not moves_left:
                    raise


@pytest.fixture(scope="module")
def go(chromium, html, served):
    """go(name, over="file" | "http", **context options) -> Visit, in a profile of its own."""
    contexts = []

    def open_page(name, over="file", width=1280, **options):
        usual = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
        context = chromium.new_context(**{**usual, **options})
        context.set_default_timeout(120_000)  # a busy machine is slow, not wrong
        contexts.append(context)
        return Visit(context.new_page(), html.as_uri() if over == "file" else served).open(name)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def visit(go):
    """A page of one's own, to click and type on."""
    opened = []

    def open_page(*args, **options):
        opened.append(go(*args, **options))
        return opened[-1]

    yield open_page
    for each in opened:
        each.page.context.close()


@pytest.fixture(scope="module")
def read(go):
    """read(name, over) -> Visit of a page that several tests look at; they leave it as it was."""
    shelf = {}

    def look(name, over="file"):
        if (name, over) not in shelf:
            shelf[name, over] = go(name, over)
            shelf[name, over].page.wait_for_load_state("networkidle")
        return shelf[name, over]

    return look
