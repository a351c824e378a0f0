// Follows the hub's timeline. One tab holds the stream and tells the others (a browser opens only six connections).
import { refresh, soon, state } from "./regions.js";

const PULSE = 4000;      // ms: live values move without facts

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
