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
