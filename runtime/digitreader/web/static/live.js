// The live view: the newest pictures and values as the server sends them, boxes and layers.

import { overlap, percent } from "./numbers.js";
import { ask, element, newestOnly, partsOf, sleep } from "./server.js";

const byId = (id) => document.getElementById(id);
const COLOURS = { sure: "#2ee6a8", likely: "#ffc36b", doubtful: "#ff8a80" };
const LEAST_HEAT = 0.35;
const levelOf = (confidence) => (confidence >= 0.9 ? "sure" : confidence >= 0.7 ? "likely" : "doubtful");

const REFUSED_MS = 5000;

export class LiveView {
  constructor({ onDigit, onSteady, onStatus }) {
    Object.assign(this, { onDigit, onSteady, onStatus, onSettings: () => {} });
    this.canvas = byId("picture");
    this.pen = this.canvas.getContext("2d");
    this.recent = new Map();
    this.focus = null;
    this.pointer = null;
    this.lastText = "";
    this.showPicture = newestOnly((number, jpeg) => this.decodePicture(number, jpeg));
    this.askDigit = newestOnly((number, at) => this.fetchDigit(number, at));
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => (this.pointer = null));
  }

  open() {
    this.listen();
    this.pictures();
    this.layers();
  }

  listen() {
    const events = new EventSource("/api/events");
    events.onmessage = (event) => this.take(JSON.parse(event.data));
    events.addEventListener("settings", (event) => this.onSettings(JSON.parse(event.data)));
    events.onopen = () => this.lost("");
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return this.lost("The connection is lost; trying again.");
      // refused: the browser does not try again by itself
      this.lost("The server refuses this page; open the address that it printed when it started.");
      setTimeout(() => this.listen(), REFUSED_MS);
    };
  }

  // Said over the picture too, which is an old one then.
  lost(words) {
    this.onStatus(words);
    byId("notice").hidden = !words;
    byId("notice").textContent = words;
  }

  get showsLayers() {
    return byId("show-ink").checked || byId("show-centres").checked;
  }

  get isShown() {
    return !document.hidden && !byId("live").hidden;
  }

  get wantsPictures() {
    return this.isShown && !this.showsLayers;
  }

  async pictures() {
    for (;;) {
      if (this.wantsPictures) await this.takePictures().catch(() => sleep(1000));
      else await sleep(200);
    }
  }

  async takePictures() {
    const ending = new AbortController();
    try {
      const response = await fetch("/api/pictures", { signal: ending.signal });
      if (!response.ok) throw new Error(`the server answers ${response.status}`);
      for await (const [number, jpeg] of partsOf(response.body)) {
        if (!this.wantsPictures) return;
        this.showPicture(number, jpeg);
      }
    } finally {
      ending.abort();
    }
  }

  async decodePicture(number, jpeg) {
    const before = this.bitmap, fresh = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    if (!this.wantsPictures) return;
    this.bitmap = fresh;
    this.drawn = number;
    this.draw();
    this.canvas.dataset.frame = number;
    before?.close?.();
    await new Promise(requestAnimationFrame);
  }

  // With layers the picture waits for them, so that both are of one frame.
  async layers() {
    for (;;) {
      if (this.showsLayers && this.isShown) await this.renewLayers().catch(() => {});
      await sleep(this.showsLayers ? 60 : 300);
    }
  }

  async renewLayers() {
    const told = await ask("/api/layers");
    if (!told) return;
    const [picture, ink] = [told.picture, told.ink].map((src) => Object.assign(new Image(), { src }));
    await Promise.all([picture.decode(), ink.decode()]);
    this.layer = { ink, centres: told.centres };
    this.bitmap = picture;
    this.drawn = told.number;
    this.draw();
  }

  take(values) {
    this.values = values;
    this.recent.set(values.number, values);
    for (const number of this.recent.keys()) if (this.recent.size > 40) this.recent.delete(number);
    this.follow(values);
    this.tellNumber(values);
    this.tellRates(values);
    byId("notice").hidden = !(values.fault || values.too_small_px);
    byId("notice").textContent = values.fault || `Writing about ${Math.round(values.too_small_px)} pixels high is too small to read; go closer.`;
    if (this.bitmap && this.isShown) this.draw(); // the picture may have come before its values
    byId("number").dataset.frame = values.number;
  }

  tellNumber(values) {
    const text = values.steady || values.text;
    byId("reading-label").textContent = values.steady ? "Steady number" : values.text ? "Reading…" : "Nothing to read";
    byId("number").classList.toggle("past", !values.steady);
    if (text !== this.lastText || !text) byId("number").textContent = text || "–";
    if (values.steady !== this.lastSteady) {
      this.lastSteady = values.steady;
      this.onSteady();
    }
    this.lastText = text;
    this.tellDigits(values);
    this.tellAlternatives(values);
  }

  tellDigits(values) {
    const place = byId("meters");
    while (place.children.length > values.digits.length) place.lastChild.remove();
    values.digits.forEach((each, at) => {
      if (!place.children[at]) {
        place.append(element("button", { type: "button", class: "meter", onclick: () => this.pin(at) }, element("b"), element("span")));
      }
      const button = place.children[at], [digit, words] = button.children;
      digit.textContent = each.digit ?? "?";
      words.textContent = percent(each.confidence);
      button.className = `meter ${levelOf(each.confidence)}${at === this.focusAt ? " chosen" : ""}`;
    });
  }

  // Of digits that are not sure: what else they may be.
  tellAlternatives(values) {
    const doubts = values.digits.map(({ digit, alternatives }) => {
      const others = alternatives.filter(([other]) => other !== digit).map(([other, chance]) => `${other} (${percent(chance)})`);
      return others.length ? `${digit ?? "?"} may be ${others.join(" or ")}` : "";
    });
    byId("alternatives").textContent = doubts.filter(Boolean).slice(0, 3).join("; ");
  }

  tellRates(values) {
    const stages = ["find", "normalise", "classify"].map((name) => `${name} ${(values.timing_ms[name] ?? 0).toFixed(1)}`).join(" · ");
    const heat = values.temperature_c ? ` · ${values.temperature_c.toFixed(0)} °C` : "";
    byId("rates").textContent = `${values.frames_a_second.toFixed(0)} frames/s · ${stages} ms${heat}`;
  }

  // The digit under the pointer, or the one that was chosen where it still is; else the one that the server looks at,
  // which comes with the values.
  follow(values) {
    const { digits, look } = values;
    let at = this.pointer ? digits.findIndex(({ box }) => contains(box, this.pointer)) : -1;
    if (at < 0 && this.focus) at = digits.findIndex(({ box }) => overlap(box, this.focus) > 0.3);
    this.focus = at < 0 ? null : digits[at].box;
    this.focusAt = at < 0 ? look?.at : at;
    if (look && look.at === this.focusAt) this.onDigit(look);
    else if (at >= 0) this.askDigit(values.number, at);
  }

  pin(at) {
    this.focus = this.values?.digits[at]?.box ?? null;
    this.onDigit(null, true);
  }

  async fetchDigit(number, at) {
    const told = await ask(`/api/digits/${number}/${at}`).catch(() => null);
    if (told && !told.gone) this.onDigit(told);
    await sleep(60);
  }

  point(event) {
    const place = this.pictureAt(event);
    this.pointer = place && this.values ? place : null;
  }

  // Where an event is in the picture as it was taken; the canvas keeps its shape inside its box.
  pictureAt(event) {
    if (!this.values || !this.bitmap) return null;
    const box = this.canvas.getBoundingClientRect(), [width, height] = this.values.size;
    const scale = Math.min(box.width / width, box.height / height);
    const left = box.left + (box.width - scale * width) / 2, top = box.top + (box.height - scale * height) / 2;
    return [(event.clientX - left) / scale, (event.clientY - top) / scale];
  }

  draw() {
    const { bitmap, pen, canvas } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      byId("screen").style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    }
    pen.drawImage(bitmap, 0, 0);
    const values = this.recent.get(this.drawn) || this.values;
    if (!values) return;
    const scale = bitmap.width / values.size[0];
    if (this.layer && this.showsLayers) this.drawLayers();
    if (byId("show-boxes").checked) values.digits.forEach((each, at) => this.drawBox(each, scale, at));
    if (this.region) {
      pen.strokeStyle = "#fff";
      pen.setLineDash([8, 6]);
      pen.lineWidth = 2;
      pen.strokeRect(...this.region.map((side) => side * scale));
      pen.setLineDash([]);
    }
  }

  drawLayers() {
    const { pen, canvas, layer } = this;
    if (byId("show-ink").checked) {
      pen.fillStyle = "rgb(8 12 20 / .45)";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(layer.ink, 0, 0, canvas.width, canvas.height);
    }
    if (!byId("show-centres").checked) return;
    for (const [x, y, width, height, heat] of layer.centres) {
      if (heat < LEAST_HEAT) continue;
      pen.globalAlpha = Math.max(0.25, heat);
      pen.strokeStyle = pen.fillStyle = "#ff5cf4";
      pen.lineWidth = 1.5;
      pen.strokeRect(x * canvas.width, y * canvas.height, width * canvas.width, height * canvas.height);
      pen.beginPath();
      pen.arc((x + width / 2) * canvas.width, (y + height / 2) * canvas.height, 2 + 4 * heat, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  drawBox({ digit, confidence, box }, scale, at) {
    const { pen } = this, [x, y, width, height] = box.map((side) => side * scale);
    const colour = COLOURS[levelOf(confidence)], focused = at === this.focusAt;
    pen.lineWidth = focused ? 3.5 : 2;
    pen.strokeStyle = focused ? "#ffb454" : colour;
    pen.beginPath();
    pen.roundRect(x - 3, y - 3, width + 6, height + 6, 5);
    pen.stroke();
    pen.font = "600 15px system-ui, sans-serif";
    const label = String(digit ?? "?"), wide = pen.measureText(label).width + 10;
    const top = y - 24 < 0 ? y + height + 5 : y - 24;
    pen.fillStyle = focused ? "#ffb454" : colour;
    pen.beginPath();
    pen.roundRect(x - 3, top, wide, 19, 5);
    pen.fill();
    pen.fillStyle = "#0b0f16";
    pen.fillText(label, x + 2, top + 15);
  }
}

function contains([x, y, width, height], [u, v]) {
  return u >= x && v >= y && u <= x + width && v <= y + height;
}
