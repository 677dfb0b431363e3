// The settings below the picture: pause, turn, threshold, exposure, rules of the numbers, and the region that is drawn.

import { ask, newestOnly, send } from "./server.js";

const LEAST_PX = 16;
const byId = (id) => document.getElementById(id);

export class Settings {
  constructor(live, controls, { onStatus }) {
    Object.assign(this, { live, onStatus });
    byId("pause").addEventListener("click", () => this.set({ paused: !this.controls.paused }));
    byId("rotate").addEventListener("change", (event) => this.set({ rotate: Number(event.target.value) }));
    byId("threshold").addEventListener("input", (event) => {
      byId("threshold-value").textContent = Number(event.target.value).toFixed(2);
      this.set({ threshold: Number(event.target.value) });
    });
    byId("exposure").addEventListener("change", (event) => this.set({ exposure: Number(event.target.value) || null }));
    byId("automatic-exposure").addEventListener("click", () => this.set({ exposure: null }));
    byId("expect").addEventListener("change", (event) => this.set({ expect: event.target.value }));
    byId("whole-picture").addEventListener("click", () => this.set({ region: null }));
    byId("draw-region").addEventListener("click", () => this.draws(!this.drawing));
    document.querySelector(".settings").addEventListener("toggle", (event) => event.target.open && this.renew());
    byId("save").addEventListener("click", () => this.save());
    const screen = byId("screen");
    screen.addEventListener("pointerdown", (event) => this.begin(event));
    screen.addEventListener("pointermove", (event) => this.drag(event));
    screen.addEventListener("pointerup", () => this.end());
    this.wanted = {};
    this.sendWanted = newestOnly(() => this.change());
    live.onSettings = (told) => Object.keys(this.wanted).length || this.show(told); // another viewer's, or one's own
    this.show(controls);
  }

  show(controls) {
    const turned = this.controls?.region && !controls.region && this.controls.rotate !== controls.rotate;
    if (turned) byId("saved").textContent = "The picture was turned, so all of it is read; draw the region anew.";
    this.controls = controls;
    byId("pause").textContent = controls.paused ? "Go on" : "Pause";
    byId("pause").setAttribute("aria-pressed", controls.paused);
    byId("rotate").value = controls.rotate;
    if (!byId("threshold").matches(":active")) {
      byId("threshold").value = controls.threshold;
      byId("threshold-value").textContent = controls.threshold.toFixed(2);
    }
    byId("whole-picture").disabled = !controls.region;
    byId("exposure-field").hidden = !controls.has_exposure;
    byId("exposure").value = controls.exposure ?? "";
    byId("automatic-exposure").disabled = controls.exposure === null;
    if (document.activeElement !== byId("expect")) byId("expect").value = controls.expect;
  }

  set(change) {
    Object.assign(this.wanted, change);
    this.sendWanted();
  }

  async change() {
    const change = this.wanted;
    this.wanted = {};
    const refused = (words) => (byId("saved").textContent = words);
    refused("");
    try {
      const controls = await send("/api/controls", change);
      if (controls.exposure_taken === false) refused("The camera does not accept this exposure.");
      if (!Object.keys(this.wanted).length) this.show(controls);
    } catch (error) {
      refused(error.message);
    }
    byId("expect").setAttribute("aria-invalid", "expect" in change && byId("saved").textContent !== "");
  }

  async renew() {
    const { controls } = await ask("/api/state");
    this.show(controls);
  }

  async save() {
    try {
      const { saved } = await send("/api/controls/save", {});
      byId("saved").textContent = `Saved to ${saved}.`;
    } catch (error) {
      byId("saved").textContent = error.message;
    }
  }

  draws(drawing) {
    this.drawing = drawing;
    if (drawing) this.renew(); // another viewer may have changed the region
    byId("draw-region").setAttribute("aria-pressed", drawing);
    byId("screen").classList.toggle("drawing", drawing);
  }

  begin(event) {
    if (!this.drawing) return;
    this.from = this.live.pictureAt(event);
    byId("screen").setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.drawing || !this.from) return;
    const [width, height] = this.live.values.size;
    const to = this.live.pictureAt(event), inside = (at, most) => Math.max(0, Math.min(most, at));
    const [x0, x1] = [this.from[0], to[0]].map((at) => inside(at, width)).sort((one, other) => one - other);
    const [y0, y1] = [this.from[1], to[1]].map((at) => inside(at, height)).sort((one, other) => one - other);
    this.live.region = [x0, y0, x1 - x0, y1 - y0];
    this.live.draw();
  }

  end() {
    const region = this.live.region;
    this.live.region = this.from = null;
    if (!this.drawing || !region) return;
    this.draws(false);
    const [left, top] = this.controls.region || [0, 0];
    const [x, y, width, height] = region.map(Math.round);
    if (width >= LEAST_PX && height >= LEAST_PX) this.set({ region: [left + x, top + y, width, height] });
    else byId("saved").textContent = `This region is too small; draw one of at least ${LEAST_PX} x ${LEAST_PX} pixels.`;
  }
}
