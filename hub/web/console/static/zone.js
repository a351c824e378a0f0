// Tells the hub which clock the reader has, on every page and before anything else: from the sign-in on, times are theirs.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`beforehand_zone=${zone}`)) return;
  document.cookie = `beforehand_zone=${zone}; path=/; SameSite=Lax; max-age=31536000`;
  document.documentElement.dataset.zone = "new";
})();
