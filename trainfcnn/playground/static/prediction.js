// The third panel: the plane, its legend, what has been reached, and the curves.

import {Chart} from "./chart.js";
import {h, number, plural, subscript} from "./dom.js";
import {mark} from "./paint.js";
import {Plane} from "./plane.js";
import {score} from "./seeds.js";
import {saveFile} from "./take.js";

const LINES = [
  {name: "training", style: "training"},
  {name: "test", style: "test", color: "#009e73"},
  {name: "a constant answer", style: "constant", constant: true},
  {name: "test of the other", style: "other", color: "#cc79a7", dash: [6, 4]},
];
const PICTURE = 1200; // pixels along each side of the one that is saved

const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

export class PredictionPanel {
  // add(x1, x2, event) is called for a click on the plane.
  constructor(palette, add) {
    this.palette = palette;
    this.plane = new Plane(palette, add);
    this.loss = new Chart("Loss", LINES);
    this.score = new Chart("Accuracy", LINES, true);
    this.legend = h("div", {class: "legend"});
    this.figures = h("table", {class: "scores"});
    const toggle = (text, name) => h("label", {class: "check"},
      h("input", {type: "checkbox", checked: this.plane[name], onchange: (event) => {
        this.plane[name] = event.target.checked;
        this.plane.draw();
      }}), text);
    this.element = h("div", {class: "right stack"},
      h("section", {class: "card stack", "aria-label": "Prediction"},
        h("div", {class: "head"}, h("h2", {}, h("span", {class: "number"}, "3"), "Prediction"),
          h("span", {class: "aside"}, toggle("test points", "showsTest"),
            toggle("ring misses", "showsMisses"))),
        this.plane.element, this.legend),
      h("section", {class: "card stack", "aria-label": "Curves"}, this.figures,
        this.loss.element, this.score.element));
  }

  begin(run) {
    preparePlane(this.plane, run);
    this.showLegend(run.data);
  }

  // other: the run it is compared with, if there is one.
  draw(run, other) {
    const {frame, data} = run;
    if (frame) {
      const {out} = frame.arrays;
      this.plane.setMap(out.values, out.shape.at(-1), data.kind, data.range);
      const text = `Prediction over the plane, and ${plural(data.n, "point")}. `;
      this.plane.describe(text + run.outcome.join(""));
    }
    this.plane.draw();
    const {head} = run.fresh;
    const curves = (kind) => {
      const {training, test} = run.curves[kind];
      const more = other?.fresh ? {"test of the other": other.curves[kind].test} : {};
      return {training, test, ...more};
    };
    this.loss.show(capitalised(head.loss_name), curves("loss"), head.constant_loss ?? NaN);
    const isPercent = data.kind !== "regression";
    this.score.show(capitalised(head.score_name), curves("score"), head.constant_score ?? NaN, isPercent);
    this.showFigures(run);
  }

  // Points of fewer than two classes: nothing is learnt from them yet.
  showLoose(points) {
    this.plane.kind = "binary";
    this.plane.classes = ["0", "1"];
    this.plane.train = {x: points.flatMap((one) => one.slice(0, 2)), y: points.map((one) => one[2])};
    this.plane.test = {x: [], y: []};
    this.plane.draw();
  }

  showFigures({frame, data, fresh: {head}}) {
    const at = frame?.head || {};
    const columns = [
      [number(at.loss), score(data, at.score)],
      [number(at.test_loss), score(data, at.test_score)],
      [number(head.constant_loss), score(data, head.constant_score)],
    ];
    const told = JSON.stringify([head.score_name, columns]);
    if (told === this.told) return;
    this.told = told;
    const row = (name, index) => h("tr", {}, h("th", {scope: "row"}, name),
      columns.map((column) => h("td", {}, column[index])));
    const titles = ["training", "test", "constant"].map((text) => h("th", {scope: "col"}, text));
    this.figures.replaceChildren(
      h("thead", {}, h("tr", {}, h("td", {}), titles)),
      h("tbody", {}, row("loss", 0), row(head.score_name, 1)));
  }

  showLegend(data) {
    const names = data.classes.map((label, index) => {
      const canvas = h("canvas", {width: 28, height: 28, "aria-hidden": "true"});
      const context = canvas.getContext("2d");
      mark(context, index, 14, 14, 10);
      context.fillStyle = this.palette.classes[index % 8];
      context.fill();
      return h("span", {}, canvas, `class ${label}`);
    });
    if (data.kind === "regression") {
      const [low, high] = data.range;
      names.push(h("span", {}, `blue ${number(low, 2)}, white 0, orange ${number(high, 2)}`));
    }
    if (data.formula) names.push(h("span", {class: "hint"}, `truth: ${data.formula}`));
    this.legend.replaceChildren(...names);
  }

  // The plane as it is drawn, on white.
  savePicture(name) {
    const {map, over} = this.plane;
    const canvas = h("canvas", {width: PICTURE, height: PICTURE});
    const context = canvas.getContext("2d");
    const edge = (22 / over.clientWidth) * PICTURE;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, PICTURE, PICTURE);
    context.drawImage(map, edge, 0, PICTURE - edge, PICTURE - edge);
    context.drawImage(over, 0, 0, PICTURE, PICTURE);
    canvas.toBlob((blob) => saveFile(`${name}.png`, blob));
  }
}

// Where the points of a run are, and the plane around them.
export function preparePlane(plane, {data, fresh: {arrays}}) {
  plane.low = data.view_low;
  plane.high = data.view_high;
  plane.frame = {low: data.low, high: data.high};
  plane.axes = data.axes.map(subscript);
  plane.kind = data.kind;
  plane.classes = data.classes;
  plane.range = data.range;
  plane.train = {x: arrays.x.values, y: arrays.y.values};
  plane.test = {x: arrays.x_test.values, y: arrays.y_test.values};
}
