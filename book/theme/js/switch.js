/* Day and night, and nothing between them: the theme's switch has a third state, "as the system", which looks like one of
   the two. It holds until the switch is first used; from then on each press changes what is seen. */
(() => {
  "use strict";
  const root = document.documentElement;
  let before = "", again = false;
  const buttonOf = (event) => event.target.closest?.(".theme-switch-button");
  document.addEventListener("click", (event) => { if (buttonOf(event)) before = root.dataset.theme; }, true);
  document.addEventListener("click", (event) => {
    const button = buttonOf(event);
    if (!button || again || root.dataset.theme !== before) return;
    again = true;
    button.click();
    again = false;
  });
  const name = () => {
    const other = root.dataset.theme === "dark" ? "light" : "dark";
    for (const button of document.querySelectorAll(".theme-switch-button")) button.setAttribute("aria-label", `Switch to ${other}`);
  };
  const ready = () => {
    name();
    new MutationObserver(name).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
