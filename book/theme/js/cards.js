/* A card beside a link: the term, theorem, formula or work that it leads to, on hover, focus, or the first tap.
   What stands on this page is copied from it; of other pages the build has put copies into <template id="cards">. */
(() => {
  "use strict";
  const CARDED = ".proof, .exercise, div.math, dt, .citation";
  const WAIT = 250;  // ms of rest before a card opens under a passing pointer, and before it goes

  const ready = () => {
    const article = document.querySelector("article.bd-article");
    if (!article) return;
    const kept = new Map();
    for (const copy of document.getElementById("cards")?.content.children ?? []) kept.set(copy.dataset.for, copy);
    const card = document.createElement("div");
    Object.assign(card, { className: "card-of-link", id: "card-of-link", hidden: true });
    card.setAttribute("role", "note");
    card.setAttribute("aria-label", "What the link leads to");
    article.append(card);

    const pieceOf = (link) => {
      const address = link.getAttribute("href");
      if (!address.startsWith("#")) return kept.get(address)?.cloneNode(true);
      const target = document.getElementById(decodeURIComponent(address.slice(1)));
      if (!target?.matches(CARDED) || target.contains(link)) return null;
      const box = document.createElement("div");
      box.append(target.cloneNode(true));
      if (target.matches("dt")) box.append(target.nextElementSibling.cloneNode(true));
      for (const part of box.querySelectorAll("[id]")) part.removeAttribute("id");
      for (const part of box.querySelectorAll("[tabindex]")) part.removeAttribute("tabindex");
      for (const sign of box.querySelectorAll("a.headerlink")) sign.remove();
      for (const inner of box.querySelectorAll("a")) inner.replaceWith(...inner.childNodes);
      return box;
    };

    let shown = null, timer = 0;
    const hide = () => {
      clearTimeout(timer);
      shown?.removeAttribute("aria-describedby");
      shown = null;
      card.hidden = true;
    };
    const place = (link) => {
      const edge = 12, at = link.getClientRects()[0];
      if (!at) return hide();
      const { width, height } = card.getBoundingClientRect();
      const left = Math.max(edge, Math.min(at.left, document.documentElement.clientWidth - width - edge));
      const above = at.bottom + height + edge > innerHeight && at.top > innerHeight - at.bottom;
      card.style.left = `${left}px`;
      card.style.top = `${above ? Math.max(edge, at.top - height - 6) : at.bottom + 6}px`;
    };
    const show = (link, touched) => {
      const piece = link === shown ? null : pieceOf(link);
      if (!piece) return false;
      hide();
      shown = link;
      link.removeAttribute("title");  // the card says it
      card.replaceChildren(...piece.childNodes);
      if (touched) {
        const on = document.createElement("a");
        Object.assign(on, { href: link.href, textContent: "Go there" });
        card.append(on);
      }
      card.hidden = false;
      link.setAttribute("aria-describedby", card.id);
      place(link);
      return true;
    };

    const linkOf = (event) => event.target.closest?.("article a.reference.internal[href*='#']");
    const later = (what) => { clearTimeout(timer); timer = setTimeout(what, WAIT); };
    article.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch") return;
      const link = linkOf(event);
      if (link && !card.contains(link)) later(() => show(link));
      else if (card.contains(event.target)) clearTimeout(timer);
    });
    article.addEventListener("pointerout", (event) => {
      if (event.pointerType !== "touch" && (linkOf(event) || card.contains(event.target))) later(hide);
    });
    article.addEventListener("focusin", (event) => {
      const link = linkOf(event);
      if (link && link.matches(":focus-visible")) show(link);
      else if (!card.contains(event.target)) hide();
    });
    article.addEventListener("focusout", (event) => { if (event.target === shown && !card.contains(event.relatedTarget)) hide(); });
    let touch = false;
    addEventListener("pointerdown", (event) => {
      touch = event.pointerType === "touch";
      if (!card.contains(event.target) && linkOf(event) !== shown) hide();
    });
    article.addEventListener("click", (event) => {
      const link = linkOf(event);
      if (touch && link && !card.contains(link) && show(link, true)) event.preventDefault();
      else if (link) hide();
    });
    addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    addEventListener("scroll", () => { if (shown) hide(); }, { passive: true });
    addEventListener("beforeprint", hide);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
