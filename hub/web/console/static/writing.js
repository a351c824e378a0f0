// Writing: drafts survive a reload, forms are sent without leaving the page, and nobody answers a ticket that has
// changed under their hands without seeing it.
import { toast } from "./notice.js";
import { open } from "./parts.js";
import { refresh } from "./regions.js";

const form = () => document.getElementById("composer");
const key = () => `draft:${document.querySelector("[data-case]").dataset.case}:${mode()}`;
const mode = () => form().querySelector("[name=mode]:checked").value;
const store = {
  get: (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } },
  set: (name, text) => { try { text ? localStorage.setItem(name, text) : localStorage.removeItem(name); } catch { /* kept in the page only */ } },
};

// The version that the writer has seen: frozen while there is a draft, else as new as the page.
function changed(version) {
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

// Why nothing may be sent to the customer now; empty when something may. Notes may always be written.
const forbidden = () => {
  const gate = document.getElementById("gate");
  return mode() === "reply" && gate?.dataset.denied === "yes" ? gate.textContent.trim() : "";
};

function permit() {
  const composer = form();
  const why = forbidden();
  composer.classList.toggle("forbidden", Boolean(why));
  const button = composer.querySelector(".foot button");
  button.setAttribute("aria-disabled", String(Boolean(why)));
  button.title = why;
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
  permit();
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
  toast(told.refused ? `${told.said} Your words are kept.` : told.said, told.tone || "");
  if (target === form() && !told.refused) {
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
    const why = event.target === form() && forbidden();
    if (why) toast(`${why} Your words are kept; an internal note can be written.`, "bad");
    else send(event.target);
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
  document.addEventListener("refreshed", (event) => {
    if (event.detail.version) changed(event.detail.version);
    permit();
  });
  composer.addEventListener("change", (event) => { if (event.target.name === "mode") dress(); });
  composer.addEventListener("input", (event) => { if (event.target.id === "words") store.set(key(), event.target.value); });
  composer.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); composer.requestSubmit(); }
  });
}
