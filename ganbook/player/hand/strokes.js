// A drawing as the data have it: lines, each a list of points, on a field of 1 x 1, made into the numbers of a picture.

const PEN = 1.9, MOST = 20, MIDDLE = 14; // pixels: half a line's width with its soft edge, the longer side, where its mass is

// As MNIST was made: the longer side fills 20 of 28 pixels, and the middle of the mass comes to pixel 14.
function pictured(lines, side = 28) {
  const points = lines.flat(), [xs, ys] = [0, 1].map((k) => points.map((point) => point[k]));
  const span = (values) => Math.max(...values) - Math.min(...values), middle = (values) => Math.min(...values) + span(values) / 2;
  const scale = (MOST - 2 * (PEN - 0.5)) / Math.max(0.1, span(xs), span(ys)); // a single dot stays a dot
  const at = (across, down) => lines.map((line) => line.map(([x, y]) => [(x - middle(xs)) * scale + across, (y - middle(ys)) * scale + down]));
  const once = inked(at(MIDDLE - 0.5, MIDDLE - 0.5), side), mass = once.reduce((a, b) => a + b, 0);
  const off = [0, 1].map((k) => once.reduce((sum, v, i) => sum + v * (k ? Math.floor(i / side) : i % side), 0) / mass);
  return inked(at(2 * MIDDLE - 0.5 - off[0], 2 * MIDDLE - 0.5 - off[1]), side).map((v) => 2 * v - 1);
}

// How much ink is on each pixel, 0 to 1: 1 on the lines, less towards their edge.
function inked(lines, side) {
  const ink = new Float32Array(side * side), near = (a, b) => [Math.floor(Math.min(a, b) - PEN), Math.ceil(Math.max(a, b) + PEN)].map((v) => Math.max(0, Math.min(side - 1, v)));
  for (const line of lines) line.forEach((b, k) => {
    const a = line[Math.max(0, k - 1)], along = [b[0] - a[0], b[1] - a[1]], square = along[0] ** 2 + along[1] ** 2 || 1;
    const [left, right] = near(a[0], b[0]), [top, bottom] = near(a[1], b[1]);
    for (let y = top; y <= bottom; y += 1) for (let x = left; x <= right; x += 1) {
      const t = Math.max(0, Math.min(1, ((x - a[0]) * along[0] + (y - a[1]) * along[1]) / square));
      const off = Math.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1]), i = y * side + x;
      ink[i] = Math.max(ink[i], Math.min(1, PEN - off));
    }
  });
  return ink;
}

// An arc of a circle or an ellipse, in turns from the right, downwards.
const arc = (x, y, wide, high, from, to) => Array.from({ length: 25 }, (_, k) => {
  const angle = 2 * Math.PI * (from + (k / 24) * (to - from));
  return [x + wide * Math.cos(angle), y + high * Math.sin(angle)];
});

// For those who do not draw. Of the last three none is a digit.
const READY = {
  "a 3": [[...arc(0.47, 0.32, 0.18, 0.17, -0.42, 0.25), ...arc(0.47, 0.68, 0.21, 0.19, -0.25, 0.4)]],
  "a 4": [[[0.36, 0.15], [0.3, 0.55], [0.7, 0.53]], [[0.64, 0.2], [0.6, 0.88]]],
  "an 8": [[...arc(0.5, 0.32, 0.15, 0.16, 0.25, 1.25), ...arc(0.5, 0.67, 0.18, 0.19, -0.25, 0.75)]],
  "two digits": [[[0.3, 0.25], [0.3, 0.75]], [[0.55, 0.25], [0.8, 0.25], [0.62, 0.75]]],
  "a fence": [...[0.2, 0.4, 0.6, 0.8].map((x) => [[x, 0.2], [x, 0.8]]), [[0.12, 0.4], [0.88, 0.4]], [[0.12, 0.6], [0.88, 0.6]]],
  "a house": [[[0.25, 0.85], [0.25, 0.45], [0.5, 0.15], [0.75, 0.45], [0.75, 0.85], [0.25, 0.85]]],
};
