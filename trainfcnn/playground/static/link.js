// The connection to the server: messages in bytes, and what to do when it is lost.

const TYPES = {u1: Uint8Array, i1: Int8Array, u4: Uint32Array, f4: Float32Array};
const FIRST_WAIT = 500; // milliseconds; each further try waits twice as long
const LONGEST_WAIT = 8000;

// A message as {head, arrays: {name: {values, shape}}}; the arrays are views of its bytes.
export function decode(bytes) {
  const view = bytes instanceof DataView ? bytes : new DataView(bytes);
  const length = view.getUint32(0, true);
  const letters = new Uint8Array(view.buffer, view.byteOffset + 4, length);
  const head = JSON.parse(new TextDecoder().decode(letters));
  const arrays = {};
  let at = 4 + length;
  for (const [name, type, shape] of head.arrays || []) {
    const Type = TYPES[type];
    const n = shape.reduce((product, one) => product * one, 1);
    const start = view.byteOffset + at;
    // A notebook's bytes may begin anywhere; numbers must not.
    const values = start % Type.BYTES_PER_ELEMENT
      ? new Type(view.buffer.slice(start, start + n * Type.BYTES_PER_ELEMENT))
      : new Type(view.buffer, start, n);
    arrays[name] = {values, shape};
    at += Math.ceil((n * Type.BYTES_PER_ELEMENT) / 8) * 8;
  }
  return {head, arrays};
}

// A WebSocket that comes back by itself.
export class Link {
  // on: {open(), message({head, arrays}), lost(text, seconds)}
  constructor(address, on) {
    this.address = address;
    this.on = on;
    this.wait = FIRST_WAIT;
    this.wasOpen = false;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.socket = new WebSocket(this.address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.wasOpen = true;
      this.on.open();
    };
    this.socket.onmessage = (event) => {
      this.wait = FIRST_WAIT;
      this.on.message(decode(event.data));
    };
    this.socket.onclose = (event) => this.lose(event);
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  async lose({code, reason}) {
    if (code === 1013) { // there are as many pages as there may be
      this.on.lost(reason || "The server serves as many pages as it can: close one of them.", null);
      return;
    }
    const text = (await isThere())
      ? "The server is there and refuses this page: open the address that trainfcnn play printed."
      : "The server has ended: start trainfcnn play again. What is drawn is as it was.";
    this.on.lost(text, this.wait / 1000);
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, 2 * this.wait);
  }
}

async function isThere() {
  try {
    return (await fetch("index.html", {cache: "no-store"})).ok;
  } catch {
    return false;
  }
}
