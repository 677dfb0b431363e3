// What is only arithmetic: layers from the server, weighted sums, colours, places. Nothing here touches the page.

export const SIDE = 28;
export const PLUS = [255, 180, 84];
export const MINUS = [108, 178, 255];

export function floatsOf(text) {
  const bytes = bytesOf(text);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

// {neurons, inputs, activation, weights: Float32Array (neurons x inputs), biases: Float32Array}
export function layerOf(told) {
  return { ...told, weights: floatsOf(told.weights), biases: floatsOf(told.biases) };
}

export const sigmoid = (sum) => 1 / (1 + Math.exp(-sum));
export const relu = (sum) => Math.max(0, sum);

// What each layer's neurons give for inputs between 0 and 1; the last layer's outputs are sigmoids.
export function activationsOf(layers, inputs) {
  const given = [];
  let before = inputs;
  layers.forEach((layer, at) => {
    const last = at === layers.length - 1;
    const shape = last || layer.activation === "sigmoid" ? sigmoid : relu;
    before = Float32Array.from({ length: layer.neurons }, (_, neuron) => shape(sumOf(layer, neuron, before)));
    given.push(before);
  });
  return given;
}

export function sumOf(layer, neuron, before) {
  let sum = layer.biases[neuron];
  const first = neuron * layer.inputs;
  for (let at = 0; at < layer.inputs; at += 1) sum += layer.weights[first + at] * before[at];
  return sum;
}

// The terms of a neuron's sum that are not 0, the greatest first: [{before, weight, value, product}]
export function termsOf(layer, neuron, before) {
  const terms = [];
  for (let at = 0; at < layer.inputs; at += 1) {
    const weight = layer.weights[neuron * layer.inputs + at];
    const product = weight * before[at];
    if (product) terms.push({ before: at, weight, value: before[at], product });
  }
  return terms.sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
}

// For each neuron of the first layer what each of the 28 rows of pixels adds: Float32Array (neurons x 28)
export function rowSums(layer, inputs) {
  const sums = new Float32Array(layer.neurons * SIDE);
  for (let neuron = 0; neuron < layer.neurons; neuron += 1) {
    for (let at = 0; at < layer.inputs; at += 1) {
      sums[neuron * SIDE + Math.floor(at / SIDE)] += layer.weights[neuron * layer.inputs + at] * inputs[at];
    }
  }
  return sums;
}

// How much each line between two layers carries: Float32Array (neurons x inputs)
export function productsOf(layer, before) {
  return layer.weights.map((weight, at) => weight * before[at % layer.inputs]);
}

// Where the neurons stand: {strip: [{x, y}], columns: [[{x, y}]]} in pixels of a figure of this size
export function placesIn(width, height, counts) {
  const top = 44, bottom = height - 18;
  const spread = (x, count, low, high) =>
    Array.from({ length: count }, (_, at) => ({ x, y: low + ((at + 0.5) * (high - low)) / count }));
  const narrow = width < 520;
  const shares = narrow ? [0.26, 0.48, 0.68] : [0.34, 0.6, 0.83];
  return {
    strip: spread(narrow ? 12 : 22, SIDE, top, bottom),
    columns: counts.map((count, at) => spread(shares[at] * width, count, top, bottom)),
  };
}

// A colour for a value between -1 and 1 on dark ground: amber above 0, blue below.
export function signedColour(value) {
  const share = Math.min(1, Math.abs(value)), to = value > 0 ? PLUS : MINUS, ground = [14, 19, 28];
  return ground.map((from, at) => Math.round(from + (to[at] - from) * share));
}

export function glow(value) {
  const share = Math.max(0, Math.min(1, value));
  const dark = [22, 30, 44], lit = [255, 205, 130];
  return `rgb(${dark.map((from, at) => Math.round(from + (lit[at] - from) * share)).join(" ")})`;
}

export function strongest(values, share = 0.998) {
  const sorted = Float32Array.from(values, Math.abs).sort();
  return sorted[Math.floor(share * (sorted.length - 1))] || 1;
}

export function overlap([x, y, width, height], [u, v, wide, high]) {
  const across = Math.min(x + width, u + wide) - Math.max(x, u);
  const down = Math.min(y + height, v + high) - Math.max(y, v);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (width * height + wide * high - across * down);
}

// Never rounded up to 100: nobody is that sure.
export function percent(share) {
  if (share >= 0.9995) return ">99.9 %";
  return share < 0.1 || share >= 0.99 ? `${(Math.floor(1000 * share) / 10).toFixed(1)} %` : `${Math.round(100 * share)} %`;
}
