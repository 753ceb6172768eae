// Where the data come from: a set by its picture, a function, a file, clicks.

import {h, plural, say} from "./dom.js";
import {Choice, NumberField, Slider, asRadios, chooseRadio} from "./fields.js";

const SIZES = [10, 20, 50, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2500, 5000, 10000];
const NOISES = Array.from({length: 21}, (_, index) => index / 20);
const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

export class DataPanel {
  // actions: change(changes), upload(name, text), draw(), clear()
  constructor(choices, thumbnails, palette, actions) {
    this.names = choices.datasets.map((one) => one.name);
    this.formulas = Object.fromEntries(choices.datasets.map((one) => [one.name, one.formula]));
    this.actions = actions;
    const change = (name) => (value) => actions.change({[name]: value});
    this.buttons = choices.datasets.map((one) => {
      const canvas = h("canvas", {"aria-hidden": "true"});
      const {values, shape} = thumbnails[`thumbnail:${one.name}`];
      palette.paintThumbnail(canvas, values, shape[1], one.kind, one.classes);
      return h("button", {type: "button", "aria-label": one.name, title: `${one.name}: ${one.formula}`}, canvas);
    });
    this.names.push("formula", "points");
    this.buttons.push(
      h("button", {type: "button", "aria-label": "your own function", title: "your own function"}, "ƒ"),
      h("button", {type: "button", "aria-label": "your own points", title: "your own points"}, "✎"));
    this.group = h("div", {class: "thumbnails", "aria-label": "Data set"}, this.buttons);
    asRadios(this.group, this.buttons, (index) => this.choose(this.names[index]));
    this.title = h("span", {class: "hint"});
    this.fields = {
      formula: this.formula(),
      n_samples: new Slider("Points", choices.help.n_samples, SIZES, change("n_samples")),
      noise: new Slider("Noise", choices.help.noise, NOISES, change("noise"), (one) => one.toFixed(2)),
      validation: new Slider("Held out", choices.help.validation, SHARES, change("validation"),
        (one) => `${Math.round(100 * one)} %`),
      seed: new NumberField("Seed of the data", choices.help.seed, seeds(), change("seed")),
    };
    this.count = h("p", {class: "hint"});
    this.element = h("section", {class: "card stack", "aria-label": "Data"},
      h("div", {class: "head"}, h("h2", {}, h("span", {class: "number"}, "1"), "Data"), this.title),
      this.group, this.fields.formula.element, this.dropZone(), this.drawing(),
      h("div", {class: "sample"}, ["n_samples", "noise", "validation", "seed"].map((name) => this.fields[name].element)),
      this.count);
  }

  choose(dataset) {
    this.drawn.open ||= dataset === "points";
    if (dataset === "points") this.actions.draw();
    else this.actions.change({dataset});
  }

  formula() {
    const field = new NumberField("Your own function of x1, x2", "such as x1*x2 > 0, or sin(3*x1)", [],
      (text) => this.actions.change({dataset: "formula", formula: String(text ?? "")}));
    field.control.removeAttribute("inputmode");
    field.read = () => field.control.value.trim();
    field.next = () => undefined;
    return field;
  }

  dropZone() {
    const input = h("input", {type: "file", accept: ".csv,text/csv,text/plain", class: "visually-hidden",
      onchange: () => { this.read(input.files[0]); input.value = ""; }});
    const zone = h("label", {class: "drop"}, "Drop a CSV file here, or choose one", input);
    const over = (isOver) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", isOver);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      this.read(event.dataTransfer.files[0]);
    });
    this.fileRefusal = h("p", {class: "refusal", role: "alert", hidden: true});
    return h("div", {}, zone, this.fileRefusal);
  }

  async read(file) {
    if (file) this.actions.upload(file.name, await file.text());
  }

  refuseFile(text) {
    say(this.fileRefusal, text);
    this.fileRefusal.hidden = !text;
  }

  // How points are drawn by hand: the class that a click adds, and what a click does.
  drawing() {
    this.pen = new Choice("A click on the prediction adds class", "", [0, 1, 2, 3, 4, 5, 6, 7], () => {});
    this.pending = h("p", {class: "hint"});
    const clear = h("button", {type: "button", onclick: () => this.actions.clear()}, "Start empty");
    this.drawn = h("details", {}, h("summary", {}, "Draw your own points"),
      this.pen.element,
      h("p", {class: "hint"}, "Shift: the other class. Ctrl: takes the nearest point away."),
      clear, this.pending);
    return this.drawn;
  }

  // Say what becomes of points by hand.
  tell(text) {
    this.drawn.open = true;
    say(this.pending, text);
  }

  update(settings, data) {
    say(this.pending, "");
    const chosen = this.names.indexOf(settings.dataset);
    chooseRadio(this.buttons, chosen);
    for (const [name, field] of Object.entries(this.fields)) field.set(settings[name]);
    this.refuseFile("");
    const isDrawn = settings.dataset !== "points" && settings.dataset !== "csv";
    this.fields.n_samples.element.hidden = !isDrawn;
    this.fields.noise.element.hidden = !isDrawn;
    say(this.title, settings.dataset === "csv" ? data.name : settings.dataset);
    this.title.title = data.formula || "";
    const notes = data.notes?.length ? ` ${data.notes.join(" ")}` : "";
    say(this.count, `${plural(data.n, "point")} to learn from, ${data.n_test.toLocaleString("en-GB")} ` +
      `others to test on.${notes}`);
  }
}

const seeds = () => Array.from({length: 1000}, (_, seed) => seed);
