// What moves a player: one step of its weights along their gradients. As in PyTorch, whose defaults these are.

const EPSILON = 1e-8;

// rule(slope, place, memory a, memory b, settings of this step) -> how far the weight moves, as a multiple of the rate.
const RULES = {
  sgd: (slope) => slope,
  rmsprop: (slope, i, a) => {
    a[i] = 0.99 * a[i] + 0.01 * slope * slope;
    return slope / (Math.sqrt(a[i]) + EPSILON);
  },
  adam: (slope, i, a, b, { beta1, beta2, fresh1, fresh2 }) => {
    a[i] = beta1 * a[i] + (1 - beta1) * slope;
    b[i] = beta2 * b[i] + (1 - beta2) * slope * slope;
    return a[i] / fresh1 / (Math.sqrt(b[i] / fresh2) + EPSILON);
  },
};

function makeOptimizer(network, kind, beta1, beta2) {
  const rule = RULES[kind];
  const pairs = network.flatMap(({ w, b, dw, db }) => [[w, dw], [b, db]])
    .map(([value, slope]) => ({ value, slope, a: new Float64Array(value.length), b: new Float64Array(value.length) }));
  let steps = 0;
  // clip: every weight is put back into [-clip, clip]; Infinity leaves them.
  const step = (rate, clip = Infinity) => {
    steps += 1;
    const now = { beta1, beta2, fresh1: 1 - beta1 ** steps, fresh2: 1 - beta2 ** steps };
    for (const { value, slope, a, b } of pairs) {
      for (let i = 0; i < value.length; i += 1) {
        const moved = value[i] - rate * rule(slope[i], i, a, b, now);
        value[i] = moved > clip ? clip : moved < -clip ? -clip : moved;
      }
    }
  };
  return { step };
}
