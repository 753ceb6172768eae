// The playground: it draws what the server says, and tells it what a user wants.

import {Chart} from "./chart.js";
import {DataPanel} from "./data.js";
import {attribute, count, h, hasQuietMotion, number, percent, plural, say, subscript} from "./dom.js";
import {Choice, Segments} from "./fields.js";
import {Net} from "./net.js";
import {Palette, mark} from "./paint.js";
import {Plane} from "./plane.js";
import {RecipePanel} from "./recipe.js";
import {Run} from "./run.js";
import {Seeds, Tried, score} from "./seeds.js";
import {changesBetween, fromFragment, toFragment, whole} from "./state.js";
import {TakeAway, saveFile} from "./take.js";

const QUIET = 1000; // milliseconds between pictures where the system asks for little motion
const SPOKEN = 4000; // milliseconds between what is said aloud
const SPEEDS = [[null, "full speed"], ...[1000, 100, 30, 10, 1].map((n) => [n, `${count(n)} epoch${n > 1 ? "s" : ""} / s`])];
const USUAL_SPEED = 100; // so that one sees how it comes about
const STOPS = [[null, "no end"], ...[50, 100, 200, 500, 1000, 2000, 5000].map((n) => [n, `to epoch ${count(n)}`])];
const WORTH_NOTING = 2000; // milliseconds: settings that are passed by on the way are not noted
const MOST_POINTS = 1000;
const GREEN = "#009e73";
const PINK = "#cc79a7";

export class Playground {
  // root: the element to draw in; send(message): to the server; address: whether settings stand in it.
  constructor(root, send, hasAddress) {
    this.root = root;
    this.send = send;
    this.hasAddress = hasAddress;
    this.runs = {a: new Run("a"), b: new Run("b")};
    this.current = "a"; // the run that controls change
    this.isComparing = false;
    this.isPlaying = false;
    this.wantedSpeed = USUAL_SPEED;
    this.wantedStop = null;
    this.acks = {};
    this.pending = []; // points clicked while they are too few to learn from
    this.lastDrawn = 0;
    this.lastSpoken = 0;
    root.addEventListener("keydown", (event) => this.press(event));
    if (hasAddress) window.addEventListener("popstate", () => this.followAddress());
  }

  get run() {
    return this.runs[this.current];
  }

  // --- to the server ---

  greet() {
    const wanted = this.hasAddress ? fromFragment(location.hash) : {a: {}, b: null};
    const settings = this.run.settings ? this.portable(this.runs.a.settings) : wanted.a;
    this.wantsCompare = this.isComparing ? this.portable(this.runs.b.settings) : wanted.b;
    this.isComparing = false;
    this.send({kind: "hello", version: 1, settings});
  }

  // How fast, and how far: what the server forgets with the connection.
  pace() {
    this.send({kind: "speed", epochs_per_second: this.wantedSpeed});
    this.send({kind: "stop_at", epoch: this.wantedStop, loss: null});
  }

  portable(settings) {
    return settings.dataset === "csv" ? {...settings, dataset: "xor"} : settings;
  }

  set(changes) {
    this.asked = Object.keys(changes);
    this.send({kind: "set", run: this.current, changes});
  }

  play() {
    const epoch = this.run.frame?.head.epoch;
    if (!this.isPlaying && this.wantedStop && epoch >= this.wantedStop) { // on, as it was there
      this.wantedStop = null;
      this.stop.set(null);
      this.pace();
    }
    this.send({kind: this.isPlaying ? "pause" : "play"});
  }

  newWeights() {
    const {weight_seed: seed, networks} = this.run.settings;
    this.set({weight_seed: (seed + networks) % 2147483647});
  }

  compare() {
    this.send({kind: "compare", on: !this.isComparing});
    if (this.isComparing) this.stopComparing();
  }

  stopComparing() {
    this.isComparing = false;
    this.current = "a";
    this.runs.b = new Run("b");
    this.sides.element.hidden = true;
    this.refresh();
    this.writeAddress();
  }

  resize(layer, by) {
    const dims = [...this.run.settings.dims];
    dims[layer] += by;
    this.set({dims});
  }

