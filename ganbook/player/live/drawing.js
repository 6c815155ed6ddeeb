// The reader draws the data: with a finger, a mouse, or arrow keys and Enter.

const APART = 0.08; // of two points along one stroke

// points: a list that is changed in place. changed(done): a point came or went; done where the stroke has ended.
function letDraw(canvas, plane, state, changed) {
  const half = 1.6, inside = (v) => Math.min(half, Math.max(-half, v));
  const put = ([x, y]) => {
    if (state.points.length < 200) state.points.push([inside(x), inside(y)]);
  };
  let last = null;
  const drawing = (event) => state.on() && (event.buttons || event.type === "pointerdown");
  canvas.addEventListener("pointerdown", (event) => {
    if (!drawing(event)) return;
    canvas.setPointerCapture(event.pointerId);
    put(last = plane.place(event, half));
    changed(false);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing(event) || !last) return;
    const next = plane.place(event, half);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < APART) return;
    put(last = next);
    changed(false);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => {
    if (last) changed(true);
    last = null;
  });
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    if (!state.on()) return;
    const move = moves[event.key];
    if (move) {
      const [x, y] = state.cursor || [0, 0];
      state.cursor = [inside(x + 0.1 * move[0]), inside(y + 0.1 * move[1])];
      changed(false);
    } else if (event.key === "Enter" || event.key === " ") {
      put(state.cursor = state.cursor || [0, 0]);
      changed(true);
    } else if (event.key === "Backspace") {
      state.points.pop();
      changed(true);
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => {
    state.cursor = null;
    if (state.on()) changed(false);
  });
}
