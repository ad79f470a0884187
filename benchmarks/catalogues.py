"""Made-up events whose texts are of the words and lengths of the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import yaml

from calendar_app.catalogue.pairs import read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.events import Event, Text, Topic
from calendar_app.core.precision import PartialDate
from calendar_app.core.revising import NOTHING_PUBLISHED, Published, revise
from calendar_app.core.rules import On, Yearly
from calendar_app.feeds.wire import wire_digest
from calendar_app.words.languages import LANGUAGES

DATA = Path(__file__).resolve().parent.parent / "data" / "events.yaml"
REVISED_AT = datetime(2026, 11, 23, tzinfo=UTC)
IN_A_FILE = 3_000  # a file has a greatest size
HEAD = """\
calendar:
  name: {en: Days of the benchmark}
  summary: {en: A calendar made up to measure.}
  accent: gold
  uid_domain: benchmark.invalid
topics:
  labour: {name: {en: Labour}}
events:
"""


def write_pair(folder: Path, count: int) -> Path:
    """Write so many annual days with their revisions; return the file of the events."""
    [path] = write_pairs(folder, count)
    return path


def write_pairs(folder: Path, count: int) -> list[Path]:
    """As many files as it takes, each with its revisions."""
    paths = []
    entries = list(map(_entry, days(count)))
    for number, begin in enumerate(range(0, count, IN_A_FILE)):
        path = folder / (f"more-{number}.yaml" if number else "events.yaml")
        head = "events:\n" if number else HEAD
        path.write_text(head + "".join(entries[begin : begin + IN_A_FILE]), encoding="utf-8")
        paths.append(path)
    _revise(paths, REVISED_AT)
    return paths


def rename_one(paths: list[Path]) -> None:
    """Give the first day another name, a day later."""
    text = paths[0].read_text(encoding="utf-8")
    text = text.replace("    name: {en: '", "    name: {en: 'Another ", 1)
    paths[0].write_text(text, encoding="utf-8")
    _revise(paths, REVISED_AT + timedelta(days=1))


def _revise(paths: list[Path], at: datetime) -> None:
    for name, new in revised(read_pair(paths), wire_digest(), at).items():
        revisions_path(Path(name)).write_bytes(write_revisions(new))


def published(
    events: list[Event], before: Catalogue | None = None, at: datetime = REVISED_AT
) -> Catalogue:
    """The events as published, after others if they are given."""
    calendar = Calendar(Text({"en": "Days"}), Text({"en": "Days"}), "gold", "benchmark.invalid")
    topics = {"labour": Topic("labour", Text({"en": "Labour"}))}
    old = before.revisions["made-up"] if before else NOTHING_PUBLISHED
    new = Published(
        events, topics, {}, tuple(LANGUAGES), calendar.uid_domain, str(at), wire_digest()
    )
    by_id = {event.id: event for event in events}
    return Catalogue(calendar, {}, topics, by_id, {"made-up": revise(old, new, at)})


def days(count: int) -> Iterator[Event]:
    """Annual days, each one entry of a feed."""
    random = Random(count)  # noqa: S311 -- no secret
    for number in range(count):
        rule = Yearly(random.randint(1, 12), random.randint(1, 28))
        yield _event(number, random, rule)


def days_and_one_offs(count: int) -> Iterator[Event]:
    """Every other one is once, on one to three days; each is one entry of a feed."""
    random = Random(count)  # noqa: S311 -- no secret
    for number, event in enumerate(days(count)):
        first = date(random.randint(2019, 2030), random.randint(1, 12), random.randint(1, 28))
        last = first + timedelta(days=random.randint(0, 2))
        yield replace(event, rule=On(PartialDate.of_days(first, last))) if number % 2 else event


def _event(number: int, random: Random, rule: Yearly) -> Event:
    name = _words(random, 3, 8).capitalize()
    summary = f"{_words(random, 10, 35).capitalize()}."
    texts = {"name": Text({"en": name}), "summary": Text({"en": summary})}
    return Event(f"day-{number}", rule, topics=("labour",), **texts)


def _entry(event: Event) -> str:
    rule = event.rule.spec()["yearly"]
    return (
        f"  {event.id}:\n    yearly: {rule}\n    topics: [labour]\n"
        f"    name: {{en: '{event.name['en']}'}}\n"
        f"    summary: {{en: '{(event.summary or {})['en']}'}}\n"
    )


def _words(random: Random, least: int, most: int) -> str:
    return " ".join(random.choices(_vocabulary(), k=random.randint(least, most)))


@cache
def _vocabulary() -> tuple[str, ...]:
    """The words of the English summaries, without anything that YAML would take for its own."""
    data = yaml.safe_load(DATA.read_bytes())
    texts = (event.get("summary", {}).get("en", "") for event in data["events"].values())
    words = (word.strip(".,;:()“”’") for text in texts for word in text.split())
    return tuple(sorted({word for word in words if word.isalpha()}))
