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
    // On paper a film is its last frame, with its title; on the screen it is then where it was.
    let were = [];
    addEventListener("beforeprint", () => {
      were = [...films].map((film) => film.querySelector("input[type=range]")?.value);
      for (const film of films) put(film, film.querySelector("input[type=range]")?.max);
    });
    addEventListener("afterprint", () => { were.forEach((value, k) => put(films[k], value)); });
    for (const film of films) {
      for (const touched of ["pointerdown", "keydown", "input"]) film.addEventListener(touched, hold);
      watch.observe(film);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
