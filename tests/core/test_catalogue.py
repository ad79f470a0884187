"""All that is published, as one value."""

from __future__ import annotations

from datetime import datetime

from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.events import Event, Text
from calendar_app.core.occurrences import Window
from calendar_app.core.revising import NOTHING_PUBLISHED, revise
from calendar_app.core.revisions import Revisions
from calendar_app.core.rules import Yearly
from tests.factories import at, cancelled, dates, event, ids, on, published, topic

FIRST = at("2026-01-01T10:00:00")
LATER = at("2026-02-01T10:00:00")
TALK = event("talk", on("2026-05-04"))


def catalogue(*events: Event, **revisions: Revisions) -> Catalogue:
    calendar = Calendar(Text({"en": "Days"}), Text(), "gold", "calendar.invalid")
    return Catalogue(calendar, {}, {"labour": topic()}, {one.id: one for one in events}, revisions)


def first(*events: Event, when: datetime = FIRST) -> Revisions:
    return revise(NOTHING_PUBLISHED, published(*events), when)


def test_the_index_is_over_all_events_and_made_once() -> None:
    found = catalogue(event(), TALK)

    assert ids(found.index.between(Window.years(2026, 2026))) == ["may-day-2026", "talk"]
    assert found.index is found.index


def test_what_has_no_day_is_in_order() -> None:
    found = catalogue(
        event("some-day", on("unknown")),
        event("later", on("2027")),
        event("soon", on("2026-05")),
        TALK,
    )

    assert dates(found.undated) == ["2026-05", "2027", "unknown"]


def test_revisions_of_all_files_are_seen_together() -> None:
    removed = revise(first(event(), event("gone")), published(event(), content="edited"), LATER)

    found = catalogue(event(), TALK, a=removed, b=first(TALK))

    assert list(found.event_revisions) == ["may-day", "talk"]
    assert found.removed == {"gone": LATER}


def test_the_last_change_of_anything_counts() -> None:
    old = first(event())
    edited = revise(old, published(event(), content="edited"), LATER)
    rewired = revise(old, published(event(), wire_digest="other"), LATER)

    assert catalogue(event(), a=old).changed_at == FIRST
    assert catalogue(event(), TALK, a=edited, b=first(TALK)).changed_at == LATER
    assert catalogue(event(), TALK, a=old, b=rewired).changed_at == LATER


def test_what_is_shown_was_modified_with_its_date_its_text_or_the_wire() -> None:
    one = event(rule=Yearly(5, 1), changes=(cancelled("2027-05-01"),))
    old = first(event(), TALK)
    edited = revise(old, published(one, TALK, content="edited"), LATER)
    rewired = revise(old, published(event(), TALK, wire_digest="other"), LATER)

    found = catalogue(one, TALK, a=edited)
    assert found.modified_at("may-day", "en", "may-day-2026") == FIRST
    assert found.modified_at("may-day", "en", "may-day-2027") == LATER
    assert found.modified_at("may-day", "en") == LATER
    assert found.modified_at("talk", "en") == FIRST
    assert catalogue(event(), TALK, a=rewired).modified_at("talk", "en") == LATER


def test_an_edition_is_named_after_data_and_wire() -> None:
    old = first(event())
    same = catalogue(event(), a=old).edition_id

    others = [
        revise(old, published(event(), content="edited"), LATER),
        revise(old, published(event(), wire_digest="other"), LATER),
        first(event(), when=LATER),
    ]

    assert len(same) == 12
    assert catalogue(TALK, a=old).edition_id == same
    assert len({catalogue(event(), a=found).edition_id for found in [old, *others]}) == 4
