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
from bookpages import FOLD, HTML, PAGES, ROOT, WAKE
from speed import timed_visit

ORDER = {name: k for k, name in enumerate([*PAGES, "search", "genindex"])}
# Of a list named twice Chromium takes the last: first what Playwright leaves out, then pages of the browser's own, kept
# ready behind its address bar, which took a third of the processor time of opening a chapter.
ABSENT = [
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "PaintHolding"),
    *("LensOverlay", "MediaRouter", "OptimizationHints", "ThirdPartyStoragePartitioning", "AimEnabled"),
    *("PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(ABSENT)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WIDTH, PHONE = 1280, 390
HOW_TO_GET = (
    "NO BROWSER WAS FOUND, SO THE BOOK WAS NOT TESTED IN ONE. Get Chromium (Debian: apt-get install "
    "chromium-headless-shell), or name one: GANBOOK_CHROMIUM=/path/to/chromium make browser"
)


CHROMIUMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def find_chromium():
    """The one that is named, or the first there is: the shell draws no windows, and opens pages sooner."""
    named = os.environ.get("GANBOOK_CHROMIUM") or os.environ.get("CHROMIUM")
    names = [named] if named else CHROMIUMS
    return next((found for found in map(shutil.which, names) if found), None)


def pytest_terminal_summary(terminalreporter):
    if find_chromium() is None:
        terminalreporter.section("BROWSER", red=True, bold=True)
        terminalreporter.write_line(HOW_TO_GET, red=True)


def pytest_collection_modifyitems(items):
    """What only reads a page comes first, page by page, whatever file it stands in: each is opened once.

    Who looks at it in other widths follows, since each width lays it out anew; who changes it for good ("last") comes
    after all others.
    """

    def turn(item):
        name, fixtures = item.callspec.params.get("name") if hasattr(item, "callspec") else None, item.fixturenames
        widths = item.get_closest_marker("widths")
        page = ORDER.get(name, -1) if "read" in fixtures else len(ORDER)
        return page, "last" in fixtures, [-width for width in widths.args] if widths else []

    items.sort(key=turn)


@pytest.fixture(scope="session")
def chromium():
    """One browser a worker: two at once in one thread do not agree."""
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
        *(ROOT / "ganbook" / "player").glob("*/*.*"),
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
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def served(html):
    with serving(html) as address:
        yield address


# A click lays out all slices at once (theme/js/slices.js); that they come by themselves is asked in test_slices.py.
SETTLED = """() => {
  document.body?.dispatchEvent(new Event('click'));
  return document.readyState === 'complete' && document.body.offsetHeight
    && document.fonts.status === 'loaded' && document.documentElement.dataset.slices === undefined;
}"""


class Visit:
    """A page and what happened while it was open."""

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.errors, self.foreign, self.failed, self.came, self.weighed = [], [], [], [], {}
        self.speed = {}
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.note)
        page.on("requestfailed", self.note_failure)
        page.on("response", lambda r: self.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        if address.startswith("http"):
            page.on("requestfinished", lambda request: self.came.append(request))

    def note(self, request):
        if not request.url.startswith(("data:", "blob:", self.address)):
            self.foreign.append(request.url)

    def note_failure(self, request):
        """What the page asked for and did not get, unless it was left meanwhile and no longer wanted it."""
        if request.failure != "net::ERR_ABORTED":
            self.failed.append(request.url)

    @property
    def sizes(self):
        """Address -> bytes of what the page fetched over http so far, weighed when somebody asks."""
        while self.came:
            request = self.came.pop()
            if not request.url.startswith(("data:", "blob:")):
                with contextlib.suppress(Exception):  # a redirect has no body
                    self.weighed[request.url] = len(request.response().body())
        return self.weighed

    def open(self, name, timed=False):
        address = f"{self.address}/{name}.html"
        if timed:
            self.speed = timed_visit(self.page, address)
            self.page.emulate_media(reduced_motion="reduce")
        else:
            self.page.goto(address)
        self.settle()
        return self

    def settle(self):
        """Wait until fonts, pictures, slices are there; where the page leads on at once, on the way or at its end."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function(SETTLED, polling=50)  # asks again after a redirect, as `evaluate` does not


@pytest.fixture(scope="session")
def go(chromium, html, served):
    """go(name, over="file" | "http", **context options) -> Visit, in a profile of its own; timed: see `speed`."""

    def open_page(name, over="file", width=WIDTH, timed=False, **options):
        usual = {"viewport": {"width": width, "height": 900}, "reduced_motion": None if timed else "reduce"}
        context = chromium.new_context(**{**usual, **options})
        context.set_default_timeout(120_000)  # a busy machine is slow, not wrong
        return Visit(context.new_page(), html.as_uri() if over == "file" else served).open(name, timed)

    return open_page


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


@pytest.fixture(scope="session")
def shelf():
    """Pages that are open: those of one name."""
    return {}


@pytest.fixture
def read(go, shelf):
    """read(name, over, width) -> Visit of a page that several tests look at, each as it was when it came.

    Over http that is a phone's, and it is timed how the page came.
    """

    def look(name, over="file", width=None):
        width = width or (WIDTH if over == "file" else PHONE)
        for other in [key for key in shelf if key[0] != name]:
            shelf.pop(other).page.context.close()
        if (name, over) not in shelf:
            shelf[name, over] = go(name, over, width, timed=over == "http")
            shelf[name, over].page.evaluate(WAKE)
            shelf[name, over].page.wait_for_function("() => [...document.images].every((image) => image.complete)")
            if over == "http":  # what was fetched is weighed
                shelf[name, over].page.wait_for_load_state("networkidle")
            return shelf[name, over]
        page = shelf[name, over].page
        page.evaluate(FOLD)  # first: what is folded need not be laid out anew
        page.emulate_media(media="screen", color_scheme="light")
        if page.viewport_size != {"width": width, "height": 900}:
            page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => window.scrollTo({ top: 0, behavior: 'instant' })")
        return shelf[name, over]

    return look


@pytest.fixture
def last(read, shelf):
    """last(name, ...) -> Visit of a page that nobody reads after this test, which may do with it what it likes."""
    taken = []

    def take(name, **options):
        taken.append(read(name, **options))
        return taken[-1]

    yield take
    for key in [key for key, seen in shelf.items() if seen in taken]:
        shelf.pop(key).page.context.close()


@pytest.fixture
def lone(chromium):
    """lone(address, **context options) -> a page that is none of the book's, such as a piece by itself.

    At the end no script has complained, on the console either unless console=False, and nothing came from elsewhere.
    """
    contexts, trouble, pages = [], [], []

    def complained(message):
        if message.type == "error" and "favicon" not in message.text + message.location["url"]:
            trouble.append(message.text)

    def go(address, console=True, **options):
        usual = {"viewport": {"width": 1000, "height": 900}, "reduced_motion": "reduce"}
        contexts.append(chromium.new_context(**{**usual, **options}))
        contexts[-1].set_default_timeout(120_000)  # a busy machine is slow, not wrong
        page = contexts[-1].new_page()
        pages.append(page)
        page.asked = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        if console:
            page.on("console", complained)
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    urls = [url for page in pages for url in page.asked]
    elsewhere = [url for url in urls if not url.startswith(("blob:", "data:", "file:", "http://127.0.0.1"))]
    assert not trouble + elsewhere
