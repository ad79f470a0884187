// Says what ical.js makes of a calendar file, as JSON on standard output.
//
//   node expand.mjs FILE FROM TO      lists the occurrences that start on FROM or later and before TO

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function* occurrences(event, to) {
  if (!event.isRecurring()) {
    yield event.startDate;
    return;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next && day(next) < to; next = iterator.next()) {
    yield next;
  }
}

function day(time) {
  return time.toString().slice(0, 10);
}

const [file, from, to] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf-8")));
const expanded = [];
for (const component of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(component);
  for (const start of occurrences(event, to)) {
    if (day(start) < from || day(start) >= to) continue;
    const end = start.clone();
    end.addDuration(event.duration);
    expanded.push({ uid: event.uid, start: day(start), end: day(end) });
  }
}
console.log(JSON.stringify(expanded));
