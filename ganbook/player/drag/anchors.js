// The anchors of RealnessGAN: two bells over the outcomes, the best answers between them, and the pulls on the logits of a
// fake by the three objectives. Formulas and sources: ganbook.losses.anchors and ganbook.losses.realness, chapter 10.

const bell = (M, at, std) => cells(M, (x) => massBelow((x - at) / std));
const mixed = (w, a, b) => a.map((v, k) => w * b[k] + (1 - w) * v);
const minus = (a, b) => a.map((v, k) => v - b[k]);
const long = (v) => Math.hypot(...v);

// D's best answer to a fake whose density ratio says w is Q = m_w; to the real sample it is paired with, P. A pull is minus
// the gradient of an objective with respect to the logits.
function pulls({ M, low, high, std, fake, partner }) {
  const A0 = bell(M, low, std), A1 = bell(M, high, std), Q = mixed(fake, A0, A1), P = mixed(partner, A0, A1);
  const middle = mixed(0.5, A0, A1), kl = (a) => a.reduce((sum, v, k) => sum + (v > 0 ? v * Math.log(v / middle[k]) : 0), 0);
  return { A0, A1, Q, P, js: (kl(A0) + kl(A1)) / 2, each: [minus(Q, A0), minus(P, A0), minus(A1, A0)] };
}

function piece({ state, plane, range }) {
  const above = plane("The outcomes from −1 to 1 with both anchors as bars", [-1.15, 1.15], [0, 1.25], 340, 170);
  const below = plane("The pulls of the three objectives on each logit, drawn so that the largest of the third fills the picture", [-1.15, 1.15], [-1.2, 1.2], 340, 170);
  const drawn = (own, kind) => own.put("path", { class: kind });
  const bars = ["gbd-fake gbd-bar", "gbd-real gbd-bar"].map((kind) => drawn(above, kind)), answer = drawn(above, "gbd-axis");
  const lines = ["gbd-broad", "gbd-fake", "gbd-real gbd-dash"].map((kind) => drawn(below, kind));
  const axis = drawn(below, "gbd-axis");
  axis.setAttribute("d", path([[-1.15, 0], [1.15, 0]].map(below.spot)));
  for (const [own, words] of [[above, [["A₀", -1.1], ["line: Q", -0.17], ["A₁", 1]]], [below, [["1: orange", -1.1], ["2: dashes", -0.5], ["3: broad", 0.1]]]])
    for (const [word, at] of words) {
      const [x, y] = own.spot([at, 1]);
      own.put("text", { x, y }).textContent = word;
    }
  for (const [key, name, kind] of [["low", "Middle of the anchor of fakes", ""], ["high", "Middle of the anchor of reals", "gbd-blue"]])
    above.handle(name, { fixed: 1, kind, step: 0.05, at: () => [state[key], 1.12], to: ([x]) => { state[key] = held(x, -1, 1); },
      text: () => written(state[key]) });
  range("std", "width, σ =", 0.05, 1, 0.05);
  range("M", "outcomes, M =", 2, 50, 1, 0);
  range("fake", "the fake: w =", 0, 1, 0.05);
  range("partner", "its partner: w′ =", 0, 1, 0.05);

  return () => {
    const { A0, A1, Q, js, each } = pulls(state), { M } = state, at = (k) => -1 + (2 * k) / (M - 1);
    const most = Math.max(...A0, ...A1), widest = Math.max(...each[2].map(Math.abs)) || 1;
    [A0, A1].forEach((masses, side) => bars[side].setAttribute("d", masses.map((mass, k) => {
      const x = at(k) + ((side - 0.5) * 0.6) / M;
      return path([above.spot([x, 0]), above.spot([x, mass / most])]);
    }).join("")));
    for (const bar of bars) bar.style.strokeWidth = 70 / M;
    answer.setAttribute("d", path(Q.map((mass, k) => above.spot([at(k), mass / most]))));
    [2, 0, 1].forEach((k, n) => lines[n].setAttribute("d", path(each[k].map((v, j) => below.spot([at(j), v / widest])))));
    const same = long(each[2]) < 1e-9, sizes = each.map((pull) => written(long(pull), 3));
    return [[["2 JS(A₁, A₀)", written(2 * js, 3)], ["1: length of Q − A₀", sizes[0]], ["2: length of P − A₀", sizes[1]], ["3: length of A₁ − A₀", sizes[2]]],
      same ? "The anchors are equal: D need not look at its input, and no objective pulls." :
        `2 JS(A₁, A₀) = ${written(2 * js, 3)}, of at most log 4 = 1.386. Objective 1 pulls ${written(state.fake)} times as hard as 3, objective 2 ${written(state.partner)} times.`];
  };
}
