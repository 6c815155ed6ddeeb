// Random numbers from a seed: the same seed gives the same game in every browser that rounds alike.

function makeRandom(seed) {
  let state = seed >>> 0, spare = null;
  // Mulberry32 of Tommy Ettinger: 32 bits of state, far more than a game of this size uses up.
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  // Box and Muller: two uniform numbers make two normal ones.
  const normal = () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const fill = (n, draw) => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i += 1) out[i] = draw();
    return out;
  };
  return { uniform, normal, uniforms: (n) => fill(n, uniform), normals: (n) => fill(n, normal) };
}
