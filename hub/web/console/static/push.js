// The page about notifications: turns them on and off in this browser, and shows a message that came without a link.
const main = document.getElementById("main");
const word = (name) => main.getAttribute(`data-w-${name}`);
const at = (id) => document.getElementById(id);
const WORKER = "/push/worker.js";

const say = (heading, text = "") => {
  if (heading) at("heading").textContent = heading;
  at("said").textContent = text;
};
const offer = (on, off) => {
  at("do").hidden = !on;
  at("undo").hidden = !off;
};
const tell = async (path, body) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const same = (buffer, other) => {
  const one = new Uint8Array(buffer || []);
  return one.length === other.length && one.every((value, index) => value === other[index]);
};

const subscribed = async (registration) => {
  const key = bytes(main.dataset.key);
  const old = await registration.pushManager.getSubscription();
  if (old && same(old.options.applicationServerKey, key)) return old;
  if (old) await old.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
};

const turnOn = async () => {
  offer(false, false);
  say("", word("wait"));
  try {
    if (await Notification.requestPermission() !== "granted") {
      offer(true, false);
      return say("", word("denied"));
    }
    await navigator.serviceWorker.register(WORKER, { scope: "/push" });
    const subscription = await subscribed(await navigator.serviceWorker.ready);
    await tell(main.dataset.path, subscription.toJSON());
    isOn();
  } catch (error) {
    offer(true, false);
    say("", word("failed"));
  }
};

const turnOff = async () => {
  offer(false, false);
  try {
    const registration = await navigator.serviceWorker.getRegistration("/push");
    const subscription = await registration?.pushManager.getSubscription();
    if (subscription) {
      await tell("/push/off", subscription.toJSON());
      await subscription.unsubscribe();
    }
    say(word("is-off"), word("is-off-more"));
  } catch (error) {
    offer(false, true);
    say("", word("failed"));
  }
};

const isOn = () => {
  at("asking").hidden = true;
  offer(false, true);
  say(word("is-on"), word("is-on-more"));
};

const begin = async () => {
  at("do").textContent = word("on");
  at("do").addEventListener("click", turnOn);
  at("undo").addEventListener("click", turnOff);
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent) && "ontouchend" in document;
    return say("", word(apple ? "iphone" : "unable"));
  }
  const registration = await navigator.serviceWorker.getRegistration("/push");
  const subscription = await registration?.pushManager.getSubscription();
  if (main.dataset.state === "ask") return offer(true, Boolean(subscription));
  if (subscription && Notification.permission === "granted") return isOn();
  return say(word("none"), word("none-more"));
};

const show = async () => {
  const kept = await (await caches.open("words")).match(`/push/words/${location.hash.slice(1)}`);
  at("words").textContent = kept ? await kept.text() : word("read-none");
};

if (main.dataset.state === "read") show();
else if (["ask", "here"].includes(main.dataset.state)) begin();
