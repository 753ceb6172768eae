// The plane: what the network says everywhere, the points it learns from, and its misses.

import {attribute, h, inks, number, say, surface} from "./dom.js";
import {mark, shade} from "./paint.js";

const EDGE = 22; // pixels for the numbers on the axes

export class Plane {
  // add(x1, x2, event) is called for a click.
  constructor(palette, add) {
    this.palette = palette;
    this.kind = "binary";
    this.classes = [];
    this.low = [-2, -2];
    this.high = [2, 2];
    this.frame = null; // {low, high} of where points are drawn, if the map reaches farther
    this.train = {x: [], y: []};
    this.test = {x: [], y: []};
    this.showsTest = false;
    this.showsMisses = true;
    this.axes = ["x₁", "x₂"];
    this.map = h("canvas", {class: "map", "aria-hidden": "true"});
    this.over = h("canvas", {class: "over", role: "img", "aria-label": "prediction"});
    this.reading = h("p", {class: "reading under"});
    this.element = h("div", {class: "plane"}, h("div", {class: "square"}, this.map, this.over),
      this.reading);
    this.over.addEventListener("pointermove", (event) => this.read(event));
    this.over.addEventListener("pointerleave", () => say(this.reading, ""));
    if (add) {
      this.over.classList.add("draws");
      this.over.addEventListener("click", (event) => {
        const [x1, x2] = this.at(event);
        if (this.holds(x1, x2)) add(x1, x2, event);
      });
    }
    new ResizeObserver(() => this.draw()).observe(this.over);
  }

  holds(x1, x2) {
    return x1 >= this.low[0] && x1 <= this.high[0] && x2 >= this.low[1] && x2 <= this.high[1];
  }

  // Where in the plane a pointer is.
  at(event) {
    const side = this.over.clientWidth - EDGE;
    const share = [(event.offsetX - EDGE) / side, 1 - event.offsetY / side];
    return share.map((one, axis) => this.low[axis] + one * (this.high[axis] - this.low[axis]));
  }

  place(x, axis, side) {
    const share = (x - this.low[axis]) / (this.high[axis] - this.low[axis]);
    return axis ? (1 - share) * side : EDGE + share * side;
  }

  // values: bytes (1 or 2, n, n), as the server sends an output.
  setMap(values, n, kind, range) {
    this.values = values;
    this.n = n;
    this.kind = kind;
    this.range = range;
    this.palette.paintOutput(this.map, values, n, kind, range);
  }

  // What the map says at a point, between its cells for classes 0 and 1 and numbers.
  valueAt(x1, x2, sheet = 0) {
    if (!this.values) return undefined;
    const [column, row] = [x1, x2].map((x, axis) => {
      const share = (x - this.low[axis]) / (this.high[axis] - this.low[axis]);
      return Math.max(0, Math.min(this.n - 1.001, share * this.n - 0.5));
    });
    const cell = (i, j) => this.values[sheet * this.n * this.n + i * this.n + j];
    if (this.kind === "multiclass") return cell(Math.round(row), Math.round(column));
    const [i, j] = [Math.floor(row), Math.floor(column)];
    const along = (at) => cell(at, j) + (column - j) * (cell(at, j + 1) - cell(at, j));
    return along(i) + (row - i) * (along(i + 1) - along(i));
  }

  // Whether a point of a class is taken for another.
  misses({x, y}, index) {
    if (this.kind === "regression" || !this.values) return false;
    const value = this.valueAt(x[2 * index], x[2 * index + 1]);
    return (this.kind === "binary" ? Number(value > 127.5) : value) !== y[index];
  }

  // What there is to say of a point.
  words(x1, x2) {
    if (!this.values) return "";
    const value = this.valueAt(x1, x2);
    const share = (byte) => `${Math.round((100 * byte) / 255)} %`;
    if (this.kind === "multiclass") {
      return `class ${this.classes[value]}, sure to ${share(this.valueAt(x1, x2, 1))}`;
    }
    if (this.kind === "binary") {
      const isUpper = value > 127.5;
      return `class ${this.classes[Number(isUpper)]}, sure to ${share(isUpper ? value : 255 - value)}`;
    }
    return number(this.range[0] + ((this.range[1] - this.range[0]) * value) / 255);
  }

