// The picture: p and q as areas, D as a line, fakes as crosses with D's push; below, what D loses at each place.

const MARKED = 36; // fakes that are shown, of equal shares at the start
const NEXT_TO_NONE = 1e-4; // a density that no sample will be drawn from
const LONGEST = 22, HALF_PUSH = 0.5; // pixels of the longest arrow; the push whose arrow is half as long

function makePicture(canvas, root) {
  const pen = canvas.getContext("2d");
  let width = 1, height = 1;
  const left = 28, top = 22, ground = () => height - 106;
  const x = (v) => left + ((v - FROM) / (TO - FROM)) * (width - left - 8);
  const y = (kind, v) => {
    const { low, high } = KINDS[kind];
    return ground() - ((v - low) / (high - low)) * (ground() - top);
  };

  function fit() {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    [width, height] = [canvas.clientWidth || 1, canvas.clientHeight || 1];
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = `11px ${getComputedStyle(root).fontFamily}`;
  }

  function line(heights, colour, thick, there = () => true) {
    pen.beginPath();
    heights.forEach((v, i) => {
      if (there(i - 1) && there(i)) pen.lineTo(x(place(i)), v);
      else pen.moveTo(x(place(i)), v);
    });
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.stroke();
  }

  function area(heights, base, colour, alpha) {
    pen.beginPath();
    pen.moveTo(x(FROM), base);
    heights.forEach((v, i) => pen.lineTo(x(place(i)), v));
    pen.lineTo(x(TO), base);
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  }

  function words(text, at, down, align = "left") {
    pen.textAlign = align;
    pen.fillText(text, at, down);
  }

  function cross(at, down, arm = 3) {
    for (const side of [-arm, arm]) {
      pen.moveTo(at - arm, down - side);
      pen.lineTo(at + arm, down + side);
    }
  }

  function axes(kind, ink, base) {
    pen.fillStyle = pen.strokeStyle = ink;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.8;
    for (let v = -4; v < TO; v += 2) words(String(v).replace("-", "−"), x(v), base + 38, "center");
    words("x", width - 6, base + 38, "right");
    pen.strokeRect(left, top, width - left - 8, base - top);
    if (kind) for (const [v, text] of kind === "slope" ? [[-5, "−5"], [0, "0"], [5, "5"]] : [[0, "0"], [0.5, "½"], [1, "1"]]) {
      words(text, left - 5, y(kind, v) + 4, "right");
      pen.fillRect(left, y(kind, v), 4, 1);
    }
    pen.globalAlpha = 1;
  }

  function draw({ kind, p, q, D, best, lost, fakes, marked, pushes, cursor, quiz }) {
    fit();
    const style = getComputedStyle(root), [real, fake, ink, accent] = ["real", "fake", "ink", "accent"].map((name) => style.getPropertyValue(`--${name}`));
    const base = ground();
    axes(quiz ? "" : kind, ink, base);
    if (quiz) {
      drawQuiz(quiz, { real, fake, ink, base });
      return;
    }
    for (const [shares_, colour] of [[p, real], [q, fake]]) {
      const heights = Array.from(shares_, (v) => Math.max(top, y("probability", v / STEP)));
      area(heights, base, colour, 0.28);
      line(heights, colour, 1.2);
    }
    const shown_ = (i) => p[i] + q[i] > NEXT_TO_NONE * STEP; // elsewhere the best D may be anything
    if (best) line(Array.from(best, (v) => y(kind, Math.min(KINDS[kind].high, Math.max(KINDS[kind].low, v)))), accent, 7, shown_);
    line(Array.from(D, (v) => y(kind, v)), ink, 2.4);
    [["p, data", real], ["q, fakes", fake], ["D", ink], ["best D", accent]].slice(0, best ? 4 : 3).forEach(([text, colour], n) => {
      pen.fillStyle = colour;
      words(text, left + [0, 52, 108, 126][n], top - 8); // above the frame: below it a peak would lie under the words
    });
    drawFakes(fakes, marked, pushes, { fake, ink, base });
    const floor = height - 4, ceiling = base + 60, most = Math.max(...lost, 0.15 * STEP);
    if (best) area(Array.from(lost, (v) => floor - (v / most) * (floor - ceiling)), floor, accent, 0.75);
    pen.fillStyle = ink;
    pen.globalAlpha = 0.8;
    pen.fillRect(left, floor, width - left - 8, 1);
    words(best ? "what this D loses at each x" : "what D loses at each x: show the best D", left + 4, ceiling - 6);
    pen.globalAlpha = 1;
    if (cursor !== null) {
      pen.strokeStyle = ink;
      pen.lineWidth = 2;
      pen.strokeRect(x(place(cursor * EACH)) - 6, y(kind, D[cursor * EACH]) - 6, 12, 12);
    }
  }

  function drawFakes({ at }, marked, pushes, { fake, ink, base }) {
    const arrows = new Path2D();
    pen.beginPath();
    marked.forEach((k, n) => {
      const across = x(at[k]), down = base + 6 + 7 * (n % 3), push_ = pushes[n];
      const length = (LONGEST * push_) / (Math.abs(push_) + HALF_PUSH);
      arrows.moveTo(across, down);
      arrows.lineTo(Math.min(width - 2, Math.max(2, across + length)), down);
      cross(across, down);
    });
    pen.strokeStyle = ink;
    pen.lineWidth = 1;
    pen.stroke(arrows);
    pen.strokeStyle = fake;
    pen.lineWidth = 1.6;
    pen.stroke();
  }

  // A point to judge, and those that were judged: dots were real, crosses fake, both higher where the answer was right.
  function drawQuiz({ now, asked }, { real, fake, ink, base }) {
    pen.fillStyle = ink;
    if (now) {
      pen.fillRect(x(now.x) - 1, top + 20, 2, base - top - 20);
      words("?", x(now.x), top + 15, "center");
    }
    for (const [text, down] of [["you were right", base - 118], ["you were wrong", base - 58]]) {
      pen.clearRect(left + 3, down - 11, pen.measureText(text).width + 4, 15); // the line makes way for words
      words(text, left + 5, down);
    }
    asked.forEach((each, n) => {
      const across = x(each.x), down = base - 12 - 9 * (n % 5) - (each.right ? 60 : 0);
      pen.beginPath();
      if (each.real) pen.arc(across, down, 3.5, 0, 7);
      else cross(across, down, 3.5);
      [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [real, fake, 2];
      if (each.real) pen.fill();
      else pen.stroke();
    });
  }

  // A pointer's place: the node that is nearest, and the height in D's units.
  const under = (event, kind) => {
    const box = canvas.getBoundingClientRect(), { low, high } = KINDS[kind];
    const along = ((event.clientX - box.left) * (width / box.width) - left) / (width - left - 8);
    const up = (ground() - (event.clientY - box.top) * (height / box.height)) / (ground() - top);
    return [Math.min(NODES - 1, Math.max(0, along * (NODES - 1))), low + up * (high - low)];
  };
  return { draw, under };
}
