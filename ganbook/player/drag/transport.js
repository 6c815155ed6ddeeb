// Transport of thirty points: the reader drags the earth, and the cheapest plan to the holes is drawn, an assignment that is
// computed exactly, with the prices that prove it. Formulas and sources: ganbook.divergences.transport, chapter 8.

const FAR = 4, HIGH = 3; // the plane goes from -4 to 4 and from -3 to 3

// For each row the column of the cheapest pairing, and prices with u_i + v_j <= cost_ij, equal where i and j are paired:
// the Hungarian method, a row at a time along the shortest way that frees a column. The last column is a seat for it.
function assignment(cost) {
  const n = cost.length, u = new Array(n).fill(0), v = new Array(n + 1).fill(0), row = new Array(n + 1).fill(-1);
  for (let i = 0; i < n; i += 1) {
    const least = new Array(n).fill(Infinity), from = new Array(n).fill(n), seen = new Array(n + 1).fill(false);
    let j = n;
    row[n] = i;
    do {
      let step = Infinity, next = n;
      seen[j] = true;
      for (let k = 0; k < n; k += 1) if (!seen[k]) {
        const rest = cost[row[j]][k] - u[row[j]] - v[k];
        if (rest < least[k]) [least[k], from[k]] = [rest, j];
        if (least[k] < step) [step, next] = [least[k], k];
      }
      for (let k = 0; k <= n; k += 1) {
        if (seen[k]) [u[row[k]], v[k]] = [u[row[k]] + step, v[k] - step];
        else least[k] -= step;
      }
      j = next;
    } while (row[j] >= 0);
    for (; j < n; j = from[j]) row[j] = row[from[j]];
  }
  const column = new Array(n);
  for (let k = 0; k < n; k += 1) column[row[k]] = k;
  return { column, u, v: v.slice(0, n) };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const centre = (points) => [0, 1].map((k) => mean(points.map((point) => point[k])));

// The cheapest plan between two sets of as many points: its cost, what the prices earn, and W_r.
function plan({ earth, holes, order }) {
  const cost = earth.map(([a, b]) => holes.map(([c, d]) => Math.hypot(a - c, b - d) ** order));
  const { column, u, v } = assignment(cost), paid = mean(column.map((k, i) => cost[i][k]));
  return { column, paid, earned: mean(u) + mean(v), value: paid ** (1 / order) };
}

function piece({ state, plane, choice }) {
  const { svg, spot, put, handle } = plane("Earth, filled, and holes, hollow, with the threads of the cheapest plan", [-FAR, FAR], [-HIGH, HIGH], 400, 300);
  const threads = put("path", { class: "gbd-soft" }), n = state.earth.length, firsts = {}, opening = structuredClone({ earth: state.earth, holes: state.holes });
  for (const hole of state.holes) {
    const [cx, cy] = spot(hole);
    put("circle", { cx, cy, r: 5, class: "gbd-hole" });
  }
  let chosen = 0;
  const place = ([x, y]) => `${written(x)} across and ${written(y)} up`;
  const points = state.earth.map((_, k) => handle("A point of earth; page up and page down choose another", { size: 5, grip: 11, step: 0.1,
    at: () => state.earth[k], to: (point) => { [state.earth[k], chosen] = [point, k]; },
    text: () => `${k + 1} of ${n}: ${place(state.earth[k])}`,
    key: (name) => {
      const way = { PageUp: -1, PageDown: 1 }[name];
      if (way) chosen = (k + way + n) % n;
      points.forEach((point, j) => point.setAttribute("tabindex", j === chosen ? 0 : -1));
      if (way) points[chosen].focus();
      return way;
    } }));
  // The whole earth by its own grip, above it; it stops where the first of its points would leave the plane.
  const top = () => Math.max(...state.earth.map(([, y]) => y)), lift = () => held(top() + 0.45, -HIGH, HIGH - 0.2);
  const all = handle("The whole earth", { step: 0.1, at: () => [centre(state.earth)[0], lift()], text: () => `its centre ${place(centre(state.earth))}`,
    to: (point) => {
      const from = [centre(state.earth)[0], lift()], way = [0, 1].map((k) => {
        const values = state.earth.map((each) => each[k]), end = k ? HIGH : FAR;
        return held(point[k] - from[k], -end - Math.min(...values), end - Math.max(...values));
      });
      state.earth = state.earth.map((each) => each.map((v, k) => v + way[k]));
    } });
  choice("order", "Cost", { 1: "W₁: cost = way", 2: "W₂: cost = way²" });

  return () => {
    const order = Number(state.order), { column, value, paid, earned } = plan({ ...state, order });
    const first = firsts[order] ||= plan({ ...opening, order }).column, other = `${column.filter((k, i) => k !== first[i]).length} of ${n}`;
    threads.setAttribute("d", state.earth.map((point, i) => path([spot(point), spot(state.holes[column[i]])])).join(""));
    const [a, b] = centre(state.earth), [c, d] = centre(state.holes), name = order === 1 ? "W₁" : "W₂";
    return [[[name, written(value, 3)], ["the plan costs", written(paid, 3)], ["the prices earn", written(earned, 3)],
      ["from centre to centre", written(Math.hypot(a - c, b - d), 3)], ["points with a new hole", other]],
    `${name} = ${written(value, 3)}. The prices earn what the plan costs: no plan is cheaper. ${other} points go to another hole than at first.`];
  };
}
