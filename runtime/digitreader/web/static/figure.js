// The figure: lines by what they carry, neurons by what they give. A class that is told values and draws them.

import { glow, percent, placesIn, productsOf, rowSums, signedColour, SIDE } from "./numbers.js";
import { shape } from "./server.js";

const NAMES = ["first row", "second row", "output"];

export class Figure {
  constructor(place, onChoose) {
    this.lines = place.querySelector("canvas");
    this.drawing = place.querySelector("svg");
    this.onChoose = onChoose;
    this.chosen = null;
    this.marked = null;
    new ResizeObserver(() => this.arrange()).observe(place);
  }

  setLayers(layers) {
    this.layers = layers;
    this.arrange();
  }

  setValues(inputs, activations) {
    this.inputs = inputs;
    this.activations = activations;
    this.draw();
  }

  choose(layer, neuron) {
    this.chosen = layer === null ? null : { layer, neuron };
    this.draw();
    this.onChoose(this.chosen);
  }

  // Lets a row of neurons, the pixels (-1) or nothing (null) stand out, as the tour wants it.
  mark(row) {
    this.marked = row;
    this.draw();
  }

  arrange() {
    const box = this.lines.parentElement.getBoundingClientRect();
    if (!this.layers || !box.width) return;
    this.size = [box.width, box.height];
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    [this.lines.width, this.lines.height] = this.size.map((side) => Math.round(side * sharp));
    this.sharp = sharp;
    this.places = placesIn(box.width, box.height, this.layers.map((layer) => layer.neurons));
    this.drawing.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    this.drawing.replaceChildren(...this.captions(), ...this.neurons());
    this.draw();
  }

  captions() {
    const isNarrow = this.places.columns[0][0].x < 120; // where the words would run into each other
    const words = isNarrow ? ["784", "16", "16", "10"] : ["784 pixels", "16 neurons", "16 neurons", "10 outputs"];
    const xs = [this.places.strip[0].x, ...this.places.columns.map((column) => column[0].x)];
    return words.map((word, at) =>
      shape("text", { x: at ? xs[at] : 2, y: 18, "text-anchor": at ? "middle" : "start", class: "caption" }, word));
  }

  neurons() {
    this.circles = [];
    this.outputs = [];
    return this.places.columns.flatMap((column, layer) =>
      column.map(({ x, y }, neuron) => {
        const last = layer === this.layers.length - 1;
        const radius = Math.min(13, 0.4 * (column[1].y - column[0].y));
        const circle = shape("circle", { cx: x, cy: y, r: radius, class: "ring" });
        const group = shape("g", { tabindex: 0, role: "button" },
          shape("circle", { cx: x, cy: y, r: Math.max(radius, 12), class: "hit" }), circle);
        if (last) {
          const label = shape("text", { x: x + radius + 8, y: y + 5 });
          group.append(label);
          this.outputs.push(label);
        }
        group.addEventListener("click", () => this.choose(layer, neuron));
        group.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            this.choose(layer, neuron);
          }
        });
        (this.circles[layer] ||= []).push({ circle, group });
        return group;
      }));
  }

  draw() {
    if (!this.places || !this.activations) return;
    this.drawNeurons();
    const pen = this.lines.getContext("2d");
    pen.setTransform(this.sharp, 0, 0, this.sharp, 0, 0);
    pen.clearRect(0, 0, ...this.size);
    this.drawStrip(pen);
    const values = [this.inputs, ...this.activations];
    const answer = argmax(this.activations.at(-1));
    this.layers.forEach((layer, at) => {
      const carried = at ? productsOf(layer, values[at]) : rowSums(layer, this.inputs);
      const from = at ? this.places.columns[at - 1] : this.places.strip;
      this.drawLines(pen, carried, from, this.places.columns[at], at, answer);
    });
  }

  drawStrip(pen) {
    const high = this.places.strip[1].y - this.places.strip[0].y;
    this.places.strip.forEach(({ x, y }, row) => {
      let ink = 0;
      for (let column = 0; column < SIDE; column += 1) ink = Math.max(ink, this.inputs[row * SIDE + column]);
      pen.globalAlpha = this.fades(-1) ? 0.25 : 1;
      pen.fillStyle = glow(ink);
      pen.fillRect(x - 7, y - 0.38 * high, 14, 0.76 * high);
    });
  }

  // The weakest lines first, so that those that count lie above; those into the chosen neuron, or the answer, shine.
  drawLines(pen, carried, from, to, layer, answer) {
    const most = carried.reduce((high, value) => Math.max(high, Math.abs(value)), 1e-6);
    const order = Array.from(carried.keys()).sort((one, other) => Math.abs(carried[one]) - Math.abs(carried[other]));
    const last = layer === this.layers.length - 1;
    for (const at of order) {
      const share = carried[at] / most, neuron = Math.floor(at / from.length), before = at % from.length;
      if (Math.abs(share) < 0.015) continue;
      const isChosen = this.chosen && this.chosen.layer === layer && this.chosen.neuron === neuron;
      const shines = isChosen || (!this.chosen && last && neuron === answer);
      const faint = this.chosen && !isChosen ? 0.42 : 0.85;
      pen.globalAlpha = (shines ? 1 : faint) * (this.fades(layer) ? 0.2 : 1) * (0.2 + 0.8 * Math.abs(share));
      pen.strokeStyle = `rgb(${signedColour(Math.sign(share)).join(" ")})`;
      pen.lineWidth = (shines ? 0.9 : 0.5) + (shines ? 2.6 : 1.6) * Math.abs(share);
      pen.beginPath();
      const middle = (from[before].x + to[neuron].x) / 2;
      pen.moveTo(from[before].x + (layer ? 0 : 7), from[before].y);
      pen.bezierCurveTo(middle, from[before].y, middle, to[neuron].y, to[neuron].x, to[neuron].y);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  fades(row) {
    return this.marked !== null && this.marked !== row;
  }

  drawNeurons() {
    const answer = argmax(this.activations.at(-1));
    this.activations.forEach((given, layer) => {
      const last = layer === this.layers.length - 1;
      const most = last ? 1 : Math.max(...given, 1e-6);
      given.forEach((value, neuron) => {
        const { circle, group } = this.circles[layer][neuron];
        circle.setAttribute("fill", glow(value / most));
        group.classList.toggle("chosen", this.chosen?.layer === layer && this.chosen?.neuron === neuron);
        group.setAttribute("opacity", this.fades(layer) ? 0.35 : 1);
        group.dataset.value = value;
        const name = last ? `Output for ${neuron}` : `Neuron ${neuron + 1} of the ${NAMES[layer]}`;
        group.setAttribute("aria-label", `${name} gives ${value.toFixed(2)}`);
        if (last) {
          const label = this.outputs[neuron];
          label.textContent = `${neuron}\u2003${percent(value)}`;
          label.setAttribute("class", neuron === answer ? "answer-digit" : "");
        }
      });
    });
  }
}

export function argmax(values) {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}
