// Truncation as chapter 17 has it, "resampled": a normal coordinate, given that it is at most a threshold from 0.

// By its series, for |x| < 3; to 1e-14.
function erf(x) {
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

// Newton's steps from 0: erf is concave to the right of it, so that none of them goes too far.
function erfInverse(value) {
  let x = 0;
  for (let n = 0; n < 50; n += 1) {
    const step = (Math.abs(value) - erf(x)) * Math.exp(x * x) * Math.sqrt(Math.PI) / 2;
    x += step;
    if (step < 1e-13) break;
  }
  return Math.sign(value) * x;
}

// places: from -1 to 1, uniform. Where each stands among what the threshold leaves is its coordinate, so that one place
// has a coordinate at every threshold.
function truncated(threshold, places) {
  const share = erf(threshold / Math.SQRT2);
  return places.map((place) => Math.SQRT2 * erfInverse(share * place));
}
