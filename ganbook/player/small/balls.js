// Balls around nearest neighbours: precision and recall, density and coverage of a few points, some to be dragged.

const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

// The radius of each point's ball: its distance to the k-th nearest other of its kind.
const reaches = (points, k) => points.map((a, i) =>
  points.filter((_, j) => j !== i).map((b) => far(a, b)).sort((a_, b_) => a_ - b_)[k - 1]);

// ganbook.metrics.precision_recall and density_coverage: balls hold their borders.
function ballScores(real, fake, k) {
  const [around, about] = [reaches(real, k), reaches(fake, k)], share = (points, holds) => points.filter(holds).length / points.length;
  const hits = real.map((r, i) => fake.filter((f) => far(r, f) <= around[i]).length);
  return {
    precision: share(fake, (f) => real.some((r, i) => far(r, f) <= around[i])),
    recall: share(real, (r) => fake.some((f, j) => far(r, f) <= about[j])),
    density: hits.reduce((a, b) => a + b, 0) / (k * fake.length),
    coverage: share(hits, (n) => n > 0), hits, around, about,
  };
}

const REALS = [[-2.2, 0.5], [-1.6, 1.3], [-1.3, 0.4], [-0.8, -0.5], [-0.3, 0.7], [0.1, -0.9], [0.4, 0.1], [0.8, 1.2], [1.1, -0.4],
  [1.7, 0.6], [2.1, -0.8], [2.5, 1.4]];
const FAKES = [[-2, 0.9], [-1.8, 0.6], [-1.7, 0.9], [-1.4, 0.9], [-1.5, 0.5], [-1.1, 0.7], [-1.9, 1.2], [-1.2, 1.1]];

const balls = {
  half: [3.2, 2.1],
  settings: { k: ["k, the neighbour that a ball reaches", 1, [1, 2, 3, 4, 5]], of: ["Balls around", "reals", ["reals", "fakes"]] },
  start: () => FAKES.map((point) => [...point]),
  note: "Dots are real, crosses are fakes, a ball reaches to the k-th nearest of its own kind. A darker ball holds a point of the other " +
    "kind. Drag a cross; or focus the picture, choose a cross with Enter, and move it with the arrow keys.",
  look(points, { k, of }) {
    const seen = ballScores(REALS, points, k);
    return { ...seen, of, rows: ["precision", "recall", "density", "coverage"].map((name) => [name, seen[name].toFixed(2)]) };
  },
  draw({ dot, cross, ring }, points, { of, around, about, hits }) {
    if (of === "reals") REALS.forEach((r, i) => ring(r, around[i], "real", hits[i] > 0));
    else points.forEach((f, j) => ring(f, about[j], "fake", REALS.some((r) => far(r, f) <= about[j])));
    REALS.forEach((r) => dot(r, "real"));
    points.forEach((f) => cross(f, "fake"));
  },
};
