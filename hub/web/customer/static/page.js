// A person's own page: looks by itself whether anything is new, and keeps quiet while somebody writes. Works without it, too.
const EVERY = 5000;
const at = (id) => document.getElementById(id);

for (const each of document.querySelectorAll(".by-itself")) each.hidden = false;

// The language is changed by choosing it.
const tongue = at("language");
if (tongue) {
  tongue.form.querySelector("button").hidden = true;
  tongue.addEventListener("change", () => tongue.form.submit());
}

// One press is one answer.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => { delete event.target.dataset.sent; }, 8000);
});
addEventListener("pageshow", () => {
  for (const each of document.querySelectorAll("form[data-sent]")) delete each.dataset.sent;
});

const swap = (fresh, id) => {
  const old = at(id);
  const next = fresh.getElementById(id);
  if (!old || !next || old.dataset.version === next.dataset.version) return false;
  const held = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(next));
  for (const each of at(id).querySelectorAll(".by-itself")) each.hidden = false;
  if (held) at(id).focus({ preventScroll: true });
  return true;
};

const look = async () => {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch("/p/part", { headers: { Accept: "text/html" } });
    if (answer.status === 403) return location.reload();
    if (answer.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const told = swap(fresh, "next");
    if (swap(fresh, "status") || told) {
      const word = at("status").querySelector(".state").textContent;
      at("polite").textContent = [word, at("next").querySelector(".words")?.textContent].filter(Boolean).join(". ");
      document.title = `${at("device").textContent} · ${word}`;
    }
    swap(fresh, "thread");
  } catch { /* the next look comes soon */ }
};
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
