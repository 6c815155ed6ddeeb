/* Folds need no script. This adds what is handy: one switch for all folded code, remembered; links into a closed fold;
   the search box of the claims page; and in print what stands in css/folds.css. */
(() => {
  "use strict";
  const KEY = "gan-book-code";
  const remember = (value) => { try { localStorage.setItem(KEY, value); } catch { /* a browser may refuse: then not */ } };
  const remembered = () => { try { return localStorage.getItem(KEY) === "all" ? "all" : "key"; } catch { return "key"; } };

  const reveal = (target) => {
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  const follow = () => {
    if (location.hash.length < 2) return;
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details")) target.open = true;
    if (target?.closest("details")) { reveal(target); target.scrollIntoView(); }
  };

  const codeSwitch = () => {
    const folds = document.querySelectorAll("details.fold-code");
    const place = document.querySelector(".article-header-buttons");
    if (!folds.length || !place) return;
    const box = document.createElement("div");
    box.className = "code-switch";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Code shown on this page");
    const word = document.createElement("span");
    word.textContent = "Code:";
    box.append(word);
    const set = (value) => {
      document.documentElement.dataset.code = value;
      folds.forEach((fold) => { fold.open = value === "all"; });
      for (const button of box.querySelectorAll("button")) button.setAttribute("aria-pressed", button.value === value);
    };
    // Whatever the reader looks at stays where it is while folds above it change their height.
    const steady = (change) => {
      const seen = [...document.querySelectorAll("article section > p, article h2, article h3")]
        .find((part) => part.getBoundingClientRect().top >= innerHeight / 8 && part.getClientRects().length && !part.closest("details"));
      const before = seen?.getBoundingClientRect().top;
      document.documentElement.style.overflowAnchor = "none";  // or the browser would correct it a second time
      change();
      if (seen) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
      setTimeout(() => { document.documentElement.style.overflowAnchor = ""; }, 300);
    };
    for (const [value, says] of [["key", "Fold the code of figures and checks"], ["all", "Show all code"]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", value, textContent: value, title: says });
      button.addEventListener("click", () => { steady(() => set(value)); remember(value); });
      box.append(button);
    }
    set(remembered());
    place.prepend(box);
  };

  const claimSearch = () => {
    const matrix = document.querySelector("table.claims-matrix");
    if (!matrix) return;
    const folds = [...document.querySelectorAll("details.fold-claims")];
    const box = document.createElement("form");
    box.className = "claims-search";
    box.setAttribute("role", "search");
    box.innerHTML = '<label for="claims-words">Find a claim</label><input type="search" id="claims-words" autocomplete="off"><output></output>';
    (matrix.closest(".pst-scrollable-table-container") ?? matrix).after(box);
    const [field, said] = [box.querySelector("input"), box.querySelector("output")];
    const lines = folds.map((fold) => [...fold.querySelectorAll("ul.claims > li")].map((line) => [line, line.textContent.toLowerCase()]));
    let opened = null;  // which folds stood open before the search
    const find = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length && !opened) opened = folds.map((fold) => fold.open);
      let count = 0;
      folds.forEach((fold, k) => {
        let here = 0;
        for (const [line, text] of lines[k]) {
          line.hidden = !words.every((word) => text.includes(word));
          here += !line.hidden;
        }
        for (const list of fold.querySelectorAll("ul.claims")) {
          const none = !list.querySelector("li:not([hidden])");
          list.hidden = none;
          if (list.previousElementSibling) list.previousElementSibling.hidden = none;
        }
        fold.hidden = !here;
        if (words.length) fold.open = here > 0;
        else if (opened) fold.open = opened[k];
        count += here;
      });
      if (!words.length) opened = null;
      said.textContent = words.length ? `${count} found` : "";
    };
    field.addEventListener("input", find);
    box.addEventListener("submit", (event) => event.preventDefault());
    if (field.value) find();
  };

  // On a phone the sections lie over the page: a tap on one leads there, and they go.
  const drawer = () => {
    const dialog = document.getElementById("pst-secondary-sidebar-modal");
    dialog?.addEventListener("click", (event) => { if (event.target.closest("a[href^='#']")) dialog.close(); });
  };

  const printing = () => {
    let closed = [], hour = "light";
    addEventListener("beforeprint", () => {
      hour = document.documentElement.dataset.theme;
      document.documentElement.dataset.theme = "light"; // paper is white, and the sheets of code and films go by this
      closed = [...document.querySelectorAll("details.fold:not([open])")];
      closed.forEach((fold) => { fold.open = true; });
    });
    addEventListener("afterprint", () => { document.documentElement.dataset.theme = hour; closed.forEach((fold) => { fold.open = false; }); });
  };

  const ready = () => {
    codeSwitch();
    claimSearch();
    printing();
    drawer();
    follow();
    addEventListener("hashchange", follow);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
