// bundle: dom.js chart.js paint.js fields.js bar.js data.js inputs.js net.js plane.js points.js recipe.js run.js seeds.js state.js sides.js take.js prediction.js words.js link.js play.js
// The same playground under a cell of a notebook.

import {decode} from "./link.js";
import {Playground} from "./play.js";

function render({model, el}) {
  const root = document.createElement("div");
  root.className = "play";
  el.append(root);
  const playground = new Playground(root, (message) => model.send(message), false);
  const receive = (content, buffers) => playground.receive(decode(buffers[0]));
  model.on("msg:custom", receive);
  playground.greet();
  return () => {
    model.off("msg:custom", receive);
    model.send({kind: "bye"});
  };
}

export default {render};
