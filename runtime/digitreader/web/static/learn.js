// The page's side of learning: a minute of it in small slices, its curves, its weights as pictures, and its replay.

import { paintSigned } from "./inspector.js";
import { accuracyOf, copyOf, Learner, newNetwork, randomGenerator } from "./learning.js";
import { percent, SIDE, strongest } from "./numbers.js";
import { shape } from "./server.js";

const byId = (id) => document.getElementById(id);
const LASTS_MS = 60000, SLICE_MS = 24, BATCH = 20, KEPT_BACK = 200, SNAPSHOT_MS = 700;
const UNTAUGHT = 10 * Math.log(2); // the loss of outputs that all give a half

export class Learn {
  constructor(panel) {
    this.panel = panel;
    this.lastsMs = LASTS_MS;
    byId("train").addEventListener("click", () => (this.running ? (this.running = false) : this.train()));
    byId("replay").addEventListener("input", (event) => this.showSnapshot(Number(event.target.value)));
    byId("use-trained").addEventListener("click", () => this.use(true));
    byId("use-shipped").addEventListener("click", () => this.use(false));
  }

  open() {
    if (!this.shown) this.show(newNetwork([784, 16, 16, 10], randomGenerator(1)));
    this.curves();
    this.digits().catch(() => (this.fetched = null));
  }

  digits() {
    this.fetched ||= this.fetchDigits();
    return this.fetched;
  }

  async fetchDigits() {
    const bytes = new Uint8Array(await (await fetch("/api/practice")).arrayBuffer()), count = bytes.length / 785;
    const picture = (at) => Float32Array.from(bytes.subarray(785 * at, 785 * at + 784), (level) => level / 255);
    const pictures = Array.from({ length: count }, (_, at) => picture(at));
    const labels = Array.from({ length: count }, (_, at) => bytes[785 * at + 784]);
    return { pictures, labels };
  }

  async train() {
    this.running = true;
    byId("train").textContent = "Drawing digits…";
    const { pictures, labels } = await this.digits(), random = randomGenerator(Date.now());
    const seen = pictures.length - KEPT_BACK, unseen = [pictures.slice(seen), labels.slice(seen)];
    const learner = new Learner(newNetwork([784, 16, 16, 10], random));
    byId("train").textContent = "Stop";
    this.history = [];
    let order = [], passes = 0, loss = UNTAUGHT, spent = 0, next = 0;
    while (this.running && spent < this.lastsMs) {
      const began = performance.now();
      while (performance.now() - began < SLICE_MS) {
        if (!order.length) order = shuffled(seen, random);
        const batch = order.splice(-BATCH);
        loss = 0.97 * loss + 0.03 * learner.learn(batch.map((at) => pictures[at]), batch.map((at) => labels[at]));
        passes += batch.length / seen;
      }
      if (spent >= next) {
        this.history.push({ loss, passes, accuracy: accuracyOf(learner.layers, ...unseen), layers: copyOf(learner.layers), seconds: spent / 1000 });
        this.showSnapshot(this.history.length - 1);
        next = spent + SNAPSHOT_MS;
      }
      await new Promise(requestAnimationFrame);
      spent += performance.now() - began;
    }
    this.running = false;
    byId("train").textContent = "Train for a minute";
    byId("use-trained").disabled = false;
  }

  showSnapshot(at) {
    const now = this.history?.[at];
    if (!now) return;
    this.at = at;
    Object.assign(byId("replay"), { disabled: false, max: this.history.length - 1 });
    byId("replay").value = at;
    byId("passes").textContent = now.passes.toFixed(1);
    byId("loss-value").textContent = now.loss.toFixed(3);
    byId("accuracy").textContent = percent(now.accuracy);
    this.show(now.layers);
    this.curves();
    if (this.used) this.panel.useLayers(now.layers);
  }

  show(layers) {
    this.shown = layers;
    const pen = byId("weights").getContext("2d"), first = layers[0], gap = 119, inner = 4;
    const limit = strongest(first.weights);
    const small = new OffscreenCanvas(SIDE, SIDE), smallPen = small.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.clearRect(0, 0, 476, 476);
    for (let neuron = 0; neuron < first.neurons; neuron += 1) {
      paintSigned(smallPen, first.weights.subarray(neuron * 784, neuron * 784 + 784), SIDE, limit);
      pen.drawImage(small, (neuron % 4) * gap + inner, Math.floor(neuron / 4) * gap + inner, 112, 112);
    }
  }

  use(trained) {
    this.used = trained;
    this.panel.useLayers(trained ? this.shown : null);
    byId("use-shipped").disabled = !trained;
  }

  curves() {
    const svg = byId("loss"), width = svg.clientWidth || 500, height = 190, past = this.history || [];
    const x = (seconds) => 40 + (seconds / (this.lastsMs / 1000)) * (width - 50);
    const lossY = (loss) => 10 + (1 - Math.min(1, loss / UNTAUGHT)) * (height - 40);
    const rightY = (share) => 10 + (1 - share) * (height - 40);
    const curve = (each, colour) => shape("polyline", { points: past.map((now) => `${x(now.seconds)},${each(now)}`).join(" "), fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-linejoin": "round" });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const label = (words, at, y, colour) => shape("text", { x: at, y, fill: colour, "font-size": 12 }, words);
    svg.replaceChildren(
      shape("line", { x1: 40, y1: height - 30, x2: width - 10, y2: height - 30, stroke: "currentColor", opacity: 0.25 }),
      label("0 s", 36, height - 12, "currentColor"), label(`${this.lastsMs / 1000} s`, width - 36, height - 12, "currentColor"),
      label("loss", 44, 22, "#d9822b"), label("right", 84, 22, "#3b82c4"),
      curve((now) => lossY(now.loss), "#e08a1e"), curve((now) => rightY(now.accuracy), "#3b82c4"));
    if (this.at !== undefined && past[this.at]) {
      const now = past[this.at];
      svg.append(shape("circle", { cx: x(now.seconds), cy: lossY(now.loss), r: 4, fill: "#e08a1e" }), shape("circle", { cx: x(now.seconds), cy: rightY(now.accuracy), r: 4, fill: "#3b82c4" }));
    }
  }
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
