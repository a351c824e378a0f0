// json-rules-engine as a peer: `node json_rules.mjs FOLDER`. The same conversation as talk.py.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const folder = process.argv[2];
const require = createRequire(join(folder, "node", "package.json"));
const { Engine } = require("json-rules-engine");
const data = JSON.parse(readFileSync(join(folder, "messages.json"), "utf8"));
const CHUNK = 2000; // messages that are prepared at once: as many as ours gets
const OPERATORS = { ">": "greaterThan", "<": "lessThan", "==": "equal" };

const engine = new Engine();
data.predicates.forEach((tests, number) =>
  engine.addRule({
    conditions: { all: tests.map(([fact, sign, value]) => ({ fact, operator: OPERATORS[sign], value })) },
    event: { type: String(number) },
  }),
);

const WAYS = {
  "apart: run, one after the other": async (messages) => {
    for (const message of messages) await engine.run(message);
  },
  "apart: run, fifty at a time": async (messages) => {
    for (let first = 0; first < messages.length; first += 50)
      await Promise.all(messages.slice(first, first + 50).map((message) => engine.run(message)));
  },
};

async function timed(way, count) {
  let spent = 0;
  for (let first = 0; first < count; first += CHUNK) {
    const start = first % (data.corpus.length - CHUNK);
    const messages = data.corpus.slice(start, start + Math.min(CHUNK, count - first)).map((one) => ({ ...one }));
    const before = process.cpuUsage();
    await way(messages);
    const used = process.cpuUsage(before);
    spent += (used.user + used.system) / 1e6;
  }
  return spent;
}

let differ = 0;
for (const [place, message] of data.sample.entries()) {
  const hit = new Set((await engine.run(message)).events.map((one) => Number(one.type)));
  const told = data.predicates.map((_, number) => Number(hit.has(number))).join("");
  if (told !== data.truths[place]) differ += 1;
}
const wrong = {}, ways = {};
for (const [name, way] of Object.entries(WAYS)) {
  if (differ) wrong[name] = `${differ} of ${data.sample.length} answers differ`;
  else {
    await timed(way, 2000); // let the compiler do its work
    ways[name] = (await timed(way, 2000)) / 2000 * 1e6;
  }
}
const { version } = require("json-rules-engine/package.json");
console.log(JSON.stringify({ version: `${version} on node ${process.versions.node}`, ways, wrong }));
for await (const line of createInterface({ input: process.stdin })) {
  const [name, count] = line.split("\t");
  console.log(JSON.stringify({ cpu: await timed(WAYS[name], Number(count)) }));
}
