// The service worker: shows what was pushed, opens it when it is pressed, and tells the hub when its address changes.
// What is shown is what anybody may see; the words of a message without a link wait in this browser until it is opened.
const WORDS = "words";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const read = (data) => {
  try { return data.json(); } catch { return { title: "…", body: "" }; }
};

const show = async (told) => {
  if (told.words) await (await caches.open(WORDS)).put(`/push/words/${told.tag}`, new Response(told.words));
  const link = told.link || (told.words ? `/push/read#${told.tag}` : "/push");
  const options = { body: told.body, tag: told.tag, lang: told.lang, icon: "/static/icon.svg", data: { link } };
  if (told.open) options.actions = [{ action: "open", title: told.open }];
  await self.registration.showNotification(told.title, options);
};

self.addEventListener("push", (event) => event.waitUntil(show(event.data ? read(event.data) : { title: "…", body: "" })));

const opened = async (link) => {
  const url = new URL(link, self.location.origin);
  if (!["https:", "http:"].includes(url.protocol)) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((page) => page.url === url.href);
  await (open ? open.focus() : self.clients.openWindow(url.href));
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(opened(event.notification.data?.link || "/push"));
});

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const old = event.oldSubscription;
  if (!old) return;
  const options = { userVisibleOnly: true, applicationServerKey: old.options.applicationServerKey };
  const fresh = event.newSubscription || await self.registration.pushManager.subscribe(options);
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ old: old.toJSON(), new: fresh.toJSON() });
  await fetch("/push/move", { method: "POST", headers, body, credentials: "omit" });
})()));
