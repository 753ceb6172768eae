// Controls of settings. Each has `element`, shows a value by `set` and a refusal by `refuse`.

import {attribute, h, say} from "./dom.js";

let made = 0;

class Field {
  // change(value) is called when a user has chosen.
  constructor(label, help, control) {
    made += 1;
    this.control = control;
    control.id = `field-${made}`;
    this.output = h("b", {});
    this.refusal = h("span", {class: "refusal", id: `refusal-${made}`, hidden: true});
    this.element = h("div", {class: "field", title: help},
      h("span", {}, h("label", {for: control.id}, label), this.output), control, this.refusal);
    control.setAttribute("aria-describedby", this.refusal.id);
  }

  refuse(text) {
    say(this.refusal, text);
    this.refusal.hidden = !text;
    attribute(this.control, "aria-invalid", Boolean(text));
  }

  set(value) {
    this.refuse("");
    this.show(value);
  }
}

// One of a list, of [value, text] or of values that are their own text.
export class Choice extends Field {
  constructor(label, help, options, change) {
    const control = h("select", {onchange: () => change(this.options[control.selectedIndex])});
    super(label, help, control);
    this.options = options.map((one) => (Array.isArray(one) ? one[0] : one));
    control.append(...options.map((one) => h("option", {}, Array.isArray(one) ? one[1] : String(one))));
  }

  show(value) {
    const index = this.options.findIndex((one) => one === value);
    if (index >= 0) this.control.selectedIndex = index;
  }
}

// A number that is typed; the arrow keys go from one usual value to the next.
export class NumberField extends Field {
  constructor(label, help, ladder, change) {
    const control = h("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
      onchange: () => change(this.read()),
      onkeydown: (event) => {
        const step = {ArrowUp: 1, ArrowDown: -1}[event.key];
        if (!step) return;
        event.preventDefault();
        const next = this.next(step);
        if (next === undefined) return;
        control.value = String(next);
        change(next);
      },
    });
    super(label, help, control);
    this.ladder = ladder;
  }

  // What is no number goes to the server as text, which says what is wrong with it.
  read() {
    const text = this.control.value.trim().replace("−", "-").replace(",", ".");
    if (text === "") return null;
    return Number.isNaN(Number(text)) ? text : Number(text);
  }

  next(step) {
    const now = Number(this.read());
    if (step > 0) return this.ladder.find((one) => one > now * (1 + 1e-9));
    return this.ladder.findLast((one) => one < now * (1 - 1e-9));
  }

  show(value) {
    if (document.activeElement === this.control && Number(this.control.value) === value) return;
    this.control.value = value === null ? "" : String(value);
  }
}

// A number of a range, moved; the scale is even, or doubles at even steps.
export class Slider extends Field {
  constructor(label, help, values, change, format = String) {
    const control = h("input", {
      type: "range", min: 0, max: values.length - 1, step: 1,
      oninput: () => {
        say(this.output, format(values[control.value]));
        clearTimeout(this.timer);
        this.timer = setTimeout(() => change(values[control.value]), 120);
      },
    });
    super(label, help, control);
    this.values = values;
    this.format = format;
  }

  show(value) {
    const distances = this.values.map((one) => Math.abs(one - value));
    this.control.value = distances.indexOf(Math.min(...distances));
    attribute(this.control, "aria-valuetext", this.format(value));
    say(this.output, this.format(value));
  }
}

export class Switch extends Field {
  constructor(label, help, change) {
    super("", help, h("input", {type: "checkbox", onchange: (event) => change(event.target.checked)}));
    this.element = h("label", {class: "check", title: help}, this.control, label, this.refusal);
  }

  show(value) {
    this.control.checked = value;
  }
}

// A few buttons of which one is pressed.
export class Segments {
  constructor(label, options, change) {
    this.buttons = options.map(([value, text]) => h("button", {
      type: "button", "aria-pressed": "false", onclick: () => change(value),
    }, text));
    this.values = options.map(([value]) => value);
    this.element = h("span", {class: "choice", role: "group", "aria-label": label}, this.buttons);
  }

  set(value) {
    this.buttons.forEach((button, index) =>
      attribute(button, "aria-pressed", this.values[index] === value));
  }
}

// Buttons in rows of which one is chosen: a single stop of Tab, and the arrows move in it.
export function asRadios(group, buttons, choose) {
  attribute(group, "role", "radiogroup");
  buttons.forEach((button, index) => {
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => choose(index));
  });
  group.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    if (at < 0) return;
    const shown = buttons.filter((button) => !button.hidden);
    const across = shown.filter((button) => button.offsetTop === shown[0].offsetTop).length;
    const move = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across}[event.key];
    const next = move && buttons[at + move];
    if (!move) return;
    event.preventDefault();
    if (!next || next.hidden) return;
    next.focus();
    choose(at + move);
  });
}

export function chooseRadio(buttons, chosen) {
  buttons.forEach((button, index) => {
    attribute(button, "aria-checked", index === chosen);
    attribute(button, "tabindex", index === Math.max(chosen, 0) ? 0 : -1);
  });
}
