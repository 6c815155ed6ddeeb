/* Where a reader stopped: a page opened again from its top offers the section where it was left. */
(() => {
  "use strict";
  const KEY = `gan-book-place:${location.pathname}`;
  const keep = (id) => { try { if (id) localStorage.setItem(KEY, id); else localStorage.removeItem(KEY); } catch { /* refused: not kept */ } };
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };

  const ready = () => {
    const title = document.querySelector("article.bd-article h1");
    const sections = [...document.querySelectorAll("article.bd-article section[id] section[id]")];
    if (!title || sections.length < 4) return;
    const last = document.getElementById(kept() ?? "");
    if (last && sections.includes(last) && !location.hash && scrollY < 100) {
      const line = document.createElement("p");
      line.className = "go-on";
      const link = document.createElement("a");
      link.href = `#${last.id}`;
      const name = last.querySelector("h2, h3, h4").cloneNode(true);
      name.querySelector("a.headerlink")?.remove();
      link.append("Go on at ", ...name.childNodes);  // a formula stays one
      line.append(link);
      title.after(line);
      link.addEventListener("click", () => line.remove());
    }
    // The section whose head has passed last; none before the second, and none at the end: the chapter is read.
    const note = () => {
      const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 2);
      const over = scrollY + innerHeight > document.documentElement.scrollHeight - innerHeight / 2;
      if (over) keep(null);
      else if (passed.length > 1) keep(passed[passed.length - 1].id);
    };
    addEventListener("pagehide", note);
    document.addEventListener("visibilitychange", () => { if (document.hidden) note(); });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