  setLayers(by) {
    const {dims} = this.run.settings;
    this.set({dims: by > 0 ? [...dims, dims.at(-1) ?? 4] : dims.slice(0, -1)});
  }

  toggleFeature(name) {
    const {features} = this.run.settings;
    const all = this.choices.features;
    const wanted = all.filter((one) => (one === name) !== features.includes(one));
    if (wanted.length) this.set({features: wanted});
    else this.told("A network needs an input: this is the last one.");
  }

  edit(layer, to, from, value) {
    this.asked = ["edit"];
    this.send({kind: "edit", run: this.current, layer, to, from, value});
  }

  // --- points by hand ---

  click(x1, x2, event) {
    const {settings, data} = this.run;
    const points = this.pending.length ? this.pending : this.pointsShown();
    if (event.ctrlKey || event.metaKey) {
      const distance = (point) => (point[0] - x1) ** 2 + (point[1] - x2) ** 2;
      const nearest = points.reduce((one, other) => (distance(other) < distance(one) ? other : one), points[0]);
      this.usePoints(points.filter((one) => one !== nearest));
      return;
    }
    const pen = this.data.pen.control.selectedIndex;
    const other = pen === 0 ? 1 : 0;
    const round = (value) => Math.round(1000 * value) / 1000;
    if (data.kind === "regression" && settings.dataset !== "points") points.length = 0;
    this.usePoints([...points, [round(x1), round(x2), event.shiftKey ? other : pen]]);
  }

  // The points there are: of the data set, should a click go on from it.
  pointsShown() {
    const {settings, fresh: {arrays}, data} = this.run;
    if (settings.dataset === "points") return settings.points;
    if (this.isEmpty || data.kind === "regression") return [];
    const {x, y} = {x: arrays.x.values, y: arrays.y.values};
    return Array.from(y, (label, index) =>
      [...x.subarray(2 * index, 2 * index + 2)].map((one) => Math.round(1000 * one) / 1000).concat(label));
  }

  usePoints(points) {
    this.isEmpty = true;
    const kept = points.slice(-MOST_POINTS);
    const classes = new Set(kept.map((one) => one[2]));
    if (kept.length >= 4 && classes.size > 1) {
      this.pending = [];
      say(this.data.pending, "");
      this.set({dataset: "points", points: kept});
      return;
    }
    this.pending = kept;
    say(this.data.pending, `${plural(kept.length, "point")} so far: it takes 4, of two classes.`);
    this.plane.train = {x: kept.flatMap((one) => one.slice(0, 2)), y: kept.map((one) => one[2])};
    this.plane.test = {x: [], y: []};
    this.plane.draw();
  }

  // --- from the server ---

  receive(message) {
    const {head} = message;
    const take = {
      welcome: () => this.build(message),
      fresh: () => this.begin(message),
      frame: () => this.takeFrame(message),
      state: () => this.takeState(head),
      refused: () => this.refuse(head),
      failed: () => this.told(`${head.text} Reset makes it anew.`),
      file: () => this.take.save(head.name, head.mime, message.arrays.bytes.values),
    }[head.kind];
    if (take) take();
  }

  begin(message) {
    const run = this.runs[message.head.run];
    const isLongEnough = performance.now() - run.began > WORTH_NOTING;
    if (message.head.reason === "set" && isLongEnough) this.tried.note(run);
    run.begin(message);
    if (run.name === "b" && !this.isComparing) {
      this.isComparing = true;
      this.current = "b";
    }
    if (message.head.reason === "hello") this.pace();
    if (message.head.reason === "hello" && this.wantsCompare) this.send({kind: "compare", on: true});
    if (run.name === "b" && this.wantsCompare) {
      const changes = changesBetween(run.settings, whole(this.wantsCompare));
      this.wantsCompare = null;
      if (Object.keys(changes).length) this.set(changes);
    }
    this.pending = [];
    this.isEmpty = message.head.settings.dataset === "points";
    this.told("");
    this.refresh();
    if (message.head.reason !== "select") this.writeAddress();
  }

