// A fully connected network, leaky ReLU between its layers, and its gradients by hand.
// Numbers stand row after row: sample r of a layer's output is out[r * outputs ... (r + 1) * outputs].
// Weights stand as in PyTorch, w[o * inputs + i], and start as there: uniform up to 1 / sqrt(inputs).

const LEAK = 0.2;

function makeNetwork(widths, random) {
  const layers = [];
  for (let k = 1; k < widths.length; k += 1) {
    const inputs = widths[k - 1], outputs = widths[k], bound = 1 / Math.sqrt(inputs);
    const some = (n) => random.uniforms(n).map((u) => bound * (2 * u - 1));
    const w = some(inputs * outputs), b = some(outputs);
    layers.push({ inputs, outputs, w, b, dw: new Float64Array(w.length), db: new Float64Array(b.length) });
  }
  return layers;
}

// What each layer says: [x, ..., outputs]. All but the last have gone through the leaky ReLU.
// Here and below the inner loop does four rows at a time, so that a weight is fetched once for all of them; where n is
// no multiple of four the last row is done again.
function forward(network, x, n) {
  const said = [x];
  network.forEach(({ w, b, inputs, outputs }, k) => {
    const before = said[k], out = new Float64Array(n * outputs), last = n - 1, hidden = k < network.length - 1;
    const bent = (sum) => (hidden && sum < 0 ? LEAK * sum : sum);
    for (let r0 = 0; r0 < n; r0 += 4) {
      const r1 = Math.min(r0 + 1, last), r2 = Math.min(r0 + 2, last), r3 = Math.min(r0 + 3, last);
      const x0 = r0 * inputs, x1 = r1 * inputs, x2 = r2 * inputs, x3 = r3 * inputs;
      for (let o = 0; o < outputs; o += 1) {
        const row = o * inputs;
        let s0 = b[o], s1 = s0, s2 = s0, s3 = s0;
        for (let i = 0; i < inputs; i += 1) {
          const v = w[row + i];
          s0 += v * before[x0 + i];
          s1 += v * before[x1 + i];
          s2 += v * before[x2 + i];
          s3 += v * before[x3 + i];
        }
        out[r0 * outputs + o] = bent(s0);
        out[r1 * outputs + o] = bent(s1);
        out[r2 * outputs + o] = bent(s2);
        out[r3 * outputs + o] = bent(s3);
      }
    }
    said.push(out);
  });
  return said;
}

const outputs = (said) => said[said.length - 1];

// Back through one layer: from the gradient by its sums to the gradient by what it was told.
function through({ w, inputs, outputs }, slopes, n) {
  const back = new Float64Array(n * inputs);
  for (let r = 0; r < n; r += 1) {
    for (let o = 0; o < outputs; o += 4) addFour(back, r * inputs, inputs, slopes, r * outputs + o, 1,
      w, o * inputs, inputs, outputs - o);
  }
  return back;
}

// The gradient of w: each sum's slope times what the layer was told.
function gather({ dw, inputs, outputs }, slopes, told, n) {
  for (let r = 0; r < n; r += 4) {
    for (let o = 0; o < outputs; o += 1) addFour(dw, o * inputs, inputs, slopes, r * outputs + o, outputs,
      told, r * inputs, inputs, n - r);
  }
}

// to[at + i] += the sum of four slopes (the first at `first`, `stride` apart) times four rows of `from`; fewer where
// only `left` are left.
function addFour(to, at, length, slopes, first, stride, from, row, step, left) {
  const a = slopes[first], b = left > 1 ? slopes[first + stride] : 0;
  const c = left > 2 ? slopes[first + 2 * stride] : 0, d = left > 3 ? slopes[first + 3 * stride] : 0;
  const row1 = left > 1 ? row + step : row, row2 = left > 2 ? row1 + step : row, row3 = left > 3 ? row2 + step : row;
  for (let i = 0; i < length; i += 1) {
    to[at + i] += a * from[row + i] + b * from[row1 + i] + c * from[row2 + i] + d * from[row3 + i];
  }
}

function gatherBias({ db, outputs }, slopes, n) {
  for (let r = 0; r < n; r += 1) for (let o = 0; o < outputs; o += 1) db[o] += slopes[r * outputs + o];
}

// Back through the leaky ReLU: it kept the sign of what it was told.
function leak(slopes, said) {
  for (let i = 0; i < slopes.length; i += 1) if (!(said[i] > 0)) slopes[i] *= LEAK;
  return slopes;
}

// The gradient by the input, given the gradient by the outputs; with `learn`, that by the weights is added to dw and db.
function backward(network, said, slopes, n, learn) {
  for (let k = network.length - 1; k >= 0; k -= 1) {
    if (learn) {
      gather(network[k], slopes, said[k], n);
      gatherBias(network[k], slopes, n);
    }
    slopes = through(network[k], slopes, n);
    if (k) leak(slopes, said[k]);
  }
  return slopes;
}

function forget(network) {
  for (const { dw, db } of network) {
    dw.fill(0);
    db.fill(0);
  }
}
