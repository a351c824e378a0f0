// The console in the browser: everything here makes the page quicker to work with; the pages work without most of it.
import { follow } from "./live.js";
import { listen } from "./keys.js";
import { refresh } from "./regions.js";
import { dialogs, tabs } from "./parts.js";
import { writing } from "./writing.js";

dialogs();
tabs();
writing();
listen();
follow();
const field = document.getElementById("q");
if (field && matchMedia("(max-width: 760px)").matches) field.placeholder = field.dataset.short;
// The page was written before the hub knew the reader's zone: its times are fetched again at once.
if (document.documentElement.dataset.zone === "new") refresh();
