// The losses over the rounds, with a line at log 4, D's loss where it cannot tell real from fake.

const KEPT = 4000; // rounds that are drawn

function makeCurves(canvas, colours) {
  const pen = canvas.getContext("2d");
  let rows = [];
  const add = (more) => {
    rows.push(...more);
    if (rows.length > KEPT) rows = rows.slice(-KEPT);
  };
  const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`;

  // log4: whether the line means something for this loss.
  function draw(log4) {
    const ratio = Math.min(2, window.devicePixelRatio || 1), width = canvas.clientWidth || 1, height = canvas.clientHeight || 1;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { real, fake, ink } = colours(), left = 42, bottom = height - 16, top = 6;
    pen.font = "11px system-ui, sans-serif";
    const step = Math.max(1, Math.ceil(rows.length / width)), some = rows.filter((_, k) => k % step === 0);
    const values = some.flatMap(([, d, g]) => [d, g]).filter(Number.isFinite).sort((a, b) => a - b);
    const quantile = (q) => values[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;
    let low = Math.min(quantile(0.01), log4 ? 0 : Infinity), high = Math.max(quantile(0.99), log4 ? 1.6 : -Infinity);
    if (!(high - low > 1e-6)) [low, high] = [low - 1, high + 1];
    const first = some.length ? some[0][0] : 0, last = Math.max(first + 50, some.length ? some[some.length - 1][0] : 0);
    const x = (n) => left + ((n - first) / (last - first)) * (width - left - 4);
    const y = (v) => bottom - ((Math.min(high, Math.max(low, v)) - low) / (high - low)) * (bottom - top);
    pen.fillStyle = pen.strokeStyle = rgb(ink);
    pen.globalAlpha = 0.85;
    pen.textAlign = "right";
    for (const v of log4 ? [low] : [low, high]) pen.fillText(short(v), left - 5, y(v) + (v === low ? 0 : 8), left - 6); // 0.0000123 is drawn narrower, not cut
    pen.fillText(`round ${last}`, width - 4, height - 3);
    pen.textAlign = "left";
    pen.fillText(String(first), left, height - 3);
    pen.lineWidth = 1;
    pen.strokeRect(left, top, width - left - 4, bottom - top);
    if (log4) {
      pen.setLineDash([4, 3]);
      pen.beginPath();
      pen.moveTo(left, y(Math.log(4)));
      pen.lineTo(width - 4, y(Math.log(4)));
      pen.stroke();
      pen.setLineDash([]);
      pen.textAlign = "right";
      pen.fillText("log 4", left - 5, y(Math.log(4)) + 4);
    }
    pen.globalAlpha = 1;
    [real, fake].forEach((colour, k) => {
      pen.beginPath();
      for (const row of some) if (Number.isFinite(row[k + 1])) pen.lineTo(x(row[0]), y(row[k + 1]));
      pen.strokeStyle = rgb(colour);
      pen.lineWidth = 1.6;
      pen.stroke();
    });
  }
  return { add, draw, clear: () => { rows = []; } };
}

const short = (v) => (Number.isFinite(v) ? v.toPrecision(3).replace("-", "−") : "–");
