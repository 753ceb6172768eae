// How the network learns: its settings in a row, the rarer ones behind a fold.

import {h} from "./dom.js";
import {Choice, NumberField, Switch} from "./fields.js";

const LADDERS = {
  lr: [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  weight_decay: [0, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1],
  l1: [0, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1],
  batch_size: [1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000],
  dropout: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
  momentum: [0, 0.5, 0.8, 0.9, 0.95, 0.99],
  epochs: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
  weight_seed: Array.from({length: 1000}, (_, seed) => seed),
  threshold: [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1],
};
const NAMES = {
  activation: "Activation", optimizer: "Optimizer", lr: "Learning rate", weight_decay: "Decay (L2)",
  batch_size: "Batch", dropout: "Dropout", weight_seed: "Weight seed", schedule: "Schedule of the rate",
  epochs: "Epochs, at most", init: "Initial weights", momentum: "Momentum", l1: "L1 penalty",
  loss: "Loss of a regression", standardize: "Standardise the inputs",
  threshold: "Solved from a test score of",
};
const FIRST = ["activation", "optimizer", "lr", "batch_size", "weight_decay", "dropout", "weight_seed"];
const FOLDED = ["schedule", "epochs", "init", "momentum", "l1", "loss", "threshold", "standardize"];

export class RecipePanel {
  // change(changes) is called with a setting that a user has chosen.
  constructor(choices, change) {
    this.usual = choices.usual_lr;
    const none = (text, values) => [[null, text], ...values.map((one) => [one, one])];
    const options = {
      activation: choices.activations, optimizer: choices.optimizers, schedule: choices.schedules,
      init: none("as suits", choices.inits), loss: none("as usual", choices.losses),
    };
    this.fields = {};
    for (const name of [...FIRST, ...FOLDED]) {
      const changed = (value) => change(this.completed(name, value));
      const help = choices.help[name];
      if (options[name]) this.fields[name] = new Choice(NAMES[name], help, options[name], changed);
      else if (name === "standardize") this.fields[name] = new Switch(NAMES[name], help, changed);
      else this.fields[name] = new NumberField(NAMES[name], help, LADDERS[name], changed);
    }
    const elements = (names) => names.map((name) => this.fields[name].element);
    this.element = h("section", {class: "settings", "aria-label": "Settings"},
      h("div", {class: "recipe"}, elements(FIRST)),
      h("details", {}, h("summary", {}, "More settings"),
        h("div", {class: "recipe"}, elements(FOLDED))));
  }

  // An optimizer brings its usual rate along, since another one's would mislead.
  completed(name, value) {
    if (name !== "optimizer") return {[name]: value};
    return {optimizer: value, lr: this.usual[value] ?? 0.01, momentum: 0};
  }

  update(settings, kind) {
    for (const [name, field] of Object.entries(this.fields)) field.set(settings[name]);
    this.fields.momentum.element.hidden = !["sgd", "rmsprop"].includes(settings.optimizer);
    this.fields.loss.element.hidden = kind !== "regression";
    this.fields.threshold.element.hidden = settings.networks === 1;
  }
}
