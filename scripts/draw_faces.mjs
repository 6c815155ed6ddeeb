// Draws faces for scripts/make_faces.py: node draw_faces.mjs STYLE SIZE OUT < one JSON object of options a line.
// Writes OUT: SIZE x SIZE x 3 bytes a face, RGB on white, in the order of the lines. Nothing is left to chance: each
// option holds one value, each probability is 0 or 100.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const from = createRequire(path.join(process.cwd(), "package.json")); // the packages lie in the current folder
const load = (name) => import(pathToFileURL(from.resolve(name)));
const { createAvatar } = await load("@dicebear/core");
const { Resvg } = from("@resvg/resvg-js");

const [style, size, out] = process.argv.slice(2);
const design = await load({ pixel: "@dicebear/pixel-art", drawn: "@dicebear/adventurer" }[style]);

// The beards of the pixel style are masked by the luminance of the hair's own colour, so a black beard would be nearly
// transparent. A white mask keeps its shape and its opacity of 0.9, and shows every beard in the colour of the hair.
const whiten = (svg) =>
  svg.replace(/<mask [^>]*>.*?<\/mask>/g, (mask) => mask.replace(/fill="#?[0-9a-fA-F]{6}"/g, 'fill="#fff"'));

const file = fs.openSync(out, "w");
for await (const line of readline.createInterface({ input: process.stdin })) {
  const svg = createAvatar(design, JSON.parse(line)).toString();
  const image = new Resvg(style === "pixel" ? whiten(svg) : svg, {
    background: "#fff",
    fitTo: { mode: "width", value: Number(size) },
    font: { loadSystemFonts: false },
  }).render();
  const { pixels } = image; // RGBA, row by row, opaque
  const rgb = Buffer.alloc((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    rgb[to++] = pixels[from];
    rgb[to++] = pixels[from + 1];
    rgb[to++] = pixels[from + 2];
  }
  fs.writeSync(file, rgb);
}
fs.closeSync(file);
