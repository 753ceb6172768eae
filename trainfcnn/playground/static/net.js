// The network: every unit as a small map, links as wide as their weights are large.

import {attribute, h, inks, number, plural, say, surface} from "./dom.js";
import {paint} from "./paint.js";

const MOST_LINKS = 1600; // drawn a layer; of more the largest
const MOST_DASHES = 700; // dashes cost time, and are lost among so many links
const NEAR = 6; // pixels between a pointer and the link it means
const CONTROLS = 58; // pixels above the units, for + and -
const FOOT = 8;
const LABEL = 38;

export class Net {
  // actions: resize(layer, change), feature(name), weight(layer, to, from, value), bias(...)
  constructor(actions, palette, mostUnits) {
    this.mostUnits = mostUnits;
    this.actions = actions;
    this.palette = palette;
    this.hovered = null;
    this.columns = []; // of the units' buttons, inputs first
    this.weights = [];
    this.biases = [];
    this.inputs = [];
    this.links = h("canvas", {class: "links", "aria-hidden": "true"});
    this.peek = h("div", {class: "peek", hidden: true},
      h("canvas"), h("p", {class: "what"}));
    this.field = h("div", {class: "net", role: "group", "aria-label": "Network"},
      this.links, this.peek);
    this.inspector = h("div", {class: "inspector", hidden: true});
    this.element = h("div", {}, this.field, this.inspector);
    this.field.addEventListener("pointermove", (event) => this.point(event));
    this.field.addEventListener("pointerleave", () => this.leave());
    this.field.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.place()).observe(this.field);
  }

  // features: [{name, label, on}]; dims: sizes of hidden layers; outputs: their names; isLow: whether
  // there is more to be seen below it.
  build(features, dims, outputs, isLow) {
    if (this.isLow !== isLow) {
      this.isLow = isLow;
      this.place();
    }
    const told = JSON.stringify([features, dims, outputs]);
    if (told === this.told) return;
    this.told = told;
    const focused = document.activeElement?.dataset?.at;
    this.inputs = features.filter((one) => one.on);
    this.field.querySelectorAll(".unit, .size").forEach((element) => element.remove());
    const first = features.map((one) => this.feature(one));
    const hidden = dims.map((n, layer) =>
      Array.from({length: n}, (_, unit) => this.unit(layer + 1, unit, `layer ${layer + 1}, unit ${unit + 1}`)));
    const last = outputs.map((name, unit) => this.unit(dims.length + 1, unit, `output, ${name}`));
    this.columns = [first, ...hidden, last];
    this.sizes = dims.map((n, layer) => this.size(n, layer));
    this.field.append(...this.columns.flat(), ...this.sizes);
    this.inspector.hidden = true;
    this.place();
    if (focused) this.field.querySelector(`[data-at="${focused}"]`)?.focus();
  }

  feature({name, label, on}) {
    return h("button", {
      class: "unit input", type: "button", "aria-pressed": String(on), "data-at": `in ${name}`,
      title: `input ${label}`, onclick: () => this.actions.feature(name),
    }, h("span", {class: "label"}, label), h("canvas", {"aria-hidden": "true"}));
  }

  unit(layer, unit, name) {
    const at = `${layer} ${unit}`;
    return h("button", {
      class: "unit", type: "button", "data-at": at, "data-name": name, "aria-label": name,
      onclick: () => this.inspect(layer, unit),
      onfocus: () => this.show(layer, unit), onblur: () => this.leave(),
    }, h("canvas", {"aria-hidden": "true"}), h("i", {class: "bias"}));
  }

  size(n, layer) {
    const change = (by, sign, word) => h("button", {
      type: "button", class: "step", "data-at": `${word} ${layer}`, disabled: n + by < 1 || n + by > this.mostUnits,
      "aria-label": `${word} a unit in layer ${layer + 1}`,
      onclick: () => this.actions.resize(layer, by),
    }, sign);
    return h("div", {
      class: "size", role: "group", "aria-label": `layer ${layer + 1}: ${plural(n, "unit")}`,
      onkeydown: (event) => {
        const by = {"+": 1, "=": 1, "-": -1}[event.key];
        if (by) { event.preventDefault(); this.actions.resize(layer, by); }
      },
    }, change(-1, "−", "remove"), h("b", {}, String(n)), change(1, "+", "add"));
  }

  // --- where everything is ---

  place() {
    const width = this.field.clientWidth;
    if (!width || !this.columns.length) return;
    const most = Math.max(...this.columns.map((column) => column.length), 7);
    const room = (width - LABEL) / this.columns.length;
    const tight = room < 84;
    const pitch = Math.max(this.isLow ? 300 : 400, Math.min(640, 28 * most)) / most;
    const unit = Math.max(12, Math.min(46, 0.56 * room, pitch - 4));
    const gap = Math.max(3, Math.min(18, pitch - unit));
    const height = most * (unit + gap) + CONTROLS + FOOT;
    this.field.classList.toggle("tight", tight);
    this.field.style.height = `${height}px`;
    const across = (width - LABEL - unit - 4) / (this.columns.length - 1);
    this.spots = this.columns.map((column, layer) => {
      const x = LABEL + layer * across;
      const top = CONTROLS + (height - CONTROLS - FOOT - column.length * (unit + gap)) / 2;
      return column.map((button, index) => {
        const y = top + index * (unit + gap) + gap / 2;
        button.style.left = `${x}px`;
        button.style.top = `${y}px`;
        button.style.width = button.style.height = `${unit}px`;
        button.style.setProperty("--dot", `${Math.max(5, Math.min(10, 0.25 * unit))}px`);
        return {x, y, size: unit};
      });
    });
    this.sizes.forEach((group, layer) => {
      group.style.left = `${LABEL + (layer + 1) * across + unit / 2}px`;
    });
    this.draw();
  }

  // --- what is drawn ---

  // maps: {name: {values, n, table}} of all inputs.
  setInputs(maps) {
    for (const button of this.columns[0] || []) {
      const map = maps[button.dataset.at.slice(3)];
      if (map) paint(button.querySelector("canvas"), map.values, map.n, map.table);
    }
  }

  // values: (units, n, n) bytes; tables and ranges: the colours and the meaning of each unit's.
  setMaps(layer, values, n, tables, ranges) {
    const cells = n * n;
    (this.columns[layer] || []).forEach((button, unit) => {
      if (values.length < (unit + 1) * cells) return;
      const sheet = values.subarray(unit * cells, (unit + 1) * cells);
      button.map = {range: ranges[unit], paint: (canvas) => paint(canvas, sheet, n, tables[unit])};
      button.map.paint(button.querySelector("canvas"));
    });
  }

  // paintUnit(canvas, unit) draws an output.
  setOutputs(paintUnit) {
    this.columns.at(-1).forEach((button, unit) => {
      button.map = {paint: (canvas) => paintUnit(canvas, unit)};
      button.map.paint(button.querySelector("canvas"));
    });
  }

  setWeights(weights, biases) {
    this.weights = weights;
    this.biases = biases;
    biases.forEach((layer, index) => {
      const scale = Math.max(...layer.map(Math.abs), 1e-9);
      (this.columns[index + 1] || []).forEach((button, unit) => {
        const dot = button.querySelector(".bias");
        dot.style.backgroundColor = layer[unit] < 0 ? this.palette.low : this.palette.high;
        dot.style.transform = `scale(${(0.4 + 0.6 * Math.abs(layer[unit] / scale)).toFixed(2)})`;
      });
    });
    this.draw();
    if (this.shown) this.show(...this.shown);
    this.refreshInspector();
  }

  // The spots that a layer's links leave from: all units, or of the inputs those in use.
  sources(layer) {
    if (layer) return this.spots[layer];
    return this.spots[0].filter((_, index) =>
      this.columns[0][index].getAttribute("aria-pressed") === "true");
  }

  draw() {
    if (!this.spots) return;
    const {context} = surface(this.links);
    const paper = inks(this.field).line;
    this.ends = [];
    this.weights.forEach((values, layer) => {
      const from = this.sources(layer);
      const to = this.spots[layer + 1];
      if (!to || values.length !== from.length * to.length) return;
      this.drawLayer(context, values, layer, from, to, paper);
    });
    if (this.hovered) this.drawLink(context, this.hovered, 1, true);
  }

  drawLayer(context, values, layer, from, to, paper) {
    let most = 1e-9;
    for (const value of values) most = Math.max(most, Math.abs(value));
    const least = values.length > MOST_LINKS ? sorted(values)[MOST_LINKS] : 0;
    for (let index = 0; index < values.length; index += 1) {
      const weight = values[index];
      if (!Number.isFinite(weight) || Math.abs(weight) < least) continue;
      const link = {
        layer, weight, index, share: Math.abs(weight) / most, dashed: values.length < MOST_DASHES,
        start: from[index % from.length], end: to[Math.floor(index / from.length)],
        unit: Math.floor(index / from.length), source: index % from.length, paper,
      };
      this.ends.push(link);
      this.drawLink(context, link, 0.25 + 0.75 * link.share, false);
    }
  }

  drawLink(context, {weight, share, dashed, start, end}, alpha, isHovered) {
    const [x1, y1, x2, y2] = [start.x + start.size, start.y + start.size / 2, end.x, end.y + end.size / 2];
    const bend = (x2 - x1) * 0.45;
    context.globalAlpha = alpha;
    context.strokeStyle = weight < 0 ? this.palette.low : this.palette.high;
    context.lineWidth = (isHovered ? 2 : 0) + 0.5 + 4 * share;
    context.setLineDash(weight < 0 && dashed ? [5, 3] : []);
    context.beginPath();
    context.moveTo(x1, y1);
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  // --- what is under the pointer ---

  point(event) {
    const box = this.field.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const button = event.target.closest(".unit");
    if (button && !button.classList.contains("input")) {
      const [layer, unit] = button.dataset.at.split(" ").map(Number);
      this.hovered = null;
      this.show(layer, unit);
      return;
    }
    this.shown = null;
    const found = this.linkAt(x, y);
    if (found !== this.hovered) {
      this.hovered = found;
      this.draw();
    }
    if (found) this.tell(`${this.source(found)} → ${this.nameOf(found.layer + 1, found.unit)}: ` +
      `weight ${number(found.weight)}`, x, y, 0, null);
    else this.peek.hidden = true;
    this.field.style.cursor = found ? "pointer" : "";
  }

  linkAt(x, y) {
    let best = NEAR;
    let found = null;
    for (const link of this.ends || []) {
      const x1 = link.start.x + link.start.size;
      const x2 = link.end.x;
      if (x < x1 || x > x2) continue;
      const distance = Math.abs(heightAt((x - x1) / (x2 - x1),
        link.start.y + link.start.size / 2, link.end.y + link.end.size / 2) - y);
      if (distance < best) { best = distance; found = link; }
    }
    return found;
  }

  source(link) {
    return link.layer ? this.nameOf(link.layer, link.source) : this.inputs[link.source].label;
  }

  nameOf(layer, unit) {
    return this.columns[layer]?.[unit]?.dataset.name || "";
  }

  show(layer, unit) {
    const spot = this.spots?.[layer]?.[unit];
    const button = this.columns[layer]?.[unit];
    if (!spot || !button) return;
    this.shown = [layer, unit];
    const bias = this.biases[layer - 1]?.[unit];
    attribute(button, "aria-label", `${button.dataset.name}: bias ${number(bias)}`);
    const range = button.map?.range;
    const gives = range ? `, gives ${number(range[0], 2)} to ${number(range[1], 2)}` : "";
    this.tell(`${button.dataset.name}: bias ${number(bias)}${gives}`, spot.x + spot.size,
      spot.y + spot.size, spot.size, button.map);
  }

  // At the right end of something of a size: a unit, or a point of a link.
  tell(text, x, y, size, map) {
    const canvas = this.peek.querySelector("canvas");
    canvas.hidden = !map;
    map?.paint(canvas);
    say(this.peek.querySelector(".what"), text);
    this.peek.hidden = false;
    // Beside what it is about, never on it.
    const {offsetWidth: width, offsetHeight: height} = this.peek;
    const isRoom = x + 12 + width <= this.field.clientWidth;
    this.peek.style.left = `${Math.max(0, isRoom ? x + 12 : x - size - 12 - width)}px`;
    const top = y - size / 2 - height / 2;
    this.peek.style.top = `${Math.max(0, Math.min(top, this.field.clientHeight - height))}px`;
  }

  leave() {
    this.hovered = null;
    this.shown = null;
    this.peek.hidden = true;
    this.draw();
  }

  click(event) {
    if (event.target.closest("button") || !this.hovered) return;
    const {layer, unit, source} = this.hovered;
    this.inspect(layer + 1, unit);
    this.inspector.querySelectorAll("input")[source]?.focus();
  }

  // --- a unit in numbers, which can be changed ---

  inspect(layer, unit) {
    const name = this.nameOf(layer, unit);
    const weights = this.weights[layer - 1];
    if (!weights || !name) return;
    const sources = layer > 1 ? this.columns[layer - 1].map((one) => one.dataset.name)
      : this.inputs.map((one) => one.label);
    const field = (label, read, write) => {
      const input = h("input", {type: "number", step: "any", "aria-label": `${label} of ${name}`,
        onchange: () => write(Number(input.value))});
      input.read = read;
      return h("label", {}, h("span", {}, label), input);
    };
    const start = unit * sources.length;
    this.inspector.replaceChildren(
      h("h3", {}, name[0].toUpperCase() + name.slice(1)),
      h("button", {type: "button", class: "quiet close", "aria-label": "close",
        onclick: () => this.close(layer, unit)}, "×"),
      h("div", {class: "numbers"},
        sources.map((source, index) => field(`from ${source}`,
          () => this.weights[layer - 1]?.[start + index],
          (value) => this.actions.weight(layer - 1, unit, index, value))),
        field("bias", () => this.biases[layer - 1]?.[unit],
          (value) => this.actions.bias(layer - 1, unit, value))));
    this.inspector.hidden = false;
    this.refreshInspector();
  }

  close(layer, unit) {
    this.inspector.hidden = true;
    this.columns[layer]?.[unit]?.focus();
  }

  refreshInspector() {
    if (this.inspector.hidden) return;
    const inputs = [...this.inspector.querySelectorAll("input")];
    if (inputs.some((input) => input.read() === undefined)) { // of a network that is no more
      this.inspector.hidden = true;
      return;
    }
    for (const input of inputs) {
      if (input !== document.activeElement) input.value = Number(input.read().toPrecision(5));
    }
  }
}

const sorted = (values) => Float32Array.from(values, Math.abs).sort().reverse();

// How high a link is at a share of its way: y of a Bezier curve whose ends are level.
function heightAt(share, y1, y2) {
  // Its x moves almost evenly, so that the smooth step is right to a pixel or two.
  const smooth = share * share * (3 - 2 * share);
  return y1 + (y2 - y1) * smooth;
}
