// What the small pieces share: a picture with points to drag, a few settings, numbers below. All is made here; the page
// brings a mount point, <div class="gbs" data-small='{"piece": "balls"}'>, and in it the still.

const PIECES = { balls, dirac };

function mount(root) {
  const { piece, settings: asked } = JSON.parse(root.dataset.small), { half, settings, start, note, look, draw } = PIECES[piece];
  const now = { ...Object.fromEntries(Object.entries(settings).map(([key, each]) => [key, each[1]])), ...asked };
  const canvas = element("canvas", { class: "gbs-plot", tabindex: 0, role: "application" }), pen = canvas.getContext("2d");
  const list = element("dl", { class: "gbs-readings" }), said = element("p", { class: "gbs-said", role: "status" });
  const panel = element("div", { class: "gbs-controls" }), words = element("p", { class: "gbs-note", text: note });
  let points = start(), held = null, chosen = 0, seen;
  root.append(canvas, list, panel, element("div", { class: "gbs-bar" }, button("Start again", () => { points = start(); show(true); })), said, words);
  for (const [key, [label, , choices]] of Object.entries(settings)) {
    const value = element("span", { class: "gbs-value", text: now[key] }), name = element("span", { class: "gbs-name", text: label });
    const turn = (to) => { [now[key], value.textContent] = [to, to]; show(true); };
    const made = typeof now[key] === "number"
      ? element("input", { type: "range", class: "gbs-range", min: 0, max: choices.length - 1, value: choices.indexOf(now[key]),
        "aria-valuetext": now[key],
        oninput: (event) => { turn(choices[event.target.value]); event.target.setAttribute("aria-valuetext", now[key]); } })
      : element("select", { class: "gbs-select", onchange: (event) => turn(event.target.value) },
        ...choices.map((each) => element("option", { value: each, text: each })));
    if (made.tagName === "SELECT") made.value = now[key];
    panel.append(element("label", { class: "gbs-control", "data-setting": key }, name, ...(made.tagName === "SELECT" ? [] : [value]), made));
  }

  function paint() {
    const ratio = Math.min(2, window.devicePixelRatio || 1), width = canvas.clientWidth || 1, unit = width / (2 * half[0]);
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(2 * half[1] * unit * ratio)];
    pen.setTransform(ratio * unit, 0, 0, -ratio * unit, canvas.width / 2, canvas.height / 2);
    const style = getComputedStyle(root), colour = (name) => style.getPropertyValue(`--${name}`), px = 1 / unit;
    const stroke = (places, name, thick) => {
      pen.beginPath();
      places.forEach((each) => pen.lineTo(...each));
      [pen.strokeStyle, pen.lineWidth] = [colour(name), thick * px];
      pen.stroke();
    };
    const disc = ([x, y], radius, name, alpha) => {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      [pen.fillStyle, pen.globalAlpha] = [colour(name), alpha];
      pen.fill();
      pen.globalAlpha = 1;
    };
    const arm = 5 * px;
    draw({
      stroke, dot: (at, name) => disc(at, 4.5 * px, name, 1),
      cross: ([x, y], name) => [1, -1].forEach((side) => stroke([[x - arm, y - side * arm], [x + arm, y + side * arm]], name, 2.4)),
      ring: (at, radius, name, full) => {
        disc(at, radius, name, full ? 0.22 : 0.06);
        [pen.strokeStyle, pen.lineWidth] = [colour(name), px];
        pen.stroke();
      },
    }, points, seen);
    if (document.activeElement !== canvas) return;
    const [x, y] = points[chosen];
    [pen.strokeStyle, pen.lineWidth] = [colour("ink"), 2 * px];
    pen.strokeRect(x - 2 * arm, y - 2 * arm, 4 * arm, 4 * arm);
  }

  function show(speak) {
    seen = look(points, now);
    list.replaceChildren(...seen.rows.map(([term, text]) => element("div", {}, element("dt", { text: term }), element("dd", { text }))));
    const all = seen.rows.map((row) => row.join(" ")).join(", ");
    canvas.setAttribute("aria-label", `${root.getAttribute("aria-label")}: ${all}. Point ${chosen + 1} of ${points.length} is chosen`);
    if (speak) said.textContent = `${all}.`;
    root.dataset.ready = "";
    paint();
  }

  function put(place) {
    points[chosen] = place.map((v, n) => Math.min(half[n], Math.max(-half[n], v)));
  }
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    return [half[0] * (2 * (event.clientX - box.left) / box.width - 1), half[1] * (1 - 2 * (event.clientY - box.top) / box.height)];
  };
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  canvas.addEventListener("pointerdown", (event) => {
    const at = under(event), ways = points.map((point) => apart(point, at));
    chosen = ways.indexOf(Math.min(...ways));
    held = points[chosen].map((v, n) => v - at[n]); // a point near the finger comes along, it does not jump
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    show(false);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    put(under(event).map((v, n) => v + held[n]));
    show(false);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => {
    if (held) show(true);
    held = null;
  });
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (move) put(points[chosen].map((v, n) => v + 0.1 * move[n]));
    else if (event.key === "Enter") chosen = (chosen + 1) % points.length;
    else return;
    show(true);
    event.preventDefault();
  });
  show(false);
  root.small = () => ({ points, now, seen }); // for the curious
  for (const event of ["focus", "blur"]) canvas.addEventListener(event, paint);
  new ResizeObserver(paint).observe(root);
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme", "data-mode", "theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
}
