// Many networks from other initial weights: a tile each, and how many have solved it.

import {attribute, count, h, number, percent, say} from "./dom.js";
import {asRadios, chooseRadio} from "./fields.js";

export class Seeds {
  constructor(palette, select) {
    this.palette = palette;
    this.select = select;
    this.buttons = [];
    this.rate = h("span", {class: "rate"});
    this.interval = h("span", {class: "hint"});
    this.meter = new Meter();
    this.tiles = h("div", {class: "tiles", "aria-label": "Networks by their seed"});
    this.element = h("section", {class: "card", "aria-label": "Many seeds", hidden: true},
      h("div", {class: "head"}, h("h2", {}, "Other initial weights"),
        h("span", {class: "hint"}, "each tile is a network; click one to look inside")),
      h("div", {class: "success"}, this.rate, this.interval), this.meter.element, this.tiles);
  }

  build(n) {
    this.element.hidden = n === 1;
    if (this.buttons.length === n) return;
    this.buttons = n === 1 ? [] : Array.from({length: n}, (_, member) => h("button", {
      type: "button", "aria-label": `network ${member}`,
    }, h("canvas", {"aria-hidden": "true"})));
    const tiles = h("div", {class: "tiles", "aria-label": "Networks by their seed"}, this.buttons);
    this.tiles.replaceWith(tiles);
    this.tiles = tiles;
    asRadios(tiles, this.buttons, this.select);
  }

  update({head, arrays}, data, firstSeed) {
    const {tiles, member_score: scores} = arrays;
    if (!tiles || !this.buttons.length) return;
    const [n, sheets, side] = tiles.shape;
    const size = sheets * side * side;
    const {threshold} = head.success;
    for (let member = 0; member < n; member += 1) {
      const button = this.buttons[member];
      const values = tiles.values.subarray(member * size, (member + 1) * size);
      this.palette.paintOutput(button.firstChild, values, side, data.kind, data.range);
      const score = scores.values[member];
      attribute(button, "data-solved", score >= threshold);
      button.title = `seed ${firstSeed + member}: ${data.kind === "regression" ? number(score) : percent(score)}`;
      if (!head.playing) attribute(button, "aria-label", `${button.title}${score >= threshold ? ", solved" : ""}`);
    }
    chooseRadio(this.buttons, head.member);
    this.tell(head.success);
  }

  tell(success) {
    const {n, of, low, high, diverged} = success;
    say(this.rate, `${n} of ${of} solve it`);
    const lost = diverged ? `; ${diverged} diverged` : "";
    say(this.interval, `of all seeds, ${Math.round(100 * low)} to ${Math.round(100 * high)} % ` +
      `would (95 % interval)${lost}`);
    this.meter.set(n / of, low, high);
  }
}

// A share and its interval as a bar.
export class Meter {
  constructor() {
    this.range = h("i", {class: "range"});
    this.at = h("i", {class: "at"});
    this.element = h("span", {class: "meter", "aria-hidden": "true"}, this.range, this.at);
  }

  set(share, low, high) {
    this.range.style.left = `${100 * low}%`;
    this.range.style.width = `${100 * (high - low)}%`;
    this.at.style.left = `${100 * share}%`;
  }
}

// What was tried before, so that two settings can be told apart by more than memory.
export class Tried {
  constructor(again) {
    this.again = again;
    this.rows = new Map(); // settings as text -> what came of them
    this.body = h("tbody", {});
    this.element = h("section", {class: "card", "aria-label": "Tried so far", hidden: true},
      h("h2", {}, "Tried so far"),
      h("div", {class: "wide"}, h("table", {class: "tried"},
        h("thead", {}, h("tr", {}, ["Network", "Epochs", "Came to", "", ""].map((text, index) =>
          h("th", {scope: "col", class: index === 1 ? "figure" : null}, text || h("span", {class: "visually-hidden"}, index === 3 ? "interval" : "again"))))),
        this.body)));
  }

  // Note what a run has come to.
  note({settings, words, frame, data, fresh}) {
    const head = frame?.head;
    if (!head?.epoch) return;
    const key = JSON.stringify(settings);
    this.rows.delete(key);
    this.rows.set(key, {settings, words, head, data, scoreName: fresh.head.score_name});
    if (this.rows.size > 8) this.rows.delete(this.rows.keys().next().value);
    this.body.replaceChildren(...[...this.rows.values()].reverse().map((row) => this.row(row)));
    this.element.hidden = this.rows.size < 2; // a single one is what is seen anyway
  }

  row({settings, words, head, data, scoreName}) {
    const meter = new Meter();
    const {success} = head;
    let came = `${scoreName} ${score(data, head.test_score ?? head.score)}`;
    if (head.state === "diverged") came = "diverged";
    if (success) {
      came = `${success.n} of ${success.of} solve it`;
      meter.set(success.n / success.of, success.low, success.high);
    }
    return h("tr", {}, h("td", {}, words), h("td", {class: "figure"}, count(head.epoch)),
      h("td", {}, came), h("td", {}, success ? meter.element : ""),
      h("td", {}, h("button", {type: "button", onclick: () => this.again(settings)}, "Again")));
  }
}

export const score = (data, value) => (data.kind === "regression" ? number(value) : percent(value));
