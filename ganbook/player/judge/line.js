// The line: p and q as masses on one grid, what a judge drawn over them is worth, and how fakes move along its slope.

const FROM = -5, TO = 7, CELLS = 240, STEP = (TO - FROM) / CELLS; // the part of the line that is shown
const EACH = 4, NODES = CELLS / EACH + 1; // D is drawn at every fourth point
const LEAST = 0.002; // the nearest to 0 and to 1 that D may come: there V would be infinite
const REACH = 6; // a critic is drawn from -6 to 6
const PARTS = 4, SPREAD = 6; // fakes in a cell at the start; cells to each side over which one of them is counted
const RATE = 0.05, SMALL = 20, FARTHEST = 0.05; // G's answer: so many steps of RATE times the push, none longer than that

const place = (i) => FROM + i * STEP;
const total = (values) => values.reduce((a, b) => a + b, 0);
const shares = (values) => {
  const all = total(values);
  return values.map((v) => v / all);
};

// A mixture of normal laws, [share, mean, deviation] each, as masses at the given places.
const masses = (mixture, places) => shares(Float64Array.from(places, (x) =>
  total(mixture.map(([share, mean, std]) => (share / std) * Math.exp(-0.5 * ((x - mean) / std) ** 2)))));

// ... at the points of the grid, whose ends stand for half a cell.
function gridMasses(mixture) {
  const all = masses(mixture, Array.from({ length: CELLS + 1 }, (_, i) => place(i)));
  for (const end of [0, CELLS]) all[end] /= 2;
  return shares(all);
}

// Fakes: places that move, with masses that stay; narrower by as much as counting spreads them.
function makeFakes(mixture) {
  const at = Float64Array.from({ length: CELLS * PARTS }, (_, k) => FROM + ((k + 0.5) * STEP) / PARTS);
  return { at, mass: masses(mixture.map(([share, mean, std]) => [share, mean, Math.sqrt(std ** 2 - (SPREAD * STEP) ** 2 / 6)]), at) };
}

// q on the grid: each fake counts at the points around it, less the farther they are; beyond the ends it is folded back.
function counted({ at, mass }) {
  const q = new Float64Array(CELLS + 1);
  at.forEach((x, k) => {
    const u = (x - FROM) / STEP;
    for (let j = Math.ceil(u - SPREAD); j <= u + SPREAD; j += 1) {
      q[j > CELLS ? 2 * CELLS - j : Math.abs(j)] += (mass[k] * (1 - Math.abs(u - j) / SPREAD)) / SPREAD;
    }
  });
  return q;
}

// Drawn are whole numbers, so that an address holds a judge exactly: of a probability 0 to 1294, of a critic 0 to 1200.
const KINDS = {
  probability: { most: 1294, value: (k) => LEAST + ((1 - 2 * LEAST) * k) / 1294, low: 0, high: 1, step: 0.05 },
  slope: { most: 1200, value: (k) => k / 100 - REACH, low: -REACH, high: REACH, step: 0.2 },
};
const STEEPEST = 100 * STEP * EACH; // of a critic, from node to node

// D at every point of the grid: a quadratic spline with the drawn numbers as its control points, which has a slope
// everywhere and is nowhere steeper, higher or lower than they are.
function curve(kind, nodes) {
  const c = (k) => KINDS[kind].value(nodes[Math.min(NODES - 1, Math.max(0, k))]);
  return Float64Array.from({ length: CELLS + 1 }, (_, i) => {
    const k = Math.round(i / EACH), u = i / EACH - k;
    return (c(k - 1) * (0.5 - u) ** 2 + c(k) * (1.5 - 2 * u * u) + c(k + 1) * (0.5 + u) ** 2) / 2;
  });
}

// One node gets a value. A critic's others come along, as far as the slope of 1 demands.
function put(kind, nodes, at, value) {
  const { most, low, high } = KINDS[kind], whole = kind === "slope" ? (value - low) * 100
    : (most * (value - LEAST)) / (1 - 2 * LEAST);
  nodes[at] = Math.round(Math.min(most, Math.max(0, whole)));
  if (kind === "slope") nodes.forEach((v, j) => {
    const room = STEEPEST * Math.abs(j - at);
    nodes[j] = Math.min(nodes[at] + room, Math.max(nodes[at] - room, v));
  });
  return kind === "probability" && (value < LEAST || value > high - LEAST); // was it held back?
}

// The nearest critic from below that is nowhere too steep.
const settled = (nodes) => nodes.map((_, j) => nodes.reduce((least, v, i) => Math.min(least, v + STEEPEST * Math.abs(i - j)), Infinity));

const times = (a, b) => (a > 0 ? a * Math.log(b) : 0); // 0 log 0 = 0

// The judge's worth, the best there is, the best judge, and at every point what the drawn one loses there.
function judged(kind, p, q, D) {
  const lost = new Float64Array(CELLS + 1), best = new Float64Array(CELLS + 1);
  let value = 0, top = 0;
  if (kind === "probability") {
    for (let i = 0; i <= CELLS; i += 1) {
      const both = p[i] + q[i], now = times(p[i], D[i]) + times(q[i], 1 - D[i]);
      const could = times(p[i], p[i] / both) + times(q[i], q[i] / both);
      best[i] = both > 0 ? p[i] / both : 0.5;
      lost[i] = Math.max(0, could - now);
      value += now;
      top += could;
    }
    return { value, top, best, lost };
  }
  // E_p D - E_q D by parts: the slope of D against the difference of the distribution functions.
  for (let i = 0, gap = 0; i < CELLS; i += 1) {
    gap += p[i] - q[i];
    const rise = D[i + 1] - D[i];
    best[i + 1] = best[i] - Math.sign(gap) * STEP;
    value -= gap * rise;
    top += Math.abs(gap) * STEP;
    lost[i] = Math.max(0, Math.abs(gap) * STEP + gap * rise);
  }
  const lift = total(D.map((v, i) => (v - best[i]) * (p[i] + q[i]))) / 2; // a constant is free: as near as it comes
  return { value, top, best: best.map((v) => v + lift), lost };
}

// Where D pushes a fake: minus the slope of G's loss, of ganbook.losses.
function push(kind, loss, D, x) {
  const u = (x - FROM) / STEP, k = Math.min(CELLS - 1, Math.max(0, Math.floor(u)));
  const slope = (D[k + 1] - D[k]) / STEP, here = D[k] + (u - k) * (D[k + 1] - D[k]);
  if (kind === "slope") return slope;
  return loss === "minimax" ? slope / (1 - here) : slope / here;
}

// One small step of all fakes.
function moved({ at, mass }, kind, loss, D) {
  const far = (v) => Math.min(FARTHEST, Math.max(-FARTHEST, v));
  return { at: at.map((x) => Math.min(TO, Math.max(FROM, x + far(RATE * push(kind, loss, D, x))))), mass };
}
