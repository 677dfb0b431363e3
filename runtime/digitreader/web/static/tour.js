// The tour: seven steps, with the live network as their figure.

import { element } from "./server.js";

const byId = (id) => document.getElementById(id);

const STEPS = [
  ["A neuron holds a number", "Each circle below is a neuron. It holds a number: dark is 0, bright is a high number. That is all. The ten on the right say how much the picture looks like each digit.",
    (panel) => panel.figure.mark(null)],
  ["A picture is 784 numbers", "The glyph on the left has 28 rows of 28 pixels: 784 numbers from 0, black, to 1, white. They are the input of the network. Draw on the glyph, and they change.",
    (panel) => { panel.figure.mark(-1); panel.showNumbers(true); }],
  ["Layers: from pixels to digits", "Between the pixels and the ten outputs stand two rows of sixteen neurons. The numbers of one row decide the numbers of the next. You may hope that the first row finds edges and the second finds loops and lines, but nobody tells them to.",
    (panel) => { panel.figure.mark(0); }],
  ["Weights: what a neuron looks for", "Each line is a weight. The picture on the right shows the 784 weights of one neuron: where they are amber, ink raises its number; where they are blue, ink lowers it.",
    (panel) => panel.figure.choose(0, strongestNeuron(panel, 0))],
  ["The weighted sum", "A neuron multiplies each number that comes in by its weight, adds all of that, and adds a bias: w₁a₁ + w₂a₂ + … + b. The table shows the terms that count most, for this very picture.",
    (panel) => panel.figure.choose(1, strongestNeuron(panel, 1))],
  ["The curve: sigmoid and ReLU", "The sum may be anything. A curve bends it. ReLU lets nothing below 0 pass; the sigmoid of the outputs squeezes every sum between 0 and 1. The point on the curve is where this neuron is now.",
    (panel) => panel.figure.choose(2, strongestNeuron(panel, 2))],
  ["Learning: 13,002 numbers that move", "Nobody chose these weights. They began at random. The network saw many digits, and each time all its numbers moved a little in the direction of a smaller error. Under Learn you can go through that training, and let a new network learn for a minute.",
    (panel, learn) => {
      byId("tour-next").textContent = "Learn";
      learn.replayInFigure((words) => (byId("tour-replay").textContent = words));
    }],
];

export class Tour {
  constructor(panel, learn) {
    Object.assign(this, { panel, learn });
    this.at = 0;
    byId("tour-back").addEventListener("click", () => this.go(this.at - 1));
    byId("tour-next").addEventListener("click", () => this.go(this.at + 1));
    byId("tour-dots").replaceChildren(...STEPS.map(([title], at) =>
      element("li", {}, element("button", { type: "button", "aria-label": `Step ${at + 1}: ${title}`, onclick: () => this.go(at) }))));
  }

  go(at) {
    if (at >= STEPS.length) {
      location.hash = "learn";
      return;
    }
    this.at = Math.max(0, at);
    const [title, words, act] = STEPS[this.at];
    byId("tour-step").textContent = `Step ${this.at + 1} of ${STEPS.length}`;
    byId("tour-title").textContent = title;
    byId("tour-words").textContent = words;
    byId("tour-back").disabled = this.at === 0;
    byId("tour-next").textContent = "Next";
    [...byId("tour-dots").children].forEach((dot, place) => {
      if (place === this.at) dot.firstChild.setAttribute("aria-current", "step");
      else dot.firstChild.removeAttribute("aria-current");
    });
    this.leave();
    act(this.panel, this.learn);
  }

  leave() {
    this.learn.endReplay();
    byId("tour-replay").textContent = "";
    this.panel.showNumbers(false);
    this.panel.figure.mark(null);
    this.panel.unchoose();
  }
}

function strongestNeuron(panel, layer) {
  const given = panel.activations[layer];
  return given.reduce((best, value, at) => (value > given[best] ? at : best), 0);
}
