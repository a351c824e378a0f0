// Writing: drafts survive a reload, forms are sent without leaving the page, and nobody answers a ticket that has
// changed under their hands without seeing it.
import { refresh, toast } from "./live.js";
import { open } from "./parts.js";

const form = () => document.getElementById("composer");
const key = () => `draft:${document.querySelector("[data-case]").dataset.case}:${mode()}`;
const mode = () => form().querySelector("[name=mode]:checked").value;
const store = {
  get: (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } },
  set: (name, text) => { try { text ? localStorage.setItem(name, text) : localStorage.removeItem(name); } catch { /* kept in the page only */ } },
};

// The version that the writer has seen: frozen while there is a draft, else as new as the page.
export function changed(version) {
  for (const field of document.querySelectorAll("form[data-act]:not(#composer) [name=version]")) field.value = version;
  const composer = form();
  if (!composer) return;
  const field = composer.querySelector("[name=version]");
  if (field.value === version) return;
  composer.dataset.newest = version;
  if (composer.querySelector("#words").value.trim() && mode() === "reply") document.getElementById("conflict").hidden = false;
  else field.value = version;
}

function seen() {
  const composer = form();
  document.getElementById("conflict").hidden = true;
  composer.querySelector("[name=version]").value = composer.dataset.newest || composer.querySelector("[name=version]").value;
  composer.querySelector("#words").focus();
}

function choose(name) {
  const composer = form();
  open("tab-thread");
  composer.querySelector(`[name=mode][value=${name}]`).checked = true;
  dress();
  composer.scrollIntoView({ block: "nearest", behavior: "auto" });
  composer.querySelector("#words").focus();
}

function dress() {
  const composer = form();
  const words = composer.querySelector("#words");
  composer.classList.toggle("noting", mode() === "note");
  composer.dataset.act = mode();
  composer.action = composer.action.replace(/[^/]+$/, mode());
  words.placeholder = words.dataset[mode()];
  words.value = store.get(key());
}

async function send(target) {
  const buttons = target.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch(target.action, { method: "POST", body: new URLSearchParams(new FormData(target)), headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) sent(target, told);
    else refused(target, answer.status, told);
  } catch { toast("The hub cannot be reached. Your words are kept; try again in a moment.", "bad"); } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function sent(target, told) {
  toast(told.said, told.tone || "");
  if (target === form()) {
    store.set(key(), "");
    target.querySelector("#words").value = "";
    document.getElementById("conflict").hidden = true;
  }
  if (told.version !== undefined) changed(String(told.version));
  target.closest("dialog")?.close();
  refresh();
}

function refused(target, status, told) {
  toast(`${told.detail} ${told.remedy || ""}`, "bad");
  if (status === 409 && target === form()) document.getElementById("conflict").hidden = false;
  if (status === 409) refresh();
}

export function writing() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-act]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-compose]");
    if (button) choose(button.dataset.compose);
    if (event.target.closest("[data-conflict-ok]")) seen();
  });
  const composer = form();
  if (!composer) return;
  if (composer.dataset.closed === "yes") composer.querySelector("[name=mode][value=note]").checked = true;
  dress();
  composer.addEventListener("change", (event) => { if (event.target.name === "mode") dress(); });
  composer.addEventListener("input", (event) => { if (event.target.id === "words") store.set(key(), event.target.value); });
  composer.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); composer.requestSubmit(); }
  });
}
