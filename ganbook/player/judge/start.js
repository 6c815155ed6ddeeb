// Every mount point of the page, once. In the bundle "gbl" becomes the class of this piece's own.

function startAll() {
  const roots = [...document.querySelectorAll(".gbl:not([data-started])")];
  if (!roots.length) return;
  document.head.append(element("style", { text: STYLE }));
  for (const root of roots) {
    root.dataset.started = "";
    mount(root);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
else startAll();
