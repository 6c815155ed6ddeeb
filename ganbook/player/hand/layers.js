// A network of the zoo, from the text in which it travels to its pixels. The layers are those of a DCGAN: linear,
// transposed convolution ("up"), convolution ("down"); batch norm has gone into their scales and shifts.

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

function decode({ forms, numbers, integers, measured }) {
  return { ...unpack({ forms, numbers: new Float32Array(bytes(numbers)), integers: new Int8Array(bytes(integers)) }), measured };
}

// { G, D }: each a list of layers with their weights as numbers.
function unpack({ forms, numbers, integers }) {
  let at = 0, from = 0;
  const layer = (form) => {
    const { kind, in: inside, out, kernel = 1 } = form, area = kernel * kernel, count = inside * out * area;
    const next = (n) => numbers.slice(at, at += n), scale = next(out), shift = next(out);
    if (form.whole) return { stride: 1, pad: 0, kernel, ...form, w: next(count), shift };
    const channel = kind === "up" ? (k) => Math.floor(k / area) % out : (k) => Math.floor(k / (inside * area));
    const w = Float32Array.from({ length: count }, (_, k) => integers[from + k] * scale[channel(k)]);
    from += count;
    return { stride: 1, pad: 0, kernel, ...form, w, shift };
  };
  return Object.fromEntries(Object.entries(forms).map(([letter, list]) => [letter, list.map(layer)]));
}

const ACTS = { relu: (v) => Math.max(0, v), leaky: (v) => (v > 0 ? v : 0.2 * v), tanh: Math.tanh, none: (v) => v };

const KINDS = {
  linear({ in: inside, out, w, shift }, x) {
    return Float32Array.from({ length: out }, (_, o) => {
      let sum = shift[o];
      for (let i = 0; i < inside; i += 1) sum += w[o * inside + i] * x[i];
      return sum;
    });
  },
  up: convolve,
  down: convolve,
};

// Up: place i adds w_j x_i to place stride i + j - pad of the output. Down: the same pairs of places, the other way. The
// weights stand as [channel of the smaller map][channel of the larger one][row][column], up and down alike. Row `tap` of
// `laid` has for each place of the smaller map the one of the larger on which that weight falls: loops without a gap.
function convolve({ kind, in: inside, out, kernel, stride, pad, w, shift }, x) {
  const up = kind === "up", side = Math.round(Math.sqrt(x.length / inside));
  const [small, large] = up ? [side, stride * (side - 1) + kernel - 2 * pad] : [(side + 2 * pad - kernel) / stride + 1, side];
  const [few, many] = up ? [inside, out] : [out, inside], area = small * small, taps = many * kernel * kernel;
  const y = new Float32Array(out * (up ? large * large : area)), laid = new Float32Array(taps * area);
  for (let o = 0, each = y.length / out; o < out; o += 1) y.fill(shift[o], o * each, (o + 1) * each);
  if (!up) pairs((near, far) => { laid[near] = x[far]; });
  for (let tap = 0; tap < taps; tap += 1) for (let c = 0, to = tap * area; c < few; c += 1) {
    const weight = w[c * taps + tap], from = c * area;
    if (up) for (let p = 0; p < area; p += 1) laid[to + p] += weight * x[from + p];
    else for (let p = 0; p < area; p += 1) y[from + p] += weight * laid[to + p];
  }
  if (up) pairs((near, far) => { y[far] += laid[near]; });
  return y;

  function pairs(act) {
    for (let tap = 0, near = 0; tap < taps; tap += 1) for (let row = 0; row < small; row += 1) {
      const i = tap % kernel, j = Math.floor(tap / kernel) % kernel, high = stride * row + j - pad;
      const from = (Math.floor(tap / kernel ** 2) * large + high) * large, seen = high >= 0 && high < large;
      for (let place = i - pad, column = 0; column < small; column += 1, place += stride, near += 1) {
        if (seen && place >= 0 && place < large) act(near, from + place);
      }
    }
  }
}

// What comes out, and what the first hidden layer says on the way. off: its maps that are silent.
function run(layers, x, off = new Set()) {
  let hidden = null;
  for (const layer of layers) {
    x = KINDS[layer.kind](layer, x).map(ACTS[layer.then]);
    if (hidden) continue;
    hidden = x.slice();
    const area = x.length / (layers[1]?.in ?? x.length);
    for (const map of off) x.fill(0, map * area, (map + 1) * area);
  }
  return { out: x, hidden };
}

const verdict = (D, x) => 1 / (1 + Math.exp(-run(D, x).out[0]));
