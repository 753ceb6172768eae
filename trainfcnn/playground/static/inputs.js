// What a network may be shown of a point, and what its inputs and outputs are called.

import {subscript} from "./dom.js";

const CELLS = 24; // along each side of an input's map

const between = (low, high, share) => low + share * (high - low);

// A test holds them equal to the server's.
const FEATURES = {
  "x1": (x1) => x1, "x2": (x1, x2) => x2, "x1**2": (x1) => x1 ** 2, "x2**2": (x1, x2) => x2 ** 2,
  "x1*x2": (x1, x2) => x1 * x2, "sin(x1)": (x1) => Math.sin(x1), "sin(x2)": (x1, x2) => Math.sin(x2),
};

const labelOf = (name) => subscript(name.replace("**2", "²").replace("*", "").replace(/[()]/g, " ").trim());

export function outputsOf({kind, classes}) {
  return kind === "multiclass" ? classes.map((one) => `class ${one}`) : [kind === "binary" ? `class ${classes[1]}` : "prediction"];
}

// Inputs to choose from; a file of other columns has its own, all of them in use.
export function inputsOf({inputs, settings, data}, features) {
  if (settings.dataset === "csv" && data.axes.join() !== "x1,x2") {
    return inputs.map((name) => ({name, label: name, on: true}));
  }
  return features.map((name) => ({name, label: labelOf(name), on: settings.features.includes(name)}));
}

// What each of them is over the plane: {name: {values, n, table}}.
export function inputMaps({view_low: low, view_high: high}, table) {
  const n = CELLS;
  const maps = {};
  for (const [name, feature] of Object.entries(FEATURES)) {
    const values = Float32Array.from({length: n * n}, (_, at) => feature(
      between(low[0], high[0], ((at % n) + 0.5) / n),
      between(low[1], high[1], (Math.floor(at / n) + 0.5) / n)));
    const most = Math.max(...values.map(Math.abs)) || 1;
    const bytes = Uint8Array.from(values, (one) => Math.round(127.5 + (127.5 * one) / most));
    maps[name] = {n, table, values: bytes};
  }
  return maps;
}
