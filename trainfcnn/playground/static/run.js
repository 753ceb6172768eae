// One training as the page knows it: what the server told of it, and its curves.

import {Curve} from "./chart.js";
import {count, number, percent} from "./dom.js";

export class Run {
  constructor(name) {
    this.name = name;
    this.began = 0; // milliseconds
    this.fresh = null; // the last such message
    this.frame = null; // likewise
    this.python = null;
    this.clear();
  }

  clear() {
    this.curves = {
      loss: {training: new Curve(), test: new Curve()},
      score: {training: new Curve(), test: new Curve()},
    };
  }

  get settings() {
    return this.fresh?.head.settings;
  }

  get data() {
    return this.fresh?.head.data;
  }

  begin(message) {
    this.began = performance.now();
    this.fresh = message;
    this.frame = null;
    this.python = message.head.python;
    this.clear();
    this.append(message.arrays);
  }

  take(message) {
    this.frame = message;
    const {head, arrays} = message;
    if (head.python) this.python = head.python;
    this.append(arrays);
    const isNew = this.curves.loss.test.epochs.at(-1) !== head.epoch;
    if (isNew && head.state !== "diverged") {
      this.curves.loss.test.append([head.epoch], [head.test_loss]);
      this.curves.score.test.append([head.epoch], [head.test_score]);
    }
  }

  append({curve_epoch: epochs, curve_loss: losses, curve_score: scores}) {
    if (!epochs) return;
    this.curves.loss.training.append(epochs.values, losses.values);
    this.curves.score.training.append(epochs.values, scores.values);
  }

  // The setting in a few words: "xor 2-4-1 tanh, adam 0.01".
  get words() {
    const {settings, fresh: {head}} = this;
    const extra = [];
    if (settings.weight_decay) extra.push(`decay ${settings.weight_decay}`);
    if (settings.l1) extra.push(`L1 ${settings.l1}`);
    if (settings.dropout) extra.push(`dropout ${settings.dropout}`);
    if (settings.noise) extra.push(`noise ${settings.noise}`);
    const network = `${this.data.name} ${head.layers.join("-")} ${settings.activation}`;
    return [network, `${settings.optimizer} ${settings.lr}`, ...extra].join(", ");
  }

  // What has been reached, as a sentence with the figure that matters: [before, figure, after].
  get outcome() {
    const {frame, data} = this;
    if (!frame || frame.head.epoch === 0) {
      return ["Nothing is learnt yet: press ", "Play", "."];
    }
    const {head} = frame;
    const epochs = `after ${count(head.epoch)} epoch${head.epoch === 1 ? "" : "s"}`;
    if (head.success) {
      const {n, of, low, high} = head.success;
      const range = `(${Math.round(100 * low)} to ${Math.round(100 * high)} % of all)`;
      return ["", `${n} of ${of} seeds`, ` solve ${data.name} ${epochs} ${range}.`];
    }
    const isTested = data.n_test > 0; // of few own points none are held out
    const score = isTested ? head.test_score : head.score;
    const sample = isTested ? "points it has not seen" : "the points it learns from";
    if (data.kind === "regression") return ["", `R² ${number(score)}`, ` on ${sample}, ${epochs}.`];
    return ["", percent(score), ` of ${sample} are right, ${epochs}.`];
  }
}
