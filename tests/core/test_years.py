"""The index by years answers like expanding every event anew, without touching other years."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from calendar_app.core import years
from calendar_app.core.events import Event
from calendar_app.core.occurrences import (
    Occurrence,
    Window,
    expand,
    occurrence_at,
    order,
)
from calendar_app.core.rules import Yearly
from calendar_app.core.years import YearIndex
from tests.factories import (
    WEEKENDS,
    cancelled,
    day,
    event,
    ids,
    moved,
    on,
    rrule,
    window,
)

CUBA = event("cuba-solidarity-days", WEEKENDS, since=day("2023-10-28"))
PALESTINE = event("palestine-day", Yearly(11, 29))
NEW_YEAR_CAMP = event("camp", rrule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", days=5))
EVENTS = (
    CUBA,
    PALESTINE,
    NEW_YEAR_CAMP,
    event("may-day"),
    event("labour-day"),
    event("leap-day", Yearly(2, 29)),
    event("talk", on("2026-05-01/2026-05-03")),
    event("vague", on("2026-05")),
    event("long", on("2025-11-01/2026-05-01")),
    event("moved-far", changes=(moved("2026-05-01", "2027-12-20/2028-01-10"),)),
    event("moved-off", changes=(moved("2026-05-01", "2026-06"), cancelled("2027-05-01"))),
)


@pytest.mark.parametrize(
    "span",
    [
        Window.years(2026, 2026),
        Window.years(2024, 2028),
        window("2026-05-01", "2026-05-02"),
        window("2025-12-30", "2026-01-01"),
        window("2025-12-31", "2026-01-02"),
        window("2026-05-01", "2026-05-01"),
        window("2026-05-02", "2026-05-01"),
        window("2027-05-02", "2026-05-01"),
        Window(date.min, date(2, 1, 1)),
        Window(date.min, date.min),
        window("9999-01-01", "9999-12-25"),
    ],
)
def test_what_starts_in_a_window_is_what_expanding_gives(span: Window) -> None:
    expected = sorted((each for one in EVENTS for each in expand(one, span)), key=order)

    assert YearIndex(EVENTS).between(span) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-27", []),
        ("2026-11-28", ["cuba-solidarity-days-2026-11"]),
        ("2026-11-29", ["cuba-solidarity-days-2026-11", "palestine-day-2026"]),
        ("2026-11-30", []),
        ("2024-02-29", ["leap-day-2024"]),
        ("2026-12-31", ["camp-2026-12-30"]),
        ("2027-01-03", ["camp-2026-12-30"]),
        ("2027-01-04", []),
        ("2026-02-10", ["long"]),
        ("2026-05-01", ["long", "labour-day-2026", "may-day-2026", "talk"]),
        ("2026-05-02", ["talk"]),
        ("2028-01-10", ["moved-far-2026"]),
        ("2028-01-11", []),
    ],
)
def test_what_is_now(today: str, expected: list[str]) -> None:
    assert ids(YearIndex(EVENTS).running(day(today))) == expected


def test_what_is_cancelled_is_still_listed() -> None:
    found = YearIndex(EVENTS).running(day("2027-05-01"))

    assert [each.id for each in found if each.is_cancelled] == ["moved-off-2027"]


def test_what_is_coming_is_what_is_now_and_then_what_starts_later() -> None:
    found = YearIndex(EVENTS).coming(day("2026-11-29"), day("2027-01-01"))

    assert ids(found) == [
        "cuba-solidarity-days-2026-11",
        "palestine-day-2026",
        "cuba-solidarity-days-2026-12",
        "camp-2026-12-30",
    ]


def test_the_first_days_there_are() -> None:
    assert YearIndex(EVENTS).running(date.min) == []
    assert ids(YearIndex(EVENTS).running(date(1, 5, 1)))[:2] == ["labour-day-0001", "may-day-0001"]


def test_nothing_gives_nothing() -> None:
    empty = YearIndex(())

    assert empty.between(Window.years(2026, 2026)) == []
    assert empty.running(day("2026-05-01")) == []
    assert empty.coming(day("2026-05-01"), day("2027-01-01")) == []


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every year that was indexed, in order."""
    seen: list[int] = []
    make = YearIndex._index

    def noted(index: YearIndex, span: Window) -> years._Year:
        seen.append(span.start.year)
        return make(index, span)

    monkeypatch.setattr(YearIndex, "_index", noted)
    return seen


def test_only_years_that_are_asked_about_are_indexed_and_each_once(indexed: list[int]) -> None:
    index = YearIndex((CUBA, PALESTINE))

    index.between(Window.years(2026, 2026))
    index.between(window("2026-03-01", "2027-01-01"))
    index.running(day("2026-11-29"))
    assert indexed == [2026]

    index.coming(day("2026-11-29"), day("2027-01-02"))
    index.running(day("2027-01-01"))
    assert indexed == [2026, 2027]


def test_the_year_before_is_looked_into_as_far_as_anything_reaches(indexed: list[int]) -> None:
    over_new_year = event("camp", rrule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", days=5))
    index = YearIndex((over_new_year, PALESTINE))

    assert index.running(day("2027-01-05")) == []
    assert indexed == [2027]
    assert ids(index.running(day("2027-01-04"))) == ["camp-2026-12-31"]
    assert indexed == [2027, 2026]


def test_an_interval_that_is_not_exact_makes_no_year_be_indexed(indexed: list[int]) -> None:
    vague = event("vague", on("1900/2020~"))
    put_off = event(changes=(moved("2026-05-01", "2027/2040"),))

    YearIndex((vague, put_off)).running(day("2026-11-29"))

    assert indexed == [2026]


def test_a_rule_is_expanded_once_however_many_events_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expanded: list[tuple[date, date]] = []

    def noted(rule: Yearly, first: date, end: date) -> list[date]:
        expanded.append((first, end))
        return starts(rule, first, end)

    starts = Yearly.starts
    monkeypatch.setattr(Yearly, "starts", noted)
    late, over = event("c", since=day("2000-01-01")), event("d", until=day("2000-01-01"))

    found = YearIndex([event("a"), event("b"), late, over]).between(Window.years(2026, 2026))

    assert expanded == [(day("2026-01-01"), day("2027-01-01"))]
    assert ids(found) == ["a-2026", "b-2026", "c-2026"]


def test_an_occurrence_is_made_only_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def noted(one: Event, scheduled_on: date) -> Occurrence:
        made.append(one.id)
        return occurrence_at(one, scheduled_on)

    monkeypatch.setattr(years, "occurrence_at", noted)
    daily = event("daily", rrule("FREQ=DAILY"))
    index = YearIndex((daily, event("long", on("2026-01-01/2026-12-31"))))

    assert ids(index.running(day("2026-11-29"))) == ["long", "daily-2026-11-29"]
    assert sorted(made) == ["daily", "long"]


@pytest.fixture
def _switching() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("_switching")
def test_threads_may_index_side_by_side() -> None:
    changed = [
        event(
            f"event-{n}",
            changes=tuple(moved(f"{y}-05-01", f"{y}-06-{n + 1:02}") for y in range(2020, 2028)),
        )
        for n in range(20)
    ]
    spans = [Window.years(year, year) for year in range(2020, 2028)]
    alone = YearIndex(changed)

    with ThreadPoolExecutor(len(spans)) as threads:
        found = list(threads.map(YearIndex(changed).between, spans))

    assert found == [alone.between(span) for span in spans]
