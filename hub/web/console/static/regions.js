// What changed on the page is fetched again and swapped in, region by region, so that focus and drafts stay. Says
// "refreshed" on the document afterwards, with the version that the ticket now has.
import { say } from "./notice.js";

const QUIET = 200;       // ms: wait for more facts before fetching
const PAUSE = 1000;      // ms: never fetch more often than this, however busy the hub is
let waiting = 0, last = 0, running = false, again = false;

export function state(name) {
  const dot = document.getElementById("live");
  if (!dot) return;
  dot.dataset.state = name;
  dot.querySelector("b").textContent = { live: "updates", waiting: "reconnecting" }[name];
}

const rows = () => new Map([...document.querySelectorAll(".row")].map((row) => [row.id, row.dataset.say]));

function opened(region) {
  return [...region.querySelectorAll("details")].map((part) => part.open);
}

function swap(now, next) {
  if (now.innerHTML === next.innerHTML) return;
  const focus = now.contains(document.activeElement) ? document.activeElement : null;
  const place = focus && (focus.id ? `#${CSS.escape(focus.id)}` : focus.dataset.key ? `[data-key="${focus.dataset.key}"]` : "");
  const open = opened(now);
  const dot = now.querySelector("#live")?.dataset.state;
  const fresh = document.importNode(next, true);
  now.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((part, index) => { part.open = Boolean(open[index]); });
  if (dot) state(dot);
  if (place) fresh.querySelector(place)?.focus({ preventScroll: true });
}

export async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
    if (answer.redirected && new URL(answer.url).pathname === "/login") { location.reload(); return; }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = rows();
    for (const region of document.querySelectorAll("[data-live][id]")) {
      const next = page.getElementById(region.id);
      if (next) swap(region, next);
    }
    document.title = page.title;
    for (const [id, text] of rows()) {
      if (before.has(id)) continue;
      document.getElementById(id).classList.add("fresh");
      say(`New in this view: ${text}`);
    }
    const version = page.getElementById("version")?.value;
    document.dispatchEvent(new CustomEvent("refreshed", { detail: { version } }));
  } catch { /* the stream says when we are back */ } finally {
    running = false;
    last = performance.now();
    if (again) { again = false; soon(); }
  }
}

export function soon() {
  if (waiting) return;
  const rest = Math.max(QUIET, last + PAUSE - performance.now());
  waiting = setTimeout(() => { waiting = 0; refresh(); }, last ? rest : QUIET);
}
