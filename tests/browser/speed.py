"""How fast a page is there: first paint, what moves, the longest time it does not answer, its bytes."""

import contextlib
import json

WATCH = """() => {
  window.seen = { shift: 0, longest: 0, paint: 0 };
  const on = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  on("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  on("longtask", (entry) => { seen.longest = Math.max(seen.longest, entry.duration); });
  on("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.paint = entry.startTime; });
}"""
REST = """async () => {
  await document.fonts.ready;
  while (document.documentElement.dataset.slices !== undefined) await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => requestIdleCallback(done, { timeout: 5000 }));  // one that plays may never be idle
  return seen;
}"""
TRACED = ["toplevel", "devtools.timeline"]
TASK = "ThreadControllerImpl::RunTask"


def longest_task(trace, address):
    """Seconds of processor time of the longest task of the process that holds the page: the same on a busy machine."""
    events = json.loads(trace)["traceEvents"]
    ours = {each["pid"] for each in events if each["name"] == "CommitLoad" and address in json.dumps(each["args"])}
    main = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain" and each["pid"] in ours
    }
    tasks = [each.get("tdur", 0) for each in events if each["name"] == TASK and (each["pid"], each["tid"]) in main]
    return max(tasks) / 1e6


def timed_visit(page, address, slower=1):
    """Open the address in a fresh page: milliseconds to the first paint and of the longest task, layout shift, seconds
    of processor time of the page's scripts and of its longest task, kilobytes fetched; on a processor that is `slower`
    times as slow."""
    browser, came = page.context.browser, []

    def note(response):
        came.append(response)

    page.add_init_script(f"({WATCH})()")
    page.on("response", note)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    browser.start_tracing(categories=TRACED)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    seen = page.evaluate(REST)
    seen["task"] = longest_task(browser.stop_tracing(), address)
    spent = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    seen["script"] = spent["ScriptDuration"]
    page.remove_listener("response", note)
    devtools.detach()
    seen["kilobytes"] = sum(len(each.body()) for each in came if each.url.startswith("http") and each.ok) / 1000
    return seen


def measure(browser, address, width=1440, slower=1):
    """`timed_visit` in a profile of its own, closed at the end."""
    with contextlib.closing(browser.new_context(viewport={"width": width, "height": 900})) as context:
        context.set_default_timeout(120_000)
        return timed_visit(context.new_page(), address, slower)
