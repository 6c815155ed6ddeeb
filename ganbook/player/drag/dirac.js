// Dirac-GAN's field: arrows, the path of simultaneous steps from where the reader starts, and the eigenvalues at the
// origin. Formulas and sources: ganbook.studies.dirac, chapter 7.

const STEPS = 300, GONE = 50; // a path that has come so far from the origin is drawn no further

const sigmoid = (u) => 1 / (1 + Math.exp(-u));
const FIELDS = {
  minimax: (theta, psi) => [psi * sigmoid(theta * psi), -theta * sigmoid(theta * psi)],
  "non-saturating": (theta, psi) => [psi * (1 - sigmoid(theta * psi)), -theta * sigmoid(theta * psi)],
  wasserstein: (theta, psi) => [psi, -theta],
};

// The directions of both players; R1 is a brake on psi.
function field({ loss, gamma }, theta, psi) {
  const [a, b] = FIELDS[loss](theta, psi);
  return [a, b - gamma * psi];
}

function walk(state) {
  const points = [state.start];
  for (let n = 0; n < STEPS && Math.hypot(...points[n]) < GONE; n += 1) {
    const v = field(state, ...points[n]);
    points.push(points[n].map((u, k) => u + state.h * v[k]));
  }
  return points;
}

// Of the Jacobian [[0, slope], [-slope, -gamma]] at the origin: -gamma/2 ± the root of gamma²/4 - slope², as [real,
// imaginary] each. growth: by what a step of size h multiplies the slower of them.
function eigenvalues({ loss, gamma, h }) {
  const slope = loss === "wasserstein" ? 1 : 0.5, under = gamma * gamma / 4 - slope * slope, root = Math.sqrt(Math.abs(under));
  const pair = [1, -1].map((sign) => (under < 0 ? [-gamma / 2, sign * root] : [-gamma / 2 + sign * root, 0]));
  return { pair, growth: Math.max(...pair.map(([a, b]) => Math.hypot(1 + h * a, h * b))) };
}

function piece({ state, plane, range, choice }) {
  const left = plane("The plane of theta (across) and psi (up), with the start of a path", [-2, 2], [-2, 2], 320, 320);
  const right = plane("The complex plane with both eigenvalues, and the shaded disc where |1 + hλ| is below 1", [-2.2, 0.6], [-1.2, 1.2], 280, 240);
  const axes = (own, words, ...lines) => {
    own.put("path", { d: lines.map((line) => path(line.map(own.spot))).join(""), class: "gbd-axis" });
    for (const [at, word] of words) {
      const [x, y] = own.spot(at);
      own.put("text", { x, y }).textContent = word;
    }
  };
  axes(left, [[[1.8, 0.07], "θ"], [[0.07, 1.82], "ψ"]], [[-2, 0], [2, 0]], [[0, -2], [0, 2]]);
  axes(right, [[[0.05, 1.06], "Im λ"], [[-2.15, 0.06], "Re λ"]], [[-2.2, 0], [0.6, 0]], [[0, -1.2], [0, 1.2]]);
  const arrows = left.put("path", { class: "gbd-soft" }), way = left.put("path", { class: "gbd-fake" });
  const disc = right.put("circle", { class: "gbd-disc" }), dots = [0, 1].map(() => right.put("circle", { r: 6, class: "gbd-real" }));
  left.handle("Start of the path", { at: () => state.start, to: (point) => { state.start = point; }, step: 0.1,
    text: () => `theta ${written(state.start[0])}, psi ${written(state.start[1])}` });
  choice("loss", "Loss", { minimax: "minimax", "non-saturating": "non-saturating", wasserstein: "Wasserstein" });
  range("gamma", "R1, γ =", 0, 2, 0.05);
  range("h", "step, h =", 0.1, 2, 0.1, 1);

  return () => {
    const ways = [];
    for (let a = -1.8; a < 2; a += 0.3) for (let b = -1.8; b < 2; b += 0.3) {
      const v = field(state, a, b), size = Math.hypot(...v), [x, y] = left.spot([a, b]);
      const [across, down] = v.map((u, k) => (k ? -1 : 1) * 22 * u / (size + 1));
      const head = [[-0.3, 0.2], [-0.3, -0.2]].map(([s, t]) => [x + across * (1 + s) - t * down, y + down * (1 + s) + t * across]);
      if (size > 1e-9) ways.push(path([[x, y], [x + across, y + down]]), path([head[0], [x + across, y + down], head[1]]));
    }
    arrows.setAttribute("d", ways.join(""));
    const points = walk(state), last = points[points.length - 1], { pair, growth } = eigenvalues(state);
    way.setAttribute("d", path(points.map(left.spot)));
    pair.forEach((value, k) => right.spot(value).forEach((v, j) => dots[k].setAttribute(j ? "cy" : "cx", v)));
    const [cx, cy] = right.spot([-1 / state.h, 0]);
    for (const [key, v] of Object.entries({ cx, cy, r: 100 / state.h })) disc.setAttribute(key, v);
    const [[a, b], [c]] = pair, lambda = b ? `${written(a)} ± ${written(b)} i` : `${written(a)} and ${written(c)}`;
    const verdict = Math.abs(growth - 1) < 1e-9 ? "neither nears it nor leaves it, to first order" : growth < 1 ? "comes to rest there" : "is driven away from it";
    const gone = points.length <= STEPS;
    return [[["λ at the origin", lambda], ["|1 + hλ|, the larger", written(growth, 3)], ["radius at the start", written(Math.hypot(...points[0]))],
      [`radius after ${points.length - 1} steps`, gone ? `> ${GONE}` : written(Math.hypot(...last))]],
    `The eigenvalues are ${lambda}. Near the origin a step multiplies the distance, in the long run, by ${written(growth, 3)}: the game ${verdict}.`];
  };
}
