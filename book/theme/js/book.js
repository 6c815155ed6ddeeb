/* Small repairs of the page that need no network and no library. */
(() => {
  "use strict";
  const ready = () => {
    // What scrolls sideways must be reachable by keyboard. All widths are read before anything is written: a page of a
    // thousand formulas would otherwise be laid out anew for each. What is folded, or waits in a slice, has none yet.
    const hidden = "details:not([open]) > :not(summary), html[data-slices] .bd-article > section section:not(.laid)";
    const reach = (box, wide, name) => {
      if (wide) {
        box.tabIndex = 0;
        if (!box.hasAttribute("role")) box.setAttribute("role", "group");
        if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", name);
      } else if (box.getAttribute("role") === "group") {
        for (const attribute of ["tabindex", "role", "aria-label"]) box.removeAttribute(attribute);
      }
    };
    const named = (box) => box.matches("pre") ? "Code" : box.matches("mjx-container") ? "Formula" : box.querySelector("img") ? "Figure" : "Table";
    // Boxes change width with the window, and appear when a fold is opened: the observer reports these, too.
    const boxes = new ResizeObserver((seen) => {
      const wide = seen.map(({ target }) => target.scrollWidth > target.clientWidth + 1);
      seen.forEach(({ target }, k) => reach(target, wide[k], named(target)));
    });
    document.querySelectorAll(".bd-article pre, .bd-article mjx-container[display], .pst-scrollable-table-container, .bd-article table.table, .bd-article div.cell_output:has(> img), .bd-article .cell_output > .output, .bd-article .gbp-stage")
      .forEach((box) => boxes.observe(box));
    // A formula in a line that is wider than the line scrolls, too: the theme would cut it off.
    const lines = (part) => {
      const formulas = [...part.querySelectorAll("span.math")].filter((box) => !box.closest(hidden));
      const wide = formulas.map((box) => (box.firstElementChild?.getBoundingClientRect().width ?? 0) > box.clientWidth + 1);
      formulas.forEach((box, k) => {
        if (wide[k] === box.classList.contains("wide")) return;
        box.classList.toggle("wide", wide[k]);
        reach(box, wide[k], "Formula");
      });
    };
    const article = document.querySelector(".bd-article");
    let last = 0;
    if (article) new ResizeObserver(() => {
      if (article.clientWidth === last) return;  // only another width makes a line another
      last = article.clientWidth;
      lines(article);
    }).observe(article);
    document.addEventListener("laid", (event) => lines(event.detail));
    document.addEventListener("toggle", (event) => { if (article?.contains(event.target)) lines(event.target); }, true);
    // An icon alone has no name.
    for (const button of document.querySelectorAll("button.sidebar-toggle[title]:not([aria-label])")) {
      button.setAttribute("aria-label", button.title);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
