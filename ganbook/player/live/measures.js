// Numbers about a generator: modes found, and KL and JS of two histograms on one grid.

const CELLS = 24; // a side of the grid, over the square that is shown
const COUNTED = 1024; // samples in each histogram, and those among which modes are counted
const LEAST = 10; // good samples that make a mode found
const HALF_COUNT = 0.5; // in every cell, so that an empty one has no infinite cost

// Shares of the cells; what lies outside the square counts in the nearest cell.
function histogram(points, half, side = CELLS) {
  const shares = new Float64Array(side * side).fill(HALF_COUNT), n = points.length / 2;
  const cell = (v) => Math.min(side - 1, Math.max(0, Math.floor(((v + half) / (2 * half)) * side)));
  for (let i = 0; i < n; i += 1) shares[cell(points[2 * i + 1]) * side + cell(points[2 * i])] += 1;
  return shares.map((count) => count / (n + HALF_COUNT * side * side));
}

const kl = (p, q) => p.reduce((sum, v, i) => sum + (v > 0 ? v * Math.log(v / q[i]) : 0), 0);

function js(p, q) {
  const middle = p.map((v, i) => (v + q[i]) / 2);
  return (kl(p, middle) + kl(q, middle)) / 2;
}

// ganbook.metrics.mode_scores: a sample is good within three deviations of its nearest mode.
function modesFound(points, means, std = STD) {
  const counts = new Array(means.length).fill(0);
  for (let i = 0; i < points.length; i += 2) {
    let best = Infinity, mode = 0;
    means.forEach(([a, b], k) => {
      const away = (points[i] - a) ** 2 + (points[i + 1] - b) ** 2;
      if (away < best) [best, mode] = [away, k];
    });
    if (best < (3 * std) ** 2) counts[mode] += 1;
  }
  return { found: counts.filter((count) => count >= LEAST).length, good: counts.reduce((a, b) => a + b, 0) };
}

// The data's histogram, and what KL and JS of two histograms of the data itself come to: their bias at p = p_g.
function makeYardstick(set) {
  const random = makeRandom(77), draw = () => histogram(sampleData(set, COUNTED, random), set.half);
  const p = draw(), others = Array.from({ length: 10 }, draw);
  const mean = (measure) => others.reduce((sum, q) => sum + measure(p, q), 0) / others.length;
  const bias = { kl: mean(kl), js: mean(js) };
  const latents = makeRandom(78).normals(2 * COUNTED);
  return (G) => {
    const y = outputs(forward(G, latents, COUNTED)), q = histogram(y, set.half);
    return { kl: kl(p, q), js: js(p, q), bias, modes: set.means ? modesFound(y, set.means) : null };
  };
}
