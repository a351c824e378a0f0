// Keys. Single letters work while no field has the focus, and can be switched off (WCAG 2.1.4).
const KEEP = "single-keys";
let first = "";

const on = () => { try { return localStorage.getItem(KEEP) !== "off"; } catch { return true; } };
const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".row")];

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(document.activeElement?.closest?.(".row"));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  const button = document.querySelector(`.acts [data-key="${key}"]`);
  button?.click();
  return Boolean(button);
}

const LETTERS = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => { const field = document.getElementById("q"); field?.focus(); field?.select(); return Boolean(field); },
  "?": () => { document.getElementById("help-dialog")?.showModal(); return true; },
};
for (const key of ["t", "r", "n", "e", "h"]) LETTERS[key] = () => press(key);

function letter(event) {
  if (first === "g") {
    first = "";
    if (event.key === "i") { location.href = "/console"; return true; }
  }
  if (event.key === "g") { first = "g"; setTimeout(() => { first = ""; }, 1200); return true; }
  return LETTERS[event.key]?.() ?? false;
}

function keydown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const arrows = { ArrowDown: 1, ArrowUp: -1 };
  const list = document.body.classList.contains("list");
  const done = event.key in arrows ? list && move(arrows[event.key]) : on() && letter(event);
  if (done) event.preventDefault();
}

export function listen() {
  document.addEventListener("keydown", keydown);
  const box = document.getElementById(KEEP);
  if (!box) return;
  box.checked = on();
  document.documentElement.dataset.keys = on() ? "on" : "off";
  box.addEventListener("change", () => {
    try { localStorage.setItem(KEEP, box.checked ? "on" : "off"); } catch { /* a private window keeps nothing */ }
    document.documentElement.dataset.keys = box.checked ? "on" : "off";
  });
}
