// Maps of numbers as pixels, and points on them.

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const WHITE = [255, 255, 255];
const packed = ([red, green, blue]) => (255 << 24) | (blue << 16) | (green << 8) | red;
const mixed = (one, other, share) =>
  one.map((value, index) => Math.round(value + share * (other[index] - value)));

// All colours of a map, as `paint` takes them: those of its bytes 0 ... 255.
export class Palette {
  // colours: as the server sends them.
  constructor({classes, below, above}, strength = 0.8) {
    this.low = below;
    this.high = above;
    this.classes = classes;
    const ends = [rgb(below), rgb(above)];
    this.signed = Uint32Array.from({length: 511}, (_, index) =>
      packed(mixed(WHITE, ends[Number(index > 255)], (strength * Math.abs(index - 255)) / 255)));
    this.middle = this.between(-1, 1);
    this.ofClasses = classes.map((color) => Uint32Array.from({length: 256}, (_, sure) =>
      packed(mixed(WHITE, rgb(color), (strength * sure) / 255))));
  }

  // Colours of bytes that stand for low ... high: white is 0.
  between(low, high) {
    const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return Uint32Array.from({length: 256}, (_, byte) => {
      const value = low + ((high - low) * byte) / 255;
      return this.signed[255 + Math.round((255 * value) / reach)];
    });
  }

  // A data set at a glance: classes, or the bytes of a regression.
  paintThumbnail(canvas, values, n, kind, nClasses) {
    if (kind === "regression") paint(canvas, values, n, this.middle);
    else fill(canvas, n, (at) => this.ofClasses[values[at] % Math.max(nClasses, 1)][210]);
  }

  // One class of several: how sure the network is of it, where it is the answer.
  paintUnitOfOutput(canvas, values, n, {kind, range}, unit) {
    if (kind !== "multiclass") this.paintOutput(canvas, values, n, kind, range);
    else fill(canvas, n, (at) => this.ofClasses[unit % 8][values[at] === unit ? values[n * n + at] : 0]);
  }

  // What there is to paint of an output, (1 or 2, n, n): bytes and their colours.
  paintOutput(canvas, values, n, kind, range) {
    const cells = n * n;
    if (kind === "multiclass") {
      const sure = values.subarray(cells);
      fill(canvas, n, (at) => this.ofClasses[values[at] % 8][sure[at]]);
    } else paint(canvas, values, n, kind === "regression" ? this.between(...range) : this.middle);
  }
}

// Fill a canvas of n x n pixels by bytes whose rows go from below; CSS makes it larger.
export function paint(canvas, values, n, table) {
  fill(canvas, n, (at) => table[values[at]]);
}

function fill(canvas, n, colorAt) {
  if (canvas.width !== n) canvas.width = n;
  if (canvas.height !== n) canvas.height = n;
  const context = canvas.getContext("2d");
  const image = context.createImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < n; row += 1) {
    const from = (n - 1 - row) * n;
    for (let column = 0; column < n; column += 1) pixels[row * n + column] = colorAt(from + column);
  }
  context.putImageData(image, 0, 0);
}

// Outlines of the classes' marks, as in the library's figures: circle, square, triangles, diamond.
const MARKS = [
  (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  (c, x, y, r) => c.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r),
  (c, x, y, r) => polygon(c, x, y, 1.25 * r, 3, -Math.PI / 2),
  (c, x, y, r) => polygon(c, x, y, 1.2 * r, 4, -Math.PI / 2),
  (c, x, y, r) => polygon(c, x, y, 1.25 * r, 3, Math.PI / 2),
];

function polygon(context, x, y, radius, corners, start) {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = start + (2 * Math.PI * corner) / corners;
    const method = corner ? "lineTo" : "moveTo";
    context[method](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
}

export function mark(context, shape, x, y, radius) {
  context.beginPath();
  MARKS[shape % MARKS.length](context, x, y, radius);
}

// "#rrggbb" of a target between -1 and 1.
export function shade(value, low, high) {
  const end = value < 0 ? rgb(low) : rgb(high);
  const parts = mixed(WHITE, end, Math.min(1, Math.abs(value)));
  return `rgb(${parts.join(" ")})`;
}
