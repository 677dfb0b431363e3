// A chosen neuron spelled out: its sum term by term, its curve with the point on it, and its weights as a picture.

import { relu, sigmoid, signedColour, SIDE, strongest, sumOf, termsOf } from "./numbers.js";
import { element } from "./server.js";

const SHOWN_TERMS = 7;

// Unless somebody has chosen it, it is the answer's neuron, and it is said that another one can be chosen.
export function showNeuron(place, layers, values, { layer, neuron }, isChosen) {
  const of = layers[layer], before = values[layer], gives = values[layer + 1][neuron];
  const last = layer === layers.length - 1;
  const sum = sumOf(of, neuron, before);
  const curve = last || of.activation === "sigmoid" ? "sigmoid" : "relu";
  const title = last ? `Output for ${neuron}` : `Neuron ${neuron + 1} of the ${layer ? "second" : "first"} row`;
  place.replaceChildren(
    element("h3", {}, title),
    element("div", { class: "pair" },
      picture(weightsPicture(of, neuron, layer), layer ? `its ${of.inputs} weights` : "its 784 weights"),
      picture(curvePicture(curve, sum, gives), curve === "relu" ? "ReLU: below 0 nothing" : "sigmoid: 0 to 1")),
    sumTable(of, neuron, before, layer, sum, curve, gives),
    ...(isChosen ? [] : [element("p", { class: "hint" }, "This is how the answer comes about. Choose any other neuron in the figure.")]),
  );
  place.dataset.sum = sum;
  place.dataset.gives = gives;
}

function picture(canvas, words) {
  return element("figure", {}, canvas, element("figcaption", {}, words));
}

function weightsPicture(layer, neuron, at) {
  const side = at ? Math.ceil(Math.sqrt(layer.inputs)) : SIDE;
  const canvas = element("canvas", { width: side, height: side, role: "img", "aria-label": "Weights: amber raises the sum, blue lowers it" });
  const weights = layer.weights.subarray(neuron * layer.inputs, (neuron + 1) * layer.inputs);
  paintSigned(canvas.getContext("2d"), weights, side, strongest(layer.weights));
  return canvas;
}

// Paints signed values as pixels, `side` in a row, beginning at x, y.
export function paintSigned(pen, values, side, limit, x = 0, y = 0) {
  const rows = Math.ceil(values.length / side), image = pen.createImageData(side, rows);
  values.forEach((value, at) => {
    const [red, green, blue] = signedColour(value / limit);
    image.data.set([red, green, blue, 255], 4 * at);
  });
  pen.putImageData(image, x, y);
}

function curvePicture(curve, sum, gives) {
  const side = 240, canvas = element("canvas", { width: side, height: side, role: "img", "aria-label": `The curve of a ${curve}; the point is at ${sum.toFixed(2)}` });
  const pen = canvas.getContext("2d"), reach = Math.max(6, 1.25 * Math.abs(sum));
  const high = curve === "relu" ? reach : 1.12, shape = curve === "relu" ? relu : sigmoid;
  const place = (x, y) => [(0.5 + (0.46 * x) / reach) * side, side - (0.1 + (0.8 * y) / high) * side];
  pen.strokeStyle = "#3d4b63";
  line(pen, [place(-reach, 0), place(reach, 0)]);
  line(pen, [place(0, 0), place(0, high)]);
  pen.strokeStyle = "#dfe7f3";
  pen.lineWidth = 3;
  line(pen, Array.from({ length: 121 }, (_, at) => -reach + (at * reach) / 60).map((x) => place(x, Math.min(high, shape(x)))));
  pen.fillStyle = "#ffb454";
  pen.beginPath();
  pen.arc(...place(sum, Math.min(high, gives)), 8, 0, 7);
  pen.fill();
  return canvas;
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function sumTable(layer, neuron, before, at, sum, curve, gives) {
  const terms = termsOf(layer, neuron, before), shown = terms.slice(0, SHOWN_TERMS);
  const rest = terms.slice(SHOWN_TERMS).reduce((total, each) => total + each.product, 0);
  const rows = shown.map((each) => row(name(each.before, at), `${number(each.weight)} × ${each.value.toFixed(2)}`, each.product));
  const others = terms.length - shown.length;
  if (others > 0) rows.push(row(`${others} more`, "", rest));
  rows.push(row("bias", "", layer.biases[neuron]));
  const total = row("sum", "", sum), result = row(curve === "relu" ? "ReLU gives" : "sigmoid gives", "", gives, true);
  total.className = "total";
  return element("div", { class: "sum" }, element("table", {}, element("tbody", {}, ...rows, total, result)));
}

function row(words, product, value, plain = false) {
  const cell = element("td", {}, plain ? value.toFixed(2) : number(value));
  if (!plain) cell.className = value < 0 ? "minus" : "plus";
  return element("tr", {}, element("td", {}, words), element("td", {}, product), cell);
}

const number = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function name(before, layer) {
  if (layer) return `neuron ${before + 1}`;
  return `row ${Math.floor(before / SIDE) + 1}, column ${(before % SIDE) + 1}`;
}
