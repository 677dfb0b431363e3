// The glyph: 28x28 pixels that can be drawn on, shown as numbers, or coloured by what speaks for one digit.

import { signedColour, SIDE, strongest } from "./numbers.js";

const CELL = 20;

export class GlyphView {
  constructor(canvas, { onEdit, onDone }) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.pixels = new Uint8Array(SIDE * SIDE);
    this.reasons = null;
    this.numbers = false;
    Object.assign(this, { onEdit, onDone, edits: 0 });
    this.tool = () => "draw";
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.end());
    canvas.addEventListener("keydown", (event) => this.key(event));
    this.cursor = null;
  }

  show(pixels, reasons = null) {
    this.pixels = pixels.slice();
    this.reasons = reasons;
    this.draw();
  }

  begin(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.placeOf(event);
    this.stroke(this.last, this.last);
  }

  drag(event) {
    if (!this.last) return;
    const now = this.placeOf(event);
    this.stroke(this.last, now);
    this.last = now;
  }

  end() {
    if (this.last) this.onDone();
    this.last = null;
  }

  // Arrow keys move a cursor, space draws or erases there.
  key(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!(event.key in ways) && event.key !== " ") return;
    event.preventDefault();
    this.cursor ||= [13.5, 13.5];
    if (event.key === " ") {
      this.stroke(this.cursor, this.cursor);
      this.onDone();
    } else this.cursor = this.cursor.map((at, axis) => Math.max(0.5, Math.min(SIDE - 0.5, at + ways[event.key][axis])));
    this.draw();
  }

  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  stroke([x0, y0], [x1, y1]) {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x1 - x0, y1 - y0)));
    for (let step = 0; step <= steps; step += 1) {
      this.dab(x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps);
    }
    this.reasons = null;
    this.edits += 1;
    this.draw();
    this.onEdit(this.pixels);
  }

  dab(x, y) {
    const erase = this.tool() === "erase", radius = erase ? 2.2 : 1.5;
    for (let row = Math.max(0, Math.floor(y - 4)); row < Math.min(SIDE, y + 4); row += 1) {
      for (let column = Math.max(0, Math.floor(x - 4)); column < Math.min(SIDE, x + 4); column += 1) {
        const share = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)));
        const at = row * SIDE + column;
        this.pixels[at] = erase ? Math.min(this.pixels[at], 255 * (1 - share)) : Math.max(this.pixels[at], 255 * share);
      }
    }
  }

  draw() {
    const limit = this.reasons ? strongest(this.reasons, 1) : 1;
    for (let at = 0; at < SIDE * SIDE; at += 1) {
      const x = (at % SIDE) * CELL, y = Math.floor(at / SIDE) * CELL, level = this.pixels[at];
      const colour = this.reasons ? signedColour(softened(this.reasons[at] / limit)) : [level, level, level];
      this.pen.fillStyle = `rgb(${colour.join(" ")})`;
      this.pen.fillRect(x, y, CELL, CELL);
      if (this.numbers && level) this.write(level, x, y);
    }
    this.pen.strokeStyle = "rgb(120 135 160 / .16)";
    this.pen.lineWidth = 1;
    for (let at = 1; at < SIDE; at += 1) {
      this.pen.strokeRect(at * CELL, -1, 0, SIDE * CELL + 2);
      this.pen.strokeRect(-1, at * CELL, SIDE * CELL + 2, 0);
    }
    if (this.cursor && document.activeElement === this.canvas) {
      this.pen.strokeStyle = "#6cb2ff";
      this.pen.lineWidth = 3;
      this.pen.strokeRect(...this.cursor.map((at) => Math.floor(at) * CELL), CELL, CELL);
    }
  }

  write(level, x, y) {
    this.pen.fillStyle = level > 120 && !this.reasons ? "#000" : "#e8edf5";
    this.pen.font = "600 12px system-ui, sans-serif";
    this.pen.textAlign = "center";
    this.pen.fillText((level / 255).toFixed(1).replace("0.", "."), x + CELL / 2, y + 14); // short, to be large
  }
}

// Small values are shown too: of many pixels each says little.
const softened = (value) => Math.sign(value) * Math.sqrt(Math.abs(value));
