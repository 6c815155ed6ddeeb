// What may be set, and a sentence about what may not. The table itself is settings.json, which Python reads too.

const DEFAULTS = Object.fromEntries(Object.entries(SETTINGS).map(([name, { default: value }]) => [name, value]));

// A text or number from an address or a mount as a value of a setting: { value } or { trouble }.
function settle(name, given) {
  const { label, choices, least, most, whole, above } = SETTINGS[name];
  if (name === "points") {
    const points = engineParts.readPoints(String(given));
    return { value: engineParts.writePoints(points) };
  }
  if (choices) {
    if (Object.hasOwn(choices, given)) return { value: given };
    return { trouble: `${label} must be one of ${Object.keys(choices).join(", ")}, got ${shown(given)}.` };
  }
  const value = String(given).trim() === "" ? NaN : Number(given);
  if (Number.isFinite(value) && (above ? value > least : value >= least) && value <= most &&
    (!whole || Number.isInteger(value))) return { value };
  const kind = whole ? "a whole number from" : above ? "above" : "from";
  const to = above ? "and at most" : "to";
  return { trouble: `${label} must be ${kind} ${least} ${to} ${most}, got ${shown(given)}.` };
}

const shown = (given) => {
  const text = String(given);
  return `“${text.length > 24 ? `${text.slice(0, 24)}…` : text}”`;
};

// Settings as they are played: defaults for what is not given or cannot be, with a sentence for each of the latter.
function settleAll(given, base = DEFAULTS) {
  const settings = { ...base }, troubles = [];
  for (const [name, text] of Object.entries(given)) {
    if (!Object.hasOwn(SETTINGS, name)) {
      troubles.push(`There is no setting ${shown(name)}.`);
      continue;
    }
    const { value, trouble } = settle(name, text);
    if (trouble) troubles.push(`${trouble} Played instead: ${settings[name]}.`);
    else settings[name] = value;
  }
  return { settings, troubles };
}

// Is this setting heard at all? The strength of no penalty is not.
const applies = (name, settings) =>
  Object.entries(SETTINGS[name].when || {}).every(([other, values]) => values.includes(settings[other]));

// Of two games, what this one has and the other has not: "hinge, R1". Empty where they are alike.
function differs(own, other) {
  const names = Object.keys(SETTINGS).filter((name) => !SETTINGS[name].shared && applies(name, own) && String(own[name]) !== String(other[name]));
  return names.map((name) => {
    const { label, choices } = SETTINGS[name], words = label[0].toLowerCase() + label.slice(1);
    if (own[name] === "none") return `no ${words}`;
    return choices ? choices[own[name]] : `${words} ${own[name]}`;
  }).join(", ");
}
