// A network of 784-16-16-10 that learns, in plain JavaScript: forward, backward, Adam. Nothing here touches the page.

import { sigmoid } from "./numbers.js";

const RATE = 0.0005, MEMORY = 0.9, SCALE_MEMORY = 0.999, TINY = 1e-8;
const AWAKE = 0.5; // a bias above 0, so that few hidden neurons begin dark and stay so

export function randomGenerator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function newNetwork(sizes, random) {
  return sizes.slice(1).map((neurons, at) => {
    const inputs = sizes[at], reach = Math.sqrt(6 / (inputs + neurons));
    const weights = Float32Array.from({ length: neurons * inputs }, () => (2 * random() - 1) * reach);
    const hidden = at < sizes.length - 2, biases = new Float32Array(neurons).fill(hidden ? AWAKE : 0);
    return { neurons, inputs, activation: hidden ? "relu" : "none", weights, biases };
  });
}

export const copyOf = (layers) =>
  layers.map((layer) => ({ ...layer, weights: layer.weights.slice(), biases: layer.biases.slice() }));

export class Learner {
  constructor(layers) {
    this.layers = layers;
    this.steps = 0;
    this.sums = layers.map(({ weights, biases }) => [weights, biases].map((each) => new Float32Array(each.length)));
    this.state = layers.map(({ weights, biases }) =>
      [weights, biases].map((each) => ({ mean: new Float32Array(each.length), scale: new Float32Array(each.length) })));
  }

  // Learns from some pictures at once; gives their mean loss.
  learn(pictures, labels) {
    for (const pair of this.sums) for (const each of pair) each.fill(0);
    let loss = 0;
    pictures.forEach((picture, at) => (loss += this.add(picture, labels[at])));
    this.steps += 1;
    this.layers.forEach((layer, at) => {
      this.move(layer.weights, this.sums[at][0], this.state[at][0], pictures.length);
      this.move(layer.biases, this.sums[at][1], this.state[at][1], pictures.length);
    });
    return loss / pictures.length;
  }

  // Adds what one picture says of each number, and gives its loss.
  add(picture, label) {
    const values = forward(this.layers, picture), sums = values.at(-1);
    let slope = sums.map((sum, digit) => sigmoid(sum) - (digit === label ? 1 : 0));
    for (let at = this.layers.length - 1; at >= 0; at -= 1) slope = this.back(at, values[at], slope);
    return lossOf(sums, label);
  }

  back(at, before, slope) {
    const { weights, inputs, neurons } = this.layers[at], [sums, biasSums] = this.sums[at];
    const next = at ? new Float32Array(inputs) : null;
    for (let neuron = 0; neuron < neurons; neuron += 1) {
      const by = slope[neuron];
      if (!by) continue;
      biasSums[neuron] += by;
      for (let from = 0, place = neuron * inputs; from < inputs; from += 1, place += 1) {
        sums[place] += by * before[from];
        if (next) next[from] += by * weights[place];
      }
    }
    return next?.map((value, from) => (before[from] > 0 ? value : 0));
  }

  move(numbers, sums, { mean, scale }, count) {
    const right = 1 - MEMORY ** this.steps, rightScale = 1 - SCALE_MEMORY ** this.steps;
    for (let at = 0; at < numbers.length; at += 1) {
      const slope = sums[at] / count;
      mean[at] = MEMORY * mean[at] + (1 - MEMORY) * slope;
      scale[at] = SCALE_MEMORY * scale[at] + (1 - SCALE_MEMORY) * slope * slope;
      numbers[at] -= (RATE * mean[at]) / right / (Math.sqrt(scale[at] / rightScale) + TINY);
    }
  }
}

// The inputs, and what each layer gives; the last one's are sums.
export function forward(layers, inputs) {
  const values = [inputs];
  layers.forEach((layer, at) => {
    const before = values[at], given = new Float32Array(layer.neurons);
    for (let neuron = 0, place = 0; neuron < layer.neurons; neuron += 1) {
      let sum = layer.biases[neuron];
      for (let from = 0; from < layer.inputs; from += 1, place += 1) sum += layer.weights[place] * before[from];
      given[neuron] = layer.activation === "relu" ? Math.max(0, sum) : sum;
    }
    values.push(given);
  });
  return values;
}

// How wrong the ten outputs are together: the cross-entropy of each, which should be 1 for the label and else 0.
export function lossOf(sums, label) {
  return sums.reduce((loss, sum, digit) => loss + Math.log1p(Math.exp(-Math.abs(sum))) + Math.max(0, digit === label ? -sum : sum), 0);
}

export function accuracyOf(layers, pictures, labels) {
  const right = pictures.filter((picture, at) => {
    const sums = forward(layers, picture).at(-1);
    return sums.indexOf(Math.max(...sums)) === labels[at];
  });
  return right.length / pictures.length;
}
