// The page: which part is shown, and how the parts speak to each other.

import { History } from "./history.js";
import { Learn } from "./learn.js";
import { LiveView } from "./live.js";
import { NetworkPanel } from "./network.js";
import { Play } from "./play.js";
import { ask } from "./server.js";
import { Settings } from "./settings.js";
import { Tour } from "./tour.js";

const TABS = ["live", "play", "tour", "learn"];

function tell(words) {
  document.getElementById("status").textContent = words;
}

async function open() {
  if (location.search) history.replaceState(null, "", location.pathname + location.hash); // the token is in the cookie now
  const state = await ask("/api/state");
  const panel = new NetworkPanel(), past = new History({ onStatus: tell });
  const play = new Play(panel, { onCorrect: (which, button) => past.ask(which, button), onStatus: tell });
  const learn = new Learn(panel), tour = new Tour(panel, learn);
  if (!state.is_live) document.querySelector("[data-tab=live]").hidden = true;
  tell(state.is_live ? `${state.source} · ${state.model}` : "");

  const show = () => {
    const wanted = location.hash.slice(1), first = state.is_live ? "live" : "play";
    const shown = TABS.includes(wanted) && (wanted !== "live" || state.is_live) ? wanted : first;
    for (const name of TABS) {
      document.getElementById(name).hidden = name !== shown;
      const link = document.querySelector(`[data-tab=${name}]`);
      if (name === shown) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (tour.isOpen && shown !== "tour") tour.leave();
    tour.isOpen = shown === "tour";
    if (tour.isOpen) tour.go(tour.at);
    if (shown === "learn") learn.open();
    if (shown === "live") panel.freeze(false);
    document.getElementById("freeze").hidden = shown !== "live"; // elsewhere nothing moves by itself
  };
  const drawn = panel.open();
  if (state.is_live) {
    // the picture and the number do not wait for the network's 13,002 weights
    const live = new LiveView({
      onDigit: (told, wanted) => (wanted ? panel.freeze(false) : document.getElementById("live").hidden || panel.follow(told)),
      onSteady: () => past.renew(),
      onStatus: (words) => tell(words || `${state.source} · ${state.model}`),
    });
    document.getElementById("live").hidden = !["", "live"].includes(location.hash.slice(1));
    live.open();
    new Settings(live, state.controls, { onStatus: tell });
    past.renew();
  }
  await drawn;
  addEventListener("hashchange", show);
  show();
  await past.renewCorrections();
  document.documentElement.dataset.ready = "yes";
}

open().catch((error) => tell(error.message));
