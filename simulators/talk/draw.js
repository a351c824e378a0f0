// What the page shows, from the state that the world tells. Nothing is drawn again that has not changed.
const seen = new Map();

export const $ = (id) => document.getElementById(id);

function changed(name, value) {
  const text = JSON.stringify(value);
  if (seen.get(name) === text) return false;
  seen.set(name, text);
  return true;
}

export function make(tag, words = "", how = {}) {
  const made = Object.assign(document.createElement(tag), how);
  if (words) made.textContent = words;
  return made;
}

function thread(list, lines, empty) {
  if (!changed(list.id, lines)) return false;
  const drawn = lines.map(({ mine, text, at, aside }) => {
    const item = make("li", text, { className: aside ? "aside" : mine ? "mine" : "" });
    if (at) item.append(make("time", at));
    return item;
  });
  list.replaceChildren(...(drawn.length ? drawn : [make("li", empty, { className: "nothing" })]));
  list.scrollTop = list.scrollHeight;
  return true;
}

const words = (act) => act.replace(/^say: /, "").replace(/^mumble: (.*)/, "…$1… (mumbled)") || "(silence)";
const line = ({ by, text }) => ({ mine: by === "you", aside: by === "note", text: by === "you" ? words(text) : text });

function people(state, choose) {
  if (!changed("people", [state.people, state.who])) return;
  document.querySelector(".people").replaceChildren(
    ...state.people.map(({ key, name }) => {
      const button = make("button", name.split(" ")[0], { type: "button" });
      button.setAttribute("aria-pressed", String(key === state.who));
      button.addEventListener("click", () => choose(key));
      return button;
    }),
  );
}

function things(state, act) {
  const shape = state.devices.map(({ values, online, ...rest }) => rest);
  if (changed("shape", [state.who, shape, state.open])) {
    $("things").replaceChildren(...state.devices.map((each) => card(each, state.open, act)));
  }
  for (const each of state.devices) {
    const place = $(`thing-${each.id}`);
    const status = place.querySelector(".status");
    status.textContent = each.online ? "online" : "offline";
    status.className = `status ${each.online ? "on" : "off"}`;
    if (!changed(`values-${each.id}`, each.values)) continue;
    place.querySelector("dl").replaceChildren(
      ...each.values.map(({ label, value, unit }) => {
        const pair = make("div");
        const shown = make("dd", value.replace("-", "−"));
        if (unit) shown.append(make("small", ` ${unit}`));
        pair.append(make("dt", label), shown);
        return pair;
      }),
    );
  }
}

function card(device, open, act) {
  seen.delete(`values-${device.id}`);
  const place = make("article", "", { className: "thing", id: `thing-${device.id}` });
  const head = make("header");
  head.append(make("h3", device.name), make("span", "", { className: "status" }));
  const deeds = make("div", "", { className: "deeds" });
  for (const [kind, list] of [["fault", device.faults], ["repair", device.repairs]]) {
    for (const { name, label } of list) {
      const button = make("button", label, { type: "button", className: kind, disabled: !open });
      button.addEventListener("click", () => act("deed", `${device.id} ${name}`));
      deeds.append(button);
    }
  }
  place.append(head, make("dl"), deeds);
  return place;
}

function story(state) {
  const told = state.story.slice(-40);
  if (!changed("story", told)) return;
  $("story").replaceChildren(
    ...told.map(({ at, kind, who, text }) => {
      const item = make("li", "", { className: kind });
      const first = who.split(" ")[0];
      const quoted = { in: `${first} → “${text}”`, out: `→ ${first} “${text}”`, says: `${first}, aloud: “${text}”`, speaker: `Speaker: “${text}”`, agent: `${first}, agent: ${text}` };
      item.append(make("time", at), make("span", quoted[kind] ?? (kind === "deed" ? `${first} ${text}` : text)));
      return item;
    }),
  );
  $("story").scrollTop = $("story").scrollHeight;
}

// Draws everything; answers what was newly said to the person: [{where, text}].
export function draw(state, choose, act) {
  people(state, choose);
  things(state, act);
  story(state);
  $("time").textContent = state.time;
  $("pace").textContent = state.fast ? "time flies" : "real time";
  $("fly").textContent = state.fast ? "Slow down" : "Let time fly";
  $("fly").setAttribute("aria-pressed", String(state.fast));
  $("curtain").hidden = state.open;
  const fresh = [];
  if (thread($("texts"), state.texts, "No texts yet. Break a device, and wait for it to ask for help.")) fresh.push("texts");
  if (thread($("spoken"), state.speaker.lines.map(line), "Say: “Alexa, open Nordwarm.”")) fresh.push("speaker");
  const call = state.call.lines.map(line);
  if (state.call.dialled) call.push({ aside: true, text: "You are connected with a person of the team." });
  if (!state.call.open && call.length) call.push({ aside: true, text: "The call is over." });
  if (thread($("heard"), call, "Ring Nordwarm. Answer by keys or by words.")) fresh.push("call");
  $("speaker").classList.toggle("listening", state.speaker.listening);
  $("call").classList.toggle("open", state.call.open);
  $("line").textContent = state.call.open ? "in a call" : "not in a call";
  $("ring").hidden = state.call.open;
  for (const id of ["hang", "silence"]) $(id).hidden = !state.call.open;
  for (const part of document.querySelectorAll("#keys button, #tell button, #tell input")) part.disabled = !state.call.open;
  for (const part of document.querySelectorAll("#write *, #speak *, .ideas button, #ring, #fly")) part.disabled = !state.open;
  return fresh;
}