  read(event) {
    const [x1, x2] = this.at(event);
    if (!this.holds(x1, x2)) { say(this.reading, ""); return; }
    const where = `${this.axes[0]} ${number(x1, 2)}, ${this.axes[1]} ${number(x2, 2)}`;
    say(this.reading, `${where}: ${this.words(x1, x2)}`);
  }

  draw() {
    const {context, width} = surface(this.over);
    const side = width - EDGE;
    if (side < 20) return;
    const colors = inks(this.over);
    this.fade(context, side, colors);
    this.ticks(context, side, colors);
    context.save();
    context.beginPath();
    context.rect(EDGE, 0, side, side);
    context.clip();
    const radius = this.radius(side);
    this.points(context, side, radius, this.train, true);
    if (this.showsTest) this.points(context, side, radius, this.test, false);
    context.restore();
  }

  radius(side) {
    const n = this.train.x.length / 2 + (this.showsTest ? this.test.x.length / 2 : 0);
    return Math.max(1.3, Math.min(3.6, (side / 360) * 3.6 * Math.sqrt(300 / Math.max(n, 300))));
  }

  // Beyond the frame there were no points: the network only extrapolates.
  fade(context, side, colors) {
    if (!this.frame) return;
    const {low, high} = this.frame;
    const [left, right] = [this.place(low[0], 0, side), this.place(high[0], 0, side)];
    const [top, bottom] = [this.place(high[1], 1, side), this.place(low[1], 1, side)];
    context.fillStyle = colors.paper;
    context.globalAlpha = 0.55;
    context.beginPath();
    context.rect(EDGE, 0, side, side);
    context.rect(left, top, right - left, bottom - top);
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = colors.soft;
    context.setLineDash([2, 3]);
    context.strokeRect(left, top, right - left, bottom - top);
    context.setLineDash([]);
  }

  ticks(context, side, colors) {
    context.fillStyle = colors.soft;
    context.font = "11px system-ui, sans-serif";
    for (const axis of [0, 1]) {
      const step = (this.high[axis] - this.low[axis]) / 4;
      const wanted = niceStep(step);
      for (let k = Math.ceil(this.low[axis] / wanted); k * wanted <= this.high[axis]; k += 1) {
        const at = this.place(k * wanted, axis, side);
        const text = String(+(k * wanted).toPrecision(3)).replace("-", "−");
        if (axis) {
          if (at < 6 || at > side - 4) continue;
          context.textAlign = "right";
          context.fillText(text, EDGE - 5, at + 4);
        } else {
          if (at < EDGE + 6 || at > EDGE + side - 10) continue;
          context.textAlign = "center";
          context.fillText(text, at, side + 15);
        }
      }
    }
  }

  points(context, side, radius, sample, isTrain) {
    const {x, y} = sample;
    // Numbers have the map's own colours where it is right, and need an edge that is seen.
    const edge = this.kind === "regression" ? "#2229" : "#ffffff";
    context.lineWidth = isTrain ? 1 : 1.3;
    for (let index = 0; index < y.length; index += 1) {
      const at = [this.place(x[2 * index], 0, side), this.place(x[2 * index + 1], 1, side)];
      const color = this.colorOf(y[index]);
      mark(context, this.kind === "regression" ? 0 : y[index], at[0], at[1], radius);
      // Test points are hollow: they were not learnt from.
      context.fillStyle = isTrain ? color : "#ffffff";
      context.strokeStyle = isTrain ? edge : color;
      context.fill();
      context.stroke();
      if (this.showsMisses && this.misses(sample, index)) this.ring(context, at, radius);
    }
  }

  ring(context, [x, y], radius) {
    context.strokeStyle = "#222222";
    context.lineWidth = 1.1;
    context.beginPath();
    context.arc(x, y, radius + 2.2, 0, 2 * Math.PI);
    context.stroke();
    context.lineWidth = 1;
  }

  colorOf(target) {
    if (this.kind !== "regression") return this.palette.classes[target % 8];
    const reach = Math.max(...(this.range || [1]).map(Math.abs)) || 1;
    return shade(target / reach, this.palette.low, this.palette.high);
  }

  describe(text) {
    attribute(this.over, "aria-label", text);
  }
}

function niceStep(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= step * 0.999);
}
