// Back to z: of all pictures that G can draw the nearest to a given one, by descending their squared distance.

const LOOKS = 100; // random z before the descent, of which the BEGIN nearest go BRIEF steps and one goes on
const BEGIN = 4, BRIEF = 40, LONGEST = 10; // z is never longer than the usual one of 100 numbers
const RATE = 0.2, STEPS = 250, PATIENCE = 30; // steps without a gain of a hundredth: the end

const SLOPES = { relu: (y) => Number(y > 0), leaky: (y) => (y > 0 ? 1 : 0.2), tanh: (y) => 1 - y * y, none: () => 1 };

// What carries a gradient back through a convolution is the transposed one of the same weights, and the other way round.
const turned = (layer, kind) => ({ ...layer, kind, in: layer.out, out: layer.in, shift: new Float32Array(layer.in) });
const BACK = {
  linear({ in: inside, out, w }, slope) {
    const back = new Float32Array(inside);
    for (let o = 0, k = 0; o < out; o += 1) for (let i = 0; i < inside; i += 1, k += 1) back[i] += w[k] * slope[o];
    return back;
  },
  up: (layer, slope) => convolve(turned(layer, "down"), slope),
  down: (layer, slope) => convolve(turned(layer, "up"), slope),
};

// The squared distance of G(z) to a picture, and with slopes its gradient in z. Generators here yield after each layer:
// a page computes as much at a time as it has time for.
function* distance(layers, z, wanted, slopes = true) {
  const said = [];
  let x = z;
  for (const layer of layers) {
    said.push(x = KINDS[layer.kind](layer, x).map(ACTS[layer.then]));
    yield;
  }
  const far = x.reduce((sum, v, i) => sum + (v - wanted[i]) ** 2, 0);
  let slope = x.map((v, i) => 2 * (v - wanted[i]));
  for (let k = layers.length - 1; slopes && k >= 0; k -= 1) {
    const act = SLOPES[layers[k].then];
    slope = BACK[layers[k].kind](layers[k], slope.map((v, i) => v * act(said[k][i])));
    yield;
  }
  return { x, far, slope };
}

const within = (z) => (long(z) > LONGEST ? mixed(z, LONGEST / long(z), z, 0) : z);

// One descent by Adam's steps, which goes on with each `steps` that it is given; `better` hears of every picture.
function makeDescent(layers, wanted, z, better) {
  const mean = new Float64Array(z.length), square = new Float64Array(z.length);
  let n = 0, least = Infinity, since = 0;
  return {
    least: () => least,
    * go(steps) {
      for (const end = n + steps; n < end && since < PATIENCE;) {
        const { x, far, slope } = yield* distance(layers, z, wanted);
        n += 1;
        since = far < 0.99 * least ? 0 : since + 1;
        if (since === 0) least = far;
        better({ x, z, far, n });
        z = within(z.map((v, i) => {
          mean[i] = 0.9 * mean[i] + 0.1 * slope[i];
          square[i] = 0.999 * square[i] + 0.001 * slope[i] ** 2;
          return v - (RATE * mean[i]) / (1 - 0.9 ** n) / (Math.sqrt(square[i] / (1 - 0.999 ** n)) + 1e-8);
        }));
      }
    },
  };
}

// seen: what the reader may look at meanwhile: the nearest so far (x, z, far, at its step n), the first, the steps taken.
function* nearest(layers, wanted, seed, seen) {
  const random = makeRandom(seed), looks = [];
  Object.assign(seen, { far: Infinity, first: Infinity, steps: 0, looks: 0 });
  const better = (found) => { if (found.far < seen.far) Object.assign(seen, found); };
  for (; seen.looks < LOOKS; seen.looks += 1) {
    const z = within(random.normals(layers[0].in)), { x, far } = yield* distance(layers, z, wanted, false);
    looks.push({ z, far });
    better({ x, z, far, n: 0 });
  }
  seen.first = seen.far;
  const count = (found) => { seen.steps += 1; better(found); };
  const descents = looks.sort((a, b) => a.far - b.far).slice(0, BEGIN).map(({ z }) => makeDescent(layers, wanted, z, count));
  for (const each of descents) yield* each.go(BRIEF);
  yield* descents.reduce((a, b) => (b.least() < a.least() ? b : a)).go(STEPS - BRIEF);
}
