// The judge on the page: its elements, what is drawn, and what is said. Everything is made here; the page brings a mount
// point, <div class="gbj" data-judge='{"settings": {...}}'>, and in it the still, which print and no-script keep.

const NOTE = {
  probability: "Areas are the densities p of the data and q of the fakes, the line is D: draw it with a finger or a mouse. The bar " +
    "is V(D), its marks −log 4, which a coin has (dashed), and the best possible. ",
  slope: "Areas are the densities p of the data and q of the fakes, the line is the critic D, without a sigmoid: draw it with a " +
    "finger or a mouse. It is never steeper than 1: what is drawn pulls the rest along. The bar is E_p D − E_q D, its mark W1. ",
};
const KEYS = "By keys: focus the picture; left and right choose a place, up and down move D there, with Shift its height is taken " +
  "along. Crosses are fakes, an arrow is D’s push. G answers in 20 small steps, each 0.05 of the push and at most 0.05 long.";
const KEPT_INSIDE = ` D is kept between ${LEAST} and ${1 - LEAST}: at 0 or 1 a single sample of the other kind would cost infinitely much.`;
const round = (v) => v.toFixed(3).replace(/^-(?=[0.]+$)/, "").replace("-", "−"); // nothing is not −0.000

// "E_p D" as E with a small p below.
const lowered = (text) => text.split(/(_\w)/).map((part) => (/^_\w$/.test(part) ? element("sub", { text: part[1] }) : part));

