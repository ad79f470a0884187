"""What is published next, from what was published and what the data say now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from calendar_app.core.events import ChangedBy, Event, Status, Text
from calendar_app.core.identity import Form
from calendar_app.core.precision import PartialDate
from calendar_app.core.revising import (
    NEVER,
    NOTHING_PUBLISHED,
    lost_topics,
    renamed_ids,
    reused_ids,
    revise,
)
from calendar_app.core.revisions import ChangeLine, Kind, OccurrenceRevision, Revisions
from calendar_app.core.rules import Rule, Yearly
from tests.factories import (
    MAY_DAY,
    WEEKENDS,
    at,
    cancelled,
    event,
    moved,
    on,
    published,
    reinstated,
    rrule,
    source,
    topic,
)

FIRST = at("2026-01-01T10:00:00")
LATER = at("2026-02-01T10:00:00")
LAST = at("2026-03-01T10:00:00")


def first(*events: Event) -> Revisions:
    return revise(NOTHING_PUBLISHED, published(*events), FIRST)


def then(old: Revisions, *events: Event) -> Revisions:
    return revise(old, published(*events, content="edited"), LATER)


def told(old: Revisions, new: Revisions) -> list[ChangeLine]:
    """What the list of changes tells anew."""
    assert new.changes[: len(old.changes)] == old.changes
    return list(new.changes[len(old.changes) :])


def test_what_is_new_is_told_with_its_date() -> None:
    found = first(event(), event("talk", on("2026-05-04/2026-05-05")))

    assert found.changes == (
        ChangeLine(FIRST, Kind.ADDED, "may-day", new="05-01"),
        ChangeLine(FIRST, Kind.ADDED, "talk", new="2026-05-04/2026-05-05"),
    )
    assert found.uid_domain == "calendar.invalid"
    assert (found.content.digest, found.content.at) == ("content", FIRST)
    assert (found.wire.number, found.wire.stamp.digest, found.wire.stamp.at) == (1, "wire", FIRST)


def test_a_first_revision_begins_at_nought() -> None:
    found = first(event(sources=(source(), source("plan-24"), source()))).events["may-day"]

    assert (found.form, found.schedule, found.sequence) == (Form.RULE, {"yearly": "05-01"}, 0)
    assert (found.created_at, found.modified_at) == (FIRST, FIRST)
    assert {tag: stamp.at for tag, stamp in found.texts.items()} == {"en": FIRST, "ru": FIRST}
    assert found.cited_in == ("plan-23", "plan-24")
    assert found.occurrences == {}


def test_nothing_changes_when_nothing_changed() -> None:
    events = (
        event(changes=(moved("2026-05-01", "2026-05-03"),), sources=(source(),)),
        event("days", WEEKENDS),
        event("vague", on("2026-05")),
    )
    old = first(*events)

    assert revise(old, published(*events), LATER) == old


def test_each_publication_is_counted_and_nothing_else() -> None:
    old = first(event())

    edited = then(old, event(rule=Yearly(5, 2)))

    assert (NOTHING_PUBLISHED.number, old.number, edited.number) == (0, 1, 2)
    assert then(edited, event(rule=Yearly(5, 2))).number == 2


def test_an_instant_has_whole_seconds() -> None:
    found = revise(NOTHING_PUBLISHED, published(event()), FIRST.replace(microsecond=999_999))

    assert found.content.at == FIRST


def test_instants_grow_even_when_the_clock_went_back() -> None:
    old = first(event())

    found = revise(old, published(event(rule=Yearly(5, 2)), content="edited"), at("2020-01-01"))

    a_second_later = FIRST.replace(second=1)
    assert found.content.at == a_second_later
    assert found.events["may-day"].modified_at == a_second_later
    assert {entry.at for entry in told(old, found)} == {a_second_later}


def test_the_wire_number_grows_with_the_bytes_and_not_with_the_data() -> None:
    old = first(event())

    edited = then(old, event("other"))
    rewired = revise(edited, published(event("other"), content="edited", wire_digest="new"), LAST)

    assert edited.wire == old.wire
    assert (rewired.wire.number, rewired.wire.stamp.at) == (2, LAST)
    assert rewired.content == edited.content
    assert told(edited, rewired) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (MAY_DAY, Yearly(5, 2), Form.RULE),
        (MAY_DAY, WEEKENDS, Form.EXPANDED),
        (WEEKENDS, MAY_DAY, Form.EXPANDED),
    ],
)
def test_the_form_goes_only_from_rule_to_expanded(
    before: Rule, after: Rule, expected: Form
) -> None:
    found = then(first(event(rule=before)), event(rule=after))

    assert found.events["may-day"].form is expected


def test_one_change_expands_an_event_for_good() -> None:
    old = first(event())

    changed = then(old, event(changes=(moved("2026-05-01", "2026-05-03"),)))
    undone = revise(changed, published(event(), content="again"), LAST)

    forms = [found.events["may-day"].form for found in (old, changed, undone)]
    assert forms == [Form.RULE, Form.EXPANDED, Form.EXPANDED]


def test_another_date_raises_the_sequence_of_a_rule() -> None:
    found = then(first(event()), event(rule=Yearly(5, 2))).events["may-day"]

    assert (found.sequence, found.created_at, found.modified_at) == (1, FIRST, LATER)
    assert found.occurrences == {}


def test_another_date_raises_the_sequence_of_its_occurrence_only() -> None:
    weekends = event("days", WEEKENDS)
    once = replace(weekends, changes=(moved("2026-11-28", "2026-11-21/2026-11-22"),))
    twice = replace(weekends, changes=(*once.changes, cancelled("2026-11-28")))

    old = first(weekends)
    found = then(old, once)
    again = revise(found, published(twice, content="again"), LAST)

    assert found.events["days"].occurrences == {"days-2026-11": OccurrenceRevision(1, LATER)}
    assert again.events["days"].occurrences == {"days-2026-11": OccurrenceRevision(2, LAST)}
    assert (again.events["days"].sequence, again.events["days"].modified_at) == (0, FIRST)


def test_the_sequence_never_falls_when_a_rule_is_expanded() -> None:
    old = then(first(event()), event(rule=Yearly(5, 2)))

    found = revise(
        old, published(event(rule=Yearly(5, 2), changes=(cancelled("2026-05-02"),))), LAST
    )

    revision = found.events["may-day"]
    assert revision.sequence_of("may-day-2026") == 2
    assert revision.sequence_of("may-day-2027") == 1


def test_bounds_that_change_no_date_raise_nothing() -> None:
    old = first(event("days", WEEKENDS))

    found = then(old, event("days", WEEKENDS, counts_from=PartialDate.parse("2020")))

    assert found.events["days"].schedule == {"monthly": "last-weekend", "since": "2020-01-01"}
    assert found.events["days"].occurrences == {}
    assert [entry.kind for entry in told(old, found)] == [Kind.TEXT]


TALK = event("talk", on("2026-05-04"))
IN_MAY = event("talk", on("2026-05"))
CANCELLED = replace(TALK, status=Status.CANCELLED)
TENTATIVE = replace(TALK, status=Status.TENTATIVE)
BY_US = moved("2026-05-04", "2026-05-06", ChangedBy.US)


@pytest.mark.parametrize(
    ("before", "after", "kind", "new"),
    [
        (TALK, replace(TALK, rule=on("2026-05-05")), Kind.CORRECTED, "2026-05-05"),
        (TALK, replace(TALK, rule=on("1999-05-05")), Kind.CORRECTED, "1999-05-05"),
        (TALK, replace(TALK, changes=(BY_US,)), Kind.CORRECTED, "2026-05-06"),
        (
            TALK,
            replace(TALK, changes=(moved("2026-05-04", "2026-05-06"),)),
            Kind.MOVED,
            "2026-05-06",
        ),
        (TALK, replace(TALK, changes=(moved("2026-05-04", "2026-06"),)), Kind.MOVED, "2026-06"),
        (TALK, IN_MAY, Kind.CORRECTED, "2026-05"),
        (IN_MAY, TALK, Kind.MORE_EXACT, "2026-05-04"),
        (TALK, CANCELLED, Kind.CANCELLED, "2026-05-04"),
        (TALK, replace(TALK, changes=(cancelled("2026-05-04"),)), Kind.CANCELLED, "2026-05-04"),
        (CANCELLED, TALK, Kind.REINSTATED, "2026-05-04"),
        (
            CANCELLED,
            replace(CANCELLED, changes=(reinstated("2026-05-04"), BY_US)),
            Kind.REINSTATED,
            "2026-05-06",
        ),
        (TALK, TENTATIVE, Kind.TENTATIVE, "2026-05-04"),
        (TENTATIVE, TALK, Kind.SCHEDULED, "2026-05-04"),
        (TENTATIVE, replace(TALK, rule=on("2026-05-05")), Kind.CORRECTED, "2026-05-05"),
        (event("talk", on("unknown")), IN_MAY, Kind.MORE_EXACT, "2026-05"),
        (event("talk", on("2026")), IN_MAY, Kind.MORE_EXACT, "2026-05"),
        (event("talk", on("2026-04~")), IN_MAY, Kind.MORE_EXACT, "2026-05"),
        (IN_MAY, replace(TALK, rule=on("2026-06-04")), Kind.CORRECTED, "2026-06-04"),
        (
            IN_MAY,
            replace(IN_MAY, changes=(moved("2026-05-01", "2026-06-04"),)),
            Kind.MOVED,
            "2026-06-04",
        ),
    ],
)
def test_what_happened_to_a_date_is_told(before: Event, after: Event, kind: Kind, new: str) -> None:
    old = first(before)

    found = then(old, after)

    was = str(before.rule.spec()["on"])
    assert told(old, found) == [ChangeLine(LATER, kind, "talk", "", was, new)]
    assert found.events["talk"].sequence_of("talk") == 1
    assert found.events["talk"].modified_of("talk", "en") == LATER


def test_of_a_series_the_occurrence_is_told() -> None:
    old = first(event("days", WEEKENDS))

    found = then(old, event("days", WEEKENDS, changes=(cancelled("2026-11-28"),)))

    weekend = "2026-11-28/2026-11-29"
    assert told(old, found) == [
        ChangeLine(LATER, Kind.CANCELLED, "days", "days-2026-11", weekend, weekend)
    ]


def test_another_rule_of_a_series_is_told_once() -> None:
    old = first(event())

    found = then(old, event(rule=Yearly(5, 2)))

    assert told(old, found) == [ChangeLine(LATER, Kind.CORRECTED, "may-day", "", "05-01", "05-02")]
    assert found.events["may-day"].sequence == 1


def test_what_an_exception_takes_out_is_told() -> None:
    old = first(event("days", WEEKENDS))

    found = then(old, event("days", WEEKENDS, except_on=frozenset({date(2026, 11, 28)})))

    weekend = "2026-11-28/2026-11-29"
    assert told(old, found) == [ChangeLine(LATER, Kind.REMOVED, "days", "days-2026-11", weekend)]


def test_what_an_exception_gives_back_is_told() -> None:
    old = first(event("days", WEEKENDS, except_on=frozenset({date(2026, 11, 28)})))

    found = then(old, event("days", WEEKENDS))

    weekend = "2026-11-28/2026-11-29"
    assert told(old, found) == [ChangeLine(LATER, Kind.ADDED, "days", "days-2026-11", "", weekend)]


def test_another_end_of_a_series_is_told_once() -> None:
    old = first(event())

    ended = then(old, event(until=date(2024, 12, 31)))
    back = revise(ended, published(event(), content="again"), LAST)

    bounded = "05-01 ../2024-12-31"
    assert told(old, ended) == [
        ChangeLine(LATER, Kind.BOUNDS, "may-day", "", "05-01", bounded),
    ]
    assert told(ended, back) == [ChangeLine(LAST, Kind.BOUNDS, "may-day", "", bounded, "05-01")]


def test_a_series_that_becomes_firm_with_another_rule_is_told_of_both() -> None:
    old = first(event(status=Status.TENTATIVE))

    assert told(old, then(old, event(rule=Yearly(5, 2)))) == [
        ChangeLine(LATER, Kind.SCHEDULED, "may-day"),
        ChangeLine(LATER, Kind.CORRECTED, "may-day", "", "05-01", "05-02"),
    ]


def test_a_series_cancelled_as_a_whole_is_told_once_and_every_sequence_grows() -> None:
    old = first(event("days", WEEKENDS))

    found = then(old, event("days", WEEKENDS, status=Status.CANCELLED))

    assert told(old, found) == [ChangeLine(LATER, Kind.CANCELLED, "days")]
    assert found.events["days"].sequence_of("days-2026-11") == 1


def test_a_series_that_becomes_firm_is_told_once() -> None:
    perhaps = event("days", WEEKENDS, status=Status.TENTATIVE)
    away = moved("2026-11-28", "2026-11-21/2026-11-22")
    old = first(perhaps)

    found = then(old, event("days", WEEKENDS, changes=(away,)))
    back = revise(found, published(perhaps, content="again"), LAST)

    weekend = "2026-11-28/2026-11-29"
    assert told(old, found) == [
        ChangeLine(LATER, Kind.SCHEDULED, "days"),
        ChangeLine(LATER, Kind.MOVED, "days", "days-2026-11", weekend, "2026-11-21/2026-11-22"),
    ]
    assert told(found, back)[0] == ChangeLine(LAST, Kind.TENTATIVE, "days")
    assert back.events["days"].sequence_of("days-2026-12") == 2


OVER = event(until=date(2020, 12, 31))
TO_COME = event(since=date(2035, 2, 28), until=date(2099, 1, 1))
EVERY_SEVEN_YEARS = event(
    rule=rrule("FREQ=YEARLY;INTERVAL=7", "2005-05-01", days=3), until=date(2013, 1, 1)
)
# The year before last is nearer to what feeds show than the one that is compared anyway.
TWICE = event(rule=rrule("FREQ=YEARLY;INTERVAL=6", "2024-05-01"), until=date(2031, 1, 1))


@pytest.mark.parametrize(
    ("before", "after", "occurrence"),
    [
        (OVER, replace(OVER, rule=Yearly(5, 2)), "may-day-2020"),
        (OVER, replace(OVER, status=Status.CANCELLED), "may-day-2020"),
        (OVER, replace(OVER, status=Status.TENTATIVE), "may-day-2020"),
        (OVER, replace(OVER, until=None, rule=Yearly(5, 2)), "may-day-2020"),
        (TO_COME, replace(TO_COME, rule=Yearly(5, 2)), "may-day-2035"),
        (TO_COME, replace(TO_COME, status=Status.CANCELLED), "may-day-2035"),
        (
            EVERY_SEVEN_YEARS,
            replace(EVERY_SEVEN_YEARS, rule=rrule("FREQ=YEARLY;INTERVAL=7", "2005-05-01", days=4)),
            "may-day-2012-05-01",
        ),
        (TWICE, replace(TWICE, status=Status.CANCELLED), "may-day-2024-05-01"),
    ],
)
def test_the_sequence_grows_of_what_feeds_show_of_a_series_far_from_now(
    before: Event, after: Event, occurrence: str
) -> None:
    found = then(first(before), after).events["may-day"]

    assert found.sequence_of(occurrence) == 1
    assert found.modified_of(occurrence, "en") == LATER


@pytest.mark.parametrize(
    "gone", [{"except_on": frozenset({date(2026, 11, 28)})}, {"until": date(2026, 10, 31)}]
)
def test_what_goes_and_comes_back_counts_on(gone: dict[str, Any]) -> None:
    """What was always there keeps its number, and what is new begins with none."""
    there, out = event("days", WEEKENDS), event("days", WEEKENDS, **gone)
    revisions = first(there)
    found = []
    for turn, now in enumerate((out, there, out, there)):
        when = LATER + timedelta(hours=turn)
        revisions = revise(revisions, published(now, content=str(turn)), when)
        found.append(revisions.events["days"].sequence_of("days-2026-11"))

    assert found == [1, 2, 3, 4]
    assert revisions.events["days"].sequence_of("days-2026-10") == 0
    fresh = then(first(out), there)
    assert fresh.events["days"].sequence_of("days-2026-11") == 0


def test_what_is_moved_years_away_and_back_is_told_each_time() -> None:
    away = moved("2026-11-28", "2042-11-28")
    old = first(event("days", WEEKENDS))

    gone = then(old, event("days", WEEKENDS, changes=(away,)))
    back = revise(gone, published(event("days", WEEKENDS), content="again"), LAST)

    weekend = "2026-11-28/2026-11-29"
    assert told(old, gone) == [
        ChangeLine(LATER, Kind.MOVED, "days", "days-2026-11", weekend, "2042-11-28"),
    ]
    assert [entry.kind for entry in told(gone, back)] == [Kind.CORRECTED]
    assert back.events["days"].sequence_of("days-2026-11") == 2


def test_another_text_is_told_and_stamps_its_language_only() -> None:
    old = first(event(name=Text({"en": "May Day", "ru": "Первомай"})))

    found = then(old, event(name=Text({"en": "May Day", "ru": "День труда"})))

    was, now = old.events["may-day"], found.events["may-day"]
    assert told(old, found) == [ChangeLine(LATER, Kind.TEXT, "may-day")]
    assert now.texts["en"] == was.texts["en"]
    assert now.texts["ru"].at == LATER
    assert (now.sequence, now.modified_at) == (0, FIRST)


def test_another_name_of_a_topic_is_written_anew_and_told_of_no_event() -> None:
    old = first(event(topics=("labour",)), event("days", WEEKENDS))
    renamed = {"labour": replace(topic(), name=Text({"en": "Work", "ru": "Труд"}))}
    events = event(topics=("labour",)), event("days", WEEKENDS)

    found = revise(old, published(*events, topics=renamed), LATER)

    # The feeds are others, but there is nothing to tell of any date.
    assert found.events["may-day"].texts["en"].at == LATER
    assert found.events["may-day"].texts["ru"].at == FIRST
    assert found.events["days"] == old.events["days"]
    assert told(old, found) == []
    again = replace(events[0], summary=Text({"en": "A march"})), events[1]
    assert told(old, revise(old, published(*again, topics=renamed), LATER)) == [
        ChangeLine(LATER, Kind.TEXT, "may-day")
    ]


def test_where_no_names_of_topics_are_remembered_another_one_is_another_text() -> None:
    old = replace(first(event(topics=("labour",))), topics={})
    renamed = {"labour": replace(topic(), name=Text({"en": "Work"}))}

    found = revise(old, published(event(topics=("labour",)), topics=renamed), LATER)

    assert told(old, found) == [ChangeLine(LATER, Kind.TEXT, "may-day")]


def test_a_topic_is_remembered_for_ever_under_its_last_name() -> None:
    old = first(event(topics=("labour",)))
    renamed = {"labour": replace(topic(), name=Text({"en": "Work"})), "peace": topic("peace")}

    found = revise(old, published(event(topics=("labour",)), topics=renamed), LATER)
    without = published(event(topics=("peace",)), topics={"peace": topic("peace")})

    assert old.topics == {"labour": topic().name}
    assert found.topics == {"labour": Text({"en": "Work"}), "peace": topic().name}
    assert lost_topics(found, without) == ["labour"]
    assert lost_topics(found, published(topics=renamed)) == []
    assert revise(found, without, LAST).topics == found.topics


def test_another_language_is_another_text() -> None:
    old = first(event())

    found = revise(old, published(event(), languages=("en", "ru", "ar")), LATER)

    stamps = found.events["may-day"].texts
    assert {tag: stamp.at for tag, stamp in stamps.items()} == {
        "en": FIRST,
        "ru": FIRST,
        "ar": LATER,
    }


def test_a_further_document_is_told_once_and_as_no_other_text() -> None:
    old = first(event(sources=(source("plan-23"),)))

    found = then(old, event(sources=(source("plan-23"), source("plan-24"), source("plan-24", 8))))

    cited = ChangeLine(LATER, Kind.CITED, "may-day", new="plan-24")
    assert told(old, found) == [cited]
    assert found.events["may-day"].texts["en"].at == LATER


def test_a_further_document_and_another_text_are_both_told() -> None:
    old = first(event(sources=(source("plan-23"),)))
    both = event(summary=Text({"en": "A march"}), sources=(source("plan-24"), source("plan-23")))

    assert told(old, then(old, both)) == [
        ChangeLine(LATER, Kind.CITED, "may-day", new="plan-24"),
        ChangeLine(LATER, Kind.TEXT, "may-day"),
    ]


def test_a_document_that_cites_no_more_is_another_text() -> None:
    old = first(event(sources=(source("plan-23"), source("plan-24"))))

    found = then(old, event(sources=(source("plan-23"),)))

    assert told(old, found) == [ChangeLine(LATER, Kind.TEXT, "may-day")]


def test_what_is_gone_leaves_a_tombstone_for_ever() -> None:
    old = first(event(), event("talk", on("2026-05-04")))

    found = then(old, event())
    later = revise(found, published(event(), content="again"), LAST)

    assert told(old, found) == [ChangeLine(LATER, Kind.REMOVED, "talk")]
    assert list(found.events) == ["may-day"]
    assert found.tombstones == later.tombstones == {"talk": LATER}


def test_an_id_that_was_removed_is_found_when_it_is_used_again() -> None:
    old = then(first(event(), event("talk", on("2026-05-04"))), event())

    assert reused_ids(old, [event(), event("talk", WEEKENDS)]) == ["talk"]
    assert reused_ids(old, [event(), event("new", WEEKENDS)]) == []


SAME_NAME = event("labour-day")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([SAME_NAME], [("may-day", "labour-day")]),
        (
            [replace(SAME_NAME, name=Text({"en": "May Day", "ru": "День труда"}))],
            [("may-day", "labour-day")],
        ),
        ([event(), SAME_NAME], []),
        ([replace(SAME_NAME, name=Text({"en": "Labour Day"}))], []),
        ([replace(SAME_NAME, rule=Yearly(9, 1))], []),
        ([event()], []),
    ],
)
def test_an_entry_under_another_id_is_found(
    now: list[Event], expected: list[tuple[str, str]]
) -> None:
    assert renamed_ids(first(event()), published(*now)) == expected


def test_before_the_first_publication_there_was_nothing() -> None:
    assert NOTHING_PUBLISHED.content.at == NOTHING_PUBLISHED.wire.stamp.at == NEVER
    assert renamed_ids(NOTHING_PUBLISHED, published(event())) == []
    assert reused_ids(NOTHING_PUBLISHED, [event()]) == []
