// Light, dark or as the system: set before the first paint, so that nothing flashes.
(() => {
  const words = { auto: "as the system", light: "light", dark: "dark" };
  const order = ["auto", "light", "dark"];
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("theme") || "auto"; } catch { return "auto"; } };
  const show = (theme) => {
    root.dataset.theme = theme;
    for (const word of document.querySelectorAll("[data-theme-word]")) word.textContent = words[theme];
  };
  show(read());
  document.addEventListener("DOMContentLoaded", () => {
    show(read());
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-theme-next]")) return;
      const next = order[(order.indexOf(read()) + 1) % order.length];
      try { localStorage.setItem("theme", next); } catch { /* a private window keeps nothing */ }
      show(next);
    });
  });
})();
