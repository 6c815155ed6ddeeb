// A field to draw on, and beside it the nearest picture that G can draw: it comes nearer while the page descends in z.

const SLICE = 10; // milliseconds of each frame in which the page descends
const OWN = "my own", PENCIL = 0.015; // the least way of the pencil that counts, in widths of the field
const PAPER = 280;

// said: what a screen reader hears; take(z): the reader wants this z in the hand.
function sketch({ G, D, measured }, side, said, take) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)"), canvas = (size, words) => make("canvas", { width: size, height: size, role: "img", ariaLabel: words });
  const field = canvas(PAPER, "The field to draw on, with a finger or a mouse; by keys, choose a drawing from the list below"), target = canvas(side, "The drawing in 28 by 28 pixels");
  const found = canvas(side, "The nearest that the generator has drawn so far"), readings = make("p", {});
  const list = make("select", { onchange: choose }, ...[OWN, ...Object.keys(READY)].map((name) => make("option", {}, name)));
  const pause = button("Pause", () => { paused = !paused; show(); go(); });
  const give = button("Put its z on the pad", () => take(Array.from(seen.z)));
  let lines = [], drawing = false, steps = null, seen = {}, paused = false, inView = true, ticking = false;

  function strokes() {
    const pen = field.getContext("2d");
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, PAPER, PAPER);
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: PAPER / 12, lineCap: "round", lineJoin: "round" });
    for (const line of lines) {
      pen.beginPath();
      line.forEach(([x, y], k) => { pen.lineTo(PAPER * x, PAPER * y); if (!k) pen.lineTo(PAPER * x + 0.1, PAPER * y); });
      pen.stroke();
    }
  }
  function start() {
    [steps, seen, paused] = [null, {}, false];
    strokes();
    for (const each of [target, found]) paint(each, new Float32Array(side * side).fill(-1), side);
    if (lines.length) {
      const wanted = pictured(lines, side);
      paint(target, wanted, side);
      steps = nearest(G, wanted, 1, seen);
    }
    show();
    go();
  }
  function go() {
    if (ticking || paused || !steps || !inView) return;
    ticking = true;
    requestAnimationFrame(() => {
      ticking = false;
      if (paused || !steps || drawing) return;
      const end = performance.now() + SLICE;
      do if (steps.next().done) steps = null;
      while (steps && performance.now() < end);
      show();
      go();
    });
  }
  function show() {
    const { far, first, x, z, n, looks } = seen, at = (distance) => distance.toFixed(1);
    pause.disabled = !steps;
    give.disabled = !z;
    pause.textContent = paused ? "Go on" : "Pause";
    if (x && !(calm.matches && steps)) paint(found, x, side);
    if (!lines.length) readings.textContent = "There is nothing to come near to yet: draw a digit, or choose a drawing.";
    else if (!z) readings.textContent = "The page begins with random z.";
    else if (first === Infinity) readings.textContent = `The nearest of ${looks} random z is at a squared distance of ${at(far)}.`;
    else readings.textContent = `Squared distance ${at(far)}, ${at(first)} at the best of ${LOOKS} random z; ${seen.steps} steps of descent. z is ${at(long(z))} long.`;
    if (steps || !z) return;
    readings.textContent += ` The descent is over. Of ${measured.tried} held-out digits half came nearer than ${measured.half}, ` +
      `nine in ten nearer than ${measured.nine}. D takes the drawing for real at ${percent(verdict(D, pictured(lines, side)))}, what G drew at ${percent(verdict(D, x))}.`;
    said.textContent = readings.textContent;
  }
  function choose() {
    lines = READY[list.value] || [];
    start();
  }

  const point = (event) => {
    const box = field.getBoundingClientRect(), inside = (v) => Math.max(0, Math.min(1, v));
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  };
  field.onpointerdown = (event) => {
    if (event.button) return;
    field.setPointerCapture(event.pointerId);
    if (list.value !== OWN) [lines, list.value] = [[], OWN];
    drawing = true;
    lines.push([point(event)]);
    strokes();
    event.preventDefault();
  };
  field.onpointermove = (event) => {
    if (!drawing) return;
    const line = lines.at(-1), next = point(event);
    if (Math.hypot(next[0] - line.at(-1)[0], next[1] - line.at(-1)[1]) < PENCIL) return;
    line.push(next);
    strokes();
  };
  field.onpointerup = field.onpointercancel = () => {
    if (drawing) [drawing] = [false, start()];
  };

  const all = make("section", { ariaLabel: "Back to z" },
    make("p", {}, "Draw a digit, or choose a drawing below. The page looks for a z, no longer than 10, whose picture is near, by gradient steps through G. Beside the field: the drawing in pixels, as large and as central as the data’s digits, and under it the nearest so far."),
    make("div", { className: "gbh-sketch" }, field, target, found), readings,
    make("div", { className: "gbh-four" }, make("label", {}, "A drawing", list)),
    pause, button("Clear", () => { list.value = OWN; choose(); }), give);
  new IntersectionObserver(([entry]) => { inView = entry.isIntersecting; go(); }).observe(field);
  start();
  return all;
}
