// The game: two networks, and one step of each as ganbook.games.GAN takes them. What is drawn comes from a supply, so
// that a test can hand over batches of its own.

const BATCH = 128;

// Real samples, latents, and shares between real and fake, each from random numbers of its own: turning a knob of one
// game leaves the other's draws alone, and two games from one seed see the same data.
function makeSupply(settings) {
  const set = DATA[settings.data](settings);
  const [x, z, e] = [1, 2, 3].map((k) => makeRandom(1000 * settings.seed + k));
  return { set, real: (n) => sampleData(set, n, x), latent: (n) => z.normals(2 * n), shares: (n) => e.uniforms(n) };
}

function makeNetworks({ width, layers, seed, loss, outcomes }) {
  const random = makeRandom(1000 * seed), hidden = new Array(layers).fill(width);
  return {
    G: makeNetwork([2, ...hidden, 2], random),
    D: makeNetwork([2, ...hidden, loss === "realness" ? outcomes : 1], random),
  };
}

function makeGame(settings, supply = makeSupply(settings), { G, D } = makeNetworks(settings), n = BATCH) {
  const { optimizer, beta1 } = settings;
  const move = { G: makeOptimizer(G, optimizer, beta1, 0.999), D: makeOptimizer(D, optimizer, beta1, 0.999) };
  const game = { settings, supply, G, D, round: 0, d: NaN, g: NaN, stepD, stepG, playRound, push };
  let seen = null; // the batch of D's last step, which serves G's first one too

  function draw() {
    const x = supply.real(n), said = forward(G, supply.latent(n), n);
    return { x, said, y: outputs(said) };
  }

  function stepD() {
    const { loss: _, penalty, strength, rate_d } = game.settings, loss = makeLoss(game.settings);
    seen = draw();
    forget(D);
    const real = forward(D, seen.x, n), fake = forward(D, seen.y, n);
    const { value, real: byReal, fake: byFake } = loss.d(outputs(real), outputs(fake));
    backward(D, real, byReal, n, true);
    backward(D, fake, byFake, n, true);
    const shares = penalty === "gp" ? supply.shares(n) : null;
    game.d = value + PENALTIES[penalty](D, loss.score, seen.x, seen.y, n, strength, shares);
    move.D.step(rate_d, penalty === "clip" ? strength : Infinity);
  }

  // G's loss, and its slope by each fake: how it would rise if that fake moved.
  function hear({ x, y }, rows) {
    const loss = makeLoss(game.settings), fake = forward(D, y, rows);
    const real = x && outputs(forward(D, x, rows));
    const { value, fake: slopes } = loss.g(real, outputs(fake));
    return { value, slopes: backward(D, fake, slopes, rows, false) };
  }

  function stepG() {
    const now = seen || draw();
    seen = null;
    forget(G);
    const { value, slopes } = hear(now, n);
    game.g = value;
    backward(G, now.said, slopes, n, true);
    move.G.step(game.settings.rate_g);
    game.round += 1;
  }

  function playRound() {
    for (let k = 0; k < game.settings.d_steps; k += 1) stepD();
    for (let k = 0; k < game.settings.g_steps; k += 1) stepG();
    game.round -= game.settings.g_steps - 1;
  }

  // Where D pushes each of these fakes: minus the slope of its own share of G's loss. x: as many real samples.
  function push(y, x) {
    const rows = y.length / 2;
    return hear({ x, y }, rows).slopes.map((s) => -rows * s);
  }

  return game;
}

const isFinite_ = (network) => network.every(({ w, b }) => w.every(Number.isFinite) && b.every(Number.isFinite));
const isLost = ({ d, g, round, G, D }) =>
  (round > 0 && !(Number.isFinite(d) && Number.isFinite(g))) || !isFinite_(G) || !isFinite_(D);
