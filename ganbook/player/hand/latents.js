// Where a picture comes from: z of a name, ways between two, and two directions to drag it in.

// The letters and digits of a name, large and small alike; nothing where there are none.
const letters = (name) => name.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

// A hash of the letters (FNV-1a, 32 bits) is the seed of z, which is normal.
function latent(name, width) {
  let hash = 0x811c9dc5;
  for (const letter of letters(name)) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return makeRandom(hash).normals(width);
}

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const long = (a) => Math.sqrt(dot(a, a));
const mixed = (a, s, b, t) => a.map((v, i) => s * v + t * b[i]);

const PATHS = {
  straight: (a, b, t) => mixed(a, 1 - t, b, t),
  // As chapter 5 has it, with the angle between the two directions; two that are one stay where they are.
  spherical(a, b, t) {
    const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / (long(a) * long(b)))));
    if (angle < 1e-6) return PATHS.straight(a, b, t);
    return mixed(a, Math.sin((1 - t) * angle) / Math.sin(angle), b, Math.sin(t * angle) / Math.sin(angle));
  },
};

// Two random directions, of length 1 and orthogonal.
function directions(seed, width) {
  const random = makeRandom(seed), unit = (a) => a.map((v) => v / long(a)), u = unit(random.normals(width));
  const v = random.normals(width);
  return [u, unit(mixed(v, 1, u, -dot(u, v)))];
}
