"""The recurrence set: rules less exceptions, with what was changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from calendar_app.core.events import Change, Event, Occasion, Status, Text
from calendar_app.core.occurrences import (
    Window,
    expand,
    is_scheduled,
    occurrences_of,
    order,
    scheduled_days,
    without_day,
)
from calendar_app.core.precision import UNKNOWN, PartialDate
from tests.factories import (
    WEEKENDS,
    cancelled,
    dates,
    day,
    event,
    ids,
    moved,
    occurrence,
    on,
    reinstated,
    rrule,
    window,
)

ALWAYS = Window(date.min, date.max)


def test_a_window_of_years_ends_where_the_next_begins() -> None:
    assert Window.years(2026, 2027) == window("2026-01-01", "2028-01-01")
    assert Window.years(1, 1).start == date.min
    assert Window.years(9999, 9999) == window("9999-01-01", "9999-12-31")


def test_ids_are_the_event_and_the_key_of_its_rule() -> None:
    of_2026 = Window.years(2026, 2026)

    assert ids(expand(event(), of_2026)) == ["may-day-2026"]
    assert ids(expand(event("days", WEEKENDS), of_2026))[10] == "days-2026-11"
    assert ids(expand(event("talk", on("2026-05-04/2026-05-05")), of_2026)) == ["talk"]
    assert (
        ids(expand(event("tea", rrule("FREQ=YEARLY;BYMONTHDAY=2")), of_2026))[0] == "tea-2026-01-02"
    )


def test_an_occurrence_lasts_as_long_as_its_rule_says() -> None:
    summer = event("camp", rrule("FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=30", days=4))

    assert dates(expand(summer, Window.years(2026, 2026))) == ["2026-08-30/2026-09-02"]
    assert dates(expand(event(), Window.years(2026, 2026))) == ["2026-05-01"]
    assert dates(expand(event("days", WEEKENDS), window("2026-11-01", "2026-12-01"))) == [
        "2026-11-28/2026-11-29"
    ]


def test_what_was_neither_changed_nor_cancelled_is_as_scheduled() -> None:
    found = occurrence()

    assert (found.when, found.is_cancelled) == (found.scheduled, False)
    assert (found.first, found.last) == (date(2026, 5, 1), date(2026, 5, 1))
    assert (found.changes, found.occasion) == ((), None)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"since": "2025-05-01"}, ["2025-05-01", "2026-05-01", "2027-05-01"]),
        ({"since": "2025-05-02"}, ["2026-05-01", "2027-05-01"]),
        ({"until": "2025-05-01"}, ["2024-05-01", "2025-05-01"]),
        ({"until": "2025-04-30"}, ["2024-05-01"]),
        ({"until": "9999-12-31"}, ["2024-05-01", "2025-05-01", "2026-05-01", "2027-05-01"]),
        ({"since": "2026-01-01", "until": "2025-01-01"}, []),
    ],
)
def test_bounds_are_days_that_belong_to_it(bounds: dict[str, str], expected: list[str]) -> None:
    fields: dict[str, Any] = {name: day(text) for name, text in bounds.items()}
    bounded = event(**fields)

    assert dates(expand(bounded, Window.years(2024, 2027))) == expected


def test_what_counts_years_begins_with_what_it_counts_from() -> None:
    counted = event(counts_from=PartialDate.parse("2025"))
    later = event(counts_from=PartialDate.parse("1890-05-01"), since=day("2026-01-01"))
    uncounted = event(counts_from=UNKNOWN)

    assert dates(expand(counted, Window.years(2023, 2026))) == ["2025-05-01", "2026-05-01"]
    assert dates(expand(later, Window.years(2023, 2026))) == ["2026-05-01"]
    assert len(expand(uncounted, Window.years(2023, 2026))) == 4


def test_days_taken_out_are_out() -> None:
    without = event(except_on=frozenset({day("2025-05-01")}))

    assert dates(expand(without, Window.years(2024, 2026))) == ["2024-05-01", "2026-05-01"]
    assert scheduled_days(without, Window.years(2025, 2025)) == []


@pytest.mark.parametrize(
    ("changes", "when", "status"),
    [
        ([], "2026-05-01", "scheduled"),
        ([moved("2026-05-01", "2026-05-03")], "2026-05-03", "scheduled"),
        ([cancelled("2026-05-01")], "2026-05-01", "cancelled"),
        ([cancelled("2026-05-01"), reinstated("2026-05-01")], "2026-05-01", "scheduled"),
        ([moved("2026-05-01", "2026-05-03"), cancelled("2026-05-01")], "2026-05-03", "cancelled"),
        # A new date alone does not reinstate.
        ([cancelled("2026-05-01"), moved("2026-05-01", "2026-05-03")], "2026-05-03", "cancelled"),
        (
            [
                moved("2026-05-01", "2026-05-03"),
                cancelled("2026-05-01"),
                reinstated("2026-05-01"),
                moved("2026-05-01", "2026-06-01/2026-06-02"),
            ],
            "2026-06-01/2026-06-02",
            "scheduled",
        ),
    ],
)
def test_changes_are_applied_in_turn(changes: list[Change], when: str, status: str) -> None:
    [found] = expand(event(changes=(*changes, cancelled("2027-05-01"))), Window.years(2026, 2026))

    assert (found.id, str(found.when), found.status) == ("may-day-2026", when, status)
    assert str(found.scheduled) == "2026-05-01"
    assert (found.when != found.scheduled) is (when != "2026-05-01")
    assert found.is_cancelled is (status == "cancelled")
    assert found.changes == tuple(changes)


def test_one_occurrence_of_what_is_cancelled_may_stand() -> None:
    one = event(status=Status.CANCELLED, changes=(reinstated("2026-05-01"),))

    found = expand(one, Window.years(2025, 2026))

    assert [occurrence.status for occurrence in found] == [Status.CANCELLED, Status.SCHEDULED]


def test_what_is_reinstated_is_no_firmer_than_before() -> None:
    planned = (cancelled("2026-05-01"), reinstated("2026-05-01"))

    [found] = expand(event(status=Status.TENTATIVE, changes=planned), Window.years(2026, 2026))

    assert found.status is Status.TENTATIVE


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2025, ["2025-05-01", "2025-12-31"]),
        (2026, []),
        (2027, ["2027-01-02", "2027-05-01"]),
        (2028, []),
        (2029, ["2029-05-01"]),
    ],
)
def test_an_occurrence_is_in_the_window_where_it_now_starts(year: int, expected: list[str]) -> None:
    changes = (
        moved("2026-05-01", "2025-12-31"),
        moved("2024-05-01", "2027-01-02"),
        moved("2028-05-01", "2028-06"),
    )

    found = expand(event(changes=changes), Window.years(year, year))

    assert dates(found) == expected


def test_a_window_begins_with_its_first_day_for_what_was_moved_too() -> None:
    to_the_first = event(changes=(moved("2026-05-01", "2027-01-01"),))

    assert dates(expand(to_the_first, Window.years(2026, 2026))) == []
    assert dates(expand(to_the_first, Window.years(2027, 2027))) == ["2027-01-01", "2027-05-01"]


def test_a_moved_occurrence_keeps_its_id() -> None:
    [_, found] = expand(
        event(changes=(moved("2026-05-01", "2025-12-31"),)), Window.years(2025, 2025)
    )

    assert (found.id, str(found.scheduled), str(found.when)) == (
        "may-day-2026",
        "2026-05-01",
        "2025-12-31",
    )


def test_a_change_of_what_the_rule_does_not_give_has_no_effect() -> None:
    changes = (moved("2026-05-02", "2026-05-03"), moved("2025-05-01", "2026-05-03"))
    changed = event(changes=changes, except_on=frozenset({day("2025-05-01")}))

    assert dates(expand(changed, Window.years(2025, 2026))) == ["2026-05-01"]
    assert list(without_day([event(changes=(moved("2026-05-02", "2026-06"),))])) == []


def test_an_occasion_belongs_to_one_occurrence() -> None:
    theme = Occasion(day("2026-05-01"), Text({"en": "For peace"}))

    found = expand(event(occasions=(theme,)), Window.years(2025, 2026))

    assert [occurrence.occasion for occurrence in found] == [None, theme]


def test_the_first_and_the_last_day_of_a_window() -> None:
    assert dates(expand(event(), window("2026-05-01", "2026-05-02"))) == ["2026-05-01"]
    assert dates(expand(event(), window("2026-04-30", "2026-05-01"))) == []
    assert dates(expand(event(), window("2026-05-01", "2026-05-01"))) == []
    assert dates(expand(event(), window("2026-05-02", "2026-05-01"))) == []


def test_the_ends_of_time() -> None:
    assert dates(expand(event(), Window(date.min, date(2, 1, 1)))) == ["0001-05-01"]
    assert dates(expand(event(), Window(date(9999, 1, 1), date.max))) == ["9999-05-01"]
    assert is_scheduled(event("first", on("0001-01-01")), date.min)
    assert not is_scheduled(event("last", on("9999-12-31")), date.max)
    assert expand(event("far", on("9999-12-30/9999-12-31")), ALWAYS)[0].last == date.max


def test_a_day_is_scheduled_by_rule_bounds_and_exceptions() -> None:
    limited = event(since=day("2020-01-01"), except_on=frozenset({day("2022-05-01")}))

    found = [year for year in range(2018, 2024) if is_scheduled(limited, date(year, 5, 1))]

    assert found == [2020, 2021, 2023]
    assert not is_scheduled(limited, day("2021-05-02"))


def test_what_has_no_day_is_listed_apart() -> None:
    events = [
        event("talk", on("2026-05")),
        event("day", on("2026-05-04")),
        event("some-day", on("unknown"), status=Status.TENTATIVE),
        event(
            changes=(
                moved("2027-05-01", "2027-06"),
                moved("2026-05-01", "2026"),
                cancelled("2025-05-01"),
            )
        ),
    ]

    found = list(without_day(events))

    assert ids(found) == ["talk", "some-day", "may-day-2026", "may-day-2027"]
    assert dates(found) == ["2026-05", "unknown", "2026", "2027-06"]
    assert (found[0].first, found[0].last) == (day("2026-05-01"), day("2026-05-31"))
    assert (found[1].first, found[1].last, found[1].status) == (date.max, date.max, "tentative")
    assert expand(events[0], ALWAYS) == []


YEARLY_TEA = rrule("FREQ=YEARLY;INTERVAL=10", first="2003-03-08")


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (event("old", on("1789-07-14")), ["1789-07-14"]),
        (event("vague", on("1990-05")), ["1990-05"]),
        (event(), ["2026-05-01"]),
        (event(changes=(moved("2026-05-01", "2026-06"),)), ["2025-05-01", "2026-06"]),
        # What has no day stands among the others, and what is not known at all comes last.
        (
            event(
                "days",
                WEEKENDS,
                since=day("2026-10-01"),
                changes=(moved("2026-10-24", "2025-03"), moved("2026-11-28", "unknown")),
            ),
            ["2025-03", "2026-12-26/2026-12-27", "unknown"],
        ),
        # What has nothing in the window has its nearest year.
        (event(until=day("2025-12-31")), ["2025-05-01"]),
        (event(until=day("2020-12-31")), ["2020-05-01"]),
        (event(since=day("2030-01-01")), ["2030-05-01"]),
        (event("tea", YEARLY_TEA), ["2023-03-08"]),
        (
            event("days", WEEKENDS, until=day("2020-02-29")),
            ["2020-01-25/2020-01-26", "2020-02-22/2020-02-23"],
        ),
        (event(since=day("2126-01-01")), ["2126-05-01"]),
        (event(since=day("2026-01-01"), until=day("2020-01-01")), []),
    ],
)
def test_all_there_is_to_say_of_one_event(one: Event, expected: list[str]) -> None:
    assert dates(occurrences_of(one, Window.years(2026, 2026))) == expected


def test_the_nearest_year_may_be_the_first_or_the_last() -> None:
    early, late = event(until=day("0001-12-31")), event(since=day("9999-01-01"))

    assert dates(occurrences_of(early, Window.years(3, 3))) == ["0001-05-01"]
    assert dates(occurrences_of(late, Window.years(9997, 9997))) == ["9999-05-01"]
    assert dates(occurrences_of(early, Window.years(9990, 9999))) == []
    assert dates(occurrences_of(late, Window.years(1, 9))) == []


def test_order_is_by_first_day_then_the_shorter_then_the_id() -> None:
    of_november = window("2026-11-01", "2026-12-01")
    events = [
        event("b", on("2026-11-28")),
        event("days", WEEKENDS),
        event("week", on("2026-11-28/2026-12-04")),
        event("a", on("2026-11-28")),
        event("early", on("2026-11-02/2026-11-30")),
    ]

    found = sorted((each for one in events for each in expand(one, of_november)), key=order)

    assert ids(found) == ["early", "a", "b", "days-2026-11", "week"]
