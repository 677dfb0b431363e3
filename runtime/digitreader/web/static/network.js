// The panel with the network: glyph, figure and inspector together, following the camera or frozen to be played with.

import { argmax, Figure } from "./figure.js";
import { GlyphView } from "./glyph.js";
import { showNeuron } from "./inspector.js";
import { activationsOf, bytesOf, floatsOf, layerOf, percent } from "./numbers.js";
import { ask, element, newestOnly, sendBytes } from "./server.js";

const byId = (id) => document.getElementById(id);

export class NetworkPanel {
  constructor() {
    this.waiting = null;
    this.frozen = false;
    this.presented = 0;
    this.trained = null;
    this.figure = new Figure(byId("figure"), () => this.inspect());
    this.glyph = new GlyphView(byId("glyph"), { onEdit: () => this.edited(), onDone: () => byId("against").value && this.compare() });
    this.glyph.tool = () => document.querySelector("input[name=tool]:checked").value;
    this.look = newestOnly((pixels, presented) => this.lookAt(pixels, presented));
    byId("show-numbers").addEventListener("change", (event) => this.showNumbers(event.target.checked));
    byId("freeze").addEventListener("click", () => this.freeze(!this.frozen));
    byId("reset-glyph").addEventListener("click", () => this.original && this.present(this.original));
    byId("against").addEventListener("change", () => this.compare());
  }

  async open() {
    this.shipped = (await ask("/api/network")).layers.map(layerOf);
    this.figure.setLayers(this.shipped);
    if (this.waiting) this.follow(this.waiting);
    const first = this.original || (await ask("/api/samples/3"));
    if (!this.original) this.present(first); // a digit of the camera may have come meanwhile
  }

  async sample(digit) {
    this.present(await ask(`/api/samples/${digit}`));
  }

  // Shows what the server tells of a glyph: {glyph, activations, digit}
  present(told) {
    this.original = told;
    this.presented += 1;
    this.show(bytesOf(told.glyph), told.activations);
  }

  // Shows a digit of the camera, unless somebody plays with another; one that comes before the weights waits for them.
  follow(told) {
    if (!this.shipped) this.waiting = told;
    else if (!this.frozen) this.present(told);
  }

  freeze(frozen) {
    this.frozen = frozen;
    byId("freeze").setAttribute("aria-pressed", frozen);
    byId("freeze").textContent = frozen ? "Follow again" : "Freeze";
  }

  showNumbers(shown) {
    byId("show-numbers").checked = shown;
    this.glyph.numbers = shown;
    this.glyph.draw();
  }

  edited() {
    this.freeze(true);
    if (byId("against").value) byId("why-words").textContent = "Let go, and what speaks for it is found anew.";
    this.look(this.glyph.pixels, this.presented);
  }

  // The answer to an edited glyph comes too late where another glyph has taken its place.
  async lookAt(pixels, presented) {
    const told = await sendBytes("/api/glyph", pixels.slice());
    if (presented === this.presented) this.show(pixels, told.activations, true);
  }

  // Shows another network, one that was trained here or an earlier one; null shows the shipped one again.
  useLayers(layers, title) {
    this.trained = layers;
    this.figure.setLayers(layers || this.shipped);
    byId("network-title").textContent = layers ? title : "The network";
    byId("back-to-shipped").hidden = !layers;
    if (this.original) this.present(this.original);
  }

  show(pixels, activations, keepGlyph = false) {
    this.pixels = pixels;
    this.inputs = Float32Array.from(pixels, (level) => level / 255);
    this.activations = this.trained ? activationsOf(this.trained, this.inputs) : activations;
    if (!keepGlyph) this.glyph.show(pixels);
    this.figure.setValues(this.inputs, this.activations);
    this.inspect();
    this.tellAnswer();
  }

  tellAnswer() {
    const outputs = this.activations.at(-1), digit = argmax(outputs);
    byId("why-digit").textContent = digit;
    byId("glyph").dataset.answer = digit;
    const chosen = byId("against").value;
    if (byId("against").dataset.digit !== String(digit)) {
      byId("against").dataset.digit = digit;
      const others = [...outputs.keys()].filter((other) => other !== digit).sort((one, other) => outputs[other] - outputs[one]);
      byId("against").replaceChildren(element("option", { value: "" }, "…"),
        ...others.map((other) => element("option", { value: String(other) }, String(other))));
    } else byId("against").value = chosen;
    if (!byId("against").value) byId("why-words").textContent = `The output for ${digit} gives ${percent(outputs[digit])}.`;
  }

  async compare() {
    const against = byId("against").value;
    if (against === "" || this.trained) {
      this.glyph.show(this.pixels);
      this.tellAnswer();
      return;
    }
    this.freeze(true);
    const { pixels, edits } = this.glyph;
    const told = await sendBytes(`/api/glyph?against=${against}`, pixels.slice());
    if (edits !== this.glyph.edits || against !== byId("against").value) return; // another question by now
    this.show(pixels.slice(), told.activations, true);
    if (!told.reasons || byId("against").value !== against) return this.tellAnswer();
    this.glyph.show(pixels, floatsOf(told.reasons));
    byId("why-words").replaceChildren(
      element("span", { class: "plus" }, "Amber"), ` pixels speak for ${told.digit}, `,
      element("span", { class: "minus" }, "blue"), ` ones for ${against}.`);
  }

  inspect() {
    if (!this.activations) return;
    const answer = { layer: this.figure.layers.length - 1, neuron: argmax(this.activations.at(-1)) };
    const { chosen, layers } = this.figure;
    showNeuron(byId("inspector"), layers, [this.inputs, ...this.activations], chosen || answer, Boolean(chosen));
  }

  unchoose() {
    this.figure.choose(null);
  }
}
