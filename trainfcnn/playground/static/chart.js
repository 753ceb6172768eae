// Curves over the epochs, and what they are under the pointer.

import {attribute, count, h, inks, number, percent, say, surface} from "./dom.js";

const LEFT = 46;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 20;
const DEEPEST = 1e-5; // of a loss's greatest value: what is less is off the chart

// Values over epochs; of more than 8,000 every other one is dropped.
export class Curve {
  constructor() {
    this.epochs = [];
    this.values = [];
  }

  append(epochs, values) {
    for (let index = 0; index < epochs.length; index += 1) {
      this.epochs.push(epochs[index]);
      this.values.push(values[index] ?? NaN);
    }
    if (this.epochs.length > 8000) {
      const isKept = (_, index) => index % 2 === 0;
      this.epochs = this.epochs.filter(isKept);
      this.values = this.values.filter(isKept);
    }
  }

  get last() {
    return this.values[this.values.length - 1];
  }
}

export class Chart {
  // lines: [{name, style, color, dash, constant}]; share: whether values are shares of 1.
  constructor(title, lines, share = false) {
    this.title = title;
    this.lines = lines;
    this.isShare = share;
    this.curves = new Map(); // name -> Curve
    this.constant = null;
    this.pointer = null;
    this.canvas = h("canvas", {role: "img", "aria-label": title, class: "curve"});
    this.reading = h("span", {class: "reading"});
    this.heading = h("strong", {}, title);
    this.keys = lines.map((line) => h("span", {class: `key ${line.style}`}, line.name));
    this.element = h("figure", {class: "chart"},
      h("figcaption", {}, this.heading, h("span", {class: "keys"}, this.keys), this.reading),
      this.canvas);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  // isPercent: whether shares are written so.
  show(title, curves, constant, isPercent = false) {
    this.title = title;
    this.isPercent = isPercent;
    say(this.heading, title);
    this.curves = new Map(Object.entries(curves));
    this.constant = constant;
    this.lines.forEach((line, index) => {
      this.keys[index].hidden = line.constant ? !Number.isFinite(constant) : !this.curves.has(line.name);
    });
    this.draw();
  }

  point(x) {
    this.pointer = x;
    this.draw();
  }

  extent() {
    let last = 1;
    let low = Infinity;
    let high = -Infinity;
    for (const {epochs, values} of this.curves.values()) {
      last = Math.max(last, epochs[epochs.length - 1] || 0);
      for (const value of values) {
        if (!Number.isFinite(value) || (!this.isShare && value <= 0)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (Number.isFinite(this.constant)) {
      low = Math.min(low, this.constant);
      high = Math.max(high, this.constant);
    }
    if (!(low <= high)) return {last, low: this.isShare ? 0 : 0.01, high: 1};
    if (this.isShare) return {last, low: Math.max(-1, Math.min(0.9, Math.floor(low * 10) / 10)), high: 1};
    return {last, low: Math.max(Math.min(low / 1.2, high / 10), high * DEEPEST), high: high * 1.2};
  }

  draw() {
    const {context, width, height} = surface(this.canvas);
    if (width < 80) return;
    const {last, low, high} = this.extent();
    const place = this.isShare ? (value) => value : (value) => Math.log10(Math.max(value, 1e-12));
    const floor = place(low);
    const span = place(high) - floor || 1;
    const across = (epoch) => LEFT + (epoch / last) * (width - LEFT - RIGHT);
    const up = (value) => TOP + (1 - (place(value) - floor) / span) * (height - TOP - BOTTOM);
    const colors = inks(this.canvas);
    this.grid(context, {width, height, last, low, high, across, up, colors});
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, width - LEFT, height - BOTTOM + 1);
    context.clip();
    for (const line of this.lines) {
      const color = line.color || colors.ink;
      if (line.constant) this.level(context, up, width, color);
      else this.curve(context, this.curves.get(line.name), line, {across, up, color});
    }
    context.restore();
    this.read(context, {width, height, last, across, up, colors});
    this.describe(last);
  }

  grid(context, {width, height, last, low, high, across, up, colors}) {
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colors.soft;
    context.strokeStyle = colors.line;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const value of this.isShare ? shares(low) : decades(low, high)) {
      const y = Math.round(up(value)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(width - RIGHT, y);
      context.stroke();
      context.fillText(this.tick(value), LEFT - 6, y);
    }
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (const epoch of rounds(last)) {
      const x = Math.min(across(epoch), width - RIGHT - context.measureText(count(epoch)).width / 2);
      context.fillText(count(epoch), x, height - 5);
    }
  }

  level(context, up, width, color) {
    if (!Number.isFinite(this.constant)) return;
    context.strokeStyle = color;
    context.setLineDash([1, 4]);
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(LEFT, up(this.constant));
    context.lineTo(width - RIGHT, up(this.constant));
    context.stroke();
    context.setLineDash([]);
  }

  // Of many epochs a pixel: the mean as a line, and from the least to the greatest as a band.
  curve(context, curve, line, {across, up, color}) {
    if (!curve?.epochs.length) return;
    const columns = inColumns(curve, across);
    context.fillStyle = color;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.setLineDash(line.dash || []);
    context.beginPath();
    let isOpen = false;
    for (const {x, sum, n, low, high} of columns) {
      if (!n) { isOpen = false; continue; }
      context[isOpen ? "lineTo" : "moveTo"](x, up(sum / n));
      isOpen = true;
      context.globalAlpha = 0.18;
      if (n > 1) context.fillRect(x - 0.5, up(high), 1, Math.max(0, up(low) - up(high)));
    }
    context.globalAlpha = 1;
    context.stroke();
    context.setLineDash([]);
  }

  // A line at the pointer, and what the curves are there.
  read(context, {width, height, last, across, colors}) {
    if (this.pointer === null || this.pointer < LEFT) { say(this.reading, ""); return; }
    const wanted = ((this.pointer - LEFT) / (width - LEFT - RIGHT)) * last;
    const told = [];
    let epoch = null;
    for (const line of this.lines) {
      const curve = this.curves.get(line.name);
      if (!curve || !curve.epochs.length) continue;
      const index = nearest(curve.epochs, wanted);
      epoch ??= curve.epochs[index];
      told.push(`${line.name} ${this.format(curve.values[index])}`);
    }
    if (epoch === null) return;
    context.strokeStyle = colors.soft;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(across(epoch), TOP);
    context.lineTo(across(epoch), height - BOTTOM);
    context.stroke();
    say(this.reading, `epoch ${count(epoch)}: ${told.join(", ")}`);
  }

  format(value) {
    return this.isPercent ? percent(value) : number(value);
  }

  tick(value) {
    if (this.isPercent) return `${Math.round(100 * value)} %`;
    return this.isShare ? value.toFixed(1).replace("-", "−") : short(value);
  }

  describe(last) {
    const told = this.lines
      .filter((line) => this.curves.has(line.name))
      .map((line) => `${line.name} ${this.format(this.curves.get(line.name).last)}`);
    if (Number.isFinite(this.constant)) told.push(`the constant answer ${this.format(this.constant)}`);
    const text = `${this.title} after ${count(last)} epochs: ${told.join(", ") || "none yet"}`;
    attribute(this.canvas, "aria-label", text);
  }
}

const short = (value) => (value >= 1e-3 ? String(+value.toPrecision(1)) : value.toExponential(0));

function shares(low) {
  let step = low < 0.5 ? 0.25 : 0.1;
  if (low < 0) step = 0.5;
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= 1.0001; value += step) found.push(value);
  return found;
}

function decades(low, high) {
  const found = [];
  const every = high > 1e4 * low ? 2 : 1;
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += every) {
    for (const step of high > 100 * low ? [1] : [1, 2, 5]) {
      const value = step * 10 ** power;
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found;
}

function rounds(last) {
  const raw = last / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= raw) || 1;
  const found = [];
  for (let epoch = 0; epoch <= last; epoch += step) found.push(epoch);
  return found;
}

// What a curve comes to in each column of pixels.
function inColumns({epochs, values}, across) {
  const columns = [];
  let last = null;
  for (let index = 0; index < epochs.length; index += 1) {
    const x = Math.round(2 * across(epochs[index])) / 2;
    if (!last || last.x !== x) {
      last = {x, sum: 0, n: 0, low: Infinity, high: -Infinity};
      columns.push(last);
    }
    const value = values[index];
    if (!Number.isFinite(value)) continue;
    last.n += 1;
    last.sum += value;
    last.low = Math.min(last.low, value);
    last.high = Math.max(last.high, value);
  }
  return columns;
}

function nearest(epochs, wanted) {
  let low = 0;
  let high = epochs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (epochs[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
