// What the pieces draw and tell with.

// Numbers from -1 to 1 as grey or as colours, on a canvas that the page enlarges.
function paint(canvas, x, side, left = 0, high = 0) {
  const area = side * side, image = new ImageData(side, side), channels = x.length / area;
  for (let k = 0; k < 4 * area; k += 1) image.data[k] = k % 4 > 2 ? 255 : 127.5 * (1 + x[k % 4 % channels * area + (k >> 2)]);
  canvas.getContext("2d").putImageData(image, left, high);
}

// To act once after a pause, however often it is asked.
const later = (act, pause) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, pause); }; };
const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
