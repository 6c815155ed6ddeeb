// What the mount point and the piece both are made with.

function make(kind, attributes, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && name !== "role") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
const button = (words, onclick) => make("button", { type: "button", onclick }, words);
