// The reader draws D: with a finger, a mouse, or keys. Arrows choose a place and lift or lower D there; with Shift the
// height is taken along to the next place.

// height(at): of a node; cursor(at) chooses one, cursor() tells which; set(at, value) puts one; changed(done): after each
// move, done at a stroke's end.
function letDraw(canvas, picture, { kind, height, on, cursor }, set, changed) {
  let last = null;
  const stroke = (event) => {
    const next = picture.under(event, kind()), [from, to] = [last || next, next], near = Math.round(to[0]);
    for (let k = Math.ceil(Math.min(from[0], to[0])); k <= Math.max(from[0], to[0]); k += 1) {
      const share = to[0] === from[0] ? 1 : (k - from[0]) / (to[0] - from[0]);
      set(k, from[1] + share * (to[1] - from[1]));
    }
    if (!last || Math.abs(near - to[0]) < 0.3) set(near, to[1]);
    last = next;
    changed(false);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!on() || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    cursor(null);
    last = null;
    stroke(event);
    event.preventDefault();
    canvas.focus({ preventScroll: true });
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last && on()) stroke(event);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => {
    if (last) changed(true);
    last = null;
  });
  canvas.addEventListener("keydown", (event) => {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key], up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!on() || !(across || up) || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = cursor() ?? (NODES - 1) / 2, next = Math.min(NODES - 1, Math.max(0, at + (across || 0)));
    const value = height(at);
    cursor(next);
    if (up) set(next, value + up * KINDS[kind()].step);
    else if (event.shiftKey) set(next, value);
    changed(Boolean(up || event.shiftKey));
    event.preventDefault();
  });
}
