// D's whole answer at one place, where it is a distribution: the reader points, D's bars and the anchors are drawn.

// state.at: the place, moved by a pointer or by arrow keys. half(): half the width of the square. moved(): look again.
function letAsk(canvas, plane, state, half, moved) {
  const put = (place) => {
    state.at = place.map((v) => Math.min(half(), Math.max(-half(), v)));
    moved();
  };
  for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, (event) => {
    if (state.on()) put(plane.place(event, half()));
  });
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || !state.on()) return;
    put(state.at.map((v, k) => v + (half() / 16) * move[k]));
    event.preventDefault();
  });
}

function drawAnswer(canvas, { said, fake, real }, at, colours) {
  const pen = canvas.getContext("2d"), M = said.length, paint = colours();
  const ratio = Math.min(2, window.devicePixelRatio || 1), width = canvas.clientWidth || 1, height = canvas.clientHeight || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`, bottom = height - 16, top = 6, each = (width - 8) / M;
  const most = Math.max(...said, ...fake, ...real), y = (v) => bottom - (v / most) * (bottom - top);
  pen.fillStyle = pen.strokeStyle = rgb(paint.ink);
  pen.globalAlpha = 0.55;
  said.forEach((v, k) => pen.fillRect(4 + k * each + each * 0.12, y(v), each * 0.76, bottom - y(v)));
  pen.globalAlpha = 1;
  pen.fillRect(4, bottom, width - 8, 1);
  pen.lineWidth = 2;
  for (const [masses, colour] of [[fake, paint.fake], [real, paint.real]]) {
    pen.beginPath();
    masses.forEach((v, k) => {
      pen.lineTo(4 + k * each, y(v));
      pen.lineTo(4 + (k + 1) * each, y(v));
    });
    pen.strokeStyle = rgb(colour);
    pen.stroke();
  }
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "left";
  pen.fillText("−1 fake", 4, height - 3);
  pen.textAlign = "right";
  pen.fillText("real +1", width - 4, height - 3);
  const mean = said.reduce((sum, v, k) => sum + v * (-1 + (2 * k) / (M - 1)), 0), peak = said.indexOf(Math.max(...said));
  const round = (v) => v.toFixed(2).replace("-", "−");
  canvas.setAttribute("aria-label", `D’s answer at (${at.map(round).join(", ")}): ${M} outcomes, their mean ${round(mean)}; ` +
    `the likeliest is ${round(-1 + (2 * peak) / (M - 1))}, with ${round(said[peak])}. Lines are the two anchors.`);
}
