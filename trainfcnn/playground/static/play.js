// The playground: it draws what the server says, and tells it what a user wants.

import {Bar} from "./bar.js";
import {DataPanel} from "./data.js";
import {h, hasQuietMotion, number, plural, say} from "./dom.js";
import {Segments} from "./fields.js";
import {inputMaps, inputsOf, outputsOf} from "./inputs.js";
import {Net} from "./net.js";
import {Palette} from "./paint.js";
import {HandPoints} from "./points.js";
import {PredictionPanel, preparePlane} from "./prediction.js";
import {RecipePanel} from "./recipe.js";
import {Run} from "./run.js";
import {Seeds, Tried} from "./seeds.js";
import {Sides} from "./sides.js";
import {changesBetween, fromFragment, toFragment, whole} from "./state.js";
import {TakeAway} from "./take.js";
import {Words} from "./words.js";

const QUIET = 1000; // milliseconds between pictures where the system asks for little motion
const WORTH_NOTING = 2000; // milliseconds: settings that are passed by on the way are not noted

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
    this.acks = {};
    this.hand = new HandPoints((points) => this.set({dataset: "points", points}),
      (points) => this.showTooFew(points));
    this.lastDrawn = 0;
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

  portable(settings) {
    return settings.dataset === "csv" ? {...settings, dataset: "xor"} : settings;
  }

  set(changes) {
    this.send({kind: "set", run: this.current, changes});
  }

  play() {
    const epoch = this.run.frame?.head.epoch;
    if (!this.isPlaying && this.bar.passStop(epoch)) this.pace();
    this.send({kind: this.isPlaying ? "pause" : "play"});
  }

  step() {
    this.send({kind: "step", epochs: 1});
  }

  reset() {
    this.send({kind: "reset"});
  }

  newWeights() {
    const {weight_seed: seed, networks} = this.run.settings;
    this.set({weight_seed: (seed + networks) % 2147483647});
  }

  pace() {
    this.bar.paces.forEach((message) => this.send(message));
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
    else this.words.warn("A network needs an input: this is the last one.");
  }

  edit(layer, to, from, value) {
    this.send({kind: "edit", run: this.current, layer, to, from, value});
  }

  click(x1, x2, event) {
    const pen = this.data.pen.control.selectedIndex;
    if (event.ctrlKey || event.metaKey) this.hand.removeNearest(this.run, x1, x2);
    else this.hand.add(this.run, x1, x2, event.shiftKey ? Number(pen === 0) : pen);
  }

  showTooFew(points) {
    this.data.tell(`${plural(points.length, "point")} so far: it takes 4, of two classes.`);
    this.prediction.showLoose(points);
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
      failed: () => this.words.warn(`${head.text} Reset makes it anew.`),
      file: () => this.take.save(head.name, head.mime, message.arrays.bytes.values),
    }[head.kind];
    if (take) take();
  }

  begin(message) {
    const run = this.runs[message.head.run];
    // What was on its way when a comparison ended is of no run any more.
    if (run.name === "b" && !this.isComparing && message.head.reason !== "compare") return;
    const isLongEnough = performance.now() - run.began > WORTH_NOTING;
    if (message.head.reason === "set" && run.fresh && isLongEnough) this.tried.note(run);
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
    this.hand.points = null;
    this.words.warn("");
    this.refresh();
    if (message.head.reason !== "select") this.writeAddress();
  }

  takeFrame(message) {
    const run = this.runs[message.head.run];
    if (!run.fresh) { // likewise; the server still waits to hear of it
      this.send({kind: "ack", run: run.name, frame: message.head.frame});
      return;
    }
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
    this.words.update(this.run, this.isPlaying);
    this.writeAddress();
  }

  refuse({text, field, settings, run}) {
    if (settings && this.runs[run || "a"].fresh) this.runs[run || "a"].fresh.head.settings = settings;
    this.refreshControls();
    const control = this.recipe.fields[field] || this.data.fields[field];
    if (control) control.refuse(text);
    else if (field === "csv") this.data.refuseFile(text);
    else this.words.warn(text);
  }

  lose(text, seconds) {
    if (!this.words) {
      this.root.replaceChildren(h("p", {class: "waiting", role: "alert"}, text));
      return;
    }
    this.isPlaying = false;
    const again = seconds === null ? "" : ` Trying again in ${number(seconds, 1)} s.`;
    this.words.warn(text + again);
    this.root.classList.add("lost");
    this.bar.update(this.isPlaying, this.isComparing);
  }

  // --- the page ---

  build({head, arrays}) {
    this.root.classList.remove("lost");
    if (this.choices) { this.words.warn(""); return; } // the server is back: the page is there
    this.choices = head.choices;
    this.palette = new Palette(head.colours);
    this.data = new DataPanel(head.choices, arrays, this.palette, {
      change: (changes) => this.set(changes),
      upload: (name, text) => this.upload(name, text),
      draw: () => this.hand.take(this.hand.of(this.run)),
      clear: () => this.hand.take([]),
    });
    this.words = new Words();
    this.recipe = new RecipePanel(head.choices, (changes) => this.set(changes));
    this.bar = new Bar({
      play: () => this.play(),
      step: () => this.step(),
      reset: () => this.reset(),
      renew: () => this.newWeights(),
      compare: () => this.compare(),
      share: this.hasAddress && (() => this.share()),
      pace: () => this.pace(),
    });
    this.net = new Net({
      resize: (layer, by) => this.resize(layer, by),
      feature: (name) => this.toggleFeature(name),
      weight: (layer, to, from, value) => this.edit(layer, to, from, value),
      bias: (layer, to, value) => this.edit(layer, to, null, value),
    }, this.palette, head.choices.limits.dims?.[1] ?? 32);
    this.prediction = new PredictionPanel(this.palette, (x1, x2, event) => this.click(x1, x2, event));
    this.seeds = new Seeds(this.palette, (member) => this.send({kind: "select", run: this.current, member}));
    this.tried = new Tried((settings) => this.set(changesBetween(this.run.settings, settings)));
    this.take = new TakeAway({
      export: (what) => {
        this.take.wait("One moment …");
        this.send({kind: "export", run: this.current, what});
      },
      picture: () => this.prediction.savePicture(this.run.data.name),
    });
    this.buildPage(head);
  }

  buildPage(head) {
    this.root.replaceChildren(h("div", {class: "page"},
      this.bar.element,
      h("main", {},
        this.words.element, this.recipe.element,
        h("div", {class: "flow"}, this.data.element, this.buildMiddle(), this.prediction.element),
        h("p", {class: "keyboard"}, h("kbd", {}, "Space"), " play or pause · ", h("kbd", {}, "S"),
          " one epoch · ", h("kbd", {}, "R"), " reset · ", h("kbd", {}, "N"), " new weights · ",
          h("kbd", {}, "+"), " ", h("kbd", {}, "−"), " in a layer: units · arrows: tiles, and usual values · ",
          `trainfcnn ${head.trainfcnn}`))));
  }

  buildMiddle() {
    const layer = (by, sign, label) => h("button", {type: "button", "aria-label": label,
      onclick: () => this.setLayers(by)}, sign);
    this.layerCount = h("span", {});
    this.lessLayers = layer(-1, "−", "remove a hidden layer");
    this.moreLayers = layer(1, "+", "add a hidden layer");
    this.networks = new Segments("Networks at once", this.choices.networks.map((n) => [n, String(n)]),
      (networks) => this.set({networks}));
    this.sides = new Sides(this.palette, (name) => {
      this.current = name;
      this.refresh();
    });
    return h("div", {class: "middle"},
      h("section", {class: "card", "aria-label": "Network"},
        h("div", {class: "head"},
          h("h2", {}, h("span", {class: "number"}, "2"), "Network"),
          h("span", {class: "aside layers"}, this.lessLayers, this.layerCount, this.moreLayers),
          h("span", {class: "aside"}, "seeds at once", this.networks.element)),
        this.net.element),
      this.seeds.element, this.sides.element, this.tried.element, this.take.element);
  }

  // --- what is drawn ---

  // All that a `fresh` message changes.
  refresh() {
    const {run} = this;
    if (!run.fresh) return;
    const {head} = run.fresh;
    const {data, settings} = head;
    this.refreshControls();
    const isLow = settings.networks > 1 || this.isComparing;
    this.net.build(inputsOf(head, this.choices.features), settings.dims, outputsOf(data), isLow);
    this.net.setInputs(inputMaps(data, this.palette.middle));
    this.seeds.build(settings.networks);
    this.prediction.begin(run);
    this.take.update(run.python, this.isPlaying);
    this.draw();
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
    this.sides.which.set(this.current);
    this.sides.element.hidden = !this.isComparing;
    this.bar.update(this.isPlaying, this.isComparing);
  }

  draw() {
    const {run} = this;
    if (!run.fresh) return;
    this.prediction.draw(run, this.isComparing ? this.runs[this.current === "a" ? "b" : "a"] : null);
    if (run.frame) this.drawUnits(run);
    if (run.frame) this.seeds.update(run.frame, run.data, run.settings.weight_seed);
    if (this.isComparing) this.sides.draw(this.runs, preparePlane);
    this.bar.tell(run.frame?.head, this.isPlaying);
    this.words.update(run, this.isPlaying);
    this.take.update(run.python, this.isPlaying);
    this.bar.update(this.isPlaying, this.isComparing);
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

  // --- keys, the address, files ---

  press(event) {
    const isTyping = event.target.closest("input:not([type=range], [type=checkbox]), select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("button, summary, input, pre") &&
      event.target !== this.bar.play) return; // which press what has the focus
    const action = {
      " ": () => this.play(), s: () => this.step(), r: () => this.reset(), n: () => this.newWeights(),
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
    if (!this.runs.a.fresh) return;
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
      say(this.bar.share, "Link copied");
    } catch {
      say(this.bar.share, "Copy the address");
    }
    setTimeout(() => say(this.bar.share, "Copy link"), 1600);
  }

  upload(name, text) {
    const size = 48000;
    for (let start = 0; start === 0 || start < text.length; start += size) {
      const last = start + size >= text.length;
      this.send({kind: "upload", name, text: text.slice(start, start + size), last});
    }
  }

}
