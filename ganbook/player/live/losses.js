// Losses of D's raw outputs, each with its slope: no sigmoid is taken twice. Formulas and sources: ganbook.losses.
// A loss answers d(real, fake) and g(real, fake) with { value, real, fake }: its mean, and its slopes by the outputs.

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

// Terms of one output: [value, slope].
const sayReal = (x) => [softplus(-x), -sigmoid(-x)]; // -log D
const sayFake = (x) => [softplus(x), sigmoid(x)]; // -log (1 - D)
const toOne = (x) => [(x - 1) ** 2 / 2, x - 1];
const up = (x) => [-x, -1];

const SEPARATE = {
  minimax: { real: sayReal, fake: sayFake, g: (x) => [-softplus(x), -sigmoid(x)] },
  "non-saturating": { real: sayReal, fake: sayFake, g: sayReal },
  "least-squares": { real: toOne, fake: (x) => [x ** 2 / 2, x], g: toOne },
  hinge: { real: (x) => (x < 1 ? [1 - x, -1] : [0, 0]), fake: (x) => (x > -1 ? [1 + x, 1] : [0, 0]), g: up },
  wasserstein: { real: up, fake: (x) => [x, 1], g: up },
};

function average(out, term) {
  const n = out.length, slopes = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    const [value, slope] = term(out[i]);
    sum += value;
    slopes[i] = slope / n;
  }
  return { value: sum / n, slopes };
}

const separate = ({ real, fake, g }) => ({
  score: oneOutput,
  outputs: 1,
  d: (x, y) => {
    const a = average(x, real), b = average(y, fake);
    return { value: a.value + b.value, real: a.slopes, fake: b.slopes };
  },
  g: (x, y) => {
    const { value, slopes } = average(y, g);
    return { value, real: null, fake: slopes };
  },
});

// Row i of one kind against row i of the other: E softplus(loser - winner).
function pairing(winner, loser) {
  const { value, slopes } = average(loser.map((l, i) => l - winner[i]), sayFake);
  return { value, winner: slopes.map((s) => -s), loser: slopes };
}

const relativistic = {
  score: oneOutput,
  outputs: 1,
  d: (x, y) => {
    const { value, winner, loser } = pairing(x, y);
    return { value, real: winner, fake: loser };
  },
  g: (x, y) => {
    const { value, winner, loser } = pairing(y, x);
    return { value, real: loser, fake: winner };
  },
};

function makeLoss({ loss, outcomes, objective, anchors }) {
  if (loss === "relativistic") return relativistic;
  if (loss === "realness") return realness(outcomes, objective, anchors);
  return separate(SEPARATE[loss]);
}
