// How many entries of a kernel land on each output of a transposed convolution: that of ones, with weights of one.

// Along one axis input i lays entry j at output s i + j - p, for i below n and j below k; p places are cut at each end.
const outputs = (n, { kernel, stride, padding }) => stride * (n - 1) + kernel - 2 * padding;

// The inputs that reach output m, each with the entry that it lays there: [[i, j], ...], the last entry first.
function reaching(m, n, { kernel, stride, padding }) {
  return Array.from({ length: n }, (_, i) => [i, m + padding - stride * i]).filter(([, j]) => j >= 0 && j < kernel);
}

// Away from the border: outputs that would get no more if the input went on. Pairs of the first and the one after the last.
function inner(n, { kernel, stride, padding }) {
  return [Math.max(0, kernel - stride - padding), Math.min(outputs(n, { kernel, stride, padding }), stride * n - padding)];
}

// counts: along one axis; in the plane the count is a product of two. values: those that occur away from the border.
function overlap(n, settings) {
  const counts = Array.from({ length: outputs(n, settings) }, (_, m) => reaching(m, n, settings).length);
  const along = [...new Set(counts.slice(...inner(n, settings)))];
  const values = [...new Set(along.flatMap((a) => along.map((b) => a * b)))].sort((a, b) => a - b);
  return { counts, values, even: values.length === 1, most: Math.max(...counts) ** 2 };
}
