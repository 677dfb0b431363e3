// The page's side of learning: how the shipped network learned, and a minute of learning in the browser; both are replayed.

import { paintSigned } from "./inspector.js";
import { accuracyOf, copyOf, Learner, newNetwork, randomGenerator } from "./learning.js";
import { bytesOf, floatsOf, layerOf, percent, SIDE, strongest } from "./numbers.js";
import { ask, shape, sleep } from "./server.js";

const byId = (id) => document.getElementById(id);
const LASTS_MS = 60000, SLICE_MS = 24, BATCH = 20, KEPT_BACK = 200, SNAPSHOT_MS = 700, STEP_MS = 1100;
const PASSES_A_SECOND = 1.2; // no faster, so that one sees the loss fall
const SIZES = [784, 16, 16, 10];
const UNTAUGHT = 10 * Math.log(2); // the loss of outputs that all give a half
const LOSS = "#e08a1e", RIGHT = "#3b82c4";

// A run is {points, snapshots, end, unit, most}: points {x, loss, accuracy} make the curves, snapshots have layers too.

export class Learn {
  constructor(panel) {
    this.panel = panel;
    this.lastsMs = LASTS_MS;
    byId("train").addEventListener("click", () => (this.running ? (this.running = false) : this.train()));
    byId("play-training").addEventListener("click", () => (this.playing ? (this.playing = false) : this.play()));
    byId("replay").addEventListener("input", (event) => this.showSnapshot(Number(event.target.value)));
    byId("use-trained").addEventListener("click", () => this.use(true));
    for (const back of ["use-shipped", "back-to-shipped"]) byId(back).addEventListener("click", () => this.use(false));
    for (const choice of document.querySelectorAll("input[name=training]")) {
      choice.addEventListener("change", () => this.choose(choice.value));
    }
  }

  async open() {
    await this.past();
    byId("training").hidden = !this.shipped;
    if (!this.run) this.choose(this.shipped ? "shipped" : "own");
    else this.curves();
    this.digits().catch(() => (this.fetched = null));
  }

  // How the shipped network learned; null where its file came without that.
  past() {
    this.asked ||= ask("/api/history").then((told) => (this.shipped = told && pastRun(told))).catch(() => null);
    return this.asked;
  }

  choose(which) {
    this.playing = this.running = false;
    for (const choice of document.querySelectorAll("input[name=training]")) choice.checked = choice.value === which;
    const own = which === "own";
    this.run = own ? (this.own ||= ownRun(this.lastsMs)) : this.shipped;
    byId("train").hidden = !own;
    byId("play-training").hidden = own;
    byId("about-own").hidden = !own;
    byId("about-shipped").hidden = own;
    byId("about-other").hidden = own || this.shipped.own;
    byId("passes-name").textContent = own ? "Passes" : "Epochs";
    if (this.used) this.use(false);
    this.showSnapshot(own ? this.run.snapshots.length - 1 : 0);
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
    const learner = new Learner(newNetwork(SIZES, random)), run = ownRun(this.lastsMs, learner.layers);
    this.run = this.own = run;
    run.snapshots.length = 0;
    byId("train").textContent = "Stop";
    let order = [], passes = 0, loss = UNTAUGHT, spent = 0, next = 0;
    while (this.running && spent < this.lastsMs) {
      const began = performance.now(), due = (PASSES_A_SECOND * (spent + SLICE_MS)) / 1000;
      while (performance.now() - began < SLICE_MS && passes < due) {
        if (!order.length) order = shuffled(seen, random);
        const batch = order.splice(-BATCH);
        loss = 0.97 * loss + 0.03 * learner.learn(batch.map((at) => pictures[at]), batch.map((at) => labels[at]));
        passes += batch.length / seen;
      }
      if (spent >= next) {
        const accuracy = accuracyOf(learner.layers, ...unseen);
        run.snapshots.push({ x: spent / 1000, passes: passes.toFixed(1), loss, accuracy, layers: copyOf(learner.layers) });
        this.showSnapshot(run.snapshots.length - 1);
        next = spent + SNAPSHOT_MS;
      }
      await new Promise(requestAnimationFrame);
      spent += performance.now() - began;
    }
    this.running = false;
    byId("train").textContent = "Train for a minute";
  }

  async play() {
    this.playing = true;
    byId("play-training").textContent = "Stop";
    const { snapshots } = this.run;
    for (let at = this.at >= snapshots.length - 1 ? 0 : this.at; this.playing && at < snapshots.length; at += 1) {
      this.showSnapshot(at);
      await sleep(STEP_MS);
    }
    this.playing = false;
    byId("play-training").textContent = "Play";
  }

