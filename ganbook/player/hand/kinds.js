// Truncation in the hand: sixteen faces of one kind at a threshold that is turned, beside the same places of z at the
// largest threshold.

const ROWS = 4, SIDE = 16, FACES = ROWS * ROWS;
const SLICE = 10; // milliseconds of each frame in which the page draws
const STATISTICS = ["of z cut alike", "of uncut z"];

function play(root, network, said, trouble) {
  const { G, measured } = decode(globalThis.ganbookHand[network]), { taus, classes, scores } = measured;
  const width = measured.z, rows = new Float32Array(bytes(measured.statistics)), stride = rows.length / (taus.length + 1);
  const top = taus.length - 1, changed = () => redraw(true);
  const sheet = () => make("canvas", { width: ROWS * SIDE, height: ROWS * SIDE, role: "img" });
  const sheets = [sheet(), sheet()], captions = [make("p", {}), make("p", {})], readings = make("p", {});
  const list = (words) => make("select", { onchange: changed }, ...words.map((word) => make("option", {}, word)));
  const kind = list(classes), statistics = list(STATISTICS);
  const range = make("input", { type: "range", max: top, value: top, oninput: () => redraw(false) });
  const label = (words, child) => make("label", {}, words, child);
  let seed = 1, drawn = [null, null], job = null, asked = 0;

  root.append(
    make("div", { className: "gbh-two" }, ...sheets.map((each, k) => make("div", {}, each, captions[k]))), readings, trouble,
    label("Threshold τ", range), make("div", { className: "gbh-four" }, label("The kind", kind), label("Statistics of the norms", statistics)),
    button("Other z", () => { seed += 1; redraw(true); }), button(`Back to τ = ${taus[top].toFixed(1)}`, () => { range.value = top; redraw(false); }), said,
    make("small", {}, `Of each z the places of its ${width} coordinates among what the threshold leaves stay: a threshold moves all of them towards 0. ` +
      "Two faces differ by the mean of |x − x′| over pixels from −1 to 1. The weights are the zoo’s, in 8 bits. Statistics, precision and recall were computed with them beforehand, as this chapter does: " +
      `eight batches of 32 for the norms, thumbnails of ${measured.n.toLocaleString("en")} faces of all kinds against as many real ones.`));

  // Faces at a threshold; with which statistics is the reader's choice.
  function* faces(k, canvas, found) {
    const random = makeRandom(seed), own = statistics.selectedIndex === 0 ? k + 1 : 0, seen = rows.subarray(own * stride, (own + 1) * stride);
    for (let n = 0; n < FACES; n += 1) {
      const z = truncated(taus[k], Array.from(random.uniforms(width), (u) => 2 * u - 1));
      const x = yield* painted(G, z, kind.selectedIndex, seen);
      paint(canvas, x, SIDE, SIDE * (n % ROWS), SIDE * Math.floor(n / ROWS));
      found.push({ x, long: long(z) });
    }
  }
  function* both(all) {
    const now = Number(range.value);
    for (const [at, k] of [[1, now], ...(all ? [[0, top]] : [])]) {
      const found = [];
      yield* faces(k, sheets[at], found);
      drawn[at] = told(found);
    }
    tell(now);
  }
  // What is told of a sheet: how long its z are, and how far apart two of its faces.
  function told(found) {
    const pairs = found.flatMap(({ x: a }, i) => found.slice(0, i).map(({ x: b }) => a.reduce((sum, v, k) => sum + Math.abs(v - b[k]), 0) / a.length));
    const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
    return { long: mean(found.map((each) => each.long)), apart: mean(pairs) };
  }
  function tell(now) {
    const which = scores[statistics.selectedIndex], [wide, here] = drawn, name = (k) => `τ = ${taus[k].toFixed(1)}`;
    const say = ({ long, apart }, k) => `z is ${long.toFixed(1)} long on average and two of the faces differ by ${apart.toFixed(2)} a pixel; ` +
      `precision is ${which.precision[k].toFixed(2)}, recall ${which.recall[k].toFixed(2)}`;
    const kindly = `Sixteen faces of the kind “${classes[kind.selectedIndex]}”, statistics ${STATISTICS[statistics.selectedIndex]}`;
    readings.textContent = `${kindly}. At ${name(now)} ${say(here, now)}.` + (now === top ? "" : ` At ${name(top)} ${say(wide, top)}.`);
    [top, now].forEach((k, at) => { sheets[at].ariaLabel = `${kindly}, ${name(k)}`; });
    speak();
  }
  const speak = later(() => { said.textContent = readings.textContent; }, 700);
  function redraw(all) {
    const now = Number(range.value), whole = all || !drawn[0];
    if (whole) drawn[0] = null;
    [top, now].forEach((k, at) => { captions[at].textContent = `τ = ${taus[k].toFixed(1)}`; });
    range.setAttribute("aria-valuetext", captions[1].textContent);
    job = both(whole);
    asked ||= requestAnimationFrame(step);
  }
  function step() {
    asked = 0;
    const end = performance.now() + SLICE;
    let done;
    do ({ done } = job.next()); while (!done && performance.now() < end);
    if (!done) asked = requestAnimationFrame(step);
  }
  redraw(true);
  root.dataset.loaded = "";
  range.focus({ preventScroll: true });
}
