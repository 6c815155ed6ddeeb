// What the game learns: the plane's data sets of ganbook.data, and points that the reader has drawn.

const STD = 0.05;

const around = (means) => ({
  means,
  draw: (random) => means[Math.floor(random.uniform() * means.length)],
});
const lattice = (side) => around(Array.from({ length: side * side }, (_, k) =>
  [2 * (Math.floor(k / side) - (side - 1) / 2), 2 * ((k % side) - (side - 1) / 2)]));

// half: half the width of the square that is shown. means: where there are modes to be found.
const DATA = {
  ring: () => ({ half: 1.6, ...around(Array.from({ length: 8 }, (_, i) =>
    [Math.cos((2 * Math.PI * i) / 8), Math.sin((2 * Math.PI * i) / 8)])) }),
  grid: () => ({ half: 5, ...lattice(5) }),
  nine: () => ({ half: 3, ...lattice(3) }),
  spiral: () => ({ half: 1.4, draw: (random) => {
    const t = Math.PI * (1.5 + 3 * random.uniform()), r = t / (4.5 * Math.PI);
    return [r * Math.cos(t), r * Math.sin(t)];
  } }),
  moons: () => ({ half: 2.1, draw: (random) => {
    const turn = random.uniform() < 0.5 ? 1 : -1, t = Math.PI * random.uniform();
    return [turn * (Math.cos(t) - 0.5), turn * (Math.sin(t) - 0.25)];
  } }),
  drawn: ({ points }) => {
    const places = readPoints(points);
    return { half: 1.6, points: places, draw: (random) => places[Math.floor(random.uniform() * places.length)] };
  },
};

// n samples: a place of the set, and normal noise of deviation STD around it.
function sampleData(set, n, random) {
  const x = new Float64Array(2 * n);
  for (let i = 0; i < n; i += 1) {
    const [a, b] = set.draw(random);
    x[2 * i] = a + STD * random.normal();
    x[2 * i + 1] = b + STD * random.normal();
  }
  return x;
}

// Drawn points as text for an address: two letters a coordinate, 0 to 1295 over [-1.6, 1.6].
const MOST_POINTS = 200;
const readPoints = (text) => (text.match(/[0-9a-z]{4}/g) || []).slice(0, MOST_POINTS).map((word) =>
  [word.slice(0, 2), word.slice(2)].map((part) => -1.6 + (3.2 * parseInt(part, 36)) / 1295));
const writePoints = (points) => points.map((point) => point.map((v) =>
  Math.min(1295, Math.max(0, Math.round(((v + 1.6) / 3.2) * 1295))).toString(36).padStart(2, "0")).join("")).join("");
