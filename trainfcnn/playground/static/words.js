// What there is to say in words: how far it has come, what goes wrong; seldom aloud.

import {h, say} from "./dom.js";

const SPOKEN = 4000; // milliseconds between sentences that a screen reader says while it plays
const AT_REST = 2000;

export class Words {
  constructor() {
    this.sentence = h("p", {class: "sentence"});
    this.note = h("p", {class: "warning", hidden: true});
    this.warning = h("p", {class: "warning", role: "alert", hidden: true});
    this.spoken = h("p", {class: "visually-hidden", role: "status", "aria-live": "polite"});
    this.element = h("div", {class: "told"}, this.sentence, this.note, this.warning, this.spoken);
    this.lastSpoken = 0;
  }

  // Say what is wrong, until something else happens.
  warn(text) {
    say(this.warning, text);
    this.warning.hidden = !text;
  }

  update(run, isPlaying) {
    const head = run.frame?.head;
    const [before, figure, after] = run.outcome;
    const text = before + figure + after;
    if (this.sentence.textContent !== text) {
      this.sentence.replaceChildren(before, h("b", {}, figure), after);
    }
    const byHand = head?.by_hand ? "Changed by hand on the way." : "";
    const notes = [head?.note, byHand].filter(Boolean).join(" ");
    say(this.note, notes);
    this.note.hidden = !notes;
    this.speak(`${text} ${notes}`.trim(), isPlaying);
  }

  speak(text, isPlaying) {
    clearTimeout(this.timer);
    if (text === this.spoken.textContent) return;
    const wait = this.lastSpoken + (isPlaying ? SPOKEN : AT_REST) - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => this.speak(text, isPlaying), wait);
      return;
    }
    this.lastSpoken = performance.now();
    say(this.spoken, text);
  }
}
