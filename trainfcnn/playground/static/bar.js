// The bar above all: what moves the training.

import {attribute, count, h, say} from "./dom.js";
import {Choice} from "./fields.js";

const SPEEDS = [[null, "full speed"], ...[1000, 100, 30, 10, 1].map((n) => [n, `${count(n)} epoch${n > 1 ? "s" : ""} / s`])];
const USUAL_SPEED = 100; // so that one sees how it comes about
const STOPS = [[null, "no end"], ...[50, 100, 200, 500, 1000, 2000, 5000].map((n) => [n, `to epoch ${count(n)}`])];

export class Bar {
  // actions: play(), step(), reset(), renew(), compare(), share() (or none), pace(epochsPerSecond, stop)
  constructor(actions) {
    this.pace = {speed: USUAL_SPEED, stop: null};
    const button = (text, title, action, name = "") =>
      h("button", {type: "button", title, class: name, onclick: action}, text);
    this.play = button("Play", "Space", actions.play, "primary");
    this.epoch = h("b", {}, "0");
    this.rate = h("span", {});
    const choice = (label, options, name) => {
      const chosen = new Choice(label, "", options, (value) => {
        this.pace[name] = value;
        actions.pace();
      });
      chosen.control.setAttribute("aria-label", label);
      return chosen;
    };
    this.speed = choice("Speed", SPEEDS, "speed");
    this.stop = choice("Where to pause", STOPS, "stop");
    this.speed.set(USUAL_SPEED);
    this.compare = button("Compare", "two settings side by side", actions.compare);
    this.share = button("Copy link", "all settings stand in the address", actions.share);
    this.element = h("header", {class: "bar"},
      h("h1", {}, "trainfcnn ", h("span", {}, "play")), this.play,
      button("Step", "one epoch (S)", actions.step),
      button("Reset", "the same weights again (R)", actions.reset),
      button("New weights", "another seed (N)", actions.renew),
      h("span", {class: "epoch"}, "epoch", this.epoch, this.rate),
      h("span", {class: "paces"}, this.speed.control, this.stop.control),
      h("span", {class: "end"}, this.compare, actions.share ? this.share : null));
  }

  // What the server forgets with the connection.
  get paces() {
    return [{kind: "speed", epochs_per_second: this.pace.speed},
      {kind: "stop_at", epoch: this.pace.stop, loss: null}];
  }

  // Whether it stands where it was to pause; then it is to go on without an end.
  passStop(epoch) {
    if (!this.pace.stop || epoch < this.pace.stop) return false;
    this.pace.stop = null;
    this.stop.set(null);
    return true;
  }

  update(isPlaying, isComparing) {
    say(this.play, isPlaying ? "Pause" : "Play");
    attribute(this.compare, "aria-pressed", isComparing);
    say(this.compare, isComparing ? "End comparison" : "Compare");
  }

  tell(head, isPlaying) {
    say(this.epoch, count(head?.epoch ?? 0));
    const rate = isPlaying && head?.epochs_per_second;
    say(this.rate, rate ? `${count(rate)} a second` : "");
  }
}
