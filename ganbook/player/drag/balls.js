// Balls to the k-th neighbour: every point can be moved, and the four scores of chapter 6 are computed as it moves. They
// are those of ganbook.metrics.neighbours, in float64.

// A sample on the border of a ball is inside: a squared distance is taken less what rounding may have added to it.
const SLIP = 16 * Number.EPSILON;

const apart = ([a, b], [c, d]) => (a - c) ** 2 + (b - d) ** 2; // squared
const many = (truths) => truths.filter(Boolean).length;
const share = (truths) => many(truths) / truths.length;

// A point has no more neighbours than there are other points, in the smaller set too.
const mostNeighbours = ({ real, fake }) => Math.min(real.length, fake.length) - 1;

// Balls around `own`. rows: of each ball, which of `others` it holds; inside: of each of these, is it in some ball?
function ballsAround(own, others, k, middle) {
  // The k-th nearest other one: the first in order is the point itself.
  const squared = own.map((x) => own.map((y) => apart(x, y)).sort((a, b) => a - b)[k]), slip = (x) => SLIP * apart(x, middle);
  const rows = own.map((x, i) => others.map((y) => apart(x, y) - slip(x) - slip(y) <= squared[i]));
  return { rows, radii: squared.map(Math.sqrt), holds: rows.map((row) => row.some(Boolean)), inside: inSome(rows, others) };
}

const inSome = (rows, others) => others.map((_, j) => rows.some((row) => row[j]));

// real, fake: lists of [x, y], two at least of each. without: precision, had it not the largest ball.
function scoresOf({ real: reals, fake: fakes, k: asked }) {
  const k = held(asked, 1, mostNeighbours({ real: reals, fake: fakes }));
  const middle = [0, 1].map((axis) => reals.reduce((sum, x) => sum + x[axis] / reals.length, 0));
  const real = ballsAround(reals, fakes, k, middle), fake = ballsAround(fakes, reals, k, middle);
  const largest = real.radii.indexOf(Math.max(...real.radii));
  return { real, fake, precision: share(real.inside), recall: share(fake.inside), density: many(real.rows.flat()) / (k * fakes.length),
    coverage: share(real.holds), without: share(inSome(real.rows.filter((_, i) => i !== largest), fakes)) };
}

const CROSS = "M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", NAMES = { real: "Real point", fake: "Fake" };

function piece({ state, plane, range, choice }) {
  const { svg, spot, put, handle } = plane("Real points (dots) and fakes (crosses). Page Down leads to the next one of its kind, arrows move it",
    [-3.4, 3.4], [-2.4, 2.4], 340, 240);
  const behind = put("g", {}), balls = { real: [], fake: [] }, grips = { real: [], fake: [] };
  let last = null;
  for (const side of ["real", "fake"]) state[side].forEach((_, i) => {
    const own = grips[side], at = () => state[side][i];
    const grip = handle(`${NAMES[side]} ${i + 1}`, { at, step: 0.1, kind: "gbd-point", text: () => at().map((v) => written(v)).join(", "),
      to: (point) => {
        state[side][i] = point;
        last = [side, i];
      },
      key: (name) => {
        const way = { PageDown: 1, PageUp: own.length - 1 }[name];
        if (way) own[(i + way) % own.length].focus();
        return way;
      } });
    grip.append(side === "real" ? make("circle", { r: 4.5, class: "gbd-real" }) : make("path", { d: CROSS, class: "gbd-fake" }));
    grip.onfocus = () => own.forEach((each) => { each.tabIndex = each === grip ? 0 : -1; }); // one stop for the Tab key
    grip.tabIndex = i ? -1 : 0;
    own.push(grip);
    behind.append(balls[side][i] = make("circle"));
  });
  // Fingers are broader than the gaps: what is taken is the point that is nearest, not the one that was drawn last.
  svg.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".gbd-handle")) return;
    const far = (grip) => {
      const { x, y, width, height } = grip.lastChild.getBoundingClientRect();
      return apart([x + width / 2, y + height / 2], [event.clientX, event.clientY]);
    };
    event.stopPropagation();
    [...grips.real, ...grips.fake].reduce((a, b) => (far(b) < far(a) ? b : a)).onpointerdown(event);
  }, true);
  choice("balls", "Balls to show", { real: "Balls of the real", fake: "Balls of the fakes" });
  range("k", "neighbours, k =", 1, Math.min(8, mostNeighbours(state)), 1, 0);

  return () => {
    const found = scoresOf(state), { real, fake } = found, numbers = ["precision", "recall", "density", "coverage"];
    for (const [side, other] of [["real", "fake"], ["fake", "real"]]) {
      const shown = side === state.balls;
      balls[side].forEach((ball, i) => {
        const [cx, cy] = spot(state[side][i]), r = 50 * found[side].radii[i], full = found[side].holds[i] ? "gbd-full" : "";
        for (const [key, v] of Object.entries({ cx, cy, r, class: `gbd-ball gbd-${side} ${full}`, visibility: shown ? "visible" : "hidden" })) ball.setAttribute(key, v);
      });
      grips[other].forEach((grip, i) => grip.classList.toggle("gbd-inside", shown && found[side].inside[i]));
    }
    const [side, i] = last || [], around = side && many((side === "real" ? fake : real).rows.map((row) => row[i]));
    const moved = side ? `${NAMES[side]} ${i + 1} lies in ${around} ${side === "real" ? "fake" : "real"} ball${around === 1 ? "" : "s"}. ` : "";
    return [[...numbers.map((name) => [name, written(found[name])]), ["precision without the largest real ball", written(found.without)]],
      `${moved}Fakes in real balls: ${many(real.inside)} of ${state.fake.length}; real points in fake balls: ${many(fake.inside)} of ${state.real.length}; ` +
      `real balls that hold a fake: ${many(real.holds)} of ${state.real.length}.`];
  };
}
