// The newcomer's page: asks what there is to see, draws it, and sends what somebody does. The world does all the rest.
import { $, draw, make } from "/demo/draw.js";
import { canHear, canSay, listen, say } from "/demo/speech.js";

const PAUSE = 500; // ms between two looks
const KEYS = [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8"], ["9", "stop"], ["*", "again"], ["0", "a person"], ["#", "again"]];
const TEXTS = {
  en: ["1", "2", "status", "later", "person", "LINK", "STOP"],
  de: ["1", "2", "Status", "später", "ein Mensch", "LINK", "STOP"],
  es: ["1", "2", "estado", "más tarde", "una persona", "LINK", "STOP"],
  zh: ["1", "2", "状态", "稍后", "人工", "LINK", "STOP"],
};
const SPOKEN = ["Alexa, open Nordwarm", "yes", "no", "one", "two", "repeat", "text me", "a person"];

let who = new URLSearchParams(location.search).get("who") ?? "ada";
let state = null;
let looking = false;

async function act(what, value = "") {
  const answer = await fetch("/demo/do", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ who, what, value }),
  });
  $("said").textContent = answer.ok ? "" : (await answer.json()).error;
  await look();
}

function choose(key) {
  who = key;
  history.replaceState(null, "", `?who=${key}`);
  look();
}

async function look() {
  if (looking) return;
  looking = true;
  try {
    const asked = who;
    const answer = await fetch(`/demo/state?who=${encodeURIComponent(asked)}`);
    if (answer.status === 404 && who !== "ada") choose("ada");
    if (!answer.ok || asked !== who) return;
    const before = state;
    state = await answer.json();
    if (before?.who !== who) {
      const language = state.people.find(({ key }) => key === who)?.language;
      ideas("text-ideas", TEXTS[language] ?? TEXTS.en, "text");
    }
    const fresh = draw(state, choose, act);
    if (before?.who === who) aloud(fresh);
    document.body.dataset.ready = "yes";
  } catch {
    $("said").textContent = "The demo has ended. Start it again with: make demo";
  } finally {
    looking = false;
  }
}

function ideas(place, list, send) {
  $(place).replaceChildren(
    ...list.map((words) => {
      const button = make("button", words, { type: "button" });
      button.addEventListener("click", () => act(send, words));
      return button;
    }),
  );
}

function aloud(fresh) {
  if (!$("loud").checked) return;
  const language = state.people.find(({ key }) => key === who)?.language;
  const last = { texts: state.texts, speaker: state.speaker.lines, call: state.call.lines };
  for (const where of fresh) {
    const line = last[where].at(-1);
    if (line && !line.mine && line.by !== "you" && line.by !== "note") say(line.text, language);
  }
}

function form(id, field, send) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const words = $(field).value.trim();
    $(field).value = "";
    if (words) send(words);
  });
}

function microphone(id, send) {
  const button = $(id);
  button.hidden = !canHear;
  let stop = null;
  button.addEventListener("click", () => {
    if (stop) return stop();
    const language = state?.people.find(({ key }) => key === who)?.language;
    button.setAttribute("aria-pressed", "true");
    stop = listen(language, send, () => {
      stop = null;
      button.setAttribute("aria-pressed", "false");
    });
  });
}

function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const show = (tab) => {
    for (const each of all) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      $(each.getAttribute("aria-controls")).classList.toggle("shown", chosen);
    }
  };
  all.forEach((tab, n) => {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = all[(n + step + all.length) % all.length];
      show(next);
      next.focus();
    });
  });
}

for (const [key, small] of KEYS) {
  const button = make("button", key, { type: "button" });
  if (small) button.append(make("small", small));
  button.addEventListener("click", () => act("call", key));
  $("keys").append(button);
}
ideas("text-ideas", TEXTS.en, "text");
ideas("speak-ideas", SPOKEN, "speak");
form("write", "words", (words) => act("text", words));
form("speak", "aloud", (words) => act("speak", words));
form("tell", "voice", (words) => act("call", `say: ${words}`));
microphone("mic-speaker", (words) => act("speak", words));
microphone("mic-call", (words) => act("call", `say: ${words}`));
$("mumble").addEventListener("click", () => {
  const words = $("voice").value.trim() || "yes";
  $("voice").value = "";
  act("call", `mumble: ${words}`);
});
$("ring").addEventListener("click", () => act("ring"));
$("hang").addEventListener("click", () => act("call", "hang up"));
$("silence").addEventListener("click", () => act("call", ""));
$("fly").addEventListener("click", () => act(state?.fast ? "slow" : "fast"));
$("take").addEventListener("click", () => act("take_over"));
$("loud-label").hidden = !canSay;
tabs();
look();
setInterval(() => document.hidden || look(), PAUSE);
