// Play: draw a digit or drop a photograph, and see each step that a camera's frame goes through.

import { percent } from "./numbers.js";
import { element, newestOnly, sendBytes } from "./server.js";

const byId = (id) => document.getElementById(id);
const PAPER = "#f3efe6", INK = "#1c2433";

export class Play {
  constructor(panel, { onCorrect, onStatus }) {
    Object.assign(this, { panel, onCorrect, onStatus });
    this.canvas = byId("paper");
    this.pen = this.canvas.getContext("2d");
    this.read = newestOnly((blob, upright) => this.readBlob(blob, upright));
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => this.end());
    byId("clear-paper").addEventListener("click", () => this.clear());
    byId("photo").addEventListener("change", (event) => this.choosePhoto(event.target));
    document.addEventListener("dragover", (event) => this.over(event));
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? byId("paper-place").classList.remove("over"));
    document.addEventListener("drop", (event) => this.drop(event));
    this.clear();
  }

  clear() {
    this.cleared = (this.cleared ?? 0) + 1; // answers that come later are not of this paper
    this.resize(480, 300);
    this.isPhoto = false;
    this.pen.fillStyle = PAPER;
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    byId("play-answer").textContent = "";
    byId("found").replaceChildren();
    this.steps(null);
  }

  resize(width, height) {
    [this.canvas.width, this.canvas.height] = [width, height];
  }

  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * this.canvas.width, ((event.clientY - box.top) / box.height) * this.canvas.height];
  }

  begin(event) {
    if (this.isPhoto) this.clear();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.placeOf(event);
    this.line(this.last, this.last);
  }

  drag(event) {
    if (!this.last) return;
    const now = this.placeOf(event);
    this.line(this.last, now);
    this.last = now;
  }

  line(from, to) {
    Object.assign(this.pen, { strokeStyle: INK, lineWidth: 14, lineCap: "round", lineJoin: "round" });
    this.pen.beginPath();
    this.pen.moveTo(...from);
    this.pen.lineTo(...to);
    this.pen.stroke();
  }

  end() {
    if (!this.last) return;
    this.last = null;
    const paper = this.cleared;
    this.canvas.toBlob((blob) => paper === this.cleared && this.read(blob, false), "image/png");
  }

  over(event) {
    event.preventDefault();
    byId("paper-place").classList.add("over");
  }

  drop(event) {
    event.preventDefault();
    byId("paper-place").classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file) {
      location.hash = "play";
      this.photo(file);
    }
  }

  choosePhoto(input) {
    const file = input.files[0];
    input.value = ""; // or the same file could not be chosen again
    if (file) this.photo(file);
  }

  async photo(file) {
    try {
      const bitmap = await createImageBitmap(file), scale = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
      this.resize(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
      this.pen.drawImage(bitmap, 0, 0, this.canvas.width, this.canvas.height);
      this.isPhoto = true;
      this.canvas.toBlob((blob) => this.read(blob, true), "image/jpeg", 0.92);
    } catch {
      this.onStatus("The browser cannot show this file as a picture.");
    }
  }

  async readBlob(blob, upright) {
    const paper = this.cleared;
    try {
      const told = await sendBytes(`/api/read${upright ? "?upright=1" : ""}`, blob);
      if (paper !== this.cleared) return;
      this.told = told;
      byId("play-answer").textContent = told.text.replaceAll("\n", " / ") || "no digit";
      byId("found").replaceChildren(...told.digits.map((each, at) =>
        element("button", { type: "button", class: "button", onclick: () => this.choose(at) }, `${each.digit} · ${percent(each.confidence)}`)));
      if (told.digits.length) this.choose(0);
      else this.steps(null);
    } catch (error) {
      this.onStatus(error.message);
    }
  }

  choose(at) {
    const digit = this.told.digits[at];
    [...byId("found").children].forEach((button, place) => button.setAttribute("aria-pressed", place === at));
    this.steps(digit);
    if (!digit.network) return;
    this.panel.freeze(true);
    this.panel.present(digit.network);
  }

  // The four tiles: seen, cut out, normalised, read.
  steps(digit) {
    const tile = (...inside) => element("div", { class: "tile" }, ...inside);
    const image = (src, words, sharp) => element("img", { src, alt: words, class: sharp ? "sharp" : "" });
    const seen = digit ? tile(image(this.snapshot(), "the picture"), element("img", { src: this.told.layers.ink, alt: "", class: "over" })) : tile();
    const told = [
      ["1 Find", "The first network marks the ink that it takes for a digit.", seen],
      ["2 Cut out", "Only the ink of this digit, white on black.", digit?.ink ? tile(image(digit.ink, "its ink")) : tile()],
      ["3 Normalise", "Upright, of one size, in the middle of 28×28 pixels.", digit?.network ? tile(this.glyphTile(digit.network.glyph)) : tile()],
      ["4 Read", digit ? `Sure to ${percent(digit.confidence)}.` : "A second network says which digit it is.", tile(digit ? element("span", { class: "big" }, String(digit.digit)) : "")],
    ];
    byId("steps").replaceChildren(...told.map(([name, words, picture]) =>
      element("li", {}, picture, element("b", {}, name), element("span", {}, words))));
    if (digit?.ink) {
      byId("steps").lastChild.append(element("button", { type: "button", class: "button", onclick: (event) => this.onCorrect({ kept: digit.kept }, event.currentTarget) }, "Wrong?"));
    }
  }

  snapshot() {
    const small = document.createElement("canvas"), scale = 240 / Math.max(this.canvas.width, this.canvas.height);
    [small.width, small.height] = [Math.round(this.canvas.width * scale), Math.round(this.canvas.height * scale)];
    small.getContext("2d").drawImage(this.canvas, 0, 0, small.width, small.height);
    return small.toDataURL("image/png");
  }

  glyphTile(glyph) {
    const canvas = element("canvas", { width: 28, height: 28, role: "img", "aria-label": "the glyph" });
    const levels = Uint8Array.from(atob(glyph), (each) => each.charCodeAt(0));
    const pen = canvas.getContext("2d"), image = pen.createImageData(28, 28);
    levels.forEach((level, at) => image.data.set([level, level, level, 255], 4 * at));
    pen.putImageData(image, 0, 0);
    return canvas;
  }
}
