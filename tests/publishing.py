"""Catalogues as published: the real data, and made-up events, each with revisions built here.

Not with ``data/revisions.yaml``: what a test expects must not change with the day on which somebody
last ran ``calendar-app revise``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from calendar_app.catalogue.pairs import Pair, revised
from calendar_app.catalogue.reader import read_catalogue
from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.events import Document, Event, Text, Topic
from calendar_app.core.revising import NOTHING_PUBLISHED, Published, revise
from calendar_app.core.revisions import Revisions
from calendar_app.feeds.wire import wire_digest
from calendar_app.public.edition import Edition
from calendar_app.public.routes import paths
from calendar_app.public.sites import Operator
from calendar_app.words.languages import LANGUAGES
from tests.factories import at

EVENTS = Path(__file__).resolve().parent.parent / "data" / "events.yaml"
BASE_URL = "https://calendar.example"
PUBLISHED_AT = at("2026-11-23T00:00")
LATER = at("2026-12-24T12:00")
TODAY = date(2026, 11, 23)
CALENDAR = Calendar(Text({"en": "Days"}), Text({"en": "Days"}), "gold", "calendar.invalid")


@cache
def real_catalogue() -> Catalogue:
    """Return the data of the project, published for the first time at a fixed instant."""
    return published_files({str(EVENTS): EVENTS.read_bytes()}, {}, PUBLISHED_AT)


def published_files(
    contents: Mapping[str, bytes], before: Mapping[str, Revisions], when: datetime
) -> Catalogue:
    """Return what the files say, revised at an instant after what was published before."""
    catalogue, files = read_catalogue(contents)
    catalogue = replace(catalogue, revisions=before)
    revisions = revised(Pair(catalogue, files, before), wire_digest(), when)
    return replace(catalogue, revisions=revisions)


def made_up(
    *events: Event,
    documents: Mapping[str, Document] | None = None,
    topics: Mapping[str, Topic] | None = None,
) -> Catalogue:
    """Return a catalogue of the events, not published yet."""
    chosen = {"labour": Topic("labour", Text({"en": "Labour", "ru": "Труд"}))}
    by_id = {event.id: event for event in events}
    return Catalogue(CALENDAR, documents or {}, chosen if topics is None else topics, by_id)


def publish(
    catalogue: Catalogue, before: Catalogue | None = None, when: datetime = PUBLISHED_AT
) -> Catalogue:
    """Return the catalogue with its revisions, after another one if one was published before."""
    published = Published(
        list(catalogue.events.values()),
        catalogue.topics,
        catalogue.documents,
        tuple(LANGUAGES),
        catalogue.calendar.uid_domain,
        content_digest=repr(catalogue.events),
        wire_digest=wire_digest(),
    )
    old = before.revisions["made-up"] if before else NOTHING_PUBLISHED
    return replace(catalogue, revisions={"made-up": revise(old, published, when)})


def edition(catalogue: Catalogue, today: date = TODAY) -> Edition:
    return Edition(catalogue, today, BASE_URL, Operator())


def feed_paths(found: Edition) -> list[str]:
    """Return the path of every feed there is."""
    # Not through Edition.paths, which makes every page as well.
    named = (path for _, path in paths(found.site) if path.endswith(".ics"))
    return [path for path in named if found.get(path).status == 200]


@cache
def real_feed_paths() -> tuple[str, ...]:
    """Return those of the real data; kept, since they are asked for while tests are collected."""
    return tuple(feed_paths(edition(real_catalogue())))


def feed(catalogue: Catalogue, path: str = "/en/calendar.ics", today: date = TODAY) -> bytes:
    """Return the bytes of a feed, which must be there."""
    resource = edition(catalogue, today).get(path)
    assert resource.status == 200, f"{path}: {resource.status}"
    return resource.plain.body


def feeds(found: Edition) -> Iterator[tuple[str, bytes]]:
    for path in feed_paths(found):
        yield path, found.get(path).plain.body
