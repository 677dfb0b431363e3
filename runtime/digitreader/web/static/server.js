// Talks to the server that this page comes from.

async function answer(request) {
  const response = await request;
  if (response.status === 204) return null;
  const told = await response.json().catch(() => ({ error: `the server answers ${response.status}` }));
  if (!response.ok) throw new Error(told.error || `the server answers ${response.status}`);
  return told;
}

export const ask = (path) => answer(fetch(path));
export const send = (path, body) =>
  answer(fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
export const sendBytes = (path, body) =>
  answer(fetch(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body }));
export const remove = (path) => answer(fetch(path, { method: "DELETE" }));
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Runs the newest call only, one at a time: what came while one was under way replaces what waited.
export function newestOnly(step) {
  let busy = false, waiting = null;
  return async function run(...given) {
    if (busy) {
      waiting = given;
      return;
    }
    busy = true;
    try {
      await step(...given);
    } finally {
      busy = false;
      if (waiting) {
        const next = waiting;
        waiting = null;
        run(...next);
      }
    }
  };
}

// The parts of an answer without an end: [number, bytes] each, the number and the length before it in four bytes each.
export async function* partsOf(body) {
  const reader = body.getReader();
  let held = new Uint8Array();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(held.length + value.length);
    joined.set(held);
    joined.set(value, held.length);
    held = joined;
    for (;;) {
      const view = new DataView(held.buffer, held.byteOffset, held.byteLength);
      if (held.length < 8 || held.length < 8 + view.getUint32(4)) break;
      const end = 8 + view.getUint32(4);
      yield [view.getUint32(0), held.subarray(8, end)];
      held = held.subarray(end);
    }
  }
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
