/* A page opened at its top is laid out in slices: what is seen first at once, each further section when the browser has
   nothing else to do. So it answers all the while, and a second later it is whole: links into it, a search in it and
   paper find an ordinary page. The mark data-slices is set in the page's head (bookext/offline.py); what waits is said in
   css/type.css. */
(() => {
  "use strict";
  const root = document.documentElement;
  if (root.dataset.slices === undefined) return;
  const waiting = [...document.querySelectorAll(".bd-article > section section")];
  const lay = () => {
    const section = waiting.shift();
    if (!section) { delete root.dataset.slices; return; }
    section.classList.add("laid");
    document.dispatchEvent(new CustomEvent("laid", { detail: section }));
  };
  const all = () => { while (root.dataset.slices !== undefined) lay(); };
  const idle = window.requestIdleCallback ?? ((next) => setTimeout(next, 20));
  const next = () => {
    lay();
    if (root.dataset.slices !== undefined) idle(next, { timeout: 400 });
  };
  addEventListener("click", all, { capture: true, once: true });  // a link into the page must find its end where it stays
  if (document.readyState === "complete") idle(next);
  else addEventListener("load", () => idle(next), { once: true });
})();
