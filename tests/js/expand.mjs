// Says what a reader makes of calendar files, as JSON on standard output.
//
//   node expand.mjs READER [FILE FROM TO]...
//
// READER is ical.js, which is in Thunderbird, or node-ical, which is behind many a wall calendar.
// For each file it lists the occurrences that start on FROM or later and before TO.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const readers = { "ical.js": withIcalJs, "node-ical": withNodeIcal };

function* withIcalJs(text, from, to) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const component of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    for (const start of starts(event, to)) {
      const end = start.clone();
      end.addDuration(event.duration);
      yield [event.uid, start.toString(), end.toString()];
    }
  }
}

function* starts(event, to) {
  if (!event.isRecurring()) {
    yield event.startDate;
    return;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next && next.toString() < to; next = iterator.next()) {
    yield next;
  }
}

// Its dates are midnight here, so this runs where here is UTC.
function* withNodeIcal(text, from, to) {
  const window = { from: new Date(from), to: new Date(to) };
  for (const event of Object.values(nodeIcal.sync.parseICS(text))) {
    if (event.type !== "VEVENT") continue;
    for (const found of nodeIcal.expandRecurringEvent(event, window)) {
      yield [event.uid, found.start.toISOString(), found.end.toISOString()];
    }
  }
}

function* spans([file, from, to]) {
  const text = readFileSync(file, "utf-8");
  for (const [uid, ...days] of readers[reader](text, from, to)) {
    const [start, end] = days.map((day) => day.slice(0, 10));
    if (start >= from && start < to) yield { uid, start, end };
  }
}

function* triples(rest) {
  for (let at = 0; at < rest.length; at += 3) yield rest.slice(at, at + 3);
}

const [reader, ...rest] = process.argv.slice(2);
console.log(JSON.stringify(Array.from(triples(rest), (asked) => Array.from(spans(asked)))));
