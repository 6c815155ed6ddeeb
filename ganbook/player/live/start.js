// Every mount point of the page, once. In another piece's script "gbl" becomes that piece's own class.

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
