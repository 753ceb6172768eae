// Elements, and numbers as a reader likes them.

// Make an element: h("button", {class: "quiet", onclick: play}, "Play").
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Change text only where it differs, so that nothing is laid out again for nothing.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function attribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// Three significant digits, and a real minus sign: −0.0123, 12.3, 1,230, 1.2e−5.
export function number(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text = "0";
  if (size >= 1000) text = Math.round(value).toLocaleString("en-GB");
  else if (size >= 1e-4) text = value.toPrecision(digits);
  else if (size > 0) text = value.toExponential(1);
  return text.replaceAll("-", "−");
}

export const count = (value) => Math.round(value).toLocaleString("en-GB");

// 99.96 % of a sample is not all of it.
export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  const text = (100 * share).toFixed(1);
  return `${text === "100.0" && share < 1 ? "99.9" : text} %`;
}

export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

export const subscript = (text) => text.replace(/[0-9]/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

// A canvas in device pixels, with a context in CSS pixels; size 0 where it is hidden.
export function surface(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height};
}

export function hasQuietMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// The page's own colours, which follow the system's light or dark.
export function inks(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return {ink: read("--ink"), soft: read("--soft"), line: read("--line"), paper: read("--card")};
}
