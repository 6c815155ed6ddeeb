// A transposed convolution: how many entries of the kernel land on each output? Its output where all inputs and all entries
// are one. An input is moved, and with it the window that it paints; an output, and with it the inputs that paint it.

const INPUTS = 6; // along each axis

// Along one axis input i lays entry j at output s i + j - p, for j below k; p places are cut at each end.
const outputs = ({ kernel, stride, padding }) => stride * (INPUTS - 1) + kernel - 2 * padding;

// The inputs that reach output m.
const reaching = ({ kernel, stride, padding }, m) =>
  Array.from({ length: INPUTS }, (_, i) => i).filter((i) => m + padding - stride * i >= 0 && m + padding - stride * i < kernel);

// counts: along one axis; in the plane a count is a product of two. values: those that occur away from the border, where a
// longer input would change nothing.
function overlap(state) {
  const { kernel, stride, padding } = state;
  const counts = Array.from({ length: outputs(state) }, (_, m) => reaching(state, m).length);
  const inner = new Set(counts.slice(Math.max(0, kernel - stride - padding), stride * INPUTS - padding));
  const values = [...new Set([...inner].flatMap((a) => [...inner].map((b) => a * b)))].sort((a, b) => a - b);
  return { counts, values };
}

const squares = (places, size) => places.map(([x, y]) => `M${x.toFixed(2)} ${y.toFixed(2)}h${size}v${size}h-${size}z`).join("");
const LARGE = 320, SMALL = 210;

function piece({ state, plane, range, show }) {
  const right = plane("Output: darker where more entries land", [0, LARGE], [0, LARGE], LARGE, LARGE), map = right.put("g", {});
  const left = plane("Input", [0, SMALL], [0, SMALL], SMALL, SMALL);
  const each = SMALL / INPUTS, cell = () => LARGE / outputs(state);
  const lit = left.put("path", { class: "gbd-fake gbd-lit" }), stamp = right.put("rect", { class: "gbd-stamp" });
  const all = Array.from({ length: INPUTS ** 2 }, (_, n) => [n % INPUTS * each, Math.floor(n / INPUTS) * each]);
  left.put("path", { d: squares(all, each), class: "gbd-axis" });
  left.put("text", { x: 4, y: 15 }).textContent = "input";
  const there = () => state.output.map((m) => Math.min(m, outputs(state) - 1)); // the output may have shrunk
  const place = ([across, down]) => `row ${down + 1}, column ${across + 1}`;
  const landing = () => {
    const [a, b] = there().map((m) => reaching(state, m).length);
    return `${b} × ${a} = ${a * b}`;
  };
  const span = (some) => (some.length ? `${some[0] + 1} to ${some.at(-1) + 1}` : "none");
  const from = ([x, y]) => `from input rows ${span(reaching(state, y))}, columns ${span(reaching(state, x))}`;
  const begin = () => place(state.input.map((i) => state.stride * i - state.padding));
  // A handle in the middle of a cell, which goes from cell to cell, and to one that is tapped.
  function inCells({ svg, under, handle }, name, kind, key, whole, at, size, count, text) {
    const to = (point) => { state[key] = point.map((v, axis) => held(Math.floor((axis ? whole - v : v) / size()), 0, count() - 1)); };
    svg.onclick = (event) => {
      to(under(event));
      show();
    };
    handle(name, { at: () => at().map((m, axis) => (axis ? whole - (m + 0.5) * size() : (m + 0.5) * size())), to, text, size: 8, kind, step: size });
  }
  inCells(right, "Output", "gbd-ring", "output", LARGE, there, cell, () => outputs(state), () => `${place(there())}: ${landing()} entries land here, ${from(there())}`);
  inCells(left, "Input", "gbd-blue", "input", SMALL, () => state.input, () => each, () => INPUTS, () => `${place(state.input)}: its window begins at output ${begin()}${state.padding ? ", before the cut" : ""}`);
  range("kernel", "kernel, k =", 1, 6, 1, 0);
  range("stride", "stride, s =", 1, 4, 1, 0);
  range("padding", "padding, p =", 0, 2, 1, 0);

  let drawn = "";
  function drawMap({ counts }) {
    const now = [state.kernel, state.stride, state.padding].join(), size = cell(), most = Math.max(...counts) ** 2, by = {};
    if (now === drawn) return; // a drag leaves it as it is
    drawn = now;
    counts.forEach((a, y) => counts.forEach((b, x) => (by[a * b] ||= []).push([x * size, y * size])));
    map.replaceChildren(...Object.entries(by).flatMap(([count, places]) => [
      make("path", { d: squares(places, size), class: "gbd-cells", "fill-opacity": 0.7 * count / most }),
      ...(size < 15 ? [] : places.map(([x, y]) => make("text", { x: x + size / 2, y: y + size / 2 }, count)))]));
  }

  return () => {
    const { kernel, stride, padding } = state, found = overlap(state), size = cell(), { values } = found, [least] = values;
    drawMap(found);
    const rows = there().map((m) => reaching(state, m));
    lit.setAttribute("d", squares(rows[1].flatMap((i) => rows[0].map((j) => [j * each, i * each])), each));
    const corner = state.input.map((i) => (stride * i - padding) * size);
    for (const [key, v] of Object.entries({ x: corner[0], y: corner[1], width: kernel * size, height: kernel * size })) stamp.setAttribute(key, v);
    const listed = values.map(String).reduceRight((rest, v, n) => (n === values.length - 2 ? `${v} or ${rest}` : `${v}, ${rest}`));
    const verdict = values.length === 1 ? `${stride} divides ${kernel}: away from the border every output gets ${least}` :
      least ? `${stride} does not divide ${kernel}: away from the border outputs get ${listed}, a checkerboard` :
        `The stride is larger than the kernel: some outputs get nothing at all`;
    return [[["size of the output", `${found.counts.length} × ${found.counts.length}`], ["entries, away from the border", listed], ["on the ringed output", landing()]],
    `${verdict}.`];
  };
}
