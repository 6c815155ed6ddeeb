// The generator in the hand: everything on it is made here, in a mount point of hand.js.

const REACH = 8; // how far from its middle the pad goes; a usual z is 10 long
const TILES = 7; // pictures of each way
const REAL = { faces: 0.7, digits: 0.01 }; // D's verdict on half of all real ones is above
const NO_LETTER = "A name needs a letter or a digit: they choose z. The pictures are still those of the last name.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function play(root, network, said, trouble) {
  const { G, D, measured } = decode(globalThis.ganbookHand[network]);
  const width = G[0].in, maps = G[1].in, area = G[0].out / maps, cell = Math.sqrt(area), thing = network.slice(0, -1);
  const ends = [], off = new Set(), place = [0, 0], side = Math.sqrt(run(G, latent("", width)).out.length / D[0].in);
  const canvas = (columns, size) => make("canvas", { width: columns * size, height: size, role: "img" });
  const label = (words, child) => make("label", {}, words, child);
  const { glasses, hits } = measured;
  let seed = 1, [u, v] = directions(seed, width), at = 0;

  const picture = canvas(1, side), readings = make("p", {}), dot = make("i", {});
  const pad = make("div", { tabIndex: 0, role: "application",
    "aria-label": "Pad: drag, or press the arrow keys, to move z along two random directions; Home brings it back" }, dot);
  const names = ["Ada", "Emmy"].map((value, k) => make("input", { value, maxLength: 60, autocomplete: "off", oninput: () => name(k) }));
  const range = make("input", { type: "range", value: 0, oninput: draw });
  const worn = make("input", { type: "range", min: -1, max: 2, step: 0.05, value: 0, oninput: draw });
  const list = make("select", { onchange: draw }, ...Object.keys(PATHS).reverse().map((way) => make("option", {}, way)));
  const ways = Object.keys(PATHS).map((way) => [way, canvas(TILES, side), make("p", {})]);
  const tiles = Array.from({ length: maps }, (_, k) => make("button", { type: "button", tabIndex: k ? -1 : 0, "aria-label": `Map ${k + 1}`,
    onclick: () => { if (!off.delete(k)) off.add(k); changed(); } }, make("canvas", { width: cell, height: cell })));
  const grid = make("div", { className: "gbh-maps", role: "group", "aria-label": "Maps; the arrow keys go from one to the next" }, ...tiles);

  if (measured.half) root.append(sketch({ G, D, measured }, side, said, take));
  root.append(
    make("div", { className: "gbh-two" }, picture, pad), readings,
    make("div", { className: "gbh-four" }, label("Your name", names[0]), label("Somebody else’s", names[1]),
      label("On the way there", range), label("The way", list), ...(glasses ? [label("Steps towards glasses", worn)] : [])), trouble,
    button("Other directions", () => { [u, v] = directions(seed += 1, width); draw(); }), button("Middle", () => move(0, 0)),
    button("All maps on", () => { off.clear(); changed(); }),
    make("p", {}, `The ${maps} maps of the first hidden layer; tap one to switch it off:`), grid,
    ...ways.flatMap(([, line, words]) => [words, line]), said,
    make("small", {}, `A name’s letters, hashed, are the seed of z: ${width} normal numbers. The pad adds up to ${REACH} along each of two ` +
      "orthogonal directions. " + (glasses ? `The step towards glasses is chapter 5’s difference of two means: of ${measured.tried} latents whose faces have no glasses before the weights are rounded, ${(100 * hits[0]).toFixed(1)} % ` +
      `have them here without a step; one step puts them on ${(100 * hits[1]).toFixed(1)} %, two on ${(100 * hits[2]).toFixed(1)} %, says the classifier of chapter 6. ` : "") +
      "The weights are the zoo’s, in 8 bits; D is the judge of the last round."));

  // One picture a frame, however often something moved.
  let asked = 0;
  function draw() {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      const [[a, z], [b, other]] = ends, way = list.value, t = range.value / 100, [x, y] = place.map((value) => REACH * value);
      const base = mixed(mixed(PATHS[way](z, other, t), 1, u, x), 1, v, y), steps = Number(worn.value), now = glasses ? mixed(base, 1, glasses, steps) : base;
      const { out, hidden } = run(G, now, off), top = Math.max(...hidden) || 1;
      paint(picture, out, side);
      tiles.forEach((tile, k) => {
        paint(tile.firstChild, hidden.slice(k * area, (k + 1) * area).map((value) => 2 * value / top - 1), cell);
        tile.setAttribute("aria-pressed", !off.has(k));
      });
      dot.style.cssText = `left:${50 + 50 * place[0]}%;top:${50 - 50 * place[1]}%`;
      range.setAttribute("aria-valuetext", percent(t));
      const of = t ? `${percent(t)} of the ${way} way from ${a} to ${b}` : `The ${thing} of ${a}`;
      worn.setAttribute("aria-valuetext", `${steps.toFixed(2)} steps`);
      const towards = steps ? `, ${steps.toFixed(2).replace("-", "−")} steps towards glasses` : "", moved = x || y ? `, moved by ${x.toFixed(1)} and ${y.toFixed(1)}` : "", silent = off.size ? `, with ${off.size} ${off.size > 1 ? "maps" : "map"} off` : "";
      readings.textContent = picture.ariaLabel = `${of}${moved}${towards}${silent}. z is ${long(now).toFixed(1)} long. ` +
        `D takes the ${thing} for real at ${percent(verdict(D, out))}, half of the real ones at ${percent(REAL[network])} or more.`;
      speak();
    });
  }
  const speak = later(() => { said.textContent = readings.textContent; }, 700);
  const walk = later(() => {
    const [[a, z], [b, other]] = ends;
    for (const [way, line, words] of ways) {
      for (let k = 0; k < TILES; k += 1) paint(line, run(G, PATHS[way](z, other, k / (TILES - 1)), off).out, side, k * side);
      words.textContent = line.ariaLabel = `The ${way} way from ${a} to ${b}: in its middle z is ${long(PATHS[way](z, other, 0.5)).toFixed(1)} long`;
    }
  }, 120);
  function changed() {
    draw();
    walk();
  }
  function name(k) {
    const given = names[k].value.trim();
    trouble.textContent = letters(given) ? "" : NO_LETTER;
    if (!letters(given)) return;
    ends[k] = [given, latent(given, width)];
    changed();
  }
  function take(z) {
    ends[0] = ["your drawing", z];
    Object.assign(names[0], { value: "", placeholder: "your drawing" });
    range.value = 0;
    move(0, 0);
    changed();
    pad.focus();
  }
  function move(...to) {
    to.forEach((value, k) => { place[k] = Math.max(-1, Math.min(1, value)); });
    draw();
  }

  pad.onpointerdown = pad.onpointermove = (event) => {
    if (event.type === "pointerdown") pad.setPointerCapture(event.pointerId);
    else if (!pad.hasPointerCapture(event.pointerId)) return;
    const box = pad.getBoundingClientRect();
    move(2 * (event.clientX - box.left) / box.width - 1, 1 - 2 * (event.clientY - box.top) / box.height);
  };
  pad.onkeydown = (event) => {
    const [x, y] = ARROWS[event.key] || [];
    if (event.key === "Home") move(0, 0);
    else if (x === undefined) return;
    else move(place[0] + x / 20, place[1] + y / 20);
    event.preventDefault();
  };
  grid.onkeydown = (event) => {
    const [x, y] = ARROWS[event.key] || [];
    if (x === undefined) return;
    event.preventDefault();
    tiles[at].tabIndex = -1;
    at = Math.max(0, Math.min(maps - 1, at + x - y * getComputedStyle(grid).gridTemplateColumns.split(" ").length));
    tiles[at].tabIndex = 0;
    tiles[at].focus();
  };
  names.forEach((_, k) => name(k));
  root.dataset.loaded = "";
  pad.focus({ preventScroll: true });
}
