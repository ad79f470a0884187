"""What holds of any dates, rules and events, tried on random ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from operator import attrgetter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.events import Event
from calendar_app.core.identity import Form
from calendar_app.core.occurrences import Window, expand, occurrences_of, order
from calendar_app.core.precision import PartialDate
from calendar_app.core.revising import NOTHING_PUBLISHED, revise
from calendar_app.core.rrules import RRule
from calendar_app.core.rules import LastWeekend, Yearly
from calendar_app.core.schedules import schedule, scheduled_event
from calendar_app.core.years import YearIndex
from tests.core.strategies import (
    ONE_DAY,
    event_lists,
    events,
    partial_dates,
    recent_days,
    rrules,
    windows,
    yearly,
)
from tests.factories import published

pytestmark = pytest.mark.property

# RFC 5545 for the Saturday before the last Sunday of the month.
LAST_WEEKEND = "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=-8,-7,-6,-5,-4,-3,-2"
BEFORE_ALL = date(1896, 1, 1)

instants = st.integers(1_550_000_000, 1_900_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


def plainly(text: str, first: date, window: Window) -> list[date]:
    """What dateutil gives when it walks the rule from its first day."""
    low, high = (datetime.combine(day, time.min) for day in window)
    rule = rrulestr(text, dtstart=datetime.combine(first, time.min))
    return [moment.date() for moment in rule.between(low, high, inc=True) if moment < high]


@given(partial_dates())
def test_a_date_is_read_back_from_what_it_writes(found: PartialDate) -> None:
    assert PartialDate.parse(str(found)) == found
    assert found.first is None or found.last is None or found.first <= found.last


@given(partial_dates(), partial_dates(), partial_dates())
def test_dates_have_one_order(a: PartialDate, b: PartialDate, c: PartialDate) -> None:
    assert (a < b) + (b < a) + (a == b) == 1
    assert a <= b or b <= a
    assert not (a < b < c) or a < c
    if a.first is not None and b.first is not None and a.first < b.first:
        assert a < b


@given(yearly(), windows())
def test_a_yearly_day_is_that_of_rfc_5545(rule: Yearly, window: Window) -> None:
    text = f"FREQ=YEARLY;BYMONTH={rule.month};BYMONTHDAY={rule.day}"

    assert rule.starts(*window) == plainly(text, BEFORE_ALL, window)


@given(windows())
def test_the_last_weekend_is_that_of_rfc_5545(window: Window) -> None:
    found = LastWeekend().starts(*window)

    assert found == plainly(LAST_WEEKEND, BEFORE_ALL, window)
    assert found == RRule(LAST_WEEKEND, BEFORE_ALL).starts(*window)


@given(rrules(), st.data())
def test_a_rule_begun_anew_gives_what_the_whole_walk_gives(
    rule: RRule, data: st.DataObject
) -> None:
    near_or_far = st.integers(-400, 40_000).map(lambda distance: rule.first + distance * ONE_DAY)
    window = data.draw(windows(near_or_far))

    assert rule.starts(*window) == plainly(rule.text, rule.first, window)


@given(events(), windows(recent_days), st.integers(0, 1500))
def test_windows_laid_end_to_end_neither_lose_nor_repeat(
    event: Event, window: Window, distance: int
) -> None:
    middle = min(window.start + distance * ONE_DAY, window.end)

    whole = expand(event, window)

    parts = expand(event, Window(window.start, middle)), expand(event, Window(middle, window.end))
    assert whole == [*parts[0], *parts[1]]


@given(events(), windows(recent_days))
def test_occurrences_are_in_order_within_the_window_and_each_once(
    event: Event, window: Window
) -> None:
    found = expand(event, window)

    assert found == sorted(found, key=order)
    assert len({occurrence.id for occurrence in found}) == len(found)
    assert all(window.start <= occurrence.first < window.end for occurrence in found)
    assert all(occurrence.when.is_exact for occurrence in found)
    assert not {occurrence.scheduled.first for occurrence in found} & event.except_on


@given(event_lists(), st.lists(windows(recent_days), min_size=1, max_size=4))
def test_the_index_gives_what_expanding_every_event_gives(
    several: list[Event], spans: list[Window]
) -> None:
    index = YearIndex(several)

    for span in spans:
        expected = [found for event in several for found in expand(event, span)]
        assert index.between(span) == sorted(expected, key=order)


@given(event_lists(), st.lists(recent_days, min_size=1, max_size=4))
def test_the_index_knows_all_that_is_now(several: list[Event], todays: list[date]) -> None:
    index = YearIndex(several)

    for today in todays:
        begun = Window(date(1900, 1, 1), today + ONE_DAY)
        expected = [found for event in several for found in expand(event, begun)]
        running = [found for found in expected if found.last >= today]
        assert index.running(today) == sorted(running, key=order)


@given(events())
def test_a_schedule_gives_the_same_dates_again(event: Event) -> None:
    found = schedule(event)
    again = scheduled_event(event.id, json.loads(json.dumps(found)))

    shown = attrgetter("id", "when", "status")
    span = Window.years(2018, 2032)
    assert schedule(again) == found
    assert [*map(shown, occurrences_of(again, span))] == [*map(shown, occurrences_of(event, span))]


@given(event_lists(), instants, instants)
def test_revising_again_changes_nothing(
    several: list[Event], first: datetime, later: datetime
) -> None:
    now = published(*several)

    once = revise(NOTHING_PUBLISHED, now, first)

    assert revise(once, now, later) == once


@given(event_lists(), event_lists(), instants, instants)
def test_25_sequences_and_instants_only_grow(
    before: list[Event], after: list[Event], first: datetime, later: datetime
) -> None:
    old = revise(NOTHING_PUBLISHED, published(*before), first)
    new = revise(old, published(*after, content="edited"), later)

    assert new.content.at > old.content.at
    assert new.changes[: len(old.changes)] == old.changes
    assert all(entry.at == new.content.at for entry in new.changes[len(old.changes) :])
    assert {*old.events} == {*new.tombstones} | ({*old.events} & {*new.events})
    for id_ in {*old.events} & {*new.events}:
        was, now = old.events[id_], new.events[id_]
        assert now.created_at == was.created_at
        assert now.form is was.form or now.form is Form.EXPANDED
        for found in occurrences_of(
            next(e for e in after if e.id == id_), Window.years(2018, 2036)
        ):
            assert now.sequence_of(found.id) >= was.sequence_of(found.id)
            assert now.modified_of(found.id, "en") >= was.modified_of(found.id, "en")
