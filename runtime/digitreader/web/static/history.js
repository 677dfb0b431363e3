// The numbers that were steady, with a chart of their values, and corrections by two taps.

import { ask, element, newestOnly, remove, send, shape } from "./server.js";

const byId = (id) => document.getElementById(id);
const MOST_SHOWN = 40;

export class History {
  constructor({ onStatus }) {
    this.onStatus = onStatus;
    this.numbers = [];
    this.renew = newestOnly(() => this.fetchNew());
    byId("correct-cancel").addEventListener("click", () => byId("correct").close());
    byId("keys").replaceChildren(...[..."0123456789"].map((digit) =>
      element("button", { type: "button", onclick: () => this.correct(Number(digit)) }, digit)),
      element("button", { type: "button", class: "none", onclick: () => this.correct(null) }, "no digit"));
  }

  async fetchNew() {
    const after = this.numbers.at(-1)?.id ?? 0;
    const fresh = await ask(`/api/numbers?after=${after}`).catch(() => []);
    this.numbers.push(...fresh);
    byId("no-numbers").hidden = this.numbers.length > 0;
    byId("numbers").prepend(...fresh.reverse().map((each) => this.line(each)));
    while (byId("numbers").children.length > MOST_SHOWN) byId("numbers").lastChild.remove();
    this.chart();
  }

  line(number) {
    const time = new Date(1000 * number.time_s);
    let at = 0;
    const digits = [...number.text].map((sign) => {
      if (sign === "\n" || sign === " ") return element("span", { class: "gap" });
      const place = at;
      at += 1;
      const has = number.digits[place]?.has_ink;
      return element("button", {
        type: "button", disabled: !has, "aria-label": `${sign}: correct it`,
        onclick: (event) => this.ask({ number: number.id, digit: place }, event.currentTarget),
      }, sign);
    });
    return element("li", {},
      element("img", { src: `/api/numbers/${number.id}.jpg`, alt: "", loading: "lazy" }),
      element("div", { class: "digits" }, ...digits),
      element("time", { datetime: time.toISOString() }, time.toLocaleTimeString()));
  }

  ask(which, button) {
    this.which = which;
    this.button = button;
    byId("correct").showModal();
  }

  async correct(truth) {
    byId("correct").close();
    try {
      await send("/api/corrections", { ...this.which, truth });
      this.button?.classList.add("fixed");
      this.onStatus("The correction is kept.");
      await this.renewCorrections();
    } catch (error) {
      this.onStatus(error.message);
    }
  }

  async renewCorrections() {
    const kept = await ask("/api/corrections");
    byId("kept-count").textContent = kept.length ? `(${kept.length})` : "";
    byId("corrections").replaceChildren(...kept.reverse().slice(0, 60).map((each) => element("li", {},
      element("img", { src: `/api/corrections/${each.id}/glyph.png`, alt: "", loading: "lazy" }),
      element("span", {}, `${each.read} → ${each.truth ?? "none"}`),
      element("button", { type: "button", class: "button", "aria-label": "Delete this correction", onclick: () => this.forget(each.id) }, "✕"))));
  }

  async forget(id) {
    await remove(`/api/corrections/${id}`).catch((error) => this.onStatus(error.message));
    await this.renewCorrections();
  }

  chart() {
    const values = this.numbers.map(({ time_s, text }) => [time_s, Number(text.split("\n")[0].replaceAll(" ", ""))]);
    const svg = byId("chart"), width = svg.clientWidth || 160, height = 34;
    const known = values.filter(([, value]) => Number.isFinite(value)).slice(-60);
    if (known.length < 2) return;
    const [low, high] = [Math.min, Math.max].map((pick) => pick(...known.map(([, value]) => value)));
    const [first, last] = [known[0][0], known.at(-1)[0]];
    const points = known.map(([time, value]) =>
      `${(4 + ((time - first) / (last - first || 1)) * (width - 8)).toFixed(1)},${(height - 5 - ((value - low) / (high - low || 1)) * (height - 10)).toFixed(1)}`);
    const [x, y] = points.at(-1).split(",");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren(
      shape("polyline", { points: points.join(" "), fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linejoin": "round", opacity: 0.6 }),
      shape("circle", { cx: x, cy: y, r: 3.2, fill: "#e08a1e" }));
  }
}
