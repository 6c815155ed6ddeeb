/* A piece for whose script a page has no room: it comes when the reader asks, or when the address holds a situation of
   it. bookext/live.py says which, <div ... data-later="live">. */
(() => {
  "use strict";
  const WORDS = { live: "Play the game here", judge: "Be the judge here" };
  const home = document.currentScript.src.replace(/[^/]*$/, ""), coming = {};
  const make = (kind, given) => Object.assign(document.createElement(kind), given);
  const load = (name) => {
    coming[name] ??= new Promise((yes, no) => document.head.append(make("script", { src: `${home}${name}.js`, onload: yes, onerror: no })));
    coming[name].catch(() => delete coming[name]);
    return coming[name];
  };
  const offer = (root) => {
    const piece = root.dataset.later, { name } = JSON.parse(root.dataset[piece]);
    const trouble = make("p", { role: "alert" });
    const ask = async () => {
      try {
        await load(piece);
        document.querySelectorAll(`[data-later=${piece}] > .gb-later`).forEach((part) => part.remove());
        root.querySelector("canvas[tabindex], button")?.focus({ preventScroll: true });
      } catch {
        trouble.textContent = `The script did not come: ${piece}.js is missing beside this page’s scripts. Try once more.`;
      }
    };
    const asked = () => location.hash.startsWith(`#${name}?`) && ask();
    root.append(make("div", { className: "gb-later" }));
    root.lastChild.append(make("button", { type: "button", textContent: WORDS[piece], onclick: ask }), trouble);
    addEventListener("hashchange", asked);
    asked();
  };
  const ready = () => document.querySelectorAll("[data-later]").forEach(offer);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
