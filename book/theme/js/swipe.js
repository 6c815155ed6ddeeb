/* A finger that lands on a slider may be on its way down the page. A slider takes its place only where the finger goes
   sideways, or leaves where it came (a tap): browsers move it at the first touch. Mouse and keys are as they were. */
(() => {
  "use strict";
  const NEAR = 10;  // pixels that a finger at rest may move
  let held = null;
  const say = (range) => range.dispatchEvent(new Event("input", { bubbles: true }));
  const away = (event) => [event.clientX - held.x, event.clientY - held.y].map(Math.abs);
  addEventListener("pointerdown", (event) => {
    held = null;
    if (event.pointerType !== "touch" || !event.target.matches?.("input[type=range]")) return;
    const { target: range, pointerId: finger, clientX: x, clientY: y } = event;
    held = { range, finger, x, y, value: range.value, asked: null };
  }, true);
  addEventListener("input", (event) => {
    if (event.target !== held?.range || !event.isTrusted) return;
    held.asked = held.range.value;
    held.range.value = held.value;
    event.stopImmediatePropagation();
  }, true);
  const take = () => {
    const { range, asked } = held;
    held = null;
    if (asked === null || asked === range.value) return;
    range.value = asked;
    say(range);
  };
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.finger) return;
    const [across, along] = away(event);
    if (across > NEAR && across > along) take();
  }, true);
  addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.finger) return;
    if (Math.max(...away(event)) <= NEAR) take();
    held = null;
  }, true);
  addEventListener("pointercancel", () => { held = null; }, true);  // the browser scrolls
})();
