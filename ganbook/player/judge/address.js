// A situation in the address: #judge?judge=slope&drawn=...&do=m...: the settings, the judge that is drawn, and with
// which judges G has answered before (m: minimax, n: non-saturating, s: against a critic). Two digits a node, base 36.

const written36 = (nodes) => nodes.map((v) => v.toString(36).padStart(2, "0")).join("");

function read36(kind, text) {
  if (!new RegExp(`^[0-9a-z]{${2 * NODES}}$`).test(text)) return null;
  const nodes = text.match(/../g).map((two) => Math.min(KINDS[kind].most, parseInt(two, 36)));
  return kind === "slope" ? settled(nodes) : nodes;
}

function toAddress(name, settings, nodes, answers) {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(settings)) if (value !== DEFAULTS[key]) said.append(key, value);
  said.append("drawn", written36(nodes));
  for (const { letter, nodes: then } of answers) said.append("do", letter + written36(then));
  return `#${name}?${said}`;
}

const ANSWERS = { m: ["probability", "minimax"], n: ["probability", "non-saturating"], s: ["slope", ""] };

// null where the address is not about this judge.
function fromAddress(name, hash) {
  if (!hash.startsWith(`#${name}?`)) return null;
  const given = Object.create(null), answers = [], unread = [];
  for (const [key, text] of new URLSearchParams(hash.slice(name.length + 2))) {
    if (key !== "do") given[key] = text;
    else {
      const kind = ANSWERS[text[0]]?.[0], nodes = kind && read36(kind, text.slice(1));
      if (nodes && answers.length < 200) answers.push({ letter: text[0], nodes });
      else unread.push(text);
    }
  }
  const { drawn, ...others } = given, { settings, troubles } = settleAll(others);
  const nodes = drawn === undefined ? null : read36(settings.judge, drawn);
  if (drawn !== undefined && !nodes) unread.push(drawn);
  return { settings, nodes, answers, troubles: [...troubles, ...unread.map((text) => `A drawing, ${shown(text)}, cannot be read and is left out.`)] };
}
