/* Small repairs of the page that need no network and no library. */
(() => {
  "use strict";
  // Over file:// a browser refuses to fetch the pages that search would quote; it still finds them.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
  const ready = () => {
    // What scrolls sideways must be reachable by keyboard.
    const scrollers = document.querySelectorAll(".bd-article pre, .bd-article div.math, .pst-scrollable-table-container");
    const mark = (box) => {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) box.setAttribute("role", "group");
        if (!box.hasAttribute("aria-label")) {
          box.setAttribute("aria-label", box.matches("pre") ? "Code" : box.matches(".math") ? "Formula" : "Table");
        }
      } else if (box.getAttribute("role") === "group") {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      }
    };
    const marks = () => scrollers.forEach(mark);
    marks();
    // Boxes change width with the window, and appear when a fold is opened.
    const watch = new ResizeObserver((seen) => seen.forEach((entry) => mark(entry.target)));
    scrollers.forEach((box) => watch.observe(box));
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) MathJax.startup.promise.then(marks);
    // An icon alone has no name.
    for (const button of document.querySelectorAll("button.sidebar-toggle[title]:not([aria-label])")) {
      button.setAttribute("aria-label", button.title);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
