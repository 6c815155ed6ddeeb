"""How fast a page is there: first paint, what moves, the longest time it does not answer, its bytes."""

WATCH = """() => {
  window.seen = { shift: 0, longest: 0, paint: 0 };
  const on = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  on("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  on("longtask", (entry) => { seen.longest = Math.max(seen.longest, entry.duration); });
  on("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.paint = entry.startTime; });
}"""
REST = (
    "async () => { await document.fonts.ready; await new Promise((done) => requestIdleCallback(done)); return seen; }"
)


def measure(browser, address, width=1440, slower=1):
    """Milliseconds to the first paint and of the longest task, layout shift, seconds of processor time of the page's
    scripts, kilobytes fetched; on a processor that is `slower` times as slow."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page, sizes = context.new_page(), []
    page.add_init_script(f"({WATCH})()")
    page.on("response", lambda response: sizes.append(response))
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.set_default_timeout(120_000)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    seen = page.evaluate(REST)
    spent = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    seen["script"] = spent["ScriptDuration"]
    seen["kilobytes"] = sum(len(each.body()) for each in sizes if each.url.startswith("http") and each.ok) / 1000
    context.close()
    return seen
