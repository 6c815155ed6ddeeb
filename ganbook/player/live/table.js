// The table at which one or two games are played from one seed: everything the page may ask of the engine.

const SHOWN = 160; // fakes on the plane, always from the same latents, and as many real samples
const FIELD = 33; // places a side at which D is asked
const MOST_ROUNDS = 20000; // that an address may ask to be replayed

function makeTable() {
  let sides = [];

  // sides: one or two settings. events: [round, side, key, value], what was turned and when.
  function start({ settings, events = [], round = 0 }) {
    sides = settings.map((own) => {
      const game = makeGame({ ...own }), { set } = game.supply, empty = set.points && !set.points.length;
      return { game, set, empty, yardstick: empty ? null : makeYardstick(set), history: [], lost: "", measured: null };
    });
    const until = Math.min(MOST_ROUNDS, round);
    for (let k = 0, before = -1; ; ) {
      const n = sides[0].game.round;
      if (k < events.length && events[k][0] <= n) event(events[k++]);
      else if (n >= until || n === before) break; // there, or lost on the way
      else {
        play({ rounds: 1 });
        before = n;
      }
    }
    sides.forEach((side) => { side.measured = null; });
    return look();
  }

  function event([, side, key, value]) {
    if (key === "step") half({ who: value });
    else if (sides[side]) change({ side, key, value });
  }

  // What may be turned without beginning anew; another width of D's answer may not.
  function change({ side, key, value }) {
    const { game } = sides[side], other = { ...game.settings, [key]: value };
    if (makeLoss(other).outputs === makeLoss(game.settings).outputs) game.settings = other;
  }

  function move(side, act) {
    if (side.empty || side.lost) return;
    const { game } = side, before = [game.G, game.D].map(copyWeights);
    act(game);
    if (isLost(game)) {
      side.lost = `In round ${game.round} a number grew beyond what a computer can hold. This is the game before ` +
        "that round; start again with a smaller rate.";
      [game.G, game.D].forEach((network, k) => pasteWeights(network, before[k]));
      return;
    }
    if (Number.isFinite(game.g)) side.history.push([game.round, game.d, game.g]);
  }

  // Whole rounds of each game: as many as asked, or as fit into so many milliseconds.
  function play({ rounds = Infinity, milliseconds = Infinity }) {
    const from = Date.now();
    for (let k = 0; k < rounds; k += 1) {
      for (const side of sides) move(side, (game) => game.playRound());
      if (Date.now() - from >= milliseconds) break;
    }
  }

  function half({ who }) {
    for (const side of sides) move(side, (game) => (who === "D" ? game.stepD() : game.stepG()));
  }

  // measure: count anew, which costs as much as a round. at: the place at which D is asked for its whole answer.
  function look({ measure = true, at = [0, 0] } = {}) {
    return sides.map((side) => {
      const { game, set } = side;
      if (side.empty) return { empty: true, half: set.half, round: 0 };
      const random = makeRandom(79), y = outputs(forward(game.G, random.normals(2 * SHOWN), SHOWN));
      const x = sampleData(set, SHOWN, makeRandom(80));
      if (measure || !side.measured) side.measured = side.yardstick(game.G);
      const history = side.history;
      side.history = [];
      return { round: game.round, lost: side.lost, half: set.half, real: x, fakes: y, push: game.push(y, x),
        field: verdicts(game, set.half), d: game.d, g: game.g, measured: side.measured, history,
        answer: answer(game, at) };
    });
  }

  return { start, change, play, half, look };
}

// A distribution over the outcomes, and the two anchors between which D should answer; null where D says one number.
function answer({ D, settings: { loss, outcomes, anchors } }, at) {
  if (loss !== "realness") return null;
  const [fake, real] = ANCHORS[anchors](outcomes);
  return { said: softmax(outputs(forward(D, Float64Array.from(at), 1)), outcomes), fake, real };
}

const copyWeights = (network) => network.map(({ w, b }) => [w.slice(), b.slice()]);
const pasteWeights = (network, kept) => network.forEach(({ w, b }, k) => {
  w.set(kept[k][0]);
  b.set(kept[k][1]);
});

// D's verdict over the square, row by row from the top, from -1 (fake) to 1 (real). Where D's scale means nothing, of a
// critic and of a relativistic D, the scores are taken around their mean and by their largest departure.
function verdicts({ D, settings }, half) {
  const n = FIELD * FIELD, places = new Float64Array(2 * n);
  for (let k = 0; k < n; k += 1) {
    places[2 * k] = half * (-1 + (2 * (k % FIELD)) / (FIELD - 1));
    places[2 * k + 1] = half * (1 - (2 * Math.floor(k / FIELD)) / (FIELD - 1));
  }
  const score = makeLoss(settings).score.value(outputs(forward(D, places, n)));
  const clamp = (v) => Math.min(1, Math.max(-1, v));
  if (settings.loss === "minimax" || settings.loss === "non-saturating") return score.map((s) => 2 * sigmoid(s) - 1);
  if (settings.loss === "least-squares") return score.map((s) => clamp(2 * s - 1));
  if (settings.loss === "hinge") return score.map(clamp);
  const mean = score.reduce((a, b) => a + b, 0) / n;
  const most = score.reduce((far, s) => Math.max(far, Math.abs(s - mean)), 1e-9);
  return score.map((s) => (s - mean) / most);
}

// The table behind messages, for a worker: { id, name, asked } in, { id, answer } out.
function serve(self) {
  const table = makeTable();
  self.onmessage = ({ data: { id, name, asked } }) => self.postMessage({ id, answer: table[name](asked || undefined) });
}
