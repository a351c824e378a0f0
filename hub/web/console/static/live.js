// Follows the hub's timeline. One tab holds the stream and tells the others (a browser opens only six connections);
// what changed on the page is fetched again and swapped in, region by region, so that focus and drafts stay.
import { changed } from "./writing.js";

const QUIET = 200;       // ms: wait for more facts before fetching
const PAUSE = 1000;      // ms: never fetch more often than this, however busy the hub is
const PULSE = 4000;      // ms: live values move without facts
let waiting = 0, last = 0, running = false, again = false;

export function say(text) {
  const polite = document.getElementById("polite");
  if (polite) polite.textContent = text;
}

export function toast(text, tone = "") {
  const box = document.getElementById("toast");
  if (!box) return;
  box.textContent = text;
  box.className = `toast ${tone}`;
  box.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { box.hidden = true; }, 6000);
}

function state(name) {
  const dot = document.getElementById("live");
  if (!dot) return;
  dot.dataset.state = name;
  dot.querySelector("b").textContent = { live: "live", waiting: "reconnecting" }[name];
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
    if (version) changed(version);
  } catch { /* the stream says when we are back */ } finally {
    running = false;
    last = performance.now();
    if (again) { again = false; soon(); }
  }
}

function soon() {
  if (waiting) return;
  const rest = Math.max(QUIET, last + PAUSE - performance.now());
  waiting = setTimeout(() => { waiting = 0; refresh(); }, last ? rest : QUIET);
}

function concerns(fact) {
  const ticket = document.querySelector("[data-case]");
  if (!ticket) return true;
  return !fact.case || fact.case === ticket.dataset.case || fact.device === ticket.dataset.device;
}

function heard(message) {
  if (message.kind === "state") state(message.state);
  else if (concerns(message.fact)) soon();
}

function open(channel) {
  const tell = (message) => { channel?.postMessage(message); heard(message); };
  const source = new EventSource("/api/v1/stream");
  source.addEventListener("hello", () => { tell({ kind: "state", state: "live" }); soon(); });
  source.addEventListener("open", () => tell({ kind: "state", state: "live" }));
  source.addEventListener("error", () => tell({ kind: "state", state: "waiting" }));
  source.addEventListener("fact", (event) => tell({ kind: "fact", fact: JSON.parse(event.data) }));
}

export function follow() {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("beforehand") : null;
  if (channel && navigator.locks) {
    channel.addEventListener("message", (event) => heard(event.data));
    navigator.locks.request("beforehand-stream", () => { open(channel); return new Promise(() => {}); });
    navigator.locks.query().then((locks) => { if (locks.pending?.some((lock) => lock.name === "beforehand-stream")) state("live"); });
  } else open(null);
  setInterval(() => { if (!document.hidden && document.querySelector("[data-case]")) refresh(); }, PULSE);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
}
