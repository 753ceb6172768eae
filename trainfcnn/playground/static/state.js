// The settings of a run, and how they stand in the address of the page.

// As the server has them; a test holds the two together.
export const DEFAULTS = {
  dataset: "xor", formula: "x1*x2 > 0", points: [], n_samples: 250, noise: 0, seed: 0, weight_seed: 0,
  validation: 0, features: ["x1", "x2"], dims: [4, 2], activation: "tanh", optimizer: "adam",
  schedule: "constant", init: null, loss: null, lr: 0.01, momentum: 0, dropout: 0, weight_decay: 0,
  l1: 0, batch_size: 10, epochs: null, standardize: false, networks: 1, threshold: 0.95,
};
const NUMBERS = new Set(["epochs"]); // that may be null
const MOST_OF_POINTS = 2000; // letters of an address; more points are left out of it

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function written(name, value) {
  if (name === "points") return value.map((point) => point.join(",")).join(";");
  return Array.isArray(value) ? value.join(",") : String(value);
}

function readValue(name, text) {
  const plain = DEFAULTS[name];
  if (text === "null") return null;
  if (name === "points") return text ? text.split(";").map((one) => one.split(",").map(Number)) : [];
  if (name === "features") return text.split(",");
  if (Array.isArray(plain)) return text ? text.split(",").map(Number) : [];
  if (typeof plain === "boolean") return text === "true";
  if (typeof plain === "number" || NUMBERS.has(name)) return Number(text);
  return text;
}

// What differs from the defaults, as it stands behind the # of an address.
export function toFragment(settings, other = null) {
  const parts = [];
  const add = (mark, from) => {
    for (const name of Object.keys(DEFAULTS)) {
      if (!(name in from) || same(from[name], DEFAULTS[name])) continue;
      const text = written(name, from[name]);
      if (name !== "points" || text.length <= MOST_OF_POINTS) {
        parts.push(`${mark}${name}=${encodeURIComponent(text).replaceAll("%2C", ",")}`);
      }
    }
  };
  add("", settings);
  if (other) {
    parts.push("compare=b");
    add("b.", other);
  }
  return parts.join("&");
}

// {a, b}: settings that an address names, b null where nothing is compared.
export function fromFragment(text) {
  const found = {a: {}, b: null};
  const given = new URLSearchParams(text.replace(/^#/, "").replaceAll("+", "%2B"));
  if (given.get("compare") === "b") found.b = {};
  for (const [key, value] of given) {
    const isOther = key.startsWith("b.");
    const name = isOther ? key.slice(2) : key;
    const run = isOther ? found.b : found.a;
    if (name in DEFAULTS && run) run[name] = readValue(name, value);
  }
  return found;
}

// All of a run's settings: those that are not named are the defaults.
export const whole = (named) => ({...DEFAULTS, ...named});

// Which settings differ, with the values of the latter.
export function changesBetween(settings, wanted) {
  const names = Object.keys(wanted).filter((name) => !same(settings[name], wanted[name]));
  return Object.fromEntries(names.map((name) => [name, wanted[name]]));
}
