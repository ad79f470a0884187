"""What makes an entry the same entry for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from calendar_app.core.events import Event, Link, Occasion, Place, Status, Text
from calendar_app.core.identity import Form, digest, natural_form, text_digest, uid
from calendar_app.core.precision import PartialDate
from calendar_app.core.revisions import EventRevision, OccurrenceRevision, Stamp
from calendar_app.core.rules import Yearly
from tests.factories import (
    WEEKENDS,
    at,
    cancelled,
    day,
    document,
    event,
    on,
    rrule,
    source,
    topic,
)


def test_a_uid_is_an_id_at_a_domain_that_never_changes() -> None:
    assert uid("may-day-2026", "calendar.invalid") == "may-day-2026@calendar.invalid"


@pytest.mark.parametrize(
    "one", [event(), event(since=day("2000-01-01")), event(status=Status.TENTATIVE)]
)
def test_a_plain_annual_day_goes_out_as_a_rule(one: Event) -> None:
    assert natural_form(one) is Form.RULE


@pytest.mark.parametrize(
    "one",
    [
        event(rule=WEEKENDS),
        event(rule=on("2026-05-01")),
        event(rule=rrule("FREQ=YEARLY")),
        event(rule=Yearly(2, 29)),
        event(until=day("2030-05-01")),
        event(except_on=frozenset({day("2026-05-01")})),
        event(changes=(cancelled("2026-05-01"),)),
        event(counts_from=PartialDate.parse("1886-05-01")),
    ],
)
def test_anything_more_goes_out_day_by_day(one: Event) -> None:
    assert natural_form(one) is Form.EXPANDED


def test_a_digest_depends_on_the_value_and_not_on_its_order() -> None:
    assert digest({"a": 1, "б": [2]}) == digest({"б": (2,), "a": 1})
    assert digest([1]) != digest([2])
    assert len(digest("")) == 24


FULL = event(
    name=Text({"en": "May Day", "ru": "Первомай"}),
    summary=Text({"en": "A day of labour", "ru": "День труда"}),
    note=Text({"en": "Note", "ru": "Заметка"}),
    topics=("labour",),
    place=Place(Text({"en": "Havana", "ru": "Гавана"}), "CU"),
    links=(Link("https://a.invalid", Text({"en": "Call", "ru": "Призыв"})),),
    sources=(source("plan-23"),),
    occasions=(
        Occasion(
            day("2026-05-01"),
            Text({"en": "Theme", "ru": "Тема"}),
            (Link("https://b.invalid", Text({"en": "More", "ru": "Ещё"})),),
            Place(Text({"en": "Paris", "ru": "Париж"})),
        ),
    ),
)
OTHER = Text({"en": "Other", "ru": "Первомай"})
[OCCASION] = FULL.occasions


def _digests(one: Event, labour: Text | None = None, plan: Text | None = None) -> dict[str, str]:
    topics = {"labour": replace(topic(), name=labour or topic().name)}
    documents = {"plan-23": replace(document(), name=plan or document().name)}
    return {tag: text_digest(one, tag, topics, documents) for tag in ("en", "ru", "ar")}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": OTHER},
        {"summary": OTHER},
        {"note": OTHER},
        {"place": None},
        {"place": Place(OTHER)},
        {"links": ()},
        {"links": (Link("https://c.invalid", Text({"en": "Call", "ru": "Призыв"})),)},
        {"topics": ()},
        {"sources": ()},
        {"sources": (source("plan-23", 8),)},
        {"counts_from": PartialDate.parse("1886-05-01")},
        {"occasions": ()},
        {"occasions": (replace(OCCASION, occurrence=day("2027-05-01")),)},
        {"occasions": (replace(OCCASION, note=OTHER),)},
        {"occasions": (replace(OCCASION, links=()),)},
        {"occasions": (replace(OCCASION, place=None),)},
        {"occasions": (replace(OCCASION, place=Place(OTHER)),)},
    ],
)
def test_every_word_that_is_shown_counts(fields: dict[str, Any]) -> None:
    before, after = _digests(FULL), _digests(replace(FULL, **fields))

    assert after["en"] != before["en"]


def test_names_of_topics_and_documents_count() -> None:
    assert _digests(FULL, labour=OTHER)["en"] != _digests(FULL)["en"]
    assert _digests(FULL, plan=OTHER)["en"] != _digests(FULL)["en"]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "other"},
        {"rule": WEEKENDS},
        {"review": OTHER},
        {"aliases": {"en": ("Labour Day",)}},
        {"sources": (replace(FULL.sources[0], says=OTHER),)},
        {"verified_on": day("2026-05-01")},
    ],
)
def test_what_a_calendar_does_not_show_does_not_count(fields: dict[str, Any]) -> None:
    assert _digests(replace(FULL, **fields)) == _digests(FULL)


def test_a_text_in_one_language_counts_for_its_readers_only() -> None:
    before = _digests(FULL)
    after = _digests(replace(FULL, name=Text({"en": "Labour Day", "ru": "Первомай"})))

    # Arabic readers are shown another language, so any of them counts.
    assert {tag for tag in before if after[tag] != before[tag]} == {"en", "ar"}


REVISION = EventRevision(
    Form.EXPANDED,
    {"yearly": "05-01"},
    sequence=2,
    created_at=at("2026-01-01"),
    modified_at=at("2026-01-02"),
    texts={"en": Stamp("en", at("2026-01-01")), "ru": Stamp("ru", at("2026-01-05"))},
    occurrences={
        "may-day-2026": OccurrenceRevision(3, at("2026-01-04")),
        "may-day-2027": OccurrenceRevision(1, at("2026-01-06")),
    },
)


def test_the_sequence_of_an_occurrence_adds_its_own_to_that_of_the_event() -> None:
    assert REVISION.sequence_of("may-day-2026") == 5
    assert REVISION.sequence_of("may-day-2028") == 2


def test_an_occurrence_was_modified_with_its_event_its_day_or_its_text() -> None:
    assert REVISION.modified_of("may-day-2028", "en") == at("2026-01-02")
    assert REVISION.modified_of("may-day-2026", "en") == at("2026-01-04")
    assert REVISION.modified_of("may-day-2026", "ru") == at("2026-01-05")


def test_an_event_was_modified_with_any_of_its_occurrences() -> None:
    assert REVISION.last_modified("en") == at("2026-01-06")
    assert replace(REVISION, occurrences={}).last_modified("en") == at("2026-01-02")
    assert replace(REVISION, occurrences={}).last_modified("ru") == at("2026-01-05")