function mount(root) {
  const { settings: asked = {}, name = "judge" } = JSON.parse(root.dataset.judge), preset = settleAll(asked);
  const calm = matchMedia("(prefers-reduced-motion: reduce)"), flat = () => ({
    probability: new Array(NODES).fill(KINDS.probability.most / 2), slope: new Array(NODES).fill(KINDS.slope.most / 2),
  });
  let now = preset.settings, nodes = flat(), answers = [], fakes, p, q, D, marked, seen;
  let revealed = false, cursor = null, edge = false, moving = false, quiz = null;

  const canvas = element("canvas", { class: "gbj-plot", tabindex: 0, role: "slider", "aria-label": "The judge D, drawn over the line" });
  const bar = element("div", { class: "gbj-fill" }), coin = element("i"), top = element("i", { class: "gbj-top" });
  const meter = element("div", { class: "gbj-meter", "aria-hidden": "true" }, bar, coin, top);
  const list = element("dl", { class: "gbj-readings" });
  const said = element("p", { class: "gbj-said", role: "status" }), trouble = element("p", { class: "gbj-trouble", role: "alert" });
  const reveal = button("", () => { revealed = !revealed; show(true); }, { class: "gbj-button gbj-play" });
  const usual = [reveal, button("Let G answer", answer), button("Real or fake?", play), button("Start again", again), button("Share", share)];
  const guesses = [["Real (R)", true], ["Fake (F)", false]].map(([text, guess]) => button(text, () => quiz.answer(guess)));
  guesses.push(button("Stop", () => quiz.stop()));
  const panel = element("div", { class: "gbj-controls" }), note = element("p", { class: "gbj-note" });
  root.append(canvas, meter, list, element("div", { class: "gbj-bar" }, ...usual, ...guesses), said, trouble, panel, note);

  const picture = makePicture(canvas, root), table = DENSITIES;
  const kind = () => now.judge;

  // New data: fakes where they start, then every answer again that G has given.
  function lay() {
    p = gridMasses(table[now.data].p);
    fakes = makeFakes(table[now.data].q);
    let sum = 0, k = 0;
    marked = [];
    fakes.mass.forEach((mass, i) => {
      sum += mass;
      for (; k < MARKED && sum > (k + 0.5) / MARKED; k += 1) marked.push(i);
    });
    for (const { letter, nodes: then } of answers) {
      const [its, loss] = ANSWERS[letter], drawn_ = curve(its, then);
      for (let n = 0; n < SMALL; n += 1) fakes = moved(fakes, its, loss, drawn_);
    }
  }

  function furnish() {
    const held = document.activeElement?.closest?.("[data-setting]")?.dataset.setting;
    panel.replaceChildren(...Object.keys(SETTINGS).filter((key) => applies(key, now)).map((key) => control(key, now, turn)));
    if (held) panel.querySelector(`[data-setting=${held}] select`)?.focus();
    note.replaceChildren(...lowered(NOTE[kind()] + KEYS));
  }

  function turn(key, value) {
    now = { ...now, [key]: value };
    if (key === "data") answers = [];
    [edge, cursor] = [false, null];
    lay();
    furnish();
    show(true);
    keep();
  }

  function draw() {
    const pushes = marked.map((k) => push(kind(), now.loss, D, fakes.at[k]));
    picture.draw({ kind: kind(), p, q, D, best: revealed ? seen.best : null, lost: seen.lost, fakes, marked, pushes,
      cursor: document.activeElement === canvas ? cursor : null, quiz });
  }

  // Everything anew from what is drawn. speak: at the end of a stroke.
  function show(speak) {
    [q, D] = [counted(fakes), curve(kind(), nodes[kind()])];
    seen = judged(kind(), p, q, D);
    const { value, top: most } = seen, probability = kind() === "probability", short = Math.max(0, most - value);
    const [low, high] = probability ? [-2.2, 0] : [0, Math.max(1, 1.15 * most)];
    const percent = (v) => `${Math.min(100, Math.max(0, (100 * (v - low)) / (high - low)))}%`;
    bar.style.width = percent(value);
    coin.style.left = percent(-Math.log(4));
    coin.hidden = !probability;
    top.style.left = percent(most);
    const rows = probability ? [["V(D)", value], ["best: 2 JSD − log 4", most], ["short by", short], ["JSD", (most + Math.log(4)) / 2]]
      : [["E_p D − E_q D", value], ["best: W1", most], ["short by", short]];
    if (quiz) rows.splice(0, 9, ["seconds left", quiz.left], ["judged", quiz.asked.length], ["rightly", rightOnes(quiz, "right")]);
    list.replaceChildren(...rows.map(([term, v]) => element("div", {}, element("dt", {}, ...lowered(term)),
      element("dd", { text: quiz ? v : round(v) }))));
    reveal.textContent = revealed ? "Hide the best D" : "Show the best D";
    for (const each of usual) each.hidden = Boolean(quiz);
    for (const each of guesses) each.hidden = !quiz;
    meter.hidden = panel.hidden = Boolean(quiz);
    if (speak && !quiz) said.textContent = `${probability ? rows[0][0] : "The critic’s value"} = ${round(value)}; the best possible is ${round(most)}. ` +
      `${short < 0.0005 ? "Nobody can do better." : `Short by ${round(short)}.`}${edge ? KEPT_INSIDE : ""}`;
    const at = cursor ?? (NODES - 1) / 2, spot = `x = ${(FROM + at * EACH * STEP).toFixed(1)}: D = ${D[at * EACH].toFixed(2)}`.replaceAll("-", "−");
    for (const [key, v] of [["min", KINDS[kind()].low], ["max", KINDS[kind()].high], ["now", D[at * EACH].toFixed(3)], ["text", spot]])
      canvas.setAttribute(`aria-value${key}`, v);
    root.dataset.value = value;
    draw();
  }

  letDraw(canvas, picture, {
    kind, height: (at) => KINDS[kind()].value(nodes[kind()][at]), on: () => !quiz && !moving,
    cursor: (...given) => (given.length ? (cursor = given[0]) : cursor),
  }, (at, value) => { edge = put(kind(), nodes[kind()], at, value) || edge; D = curve(kind(), nodes[kind()]); }, (done) => {
    show(done);
    if (done) [edge] = [false, keep()];
  });

  function answer() {
    if (moving) return;
    moving = true;
    const from = fakes.at, letter = kind() === "slope" ? "s" : now.loss[0];
    answers.push({ letter, nodes: [...nodes[kind()]] });
    let n = 0;
    const frame = () => {
      do fakes = moved(fakes, kind(), now.loss, D);
      while ((n += 1) < SMALL && calm.matches);
      show(false);
      if (n < SMALL) {
        requestAnimationFrame(frame);
        return;
      }
      moving = false;
      const way = total(fakes.mass.map((mass, k) => mass * Math.abs(fakes.at[k] - from[k])));
      show(true);
      said.textContent = `G has answered: its fakes moved by ${way.toFixed(2)} on average. ${said.textContent} Draw D anew.`;
      keep();
    };
    frame();
  }

  function again() {
    [answers, nodes, revealed] = [[], flat(), false];
    lay();
    show(true);
    keep();
  }

  function play() {
    const middle = kind() === "slope" ? total(D.map((v, i) => v * (p[i] + q[i]))) / 2 : 0.5;
    const near = (x) => Math.round((x - FROM) / STEP);
    quiz = makeQuiz(p, q, {
      says: (x) => D[near(x)] > middle, best: (x) => p[near(x)] > q[near(x)],
      shown: (its) => {
        quiz = its;
        show(false);
        said.textContent = `x = ${its.now.x.toFixed(1).replace("-", "−")}: real or fake?`;
      },
      ended: (its) => {
        quiz = null;
        show(false);
        said.textContent = verdict(its, p, q);
        usual[2].focus({ preventScroll: true });
      },
    });
    guesses[0].focus({ preventScroll: true });
  }
  root.addEventListener("keydown", (event) => {
    const guess = { r: true, f: false }[event.key.toLowerCase()];
    if (quiz && guess !== undefined) quiz.answer(guess);
  });

  function keep() {
    try {
      history.replaceState(history.state, "", toAddress(name, now, nodes[kind()], answers));
    } catch {
      // a browser that lets no file have an address of its own
    }
  }

  async function share() {
    keep();
    await copyAddress(said, "The address of this page now holds this judge");
  }

  function arrive() {
    const there = fromAddress(name, location.hash);
    trouble.textContent = (there || preset).troubles.join(" ");
    if (there) {
      now = there.settings;
      answers = there.answers;
      if (there.nodes) nodes[kind()] = there.nodes;
      root.scrollIntoView({ block: "center" });
    }
    lay();
    furnish();
    show(true);
  }

  root.dataset.ready = "";
  arrive();
  root.judge = () => ({ p: [...p], q: [...q], D: [...D], best: seen.best, value: seen.value, top: seen.top }); // for the curious
  addEventListener("hashchange", () => { if (fromAddress(name, location.hash)) arrive(); });
  canvas.addEventListener("focus", draw);
  canvas.addEventListener("blur", draw);
  new ResizeObserver(draw).observe(canvas);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme", "data-mode", "theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
