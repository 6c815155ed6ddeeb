// RealnessGAN: D answers with M numbers whose softmax is a distribution over outcomes, and is taught two anchors.
// Formulas and sources: ganbook.losses.Realness and ganbook.losses.anchors.

function softmax(out, M) {
  const P = new Float64Array(out.length);
  for (let at = 0; at < out.length; at += M) {
    let top = -Infinity, sum = 0;
    for (let j = at; j < at + M; j += 1) top = Math.max(top, out[j]);
    for (let j = at; j < at + M; j += 1) sum += P[j] = Math.exp(out[j] - top);
    for (let j = at; j < at + M; j += 1) P[j] /= sum;
  }
  return P;
}

// Mean over rows of KL(target || softmax(out)); target: one distribution for all, or one a row.
function divergence(target, out, M) {
  const n = out.length / M, P = softmax(out, M), slopes = new Float64Array(out.length);
  let value = 0;
  for (let r = 0; r < n; r += 1) {
    let top = -Infinity, sum = 0;
    for (let j = 0; j < M; j += 1) top = Math.max(top, out[r * M + j]);
    for (let j = 0; j < M; j += 1) sum += Math.exp(out[r * M + j] - top);
    for (let j = 0; j < M; j += 1) {
      const k = r * M + j, t = target[target.length === M ? j : k];
      if (t > 0) value += t * (Math.log(t) - (out[k] - top - Math.log(sum))); // 0 log 0 = 0
      slopes[k] = (P[k] - t) / n;
    }
  }
  return { value: value / n, slopes };
}

function realness(M, objective, anchors) {
  const [A0, A1] = ANCHORS[anchors](M);
  return {
    score: expectedOutcome(M),
    outputs: M,
    d: (x, y) => {
      const a = divergence(A1, x, M), b = divergence(A0, y, M);
      return { value: a.value + b.value, real: a.slopes, fake: b.slopes };
    },
    // Objective 1: away from A0; 2: and towards the reals, row by row; 3: and towards A1.
    g: (x, y) => {
      const away = divergence(A0, y, M);
      const near = objective === 1 ? null : divergence(objective === 2 ? softmax(x, M) : A1, y, M);
      const slopes = away.slopes.map((s, k) => (near ? near.slopes[k] : 0) - s);
      return { value: (near ? near.value : 0) - away.value, real: null, fake: slopes };
    },
  };
}

// Mass below x of a standard normal: Marsaglia's series, to the last digits of a double within eight deviations.
function massBelow(x) {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x, term = x;
  for (let i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) sum += term *= (x * x) / i;
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.91893853320467274178);
}

// The mass of each outcome's cell, half way to its neighbours, under a distribution function cut to [-1, 1].
function cells(M, below) {
  const u = (j) => -1 + (2 * j) / (M - 1), edge = (j) => (j === 0 ? -1 : j === M ? 1 : (u(j - 1) + u(j)) / 2);
  return share(Array.from({ length: M }, (_, j) => below(edge(j + 1)) - below(edge(j))));
}

const share = (masses) => masses.map((m) => m / masses.reduce((a, b) => a + b, 0));
const bells = (mean) => (M) => [-mean, mean].map((at) => cells(M, (x) => massBelow((x - at) / 0.5)));
const mirrored = (low) => [low, low.slice().reverse()];

// The authors' projection: the support moves, is clamped to [-1, 1], and each mass is split on two neighbours.
function project(masses, moved) {
  const M = masses.length, step = 2 / (M - 1), out = new Array(M).fill(0);
  masses.forEach((mass, j) => {
    const at = Math.min(1, Math.max(-1, -1 + step * j + moved));
    for (let k = 0; k < M; k += 1) out[k] += mass * Math.max(0, 1 - Math.abs(at - (-1 + step * k)) / step);
  });
  return share(out);
}

const ANCHORS = {
  "one-hot": (M) => mirrored(Array.from({ length: M }, (_, j) => Number(j === 0))),
  halves: (M) => mirrored(share(Array.from({ length: M }, (_, j) => Number(j < Math.floor(M / 2))))),
  near: bells(0.25),
  middle: bells(0.5),
  far: bells(1),
  authors: (M) => {
    const edge = (j) => massBelow(3.2414 * (-1 + (2 * j) / M)); // the normal in a histogram that fits 1,000 draws
    return [project(share(Array.from({ length: M }, (_, j) => edge(j + 1) - edge(j))), -1),
      project(new Array(M).fill(1 / M), 1)];
  },
};
