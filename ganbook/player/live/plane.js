// The plane: D's verdict as its ground, real samples as dots, fakes as crosses with the arrow along which D pushes them.

const LONGEST = 26; // pixels of the longest arrow
const HALF_PUSH = 0.5; // the push whose arrow is half as long: a strong one must not cover the plane

function makePlane(canvas, colours) {
  const ground = document.createElement("canvas"), pen = canvas.getContext("2d");
  let size = 0;

  function fit() {
    const ratio = Math.min(2, window.devicePixelRatio || 1), width = Math.max(1, canvas.clientWidth);
    if (canvas.width !== Math.round(width * ratio)) canvas.width = canvas.height = Math.round(width * ratio);
    pen.setTransform(canvas.width / width, 0, 0, canvas.width / width, 0, 0);
    size = width;
  }

  function paintGround(field) {
    const side = Math.sqrt(field.length), { real, fake, paper } = colours();
    ground.width = ground.height = side;
    const image = ground.getContext("2d").createImageData(side, side);
    field.forEach((verdict, k) => {
      const to = verdict > 0 ? real : fake, share = 0.5 * Math.sqrt(Math.abs(verdict));
      for (let c = 0; c < 3; c += 1) image.data[4 * k + c] = paper[c] + share * (to[c] - paper[c]);
      image.data[4 * k + 3] = 255;
    });
    ground.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = true;
    const over = size / (side - 1) / 2; // the outer places of the field lie on the edge
    pen.drawImage(ground, -over, -over, size + 2 * over, size + 2 * over);
  }

  const rgb = ([r, g, b], alpha = 1) => `rgba(${r},${g},${b},${alpha})`;

  function draw(view, { points = null, cursor = null } = {}) {
    fit();
    const { real, fake, paper, ink } = colours(), half = view.half;
    const at = (values, k) => [size * (values[2 * k] / half + 1) / 2, size * (1 - values[2 * k + 1] / half) / 2];
    const unit = Math.min(1, Math.max(0.6, size / 360)); // marks shrink with the plane
    pen.clearRect(0, 0, size, size);
    pen.fillStyle = rgb(paper);
    pen.fillRect(0, 0, size, size);
    if (view.field) paintGround(view.field);
    const dot = (x, y, radius) => {
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 7);
    };
    if (points || view.real) {
      pen.beginPath();
      if (points) points.forEach((point) => dot(...at(point, 0), 4));
      else for (let k = 0; k < view.real.length / 2; k += 1) dot(...at(view.real, k), 2.6 * unit);
      pen.fillStyle = rgb(real);
      pen.fill();
    }
    if (view.fakes) {
      const crosses = new Path2D(), arrows = new Path2D(), arm = 3 * unit;
      for (let k = 0; k < view.fakes.length / 2; k += 1) {
        const [x, y] = at(view.fakes, k), dx = view.push[2 * k], dy = -view.push[2 * k + 1];
        const push = Math.hypot(dx, dy), length = push > 0 ? (unit * LONGEST) / (push + HALF_PUSH) : 0;
        arrows.moveTo(x, y);
        arrows.lineTo(x + dx * length, y + dy * length);
        crosses.moveTo(x - arm, y - arm);
        crosses.lineTo(x + arm, y + arm);
        crosses.moveTo(x - arm, y + arm);
        crosses.lineTo(x + arm, y - arm);
      }
      pen.lineWidth = 1;
      pen.strokeStyle = rgb(ink, 0.65);
      pen.stroke(arrows);
      pen.lineWidth = 1.8 * unit;
      pen.strokeStyle = rgb(fake);
      pen.stroke(crosses);
    }
    if (cursor) {
      const [x, y] = at(cursor, 0);
      pen.lineWidth = 2;
      pen.strokeStyle = rgb(ink);
      pen.strokeRect(x - 7, y - 7, 14, 14);
    }
  }

  // A pointer's place in the data's units.
  const place = (event, half) => {
    const box = canvas.getBoundingClientRect();
    return [half * (2 * (event.clientX - box.left) / box.width - 1), half * (1 - 2 * (event.clientY - box.top) / box.height)];
  };
  return { draw, place };
}
