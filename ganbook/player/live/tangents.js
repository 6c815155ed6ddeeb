// The gradient of a gradient. A penalty asks how the slope of D's score by its input changes with D's weights.
// Chain rule: if the penalty's derivative by the slope g_i is v_i, its gradient by the weights is that of the sum of
// v_i . g_i with v held still; and v . g is the change of the score when the input moves along v. So a second forward
// pass carries the movement, and one backward pass differentiates it. The leaky ReLU has no curvature of its own.

// One number a sample out of D's outputs: its value, its slope by the outputs, and how that slope bends.
const oneOutput = {
  value: (out) => out,
  slope: (out) => new Float64Array(out.length).fill(1),
  bend: () => null,
};

// The expected outcome of P = softmax(outputs): s = sum P_j u_j over M even steps u from -1 to 1.
const expectedOutcome = (M) => {
  const u = (k) => -1 + (2 * (k % M)) / (M - 1);
  const perRow = (out, term) => {
    const sums = new Float64Array(out.length / M);
    for (let k = 0; k < out.length; k += 1) sums[Math.floor(k / M)] += term(k);
    return (k) => sums[Math.floor(k / M)];
  };
  const slope = (out) => {
    const P = softmax(out, M), s = perRow(out, (k) => P[k] * u(k));
    return P.map((p, k) => p * (u(k) - s(k)));
  };
  return {
    value: (out) => {
      const P = softmax(out, M), s = perRow(out, (k) => P[k] * u(k));
      return Float64Array.from({ length: out.length / M }, (_, r) => s(r * M));
    },
    slope,
    // By o_k of sum_j slope_j moved_j, which is the covariance of u and what moved: P_k times its departure.
    bend: (out, moved) => {
      const P = softmax(out, M), by = slope(out);
      const s = perRow(out, (k) => P[k] * u(k)), centre = perRow(out, (k) => P[k] * moved[k]);
      const change = perRow(out, (k) => by[k] * moved[k]);
      return P.map((p, k) => p * ((u(k) - s(k)) * (moved[k] - centre(k)) - change(k)));
    },
  };
};

function inputGradients(network, said, score, n) {
  return backward(network, said, score.slope(outputs(said)), n, false);
}

// Adds to dw and db the gradient of sum_i v_i . g_i, where g_i is the slope of sample i's score by its input.
function learnFromSlopes(network, said, score, v, n) {
  const moved = [v]; // how each layer's output changes when the input moves along v
  network.forEach((layer, k) => {
    const still = { ...layer, b: new Float64Array(layer.outputs) };
    const out = forward([still], moved[k], n)[1];
    moved.push(k < network.length - 1 ? leak(out, said[k + 1]) : out);
  });
  let fast = score.slope(outputs(said)), slow = score.bend(outputs(said), outputs(moved));
  for (let k = network.length - 1; k >= 0; k -= 1) {
    gather(network[k], fast, moved[k], n);
    if (slow) {
      gather(network[k], slow, said[k], n);
      gatherBias(network[k], slow, n);
    }
    fast = through(network[k], fast, n);
    if (slow) slow = through(network[k], slow, n);
    if (k) {
      leak(fast, said[k]);
      if (slow) leak(slow, said[k]);
    }
  }
}
