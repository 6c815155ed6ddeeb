// A generator that is told a class, as chapter 17 has it: residual blocks whose norms hear of the class and of a part
// of z. Its layers come in the order of `residual` in pack.py.

const EPS = 1e-5; // of torch's batch norm

// Channel by channel (x - mean) / deviation, times a gain, plus a shift; what is below 0 is cut. seen: the means of the
// channels, then their variances.
function normed(x, gain, shift, seen) {
  const count = gain.length, area = x.length / count, y = new Float32Array(x.length);
  for (let c = 0, k = 0; c < count; c += 1) {
    const factor = gain[c] / Math.sqrt(seen[count + c] + EPS), rest = shift[c] - seen[c] * factor;
    for (const end = k + area; k < end; k += 1) y[k] = Math.max(0, factor * x[k] + rest);
  }
  return y;
}

// Maps of twice the side: each value stands four times.
function doubled(x, count) {
  const area = x.length / count, side = Math.round(Math.sqrt(area));
  return Float32Array.from({ length: 4 * x.length }, (_, k) => {
    const row = Math.floor(k / (2 * side)) % (2 * side), column = k % (2 * side);
    return x[Math.floor(k / (4 * area)) * area + (row >> 1) * side + (column >> 1)];
  });
}

// The picture of z as class y. seen: of each norm in turn means and variances. It yields after each part of a block, so
// that a page computes as much at a time as it has time for.
function* painted([embedding, start, ...layers], z, y, seen) {
  const told = embedding.w.slice(y * embedding.in, (y + 1) * embedding.in), [affine, last] = layers.splice(-2);
  const through = (layer, x) => KINDS[layer.kind](layer, x);
  let from = start.in, at = 0, x = through(start, z.slice(0, from));
  const statistics = (count) => seen.subarray(at, at += 2 * count);
  const norm = (maps, gain, shift, c) => normed(maps, through(gain, c).map((v) => 1 + v), through(shift, c), statistics(gain.out));
  for (let k = 0; k < layers.length; k += 7) {
    const [gain, shift, widen, gainAgain, shiftAgain, again, beside] = layers.slice(k, k + 7);
    const c = [...z.slice(from, from += gain.in - embedding.in), ...told];
    const wide = through(widen, doubled(norm(x, gain, shift, c), widen.in));
    yield;
    const branch = through(again, norm(wide, gainAgain, shiftAgain, c)), straight = doubled(through(beside, x), beside.out);
    x = branch.map((v, i) => v + straight[i]);
    yield;
  }
  return through(last, normed(x, affine.w, affine.shift, statistics(affine.out))).map(Math.tanh);
}