  showSnapshot(at) {
    const { snapshots } = this.run, now = snapshots[at];
    this.at = at;
    Object.assign(byId("replay"), { disabled: snapshots.length < 2, max: Math.max(1, snapshots.length - 1) });
    byId("replay").value = at;
    byId("replay").setAttribute("aria-valuetext", now.passes);
    byId("passes").textContent = now.passes;
    byId("loss-value").textContent = now.loss === null ? "–" : now.loss.toFixed(3);
    byId("accuracy").textContent = now.accuracy === null ? "–" : percent(now.accuracy);
    byId("use-trained").disabled = now.layers === undefined;
    this.show(now.layers);
    this.curves();
    if (this.used) this.use(true);
  }

  show(layers) {
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

  use(other) {
    this.used = other;
    const now = this.run.snapshots[this.at];
    if (other) this.panel.useLayers(now.layers, this.run === this.own ? "Your network" : afterEpochs(now));
    else this.panel.useLayers(null);
    byId("use-shipped").disabled = !other;
  }

  // For the tour: the figure goes through the shipped network's training, and `tell` is told how far it is.
  async replayInFigure(tell) {
    await this.past();
    const turn = (this.turn = Symbol("replay"));
    if (!this.shipped || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const now of this.shipped.snapshots) {
      if (this.turn !== turn) return;
      this.panel.useLayers(now.layers, afterEpochs(now));
      tell(`${afterEpochs(now)}${now.accuracy === null ? ": it guesses." : `: ${percent(now.accuracy)} of digits that it never saw are right.`}`);
      await sleep(STEP_MS);
    }
    if (this.turn === turn) this.panel.useLayers(null);
  }

  endReplay() {
    if (this.turn && !this.used) this.panel.useLayers(null);
    this.turn = null;
  }

  curves() {
    const svg = byId("loss"), width = svg.clientWidth || 500, height = 190, { snapshots, end, unit, most } = this.run;
    const points = this.run.points || snapshots, now = snapshots[this.at];
    const left = 44, right = width - 36, x = (at) => left + (at / end) * (right - left);
    const lossY = (loss) => 10 + (1 - Math.min(1, loss / most)) * (height - 40);
    const rightY = (share) => 10 + (1 - share) * (height - 40);
    const curve = (each, colour) => shape("polyline", { points: points.filter(({ loss }) => loss !== null).map((point) => `${x(point.x)},${each(point)}`).join(" "), fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-linejoin": "round" });
    const label = (words, at, y, colour, anchor = "start") => shape("text", { x: at, y, fill: colour, "font-size": 12, "text-anchor": anchor }, words);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(
      shape("line", { x1: left, y1: height - 30, x2: right, y2: height - 30, stroke: "currentColor", opacity: 0.25 }),
      label("0", left, height - 12, "currentColor"), label(`${end} ${unit}`, right, height - 12, "currentColor", "end"),
      label("100 %", left - 6, rightY(1) + 4, RIGHT, "end"), label("0 %", left - 6, rightY(0) + 4, RIGHT, "end"),
      label(most.toFixed(1), right + 6, lossY(most) + 4, LOSS), label("0", right + 6, lossY(0) + 4, LOSS),
      curve((point) => lossY(point.loss), LOSS), curve((point) => rightY(point.accuracy), RIGHT));
    if (now.loss === null) return;
    svg.append(
      shape("line", { x1: x(now.x), x2: x(now.x), y1: 8, y2: height - 30, stroke: "currentColor", opacity: 0.25 }),
      shape("circle", { cx: x(now.x), cy: lossY(now.loss), r: 4, fill: LOSS }),
      shape("circle", { cx: x(now.x), cy: rightY(now.accuracy), r: 4, fill: RIGHT }));
  }
}

const afterEpochs = ({ x }) => (x ? `After ${x} ${x === 1 ? "epoch" : "epochs"}` : "Before the first epoch");

// What the server tells of the shipped network's training, as a run.
function pastRun({ own, figures, snapshots }) {
  const points = figures.map(([loss, , , accuracy], at) => ({ x: at + 1, loss, accuracy }));
  const unknown = { loss: null, accuracy: null };
  return {
    own, points, end: figures.length, unit: "epochs", most: Math.max(...points.map(({ loss }) => loss)),
    snapshots: snapshots.map(({ epoch, layers }) =>
      ({ ...unknown, ...points[epoch - 1], x: epoch, passes: String(epoch), layers: layers.map(levelsOf) })),
  };
}

// A layer whose weights may have come as whole steps.
function levelsOf(told) {
  if (!told.levels) return layerOf(told);
  const levels = new Int8Array(bytesOf(told.levels).buffer), steps = floatsOf(told.steps);
  const weights = Float32Array.from(levels, (level, at) => level * steps[Math.floor(at / told.inputs)]);
  return { ...told, weights, biases: floatsOf(told.biases) };
}

// A run in the browser, before it has begun.
function ownRun(lastsMs, layers = newNetwork(SIZES, randomGenerator(1))) {
  const begin = { x: 0, passes: "0", loss: null, accuracy: null, layers };
  return { points: null, snapshots: [begin], end: lastsMs / 1000, unit: "s", most: UNTAUGHT };
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
