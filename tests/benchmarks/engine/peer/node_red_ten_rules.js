// The ten stateful rules as one function node: the state of a device is one object in a Map that the node keeps.
const devices = context.get("devices");
const m = msg.payload, now = m.ts;
let d = devices.get(msg.topic);
if (d === undefined) {
    d = { seen: now, rpm: m.rpm, temp: m.temp, amp: false, press: false, surges: [], bursts: [], vib: 0, dry: 0,
          hot: false, low: false, shaking: false, still: false, racing: false, chilled: false,
          surged: false, burst: false, gone: false, jammed: false };
    devices.set(msg.topic, d);
}
let raised = 0;
if (now - d.seen > 300000 && !d.gone) { d.gone = true; raised++; } else d.gone = false;
d.seen = now;
if (m.temp > 85) { if (!d.hot) { d.hot = true; raised++; } } else if (m.temp < 80) d.hot = false;
if (m.volt < 200) { if (!d.low) { d.low = true; raised++; } } else if (m.volt > 207) d.low = false;
if (m.vib > 4.5) {
    if (d.vib === 0) d.vib = now;
    if (now - d.vib >= 120000 && !d.shaking) { d.shaking = true; raised++; }
} else { d.vib = 0; d.shaking = false; }
if (m.flow < 0.2) {
    if (d.dry === 0) d.dry = now;
    if (now - d.dry >= 300000 && !d.still) { d.still = true; raised++; }
} else { d.dry = 0; d.still = false; }
const racing = m.rpm - d.rpm > 400;
if (racing && !d.racing) raised++;
d.racing = racing; d.rpm = m.rpm;
const chilled = d.temp - m.temp > 15;
if (chilled && !d.chilled) raised++;
d.chilled = chilled; d.temp = m.temp;
const surge = m.amp > 12;
if (surge && !d.amp) d.surges.push(now);
d.amp = surge;
while (d.surges.length && d.surges[0] <= now - 600000) d.surges.shift();
if (d.surges.length >= 3) { if (!d.surged) { d.surged = true; raised++; } } else d.surged = false;
const burst = m.press > 9;
if (burst && !d.press) d.bursts.push(now);
d.press = burst;
while (d.bursts.length && d.bursts[0] <= now - 600000) d.bursts.shift();
if (d.bursts.length >= 3) { if (!d.burst) { d.burst = true; raised++; } } else d.burst = false;
if (m.rpm < 100 && m.amp > 1 && m.state === "on") { if (!d.jammed) { d.jammed = true; raised++; } } else d.jammed = false;
msg.raised = raised;
return msg;
