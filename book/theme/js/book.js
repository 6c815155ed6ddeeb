/* Small repairs of the page that need no network and no library. */
(() => {
  "use strict";
  const ready = () => {
    // What scrolls sideways must be reachable by keyboard.
    const scrollers = document.querySelectorAll(".bd-article pre, .bd-article mjx-container[display], .pst-scrollable-table-container, .bd-article table.table, .bd-article div.cell_output:has(> img), .bd-article .gbp-stage");
    const mark = (box) => {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) box.setAttribute("role", "group");
        if (!box.hasAttribute("aria-label")) {
          box.setAttribute("aria-label", box.matches("pre") ? "Code" : box.matches("mjx-container") ? "Formula" : box.querySelector("img") ? "Figure" : "Table");
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
    // A formula in a line that is wider than the line scrolls, too: the theme would cut it off.
    const formulas = [...document.querySelectorAll(".bd-article span.math")];
    const widths = () => {
      const wide = formulas.map((box) => (box.firstElementChild?.getBoundingClientRect().width ?? 0) > box.clientWidth + 1);
      formulas.forEach((box, k) => {
        if (wide[k] === box.classList.contains("wide")) return;
        box.classList.toggle("wide", wide[k]);
        if (wide[k]) Object.entries({ tabindex: 0, role: "group", "aria-label": "Formula" }).forEach((pair) => box.setAttribute(...pair));
        else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
      });
    };
    const article = document.querySelector(".bd-article");
    let last = 0;
    if (article) new ResizeObserver(() => {
      if (article.clientWidth === last) return;  // only another width makes a line another
      last = article.clientWidth;
      widths();
    }).observe(article);
    document.addEventListener("toggle", widths, true);  // a fold was opened
    // An icon alone has no name.
    for (const button of document.querySelectorAll("button.sidebar-toggle[title]:not([aria-label])")) {
      button.setAttribute("aria-label", button.title);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
