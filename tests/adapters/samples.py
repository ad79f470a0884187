"""A small good catalogue, and the files that only begin one."""

from __future__ import annotations

CALENDAR = """\
calendar:
  name: {en: Calendar, ar: تقويم}
  summary: {en: Dates}
  accent: gold
  uid_domain: calendar.invalid
"""
TOPICS = """\
topics:
  peace:
    name: {en: Peace}
    review: {ar: "a remark"}
  work: {name: {en: Work}}
  old: {name: {en: Old}, retired: true}
"""
DOCUMENTS = """\
documents:
  plan:
    name: {en: Plan}
    title: {en: The whole plan}
    publisher: Somebody
    adopted: 2023-10
    published: 2023-10-26
    period: 2023-10-22/..
    url: http://example.org/plan
    languages: [en, tr]
    note: {en: "First line.\\nSecond line."}
    review: {ru: "two remarks"}
    points:
      - point: 7
        name: {en: Women}
        undated: {en: no day}
        topics: [work]
        review: {tr: "a remark"}
      - {point: 12, name: {en: Peace}}
  later:
    name: {en: Later}
    title: {en: The later plan}
    follows: plan
  edition:
    name: {en: Edition}
    title: {en: An edition}
    republishes: plan
"""
DAY = """\
  day:
    yearly: 03-08
    topics: [work, peace]
    name: {en: Day}
"""
EVENTS = f"""\
events:
{DAY}\
  weekend:
    monthly: last-weekend
    since: 2023-10-28
    until: 2030-12-31
    except: [2024-02-24, 2023-12-30]
    counts_from: 1990?
    context: true
    part_of: day
    topics: [peace]
    name: {{en: Weekend, tr: Hafta sonu}}
    aliases: {{tr: [Bir, İki]}}
    summary: {{en: Words}}
    note: {{en: Words of it}}
    place: {{name: {{en: Havana}}, country: CU, coordinates: "23.1, -82.37"}}
    links: [{{name: {{en: Page}}, url: "https://example.org/"}}]
    status: tentative
    verified: 2026-11-22
    review: {{es: "look at it"}}
    changes:
      - occurrence: 2024-05-25
        kind: moved
        to: 2024-06-01/2024-06-02
        by: organisers
        says: {{en: Rain}}
        url: https://example.org/rain
      - {{occurrence: 2024-05-25, kind: cancelled, by: us}}
      - {{occurrence: 2024-05-25, kind: reinstated, by: us}}
      - {{occurrence: 2024-05-25, kind: moved, to: 2024-05-25/2024-05-26, by: us}}
    occasions:
      - occurrence: 2024-10-26
        note: {{en: A theme}}
        links: [{{url: "https://example.org/theme"}}]
        place: {{name: {{en: Izmir}}}}
    sources:
      - document: plan
        point: 7
        says: {{en: It asks for it}}
        precision: rule
        basis: document
        period: 2024
      - {{name: "Paper, 5 May 2024", url: "http://example.org/", precision: day, basis: external}}
  fridays:
    rrule: FREQ=MONTHLY;BYDAY=1FR
    starts: 2024-01-05
    days: 3
    topics: [peace]
    name: {{en: Fridays}}
  once:
    on: 2019-11~
    outcome: not-verified
    topics: [peace]
    name: {{ru: Раз}}
"""
GOOD = CALENDAR + DOCUMENTS + TOPICS + EVENTS
SMALL = f"{CALENDAR}{TOPICS}events:\n{DAY}"
