// The page that trainfcnn play serves: its token, its socket.

import {Link} from "./link.js";
import {Playground} from "./play.js";

// The token leaves the address at once, so that no link that is shared holds it.
const given = new URLSearchParams(location.search).get("token");
if (given) {
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname + location.hash);
}
const token = given || sessionStorage.getItem("token") || "";

const root = document.getElementById("play");
const playground = new Playground(root, (message) => link.send(message), true);
root.playground = playground; // to be looked at from the console, and by tests
const link = new Link(`ws://${location.host}/live?token=${encodeURIComponent(token)}`, {
  open: () => playground.greet(),
  message: (message) => playground.receive(message),
  lost: (text, seconds) => playground.lose(text, seconds),
});
