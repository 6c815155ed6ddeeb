// The live game on the page: its elements, its clock, and who may start it. Everything is made here; the page brings a
// mount point, <div class="gbl" data-live='{"settings": {...}}'>, and in it the still, which print and no-script keep.

const FRAME = 10; // milliseconds of play for each picture
const ALONE = 800; // rounds that a game plays by itself when it comes into view
const BEGINS = { clip: 0.05, gp: 1, r1: 0.1, "r1+r2": 0.1 }; // the strength that a penalty begins with

const NOTE = "Dots are data, crosses are generated; an arrow is the way in which D pushes that cross. The ground is D’s verdict, " +
  "in the colour of what it takes a point for. KL(data ‖ generated) and JS in nats, of histograms of 1,024 samples each on " +
  "24 × 24 cells of the square, half a count in every cell; in brackets what two draws of the data come to, which is their " +
  "bias where both agree.";
const NOTE_ASKED = " Bars are D’s answer at the small square, which you move: point, or focus the plane and press the arrow keys. " +
  "Lines are the two anchors.";

function mount(root) {
  const opening = openTable(), table = { kind: "", ask: async (name, asked) => (await opening).ask(name, asked) };
  const { settings: asked = {}, beside, race = false, name = "game" } = JSON.parse(root.dataset.live);
  const preset = settleAll(asked), sides = beside ? [preset.settings, settleAll(beside, preset.settings).settings] : [preset.settings];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let base = sides, now = base, events = [], views = [], parts = [], playing = false, visible = false;
  let alone = !calm.matches, frames = 0, spoken = 0, shown = 0, told = "", slow = false, open = false;
  const drawn = { points: [], cursor: null, on: () => now[0].data === "drawn" };
  const asking = { at: [0, 0], on: () => !drawn.on() && now.some((own) => own.loss === "realness") }; // D, at a place

  const stage = element("div", { class: "gbl-stage" }), panels = element("div", { class: "gbl-panels" });
  const said = element("p", { class: "gbl-said", role: "status" });
  const trouble = element("p", { class: "gbl-trouble", role: "alert" });
  const play = button("Play", () => toggle(), { class: "gbl-button gbl-play" });
  const clear = button("Clear the points", () => { drawn.points.length = 0; redrawn(true); });
  const second = button("Second game beside it", () => {
    const pair = now.length > 1 ? [now[0]] : [now[0], { ...now[0] }];
    restart(pair);
  });
  const bar = element("div", { class: "gbl-bar" }, play,
    button("Step of D", () => step("D")), button("Step of G", () => step("G")),
    button("Start again", () => restart(now)), second, clear, button("Share", share));
  const note = element("p", { class: "gbl-note" });
  root.append(stage, bar, said, trouble, panels, note);

  const colours = () => {
    const style = getComputedStyle(root);
    return Object.fromEntries(["real", "fake", "paper", "ink"].map((key) => {
      const hex = style.getPropertyValue(`--${key}`).trim();
      return [key, [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))];
    }));
  };

  function build() {
    stage.replaceChildren();
    views = views.slice(0, now.length);
    parts = now.map((_, k) => {
      const canvas = element("canvas", { class: "gbl-plane", role: "img" });
      const line = element("canvas", { class: "gbl-curve", role: "img", "aria-label": "Losses over the rounds: D’s and G’s" });
      const list = element("dl", { class: "gbl-readings" }), plane = makePlane(canvas, colours);
      const title = element("figcaption", { class: "gbl-title" });
      stage.append(element("figure", { class: "gbl-side" }, ...(now.length > 1 ? [title] : []), canvas, list, line));
      letDraw(canvas, plane, drawn, redrawn);
      letAsk(canvas, plane, asking, () => views[0]?.half ?? 1, elsewhere);
      const answer = element("canvas", { class: "gbl-answer", role: "img" });
      if (now[k].loss === "realness") line.before(answer);
      return { canvas, title, plane, list, curve: makeCurves(line, colours), answer };
    });
    furnish();
  }

  // The panels anew: what is heard depends on what is chosen. The focus stays where it was.
  function furnish() {
    const held = root.contains(document.activeElement) && document.activeElement.closest("[data-setting]");
    const place = held && [held.dataset.setting, [...panels.querySelectorAll(`[data-setting="${held.dataset.setting}"]`)].indexOf(held)];
    const both = element("fieldset", { class: "gbl-panel" }, element("legend", { text: "Both players learn from" }),
      element("div", { class: "gbl-controls" }, control("data", now[0], turnBoth), control("seed", now[0], turnBoth), pace()));
    panels.replaceChildren(both, ...now.map((own, k) => {
      const title = now.length > 1 ? `Game on the ${k ? "right" : "left"}` : "The game";
      const above = race ? [entrant(own, (method) => enter(k, method))] : [];
      const made = panel(own, title, { open, short: now.length > 1 && sides.length > 1, above }, (key, value) => turn(k, key, value));
      made.querySelector("details").addEventListener("toggle", (event) => { open = event.target.open; });
      return made;
    }));
    if (place) panels.querySelectorAll(`[data-setting="${place[0]}"]`)[place[1]]?.querySelector("select, input").focus();
    second.textContent = now.length > 1 ? "One game" : "Second game beside it";
    if (now.length > 1) parts.forEach(({ title }, k) => { title.textContent = named(k); });
    clear.hidden = !drawn.on();
    note.textContent = NOTE + (asking.on() ? NOTE_ASKED : "");
    for (const { canvas } of parts) {
      canvas.classList.toggle("gbl-drawable", drawn.on());
      if (drawn.on() || asking.on()) canvas.tabIndex = 0;
      else canvas.removeAttribute("tabindex");
    }
  }

  // "Left: minimax": where it stands, and what it has that the other has not.
  function named(k) {
    const own = differs(now[k], now[1 - k]);
    return (k ? "Right" : "Left") + (own && `: ${own}`);
  }

  function pace() {
    const list = element("select", { class: "gbl-select", onchange: () => { slow = list.value === "slow"; } },
      element("option", { value: "fast", text: "full speed" }), element("option", { value: "slow", text: "a round a picture" }));
    list.value = slow ? "slow" : "fast";
    return element("label", { class: "gbl-control" }, element("span", { class: "gbl-name", text: "Pace" }), list);
  }

  function draw() {
    views.forEach((view, k) => {
      const { canvas, plane, list, curve, answer } = parts[k];
      plane.draw(view, { points: drawn.on() ? drawn.points : null, cursor: asking.on() ? asking.at : drawn.cursor });
      if (view.answer) drawAnswer(answer, view.answer, asking.at, colours);
      curve.draw(["minimax", "non-saturating"].includes(now[k].loss));
      canvas.setAttribute("aria-label", summary(view, now[k]));
      list.replaceChildren(...readings(view, now[k]).map(([term, value, kind = ""]) =>
        element("div", {}, element("dt", { text: term, class: kind }), element("dd", { text: value }))));
    });
    root.dataset.round = views[0]?.round ?? 0;
  }

  // While it plays, the summary is spoken now and then only, and what else was told stays until then.
  function speak(force) {
    const due = force || Date.now() - spoken >= 10000;
    if (!due && (said.textContent !== told || Date.now() - shown < 500)) return;
    shown = Date.now();
    if (due) spoken = shown;
    said.setAttribute("aria-live", due ? "polite" : "off");
    const all = views.map((view, k) => (views.length > 1 ? (k ? "Right. " : "Left. ") : "") + summary(view, now[k]));
    said.textContent = told = all.join(" ") + (race ? ahead(views) : "");
  }

  function heard(fresh) {
    views = fresh.slice(0, parts.length); // two that were on their way, where one game is left
    views.forEach((view, k) => parts[k].curve.add(view.history || []));
  }

  function seen(fresh) {
    heard(fresh);
    draw();
  }

  let line = Promise.resolve(); // one thing after the other
  const next = (act) => (line = line.then(act));

  async function begin(situation) {
    await next(async () => {
      const fresh = await table.ask("start", situation);
      parts.forEach(({ curve }) => curve.clear()); // of rounds that were on their way when the reader began anew
      seen(fresh);
      speak(true);
    });
  }

  function restart(settings) {
    events = [];
    base = settings.map((own) => ({ ...own }));
    now = settings.map((own) => ({ ...own }));
    build();
    alone = false;
    return begin({ settings: base }).then(keep);
  }

  function turnBoth(key, value) {
    if (key === "data") [drawn.points.length, asking.at] = [0, [0, 0]];
    restart(now.map((own) => ({ ...own, [key]: value, points: key === "data" ? "" : own.points })));
  }

  // Elsewhere: while it plays, the next look will ask; else one look is on its way at most.
  let looking = false;
  function elsewhere() {
    if (playing || looking) return;
    looking = true;
    next(refresh).then(() => { looking = false; });
  }

  const enter = (side, method) => restart(now.map((own, k) => (k === side ? { ...own, ...PLAIN, ...method } : own)));

  function turn(side, key, value) {
    alone = false;
    const changes = { [key]: value };
    if (key === "penalty" && value in BEGINS) changes.strength = BEGINS[value];
    const other = now.map((own, k) => (k === side ? { ...own, ...changes } : own));
    const wider = key === "loss" && (value === "realness") !== (now[side].loss === "realness");
    if (SETTINGS[key].restarts || wider || !views[0]?.round) {
      restart(other);
      return;
    }
    now = other;
    for (const [name_, value_] of Object.entries(changes)) next(async () => {
      events.push([views[0].round, side, name_, value_]);
      await table.ask("change", { side, key: name_, value: value_ });
    });
    furnish();
    next(refresh).then(keep);
  }

  async function refresh() {
    seen(await table.ask("look", { at: asking.at }));
  }

  function step(who) {
    pause();
    next(async () => {
      events.push([views[0].round, 0, "step", who]);
      await table.ask("half", { who });
      await refresh();
      speak(true);
      keep();
    });
  }

  // Points came or went: the game begins anew once the stroke has ended.
  function redrawn(done) {
    if (!done) {
      draw();
      return;
    }
    pause();
    const points = engineParts.writePoints(drawn.points);
    base = now = now.map((own) => ({ ...own, points }));
    events = [];
    begin({ settings: base }).then(keep);
  }

  const over = () => views.some((view) => view.empty) || (views.length > 0 && views.every((view) => view.lost));

  async function run() {
    while (playing && visible && root.isConnected) {
      await next(async () => {
        frames += 1;
        const coming = Promise.all([table.ask("play", slow ? { rounds: 1 } : { milliseconds: FRAME }),
          table.ask("look", { measure: frames % 10 === 0, at: asking.at })]);
        if (table.kind === "worker") draw(); // the last picture, while the next is computed
        const [, fresh] = await coming;
        heard(fresh);
        if (table.kind !== "worker") draw();
        root.dataset.frames = frames;
        speak(false);
      });
      if (over() || (alone && views[0].round >= ALONE)) pause();
      await new Promise(requestAnimationFrame);
    }
    running = false;
  }

  let running = false;
  function go() {
    if (running || !playing || !visible) return;
    running = true;
    run();
  }

  function face() {
    play.textContent = playing ? "Pause" : "Play";
    root.dataset.playing = playing ? "yes" : "no";
  }

  function toggle() {
    alone = false;
    if (playing) {
      pause();
      return;
    }
    if (over()) {
      speak(true);
      return;
    }
    playing = true;
    face();
    go();
  }

  function pause() {
    if (!playing) return;
    playing = false;
    face();
    next(refresh).then(() => {
      speak(true);
      if (!alone) keep();
    });
  }

  // The situation in the address, once the reader has done something; a page's own anchor stays until then.
  function keep() {
    if (playing) return;
    try {
      history.replaceState(history.state, "", writeAddress(name, { sides: base, events, round: views[0]?.round ?? 0 }));
    } catch {
      // a browser that lets no file have an address of its own
    }
  }

  async function share() {
    pause();
    await line;
    keep();
    await copyAddress(said, "The address of this page now holds this situation, to the round");
  }

  function arrive() {
    const there = readAddress(name, location.hash);
    const { sides, troubles, round } = there || { sides: base, troubles: preset.troubles, round: 0 };
    trouble.textContent = troubles.join(" ");
    base = sides;
    events = there ? there.events : [];
    now = base.map((own) => ({ ...own }));
    for (const [, side, key, value] of events) if (key !== "step" && now[side]) now[side][key] = value;
    drawn.points = engineParts.readPoints(now[0].points);
    if (there) {
      alone = false;
      root.scrollIntoView({ block: "center" });
    }
    build();
    return begin({ settings: base, events, round });
  }

  opening.then(({ kind }) => { root.dataset.engine = table.kind = kind; });
  root.dataset.ready = ""; // all has its place before the engine is there
  face();
  arrive();
  addEventListener("hashchange", () => { if (readAddress(name, location.hash)) arrive(); });
  // Any part in sight will do to go on; to begin unasked, most of the plane must be.
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, intersectionRatio } of entries) {
      if (target === root) visible = isIntersecting;
      else if (intersectionRatio > 0.5 && alone && !frames) playing = true;
    }
    face();
    go();
  }, { threshold: [0, 0.51] });
  watch.observe(root);
  watch.observe(stage);
  new ResizeObserver(() => views.length && draw()).observe(stage);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "data-mode", "theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  calm.addEventListener("change", () => { if (calm.matches) pause(); });
}
