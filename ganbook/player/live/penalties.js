// What is added to D's loss: formulas of the slope of its score by its input. Sources: ganbook.penalties.

// price(|g|^2) -> [cost, its derivative by g as a multiple of g].
const zeroCentred = (gamma) => (squared) => [(gamma / 2) * squared, gamma];
const unitSlope = (weight) => (squared) => {
  const norm = Math.sqrt(squared), off = norm - 1;
  return [weight * off * off, norm > 0 ? (2 * weight * off) / norm : 0];
};

// The mean price of the slopes at x; its gradient by the weights is added to dw and db.
function charge(network, score, x, n, price) {
  const said = forward(network, x, n), g = inputGradients(network, said, score, n), d = x.length / n;
  let cost = 0;
  for (let r = 0; r < n; r += 1) {
    let squared = 0;
    for (let i = r * d; i < (r + 1) * d; i += 1) squared += g[i] * g[i];
    const [price_r, multiple] = price(squared);
    cost += price_r / n;
    for (let i = r * d; i < (r + 1) * d; i += 1) g[i] *= multiple / n;
  }
  learnFromSlopes(network, said, score, g, n);
  return cost;
}

// shares: one number in [0, 1) a sample, for the points between real and fake.
const PENALTIES = {
  none: () => 0,
  clip: () => 0, // the optimiser's business: weights are put back after each step
  gp: (D, score, x, y, n, strength, shares) => {
    const d = x.length / n, between = x.map((a, i) => {
      const e = shares[Math.floor(i / d)];
      return e * a + (1 - e) * y[i];
    });
    return charge(D, score, between, n, unitSlope(strength));
  },
  r1: (D, score, x, y, n, strength) => charge(D, score, x, n, zeroCentred(strength)),
  "r1+r2": (D, score, x, y, n, strength) =>
    charge(D, score, x, n, zeroCentred(strength)) + charge(D, score, y, n, zeroCentred(strength)),
};