  takeFrame(message) {
    const run = this.runs[message.head.run];
    if (!run.fresh) return;
    run.take(message);
    this.acks[run.name] = message.head.frame;
    if (!message.head.playing) this.tried.note(run);
    this.isPlaying = message.head.playing;
    if (this.isWaiting) return;
    this.isWaiting = true;
    const wait = hasQuietMotion() && this.isPlaying ? QUIET - (performance.now() - this.lastDrawn) : 0;
    if (wait > 0) setTimeout(() => this.drawSoon(), wait);
    else this.drawSoon();
  }

  drawSoon() {
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.lastDrawn = performance.now();
      this.draw();
      for (const [run, frame] of Object.entries(this.acks)) this.send({kind: "ack", run, frame});
      this.acks = {};
    });
  }

  takeState(head) {
    this.isPlaying = head.playing;
    for (const [name, told] of Object.entries(head.runs || {})) {
      const run = this.runs[name];
      if (run.fresh && told.settings) run.fresh.head.settings = told.settings;
    }
    if (head.python) this.runs.a.python = head.python;
    this.refreshControls();
    this.drawWords();
    this.writeAddress();
  }

  refuse({text, field, settings, run}) {
    if (settings && this.runs[run || "a"].fresh) this.runs[run || "a"].fresh.head.settings = settings;
    this.refreshControls();
    const control = this.recipe.fields[field] || this.data.fields[field];
    if (control) control.refuse(text);
    else if (field === "csv") this.data.refuseFile(text);
    else this.told(text);
  }

  told(text) {
    say(this.warning, text);
    this.warning.hidden = !text;
  }

  lose(text, seconds) {
    if (!this.warning) {
      this.root.replaceChildren(h("p", {class: "waiting", role: "alert"}, text));
      return;
    }
    this.isPlaying = false;
    const again = seconds === null ? "" : ` Trying again in ${number(seconds, 1)} s.`;
    this.told(text + again);
    this.root.classList.add("lost");
    this.refreshButtons();
  }

  // --- the page ---

  build({head, arrays}) {
    this.root.classList.remove("lost");
    if (this.choices) { this.told(""); return; } // the server is back: the page is there
    this.choices = head.choices;
    this.palette = new Palette(head.colours);
    this.tableOfUnits = new Map();
    this.data = new DataPanel(head.choices, arrays, this.palette, {
      change: (changes) => this.set(changes),
      upload: (name, text) => this.upload(name, text),
      draw: () => this.usePoints(this.pointsShown()),
      clear: () => this.usePoints([]),
    });
    this.recipe = new RecipePanel(head.choices, (changes) => this.set(changes));
    this.net = new Net({
      resize: (layer, by) => this.resize(layer, by),
      feature: (name) => this.toggleFeature(name),
      weight: (layer, to, from, value) => this.edit(layer, to, from, value),
      bias: (layer, to, value) => this.edit(layer, to, null, value),
    }, this.palette, head.choices.limits.dims?.[1] ?? 32);
    this.plane = new Plane(this.palette, (x1, x2, event) => this.click(x1, x2, event));
    this.seeds = new Seeds(this.palette, (member) => this.send({kind: "select", run: this.current, member}));
    this.tried = new Tried((settings) => this.set(changesBetween(this.run.settings, settings)));
    this.take = new TakeAway({
      export: (what) => {
        this.take.wait("One moment …");
        this.send({kind: "export", run: this.current, what});
      },
      picture: () => this.savePicture(),
    });
    const lines = [
      {name: "training", style: "training"}, {name: "test", style: "test", color: GREEN},
      {name: "a constant answer", style: "constant", constant: true},
      {name: "test of the other", style: "other", color: PINK, dash: [6, 4]},
    ];
    this.loss = new Chart("Loss", lines);
    this.score = new Chart("Accuracy", lines, true);
    this.buildPage(head);
  }

  buildPage(head) {
    this.root.replaceChildren(h("div", {class: "page"},
      this.buildBar(),
      h("main", {},
        this.buildWords(), this.recipe.element,
        h("div", {class: "flow"}, this.data.element, this.buildMiddle(), this.buildRight()),
        h("p", {class: "keyboard"}, h("kbd", {}, "Space"), " play or pause · ", h("kbd", {}, "S"),
          " one epoch · ", h("kbd", {}, "R"), " reset · ", h("kbd", {}, "N"), " new weights · ",
          h("kbd", {}, "+"), " ", h("kbd", {}, "−"), " in a layer: units · arrows: tiles, and usual values · ",
          `trainfcnn ${head.trainfcnn}`))));
    this.spoken = h("p", {class: "visually-hidden", role: "status", "aria-live": "polite"});
    this.root.append(this.spoken);
  }

  buildBar() {
    const button = (text, title, action, name = "") =>
      h("button", {type: "button", title, class: name, onclick: action}, text);
    this.playButton = button("Play", "Space", () => this.play(), "primary");
    this.epoch = h("b", {}, "0");
    this.rate = h("span", {});
    this.speed = new Choice("Speed", "", SPEEDS, (value) => { this.wantedSpeed = value; this.pace(); });
    this.stop = new Choice("Until", "", STOPS, (value) => { this.wantedStop = value; this.pace(); });
    this.speed.set(USUAL_SPEED);
    for (const [field, label] of [[this.speed, "Speed"], [this.stop, "Where to pause"]]) {
      field.control.setAttribute("aria-label", label);
    }
    this.compareButton = button("Compare", "two settings side by side", () => this.compare());
    this.shareButton = button("Copy link", "all settings stand in the address", () => this.share());
    return h("header", {class: "bar"},
      h("h1", {}, "trainfcnn ", h("span", {}, "play")), this.playButton,
      button("Step", "one epoch (S)", () => this.send({kind: "step", epochs: 1})),
      button("Reset", "the same weights again (R)", () => this.send({kind: "reset"})),
      button("New weights", "another seed (N)", () => this.newWeights()),
      h("span", {class: "epoch"}, "epoch", this.epoch, this.rate),
      this.speed.control, this.stop.control,
      h("span", {class: "end"}, this.compareButton, this.hasAddress ? this.shareButton : null));
  }

  buildWords() {
    this.sentence = h("p", {class: "sentence"});
    this.note = h("p", {class: "warning", hidden: true});
    this.warning = h("p", {class: "warning", role: "alert", hidden: true});
    return h("div", {class: "told"}, this.sentence, this.note, this.warning);
  }

  buildMiddle() {
    const layer = (by, sign, label) => h("button", {type: "button", "aria-label": label,
      onclick: () => this.setLayers(by)}, sign);
    this.layerCount = h("span", {});
    this.lessLayers = layer(-1, "−", "remove a hidden layer");
    this.moreLayers = layer(1, "+", "add a hidden layer");
    this.networks = new Segments("Networks at once", this.choices.networks.map((n) => [n, String(n)]),
      (networks) => this.set({networks}));
    this.sides = this.buildSides();
    return h("div", {class: "middle"},
      h("section", {class: "card", "aria-label": "Network"},
        h("div", {class: "head"},
          h("h2", {}, h("span", {class: "number"}, "2"), "Network"),
          h("span", {class: "aside layers"}, this.lessLayers, this.layerCount, this.moreLayers),
          h("span", {class: "aside"}, "seeds at once", this.networks.element)),
        this.net.element),
      this.seeds.element, this.sides.element, this.tried.element, this.take.element);
  }

  buildRight() {
    const toggle = (text, isOn, use) => h("label", {class: "check"},
      h("input", {type: "checkbox", checked: isOn, onchange: (event) => use(event.target.checked)}), text);
    this.legend = h("div", {class: "legend"});
    this.figures = h("table", {class: "scores"});
    return h("div", {class: "right stack"},
      h("section", {class: "card stack", "aria-label": "Prediction"},
        h("div", {class: "head"}, h("h2", {}, h("span", {class: "number"}, "3"), "Prediction"),
          h("span", {class: "aside"},
            toggle("test points", false, (isOn) => { this.plane.showsTest = isOn; this.plane.draw(); }),
            toggle("ring misses", true, (isOn) => { this.plane.showsMisses = isOn; this.plane.draw(); }))),
        this.plane.element, this.legend),
      h("section", {class: "card stack", "aria-label": "Curves"}, this.figures,
        this.loss.element, this.score.element));
  }

  // Two settings beside each other: which one the controls change, and what each has come to.
  buildSides() {
    this.which = new Segments("Controls change", [["a", "A"], ["b", "B"]], (name) => {
      this.current = name;
      this.refresh();
    });
    const side = (name) => {
      const plane = new Plane(this.palette);
      const words = h("p", {class: "hint"});
      const reached = h("b", {});
      const element = h("div", {}, h("h3", {}, name.toUpperCase(), reached), words, plane.element);
      return {plane, words, reached, element};
    };
    const a = side("a");
    const b = side("b");
    this.differences = h("p", {class: "hint"});
    const element = h("section", {class: "card", "aria-label": "Side by side", hidden: true},
      h("div", {class: "head"}, h("h2", {}, "Side by side"),
        h("span", {class: "aside"}, "controls change", this.which.element)),
      this.differences, h("div", {class: "sides"}, a.element, b.element));
    return {a, b, element};
  }

  // --- what is drawn ---

  // All that a `fresh` message changes.
  refresh() {
    const {run} = this;
    if (!run.fresh) return;
    const {head, arrays} = run.fresh;
    const {data, settings} = head;
    this.refreshControls();
    this.net.build(this.inputsOf(head), settings.dims, outputsOf(data));
    this.net.setInputs(this.inputMaps(head, arrays));
    this.seeds.build(settings.networks);
    this.preparePlane(this.plane, run);
    this.drawLegend(data);
    this.take.update(run.python, this.isPlaying);
    if (this.isComparing) {
      for (const name of ["a", "b"]) {
        if (this.runs[name].fresh) this.preparePlane(this.sides[name].plane, this.runs[name]);
      }
    }
    this.draw();
  }

  // Inputs to choose from; a file of other columns has its own, all of them in use.
  inputsOf({inputs, settings, data}) {
    if (data.axes.join() !== "x1,x2" && settings.dataset === "csv") {
      return inputs.map((name) => ({name, label: name, on: true}));
    }
    return this.choices.features.map((name) =>
      ({name, label: featureLabel(name), on: settings.features.includes(name)}));
  }

  // Maps of the inputs in use come from the server, those of the others are worked out here.
  inputMaps({data}) {
    const n = 24;
    const maps = {};
    for (const [name, feature] of Object.entries(FEATURES)) {
      const values = Float32Array.from({length: n * n}, (_, at) => feature(
        between(data.view_low[0], data.view_high[0], ((at % n) + 0.5) / n),
        between(data.view_low[1], data.view_high[1], (Math.floor(at / n) + 0.5) / n)));
      const most = Math.max(...values.map(Math.abs)) || 1;
      maps[name] = {n, table: this.palette.middle,
        values: Uint8Array.from(values, (one) => Math.round(127.5 + (127.5 * one) / most))};
    }
    return maps;
  }

  preparePlane(plane, run) {
    const {data} = run;
    const {arrays} = run.fresh;
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

  refreshControls() {
    const {run} = this;
    if (!run.fresh) return;
    const {settings, data} = run;
    this.data.update(settings, data);
    this.recipe.update(settings, data.kind);
    this.networks.set(settings.networks);
    say(this.layerCount, plural(settings.dims.length, "hidden layer"));
    this.lessLayers.disabled = settings.dims.length === 0;
    this.moreLayers.disabled = settings.dims.length >= this.choices.most_layers;
    this.which.set(this.current);
    this.sides.element.hidden = !this.isComparing;
    attribute(this.compareButton, "aria-pressed", this.isComparing);
    say(this.compareButton, this.isComparing ? "End comparison" : "Compare");
    this.refreshButtons();
  }

  refreshButtons() {
    say(this.playButton, this.isPlaying ? "Pause" : "Play");
  }

  draw() {
    const {run} = this;
    if (!run.fresh) return;
    if (run.frame) this.drawFrame(run);
    else this.plane.draw();
    if (this.isComparing) this.drawSides();
    this.drawCharts();
    this.drawWords();
    this.take.update(run.python, this.isPlaying);
    this.refreshButtons();
  }

  drawFrame(run) {
    const {head, arrays} = run.frame;
    const {data} = run;
    const n = arrays.out.shape.at(-1);
    this.plane.setMap(arrays.out.values, n, data.kind, data.range);
    this.plane.draw();
    this.drawUnits(run);
    this.seeds.update(run.frame, data, run.settings.weight_seed);
    this.plane.describe(`Prediction over the plane, and ${plural(data.n, "point")}. ${run.outcome.join("")}`);
    if (!head.playing && head.success) this.net.field.title = "";
  }

  drawUnits({frame: {head, arrays}, data}) {
    const weights = [];
    const biases = [];
    let at = 0;
    for (let layer = 1; arrays[`w${layer}`]; layer += 1) {
      weights.push(arrays[`w${layer}`].values);
      biases.push(arrays[`b${layer}`].values);
      const maps = arrays[`units${layer}`];
      if (!maps) continue;
      const [units, n] = maps.shape;
      const ranges = head.unit_range.slice(at, at + units);
      at += units;
      this.net.setMaps(layer, maps.values, n, ranges.map(([low, high]) => this.palette.between(low, high)), ranges);
    }
    const n = arrays.out.shape.at(-1);
    this.net.setOutputs((canvas, unit) => this.palette.paintUnitOfOutput(canvas, arrays.out.values, n, data, unit));
    this.net.setWeights(weights, biases);
  }

  drawCharts() {
    const {run} = this;
    const {head} = run.fresh;
    const other = this.isComparing ? this.runs[this.current === "a" ? "b" : "a"] : null;
    const curves = (kind) => {
      const shown = {training: run.curves[kind].training, test: run.curves[kind].test};
      if (other?.fresh) shown["test of the other"] = other.curves[kind].test;
      return shown;
    };
    this.loss.show(head.loss_name[0].toUpperCase() + head.loss_name.slice(1), curves("loss"), head.constant_loss ?? NaN);
    this.score.show(head.score_name[0].toUpperCase() + head.score_name.slice(1), curves("score"), head.constant_score ?? NaN);
    this.drawFigures(run);
  }

  drawFigures({frame, data, fresh: {head}}) {
    const at = frame?.head || {};
    const cell = (text) => h("td", {}, text);
    const row = (name, ...values) => h("tr", {}, h("th", {scope: "row"}, name), values.map(cell));
    const told = [at.loss, at.test_loss, at.score, at.test_score, this.isComparing].join();
    if (told === this.toldFigures) return;
    this.toldFigures = told;
    this.figures.replaceChildren(
      h("thead", {}, h("tr", {}, h("td", {}), h("th", {scope: "col"}, "training"),
        h("th", {scope: "col"}, "test"), h("th", {scope: "col"}, "constant"))),
      h("tbody", {}, row("loss", number(at.loss), number(at.test_loss), number(head.constant_loss)),
        row(head.score_name, score(data, at.score), score(data, at.test_score), score(data, head.constant_score))));
  }

  drawSides() {
    for (const name of ["a", "b"]) {
      const {plane, words, reached} = this.sides[name];
      const run = this.runs[name];
      if (!run.frame) continue;
      const {head, arrays} = run.frame;
      plane.setMap(arrays.out.values, arrays.out.shape.at(-1), run.data.kind, run.data.range);
      plane.draw();
      plane.describe(`${name.toUpperCase()}: ${run.outcome.join("")}`);
      say(words, run.words);
      say(reached, head.success ? `${head.success.n} of ${head.success.of}` : score(run.data, head.test_score));
    }
    const {a, b} = this.runs;
    const differ = b.settings ? Object.entries(changesBetween(a.settings, b.settings)) : [];
    say(this.differences, differ.length
      ? differ.map(([name, value]) => `${name.replaceAll("_", " ")}: ${brief(a.settings[name])} → ${brief(value)}`).join(" · ")
      : "The same so far: what you change now is changed in B.");
  }

  drawWords() {
    const {run} = this;
    const head = run.frame?.head;
    const [before, figure, after] = run.outcome;
    const text = before + figure + after;
    if (this.sentence.textContent !== text) this.sentence.replaceChildren(before, h("b", {}, figure), after);
    say(this.epoch, count(head?.epoch ?? 0));
    say(this.rate, head?.epochs_per_second && this.isPlaying ? `${count(head.epochs_per_second)} a second` : "");
    const notes = [head?.note, head?.by_hand ? "Changed by hand on the way." : ""].filter(Boolean);
    say(this.note, notes.join(" "));
    this.note.hidden = !notes.length;
    this.speak(notes.length ? `${text} ${notes.join(" ")}` : text);
  }

  speak(text) {
    const now = performance.now();
    const isDue = now - this.lastSpoken > (this.isPlaying ? SPOKEN : 2000);
    clearTimeout(this.speakTimer);
    if (!isDue) {
      this.speakTimer = setTimeout(() => this.speak(text), 2000);
      return;
    }
    if (this.spoken.textContent !== text) this.lastSpoken = now;
    say(this.spoken, text);
  }

  drawLegend(data) {
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
    const rule = data.formula ? h("span", {class: "hint"}, `truth: ${data.formula}`) : null;
    this.legend.replaceChildren(...names, ...(rule ? [rule] : []));
  }

  // --- keys, the address, files ---

  press(event) {
    const isTyping = event.target.closest("input:not([type=range], [type=checkbox]), select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("button, summary, input, pre") &&
      event.target !== this.playButton) return; // which press what has the focus
    const action = {
      " ": () => this.play(), s: () => this.send({kind: "step", epochs: 1}),
      r: () => this.send({kind: "reset"}), n: () => this.newWeights(),
    }[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  writeAddress() {
    if (!this.hasAddress || !this.runs.a.fresh || this.wantsCompare) return;
    const fragment = toFragment(this.runs.a.settings, this.isComparing ? this.runs.b.settings : null);
    const method = this.hasWritten ? "pushState" : "replaceState"; // at first nothing was chosen
    this.hasWritten = true;
    if (fragment === location.hash.replace(/^#/, "")) return;
    history[method](null, "", `${location.pathname}#${fragment}`);
  }

  // Back and forward: what the address says is what is wanted.
  followAddress() {
    const {a, b} = fromFragment(location.hash);
    if (Boolean(b) !== this.isComparing) {
      this.wantsCompare = b;
      this.compare();
    }
    const changes = changesBetween(this.runs.a.settings, whole(a));
    if (Object.keys(changes).length) this.send({kind: "set", run: "a", changes});
    if (!b || !this.runs.b.fresh) return;
    const others = changesBetween(this.runs.b.settings, whole(b));
    if (Object.keys(others).length) this.send({kind: "set", run: "b", changes: others});
  }

  async share() {
    try {
      await navigator.clipboard.writeText(location.href);
      say(this.shareButton, "Link copied");
    } catch {
      say(this.shareButton, "Copy the address");
    }
    setTimeout(() => say(this.shareButton, "Copy link"), 1600);
  }

  upload(name, text) {
    const size = 48000;
    for (let start = 0; start === 0 || start < text.length; start += size) {
      const last = start + size >= text.length;
      this.send({kind: "upload", name, text: text.slice(start, start + size), last});
    }
  }

  // The plane as it is drawn, on white, twice as large as on the screen.
  savePicture() {
    const {map, over} = this.plane;
    const side = 1200;
    const canvas = h("canvas", {width: side, height: side});
    const context = canvas.getContext("2d");
    const edge = (22 / over.clientWidth) * side;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, side, side);
    context.drawImage(map, edge, 0, side - edge, side - edge);
    context.drawImage(over, 0, 0, side, side);
    canvas.toBlob((blob) => saveFile(`${this.run.data.name}.png`, blob));
  }
}

const between = (low, high, share) => low + share * (high - low);

const FEATURES = {
  "x1": (x1) => x1, "x2": (x1, x2) => x2, "x1**2": (x1) => x1 ** 2, "x2**2": (x1, x2) => x2 ** 2,
  "x1*x2": (x1, x2) => x1 * x2, "sin(x1)": (x1) => Math.sin(x1), "sin(x2)": (x1, x2) => Math.sin(x2),
};

const featureLabel = (name) => subscript(name.replace("**2", "²").replace("*", "").replace(/[()]/g, " ").trim());

const outputsOf = ({kind, classes}) =>
  (kind === "multiclass" ? classes.map((one) => `class ${one}`) : [kind === "binary" ? `class ${classes[1]}` : "prediction"]);

const brief = (value) => (Array.isArray(value) ? value.join("-") || "none" : String(value ?? "usual"));
