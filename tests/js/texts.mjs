// Says what texts ical.js reads in calendar files, as JSON on standard output.
//
//   node texts.mjs FILE...      lists for each file its name and the texts of each event by UID

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function texts(file) {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf-8")));
  const events = {};
  for (const component of calendar.getAllSubcomponents("vevent")) {
    events[component.getFirstPropertyValue("uid")] = {
      summary: component.getFirstPropertyValue("summary"),
      description: component.getFirstPropertyValue("description"),
      location: component.getFirstPropertyValue("location"),
      categories: component.getFirstProperty("categories")?.getValues() ?? [],
    };
  }
  return { name: calendar.getFirstPropertyValue("x-wr-calname"), events };
}

console.log(JSON.stringify(process.argv.slice(2).map(texts)));
