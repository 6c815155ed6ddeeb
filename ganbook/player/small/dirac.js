// Dirac-GAN: one number a player. The path from a start that is dragged, and the eigenvalues at rest, as gamma turns.

const STEPS = 500, PACE = 0.2; // steps of each player, and their size

// ganbook.studies.dirac: minimax or non-saturating, whose D also descends k gamma / 2 psi^2.
function pull([theta, psi], { loss, gamma, brakes }) {
  const s = 1 / (1 + Math.exp(-theta * psi)), damp = brakes === "R1 and R2" ? 2 * gamma : gamma;
  return [psi * (loss === "minimax" ? s : 1 - s), -theta * s - damp * psi];
}

function path(start, settings) {
  const all = [start];
  for (let n = 0, [a, b] = start; n < STEPS; n += 1) {
    const at_once = pull([a, b], settings);
    a += PACE * at_once[0];
    b += PACE * (settings.moves === "in turns" ? pull([a, b], settings) : at_once)[1];
    all.push([a, b]);
  }
  return all;
}

// Of [[0, 1/2], [-1/2, -damp]]: real part, imaginary part of both.
function eigenvalues({ gamma, brakes }) {
  const damp = brakes === "R1 and R2" ? 2 * gamma : gamma, inside = damp ** 2 / 4 - 0.25, root = Math.sqrt(Math.abs(inside));
  return inside < 0 ? [[-damp / 2, root], [-damp / 2, -root]] : [[-damp / 2 + root, 0], [-damp / 2 - root, 0]];
}

const complex = ([re, im]) => `${re.toFixed(2)}${im ? `${im > 0 ? "+" : "-"}${Math.abs(im).toFixed(2)}i` : ""}`.replaceAll("-", "−");

const dirac = {
  half: [3.2, 2.1],
  settings: {
    gamma: ["γ", 0.3, Array.from({ length: 41 }, (_, n) => n / 20)], brakes: ["Penalties", "R1", ["R1", "R1 and R2"]],
    loss: ["G’s loss", "minimax", ["minimax", "non-saturating"]], moves: ["Players move", "in turns", ["in turns", "at once"]],
  },
  start: () => [[1, -1]],
  note: "Across stands θ, the fake’s place, upwards ψ, the slope of D; the data are at 0. Arrows are the way in which both players are " +
    `pulled, the line is the path of ${STEPS} steps of ${PACE}. Small, at the right: the two eigenvalues at rest, imaginary part upwards; ` +
    "left of the line the game comes to rest. Drag the start; or focus the picture and press the arrow keys.",
  look([start], settings) {
    const way = path(start, settings), two = eigenvalues(settings), end = Math.hypot(...way[STEPS]);
    return { way, two, settings, rows: [["eigenvalues", two.map(complex).join(", ")], ["slower real part", complex([two[0][0], 0])],
      [`from rest after ${STEPS}`, end < 1e-3 ? "below 0.001" : end.toFixed(3)]] };
  },
  draw({ dot, cross, stroke }, [start], { way, two, settings }) {
    for (let a = -3; a <= 3; a += 0.6) for (let b = -1.8; b <= 1.8; b += 0.6) {
      const [u, v] = pull([a, b], settings), size = Math.hypot(u, v), length = 0.4 / (size + 0.5);
      stroke([[a, b], [a + u * length, b + v * length]], "soft", 1);
    }
    stroke(way, "fake", 1.6);
    dot([0, 0], "real");
    cross(start, "fake");
    const place = ([re, im]) => [2.7 + 0.6 * re, 1.5 + 0.8 * im];
    stroke([[2.7, 1], [2.7, 2]], "soft", 1);
    stroke([[1.4, 1.5], [3.1, 1.5]], "soft", 1);
    two.forEach((each) => dot(place(each), "ink"));
  },
};
