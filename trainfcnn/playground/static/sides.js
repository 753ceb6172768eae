// Two settings side by side: which one the controls change, and what each has come to.

import {h, say} from "./dom.js";
import {Segments} from "./fields.js";
import {Plane} from "./plane.js";
import {score} from "./seeds.js";
import {changesBetween} from "./state.js";

const brief = (value) => (Array.isArray(value) ? value.join("-") || "none" : String(value ?? "usual"));

export class Sides {
  // choose(name): the controls are to change run "a" or "b".
  constructor(palette, choose) {
    this.which = new Segments("Controls change", [["a", "A"], ["b", "B"]], choose);
    this.differences = h("p", {class: "hint"});
    this.sides = {a: new Side("A", palette), b: new Side("B", palette)};
    this.element = h("section", {class: "card", "aria-label": "Side by side", hidden: true},
      h("div", {class: "head"}, h("h2", {}, "Side by side"),
        h("span", {class: "aside"}, "controls change", this.which.element)),
      this.differences,
      h("div", {class: "sides"}, this.sides.a.element, this.sides.b.element));
  }

  // prepare(plane, run) says where points are.
  draw(runs, prepare) {
    for (const [name, side] of Object.entries(this.sides)) {
      if (runs[name].frame) side.draw(runs[name], prepare);
    }
    const {a, b} = runs;
    const differ = b.settings ? Object.entries(changesBetween(a.settings, b.settings)) : [];
    const told = differ.map(([name, value]) =>
      `${name.replaceAll("_", " ")}: ${brief(a.settings[name])} → ${brief(value)}`);
    say(this.differences, told.join(" · ") || "The same so far: what you change now is changed in B.");
  }
}

class Side {
  constructor(title, palette) {
    this.title = title;
    this.plane = new Plane(palette);
    this.words = h("p", {class: "hint"});
    this.reached = h("b", {});
    this.element = h("div", {}, h("h3", {}, title, this.reached), this.words, this.plane.element);
  }

  draw(run, prepare) {
    const {head, arrays} = run.frame;
    const {data} = run;
    prepare(this.plane, run);
    this.plane.setMap(arrays.out.values, arrays.out.shape.at(-1), data.kind, data.range);
    this.plane.draw();
    this.plane.describe(`${this.title}: ${run.outcome.join("")}`);
    say(this.words, run.words);
    const {success} = head;
    say(this.reached, success ? `${success.n} of ${success.of}` : score(data, head.test_score));
  }
}
