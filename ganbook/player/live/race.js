// The race of chapter 11: its entrants, those that this engine has; the others are named and cannot be chosen.

// What an entrant sets, before its own: the arena's rules at twice its rates, as the networks are half as wide.
const PLAIN = { ...Object.fromEntries(["loss", "penalty", "strength", "outcomes", "objective", "anchors", "rate_d", "rate_g",
  "d_steps", "g_steps", "optimizer", "beta1"].map((name) => [name, DEFAULTS[name]])) };

// The list of entrants: the one that plays is chosen, none where the settings are nobody's.
function entrant(settings, enter) {
  const same = (method) => method && Object.entries({ ...PLAIN, ...method }).every(([name, value]) =>
    !applies(name, { ...PLAIN, ...method }) || settings[name] === value);
  const list = element("select", { class: "gbl-select", onchange: () => enter(ENTRANTS[list.value]) });
  if (!Object.values(ENTRANTS).some(same)) list.append(element("option", { value: "", text: "nobody’s settings" }));
  for (const [name, method] of Object.entries(ENTRANTS)) {
    const option = element("option", { value: name, text: method ? name : `${name} (not in this engine)` });
    option.disabled = !method;
    option.selected = same(method);
    list.append(option);
  }
  return element("label", { class: "gbl-control", "data-setting": "entrant" }, element("span", { class: "gbl-name", text: "Entrant" }), list);
}

// Who is ahead, in words: by JS, and only where the two differ by more than its bias.
function ahead(views) {
  if (views.length < 2 || !views.every(({ measured }) => measured)) return "";
  const [a, b] = views.map(({ measured }) => measured.js), apart = Math.abs(a - b);
  if (apart <= views[0].measured.bias.js) return " By JS neither is ahead: they differ by less than its bias.";
  return ` By JS the ${a < b ? "left" : "right"} is ahead, by ${apart.toFixed(2)}, with this seed.`;
}
