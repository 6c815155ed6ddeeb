/* A film that plays by itself and is scrolled past ends on its last frame, as the text around it says it does. One that
   the reader has taken in hand stays where it was put. */
(() => {
  "use strict";
  if (!window.IntersectionObserver) return;
  const watch = new IntersectionObserver((entries) => {
    for (const { target: film, isIntersecting } of entries) {
      const range = film.querySelector("input[type=range]");
      if (isIntersecting || !film.dataset.seen || film.dataset.held || !range || range.value === range.max) continue;
      range.value = range.max;
      range.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  const hold = (event) => { if (event.isTrusted) event.currentTarget.dataset.held = "yes"; };
  const ready = () => {
    const films = document.querySelectorAll(".gbp-film");
    const put = (film, value) => {
      const range = film.querySelector("input[type=range]");
      if (!range || range.value === value) return;
      range.value = value;
      range.dispatchEvent(new Event("input", { bubbles: true }));
    };
    // On paper a film is its first, middle and last frame, each with its title; where they have not come, or where it has
    // several views, the last alone. On the screen it is then where it was.
    const first = new Map([...films].map((film) => [film, film.querySelector(".gbp-img")?.src]));
    const stills = (film) => {
      const views = film.querySelectorAll(".gbp-img"), told = film.querySelector('script[type="application/json"]');
      if (views.length !== 1 || !told) return;
      const { frames: [frames], titles, start: [shown] } = JSON.parse(told.textContent);
      const chosen = [...new Set([0, Math.floor(frames.length / 2), frames.length - 1])].map((k) => {
        const still = document.createElement("span"), image = views[0].cloneNode();
        image.src = k === shown ? first.get(film) : frames[k];
        still.append(image, Object.assign(document.createElement("small"), { textContent: titles[k] }));
        return still;
      });
      if (!chosen.every((still) => still.firstChild.complete && still.firstChild.naturalWidth)) return;
      const row = document.createElement("span");
      row.className = "film-stills";
      row.append(...chosen);
      views[0].after(row);
    };
    // On a phone the plots of a wide frame are pieces, one below the other: css/rows.css.
    const alike = new MutationObserver((changes) => {
      for (const { target } of changes) {
        for (const piece of target.closest(".gbp-view").querySelectorAll(".film-piece")) piece.src = target.src;
      }
    });
    document.querySelectorAll(".film-row > .gbp-img").forEach((image) => alike.observe(image, { attributeFilter: ["src"] }));
    let were = [];
    addEventListener("beforeprint", () => {
      were = [...films].map((film) => film.querySelector("input[type=range]")?.value);
      for (const film of films) {
        put(film, film.querySelector("input[type=range]")?.max);
        stills(film);
      }
    });
    addEventListener("afterprint", () => {
      document.querySelectorAll(".film-stills").forEach((row) => row.remove());
      were.forEach((value, k) => put(films[k], value));
    });
    for (const film of films) {
      for (const touched of ["pointerdown", "keydown", "input"]) film.addEventListener(touched, hold);
      watch.observe(film);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
