// Balls to the k-th neighbour, and the four scores made of them: those of ganbook.metrics.neighbours, in float64.

// A sample on the border of a ball is inside: a squared distance is taken less what rounding may have added to it.
const SLIP = 16 * Number.EPSILON;

const squaredDistance = ([a, b], [c, d]) => (a - c) ** 2 + (b - d) ** 2;

// No set has more than all its other samples as neighbours, and the smaller of the two has to have them.
const mostNeighbours = (real, fake) => Math.max(1, Math.min(real.length, fake.length) - 1);

// Squared distance from each point to its k-th nearest other one: the first in order is the point itself.
function squaredRadii(points, k) {
  return points.map((x) => points.map((y) => squaredDistance(x, y)).sort((a, b) => a - b)[k]);
}

// For each ball of `centres`, which of `others` it holds: a row of truth values a ball.
function heldBy(centres, others, k, middle) {
  const size = (x) => squaredDistance(x, middle);
  const reach = squaredRadii(centres, k);
  return centres.map((x, i) => others.map((y) => squaredDistance(x, y) - SLIP * (size(x) + size(y)) <= reach[i]));
}

const share = (truths) => truths.filter(Boolean).length / truths.length;

// real, fake: lists of [x, y], two at least of each; k from 1 to mostNeighbours.
function scoresOf(real, fake, k) {
  const middle = [0, 1].map((axis) => real.reduce((sum, x) => sum + x[axis], 0) / real.length);
  const inReal = heldBy(real, fake, k, middle), inFake = heldBy(fake, real, k, middle);
  const anyBall = (rows, j) => rows.some((row) => row[j]), hits = inReal.flat().filter(Boolean).length;
  const accepted = fake.map((_, j) => anyBall(inReal, j)), reached = real.map((_, i) => anyBall(inFake, i));
  const covered = inReal.map((row) => row.some(Boolean));
  return {
    precision: share(accepted), recall: share(reached), density: hits / (k * fake.length), coverage: share(covered),
    accepted, reached, covered, // of each fake, of each real, and of each real ball: does it count?
    radii: { real: squaredRadii(real, k).map(Math.sqrt), fake: squaredRadii(fake, k).map(Math.sqrt) },
  };
}
