"""A digest of how events are written: over a specimen of each kind, in every language.

When code or catalogs change the bytes of events that were published, this changes, revisions no
longer match, and ``calendar-app revise`` raises their wire number, so that LAST-MODIFIED grows
and programs that skip what did not grow (ICSx5, Evolution, Google) read the events again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.events import (
    Basis,
    Change,
    ChangedBy,
    ChangeKind,
    Document,
    Event,
    Exactness,
    Occasion,
    Place,
    Point,
    Source,
    Status,
    Text,
    Topic,
)
from calendar_app.core.identity import digest
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.revising import NOTHING_PUBLISHED, Published, revise
from calendar_app.core.rules import LastWeekend, On, Yearly, last_weekend
from calendar_app.feeds.colours import TOPIC_COLOURS
from calendar_app.feeds.ical import event_block
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

_DAY = date(2026, 6, 15)
_AT = datetime(2026, 6, 1, tzinfo=UTC)
_NAME = Text({tag: f"{language.endonym}; a, b" for tag, language in LANGUAGES.items()})


@cache
def wire_digest() -> str:
    events = {event.id: event for event in _specimens()}
    topics = {"peace": Topic("peace", _NAME)}
    documents = {"d": Document("d", _NAME, _NAME, points=(Point(1, _NAME),))}
    published = Published(
        list(events.values()), topics, documents, tuple(LANGUAGES), "specimen.invalid", "", ""
    )
    revisions = revise(NOTHING_PUBLISHED, published, _AT)
    calendar = Calendar(_NAME, _NAME, "gold", "specimen.invalid")
    catalogue = Catalogue(calendar, documents, topics, events, {"": revisions})
    return digest(
        [
            dict(TOPIC_COLOURS),
            *(
                event_block(
                    event, revisions.events[id_], presenter, "https://specimen.invalid"
                ).decode()
                for presenter in (Presenter(catalogue, found, _DAY) for found in LANGUAGES.values())
                for id_, event in events.items()
            ),
        ]
    )


def _specimens() -> list[Event]:
    sources = (Source(Basis.DOCUMENT, Exactness.DAY, _NAME, "d", 1),)
    unnumbered = (Source(Basis.DOCUMENT, Exactness.DAY, _NAME, "d"),)
    reported = (Source(Basis.EXTERNAL, Exactness.DAY, _NAME, name="n"),)
    origin = PartialDate.parse("1945-05-09")
    held = PartialDate.parse("2024-05-04/2024-05-05")
    place = Place(_NAME, "CU", (20.144, -75.209))
    return [
        Event("yearly", Yearly(3, 8), _NAME, ("peace",), summary=_NAME, sources=sources),
        Event("context", Yearly(3, 14), _NAME, ("peace",), is_context=True, sources=unnumbered),
        Event(
            "yearly-with-occasion",
            Yearly(5, 1),
            _NAME,
            ("peace",),
            date(2026, 1, 1),
            occasions=(Occasion(date(2026, 5, 1), _NAME, place=place),),
        ),
        Event("counted", Yearly(5, 9), _NAME, ("peace",), counts_from=origin, note=_NAME),
        Event(
            "monthly",
            LastWeekend(),
            _NAME,
            ("peace",),
            date(2026, 1, 1),
            changes=_changes(),
            occasions=(Occasion(date(2026, 12, 26), _NAME, place=Place(_NAME)),),
        ),
        Event("once", On(held), _NAME, ("peace",), place=place, status=Status.TENTATIVE),
        Event("reported", Yearly(6, 1), _NAME, ("peace",), sources=reported),
    ]


def _changes() -> tuple[Change, ...]:
    """What can happen to a weekend. All months are named, for their names are on the wire too."""
    theirs, ours = ChangedBy.ORGANISERS, ChangedBy.US
    days = [last_weekend(2026, month) for month in range(1, 12)]
    moved = (
        Change(
            day,
            ChangeKind.MOVED,
            theirs if day.month % 2 else ours,
            PartialDate.of_days(day + 5 * ONE_DAY, day + 9 * ONE_DAY),
        )
        for day in days
    )
    return (
        *moved,
        Change(days[1], ChangeKind.MOVED, theirs, PartialDate.parse("2026-07")),
        Change(days[1], ChangeKind.MOVED, theirs, PartialDate.parse("2026-08-02")),
        Change(days[2], ChangeKind.CANCELLED, theirs),
        Change(days[3], ChangeKind.CANCELLED, ours),
        Change(days[3], ChangeKind.REINSTATED, theirs),
        Change(days[4], ChangeKind.CANCELLED, theirs),
        Change(days[4], ChangeKind.REINSTATED, ours),
    )
