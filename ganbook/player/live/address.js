// A situation in the address: #game?data=ring&loss=hinge&b.loss=minimax&do=400~0~rate_d~0.001&round=600.
// What equals the engine's default is left out; `b.` stands before a setting of the second game; `do` is what was turned
// or stepped by hand, and in which round. So one address is one situation, whatever a page's own preset becomes.

const MOST_EVENTS = 300;

function writeAddress(name, { sides, events, round }) {
  const said = new URLSearchParams();
  sides.forEach((settings, k) => {
    for (const [key, value] of Object.entries(settings)) {
      const against = k ? sides[0][key] : DEFAULTS[key];
      if (value !== against) said.append((k ? "b." : "") + key, value);
    }
  });
  if (sides.length > 1) said.append("games", 2);
  for (const event of events) said.append("do", event.join("~"));
  if (round) said.append("round", round);
  return `#${name}?${said}`;
}

// null where the address is not about this game; else { sides, events, round, troubles }.
function readAddress(name, hash) {
  if (!hash.startsWith(`#${name}?`)) return null;
  const given = [Object.create(null), Object.create(null)], events = [], troubles = [];
  let round = 0, games = 1;
  const count = (text, most) => (/^\d{1,6}$/.test(text) && Number(text) <= most ? Number(text) : null);
  for (const [key, text] of new URLSearchParams(hash.slice(name.length + 2))) {
    if (key === "games") games = text === "2" ? 2 : 1;
    else if (key === "round") {
      const asked = count(text, 20000);
      if (asked === null) troubles.push(`The round must be a whole number up to 20,000, got ${shown(text)}.`);
      else round = asked;
    } else if (key === "do") {
      const event = readEvent(text, count);
      if (event && events.length < MOST_EVENTS) events.push(event);
      else troubles.push(`What was done, ${shown(text)}, cannot be read and is left out.`);
    } else given[key.startsWith("b.") ? 1 : 0][key.replace(/^b\./, "")] = text;
  }
  const first = settleAll(given[0]);
  troubles.push(...first.troubles);
  const sides = [first.settings];
  if (games === 2) {
    const second = settleAll(given[1], first.settings);
    troubles.push(...second.troubles);
    sides.push(second.settings);
  }
  events.sort((a, b) => a[0] - b[0]);
  return { sides, events, round, troubles };
}

function readEvent(text, count) {
  const [at, side, key, value, ...more] = text.split("~");
  if (more.length || count(at, 20000) === null || !["0", "1"].includes(side)) return null;
  if (key === "step") return ["D", "G"].includes(value) ? [Number(at), Number(side), key, value] : null;
  if (!Object.hasOwn(SETTINGS, key) || SETTINGS[key].restarts) return null;
  const settled = settle(key, value ?? "");
  return settled.trouble ? null : [Number(at), Number(side), key, settled.value];
}
