// Elements and controls: plain HTML that a keyboard and a finger work as they are.

function element(kind, attributes = {}, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const button = (text, act, more = {}) => element("button", { type: "button", class: "gbl-button", text, onclick: act, ...more });

// A choice as a list, a number as a slider over the steps of settings.json; one from an address gets a step of its own.
function control(name, settings, turn) {
  const { label, choices, steps } = SETTINGS[name], now = settings[name];
  const words = element("span", { class: "gbl-name", text: label });
  if (choices) {
    const list = element("select", { class: "gbl-select", onchange: () => turn(name, list.value) });
    for (const [value, text] of Object.entries(choices)) list.append(element("option", { value, text }));
    list.value = now;
    return element("label", { class: "gbl-control", "data-setting": name }, words, list);
  }
  const values = [...new Set([...steps, now])].sort((a, b) => a - b), at = values.indexOf(now);
  const said = element("span", { class: "gbl-value", text: written(now) });
  const range = element("input", { type: "range", class: "gbl-range", min: 0, max: values.length - 1, step: 1, value: at,
    "aria-valuetext": written(now),
    oninput: () => {
      const value = values[Number(range.value)];
      said.textContent = written(value);
      range.setAttribute("aria-valuetext", written(value));
    },
    onchange: () => turn(name, values[Number(range.value)]) });
  return element("label", { class: "gbl-control", "data-setting": name }, words, said, range);
}

const written = (value) => (value >= 1000 ? value.toLocaleString("en") : String(value));

const FIRST = ["loss", "outcomes", "objective", "anchors", "penalty", "strength", "rate_d", "rate_g", "d_steps"];
const MORE = ["g_steps", "optimizer", "beta1", "width", "layers"];

// The controls of one game: those that are heard now. The rest of them lie in a fold, which stays as the reader left it;
// all of them do where a page brings two games (short). above: what else stands there.
function panel(settings, title, { open, short: folded, above = [] }, turn) {
  const some = (names) => names.filter((name) => applies(name, settings)).map((name) => control(name, settings, turn));
  const [first, more] = folded ? [[], [...FIRST, ...MORE]] : [FIRST, MORE];
  const fold = element("details", { class: "gbl-fold" }, element("summary", { text: folded ? "Its settings" : "More" }),
    element("div", { class: "gbl-controls" }, ...some(more)));
  fold.open = open;
  return element("fieldset", { class: "gbl-panel" }, element("legend", { text: title }),
    element("div", { class: "gbl-controls" }, ...above, ...some(first)), fold);
}

// What a reader of the numbers sees, and what a screen reader says.
function readings(view, settings) {
  const { measured, round, d, g } = view;
  if (!measured) return [];
  const lines = [["round", written(round)], ["D’s loss", short(d), "gbl-of-d"], ["G’s loss", short(g), "gbl-of-g"]];
  if (measured.modes) lines.push(["modes", `${measured.modes.found} of ${DATA_MODES[settings.data]}`]);
  lines.push(["KL", `${measured.kl.toFixed(2)} (${measured.bias.kl.toFixed(2)})`]);
  lines.push(["JS", `${measured.js.toFixed(2)} (${measured.bias.js.toFixed(2)})`]);
  return lines;
}
const DATA_MODES = { ring: 8, grid: 25, nine: 9 };

function summary(view, settings) {
  if (view.empty) return NO_POINTS;
  const { measured: { modes, js, bias }, round, d, g } = view;
  const found = modes ? ` ${modes.found} of ${DATA_MODES[settings.data]} modes found;` : "";
  const losses = round ? ` loss of D ${short(d)}, of G ${short(g)};` : "";
  return `Round ${written(round)}:${found}${losses} JS ${js.toFixed(2)}, of the data to itself ${bias.js.toFixed(2)}.${view.lost && ` ${view.lost}`}`;
}
const NO_POINTS = "No points are drawn yet, so there is nothing to learn: tap the plane, or move on it with the arrow keys and press Enter.";

/** Says that the address holds something, once it is in the clipboard; where no clipboard is, that it stands above. */
async function copyAddress(said, done) {
  if (window.parent !== window) { // in Colab's frame
    said.textContent = "Here there is no address to share, as there is on a page of the book.";
    return;
  }
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = `${done}; it is copied.`;
  } catch {
    said.textContent = `${done}: copy it from the address bar.`;
  }
}
