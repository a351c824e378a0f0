// The console in the browser: everything here makes the page quicker to work with; the pages work without most of it.
import { follow } from "./live.js";
import { listen } from "./keys.js";
import { dialogs, tabs } from "./parts.js";
import { writing } from "./writing.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`beforehand_zone=${zone}`)) {
  document.cookie = `beforehand_zone=${zone}; path=/; SameSite=Lax; max-age=31536000`;
}
dialogs();
tabs();
writing();
listen();
follow();
