// What one takes along: the program, the picture, files.

import {attribute, h, say} from "./dom.js";

export class TakeAway {
  // actions: export(what), picture()
  constructor(actions) {
    this.text = h("code", {});
    this.why = h("p", {class: "hint"});
    this.copy = h("button", {type: "button", onclick: () => this.copyText()}, "Copy");
    this.buttons = [
      ["Picture (PNG)", () => actions.picture()],
      ["Film (GIF)", () => actions.export("film")],
      ["Weights", () => actions.export("weights")],
      ["PyTorch module", () => actions.export("torch")],
      ["Curves (CSV)", () => actions.export("history")],
    ].map(([text, action]) => h("button", {type: "button", onclick: action}, text));
    this.status = h("span", {class: "hint", role: "status"});
    this.element = h("section", {class: "card code", "aria-label": "As Python"},
      h("div", {class: "head"}, h("h2", {}, "As Python"), this.copy),
      h("pre", {tabindex: "0", "aria-label": "the program"}, this.text), this.why,
      h("div", {class: "take"}, h("span", {class: "visually-hidden"}, "Download:"), this.buttons,
        this.status));
  }

  update(python, isPlaying) {
    if (!python) return;
    say(this.text, python.text);
    say(this.why, isPlaying ? "Pause, and it says the epoch you see." : python.why);
    attribute(this.copy, "data-exact", python.exact);
  }

  async copyText() {
    try {
      await navigator.clipboard.writeText(this.text.textContent);
      say(this.copy, "Copied");
    } catch { // not allowed, as in some notebooks: selected, it can be copied by hand
      getSelection().selectAllChildren(this.text);
      say(this.copy, "Selected");
    }
    setTimeout(() => say(this.copy, "Copy"), 1600);
  }

  wait(text) {
    say(this.status, text);
  }

  save(name, mime, bytes) {
    saveFile(name, new Blob([bytes], {type: mime}));
    say(this.status, `${name} is saved.`);
  }
}

export function saveFile(name, blob) {
  const address = URL.createObjectURL(blob);
  h("a", {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
