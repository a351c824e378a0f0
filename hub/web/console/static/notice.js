// Short words to who is at the desk: a line that screen readers speak, and a toast that everybody sees.
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
