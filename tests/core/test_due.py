"""What is due when: compared with the plain way to find it, and cut anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.choices import LEADS, Choices, Digest
from calendar_app.core.due import (
    Due,
    DueReminder,
    crosses_quarter,
    digest_occurrences,
    digest_window,
    due_between,
    due_for,
    is_series,
    leads_of,
    zones_between,
)
from calendar_app.core.events import EMPTY, Event
from calendar_app.core.forecast import (
    comes_at_once,
    mails_a_year,
    near,
    next_dates,
    next_mails,
    told_until,
)
from calendar_app.core.occurrences import Window
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.rules import Yearly
from calendar_app.core.zones import instant, zone, zone_names
from tests.factories import MAY_DAY, WEEKENDS, at, cancelled, day, event, moved, on, rrule

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
)
PLACES = [(name, hour) for name in ZONES for hour in range(24)]
EVENTS = (
    event(),
    event("weekends", WEEKENDS, topics=("cuba",)),
    event("seminar", on("2026-10-23/2026-10-26"), topics=("peace",)),
    event("election", on("2026-11")),
    event("press-day", Yearly(11, 3), is_context=True),
    event("congress", on("2026-11-05"), changes=(cancelled("2026-11-05"),)),
    event("march", on("2026-03-10"), changes=(moved("2026-03-10", "2026-11-12"),)),
)
SPRING, AUTUMN = at("2026-03-01T00:00"), at("2026-10-15T00:00")


def catalogue(*events: Event) -> Catalogue:
    calendar = Calendar(EMPTY, EMPTY, "red", "calendar.invalid")
    return Catalogue(calendar, {}, {}, {one.id: one for one in events or EVENTS})


CATALOGUE = catalogue()
Row = tuple[datetime, str, object, str, int]


def rows(dues: Iterable[Due]) -> list[Row]:
    """Return what is due, a row for each cell."""
    return [
        (due.at, *_key(due), cell.zone, cell.hour) for due in dues for cell in due.cells
    ]  # fmt: skip


def _key(due: Due) -> tuple[str, object]:
    if isinstance(due, DueReminder):
        return due.occurrence.id, due.lead
    return due.period, due.digest


def plainly(since: datetime, until: datetime, zones: Iterable[str] = ZONES) -> set[Row]:
    """Return the same by asking for every hour of every day in every zone."""
    found: set[Row] = set()
    days = [since.date() + number * ONE_DAY for number in range(-3, (until - since).days + 4)]
    for name in zones:
        for on_day in days:
            for hour in range(24):
                when = instant(on_day, hour, name)
                if since < when <= until:
                    found |= {
                        (when, *key, name, hour)
                        for key, last in _told_on(on_day)
                        if instant(last + ONE_DAY, 0, name) > until
                    }
    return found


def _told_on(on_day: date) -> Iterable[tuple[tuple[str, object], date]]:
    for lead in LEADS:
        first = on_day + lead * ONE_DAY
        for found in CATALOGUE.index.between(Window(first, first + ONE_DAY)):
            if found.event.id not in {"press-day", "congress"}:
                yield (found.id, lead), found.last
    if on_day.weekday() == 0:
        year, week, _ = on_day.isocalendar()
        yield (f"{year}-W{week:02}", Digest.WEEKLY), on_day + 6 * ONE_DAY
    if on_day.day == 1:
        yield (f"{on_day:%Y-%m}", Digest.MONTHLY), (on_day + 31 * ONE_DAY).replace(day=1) - ONE_DAY


@pytest.mark.parametrize("since", [SPRING, AUTUMN])
def test_due_is_what_the_plain_way_finds(since: datetime) -> None:
    until = since + timedelta(days=20)
    found = rows(due_between(CATALOGUE, PLACES, since, until))

    assert len(found) == len(set(found))
    assert set(found) == plainly(since, until)


MINUTES = st.integers(0, 14 * 24 * 60)


@pytest.mark.property
@given(st.sampled_from([SPRING, AUTUMN + timedelta(days=3)]), st.lists(MINUTES, max_size=6))
def test_ticks_cut_anywhere_find_what_one_long_tick_finds(since: datetime, cuts: list[int]) -> None:
    until = since + timedelta(days=14)
    ends = [*(since + timedelta(minutes=cut, seconds=cut % 61) for cut in sorted(cuts)), until]
    found: list[Row] = []
    begin = since
    for end in ends:
        found += rows(due_between(CATALOGUE, PLACES, begin, end)) if end > begin else []
        begin = max(begin, end)
    whole = rows(due_between(CATALOGUE, PLACES, since, until))

    assert len(found) == len(set(found))
    # What is over by the end was told by the shorter ticks only.
    assert set(whole) <= set(found)
    assert {row for row in found if row not in set(whole)} <= _over_by(until, found)


def _over_by(until: datetime, found: list[Row]) -> set[Row]:
    lasts = {}
    for number in range(-40, 60):
        on_day = until.date() + number * ONE_DAY
        lasts |= {key: last for key, last in _told_on(on_day)}
    return {
        row
        for row in found
        if instant(lasts[row[1], row[2]] + ONE_DAY, 0, row[3]) <= until
    }  # fmt: skip


@given(st.integers(0, 700 * 24 * 60 * 60), st.integers(0, 900))
def test_nothing_is_due_between_two_quarters(begin: int, seconds: int) -> None:
    since = at("2026-01-01T00:00") + timedelta(seconds=begin)
    until = since + timedelta(seconds=seconds)
    if not crosses_quarter(since, until):
        assert plainly(since, until, ["UTC", "Asia/Kathmandu"]) == set()


@pytest.mark.parametrize("since", [SPRING, AUTUMN])
@pytest.mark.parametrize("span", [timedelta(minutes=15), timedelta(hours=30), timedelta(days=9)])
def test_what_is_due_is_due_where_an_hour_strikes(since: datetime, span: timedelta) -> None:
    for number in range(24):
        begin = since + number * timedelta(minutes=495)
        struck = zones_between(begin, begin + span)
        here = [place for place in PLACES if place[0] in struck]
        everywhere = rows(due_between(CATALOGUE, PLACES, begin, begin + span))

        assert rows(due_between(CATALOGUE, here, begin, begin + span)) == everywhere


def test_a_quarter_of_an_hour_strikes_in_few_zones() -> None:
    quarter = AUTUMN.replace(hour=8, minute=15, second=0)

    assert "Asia/Kathmandu" in zones_between(quarter - timedelta(seconds=20), quarter)
    assert len(zones_between(quarter - timedelta(seconds=20), quarter)) < 10
    assert zones_between(AUTUMN, AUTUMN + timedelta(days=1)) == sorted(zone_names())


def test_due_comes_in_the_order_of_the_instants() -> None:
    found = [due.at for due in due_between(CATALOGUE, PLACES, AUTUMN, AUTUMN + timedelta(days=9))]

    assert found == sorted(found)


def test_who_comes_late_is_due_what_is_still_ahead() -> None:
    now = at("2026-10-24T12:00")
    found = {_key(due) for due in due_for(CATALOGUE, "UTC", 9, now)}

    assert found == {
        *(("seminar", lead) for lead in LEADS),
        *(("weekends-2026-10", lead) for lead in LEADS),
        ("march", 30),
        ("2026-10", Digest.MONTHLY),
        ("2026-W43", Digest.WEEKLY),
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (MAY_DAY, False),
        (on("2026-11-05"), False),
        (WEEKENDS, True),
        (rrule("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"), False),
        (rrule("FREQ=YEARLY;INTERVAL=2", "2026-03-08"), False),
        (rrule("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1", "2026-03-01"), True),
        (rrule("FREQ=WEEKLY", "2026-11-05"), True),
        (rrule("FREQ=DAILY;COUNT=3", "2026-12-31"), True),
    ],
)
def test_a_series_comes_more_often_than_once_a_year(rule: object, expected: bool) -> None:
    assert is_series(event("one", rule)) is expected  # type: ignore[arg-type]


def test_of_a_series_one_reminder_is_due() -> None:
    choices = Choices("en", leads=(7, 1))

    assert leads_of(choices, event("weekends", WEEKENDS)) == (7,)
    assert leads_of(choices, event()) == (7, 1)


@pytest.mark.parametrize(
    ("period", "first", "end"),
    [
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2027-W01", "2027-01-04", "2027-01-11"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
    ],
)
def test_a_period_is_these_days(period: str, first: str, end: str) -> None:
    assert digest_window(period) == Window(day(first), day(end))


def test_a_forecast_counts_mails_and_not_dates() -> None:
    today = day("2026-10-10")
    both = catalogue(event("one", on("2026-10-20")), event("two", on("2026-10-26")))
    choices = Choices("en", leads=(7, 1))

    assert mails_a_year(both, choices, today) == 3
    assert [
        (mail.on.isoformat(), [one.id for one in mail.occurrences])
        for mail in next_mails(both, choices, today)
    ] == [("2026-10-13", ["one"]), ("2026-10-19", ["one", "two"]), ("2026-10-25", ["two"])]


@pytest.mark.parametrize("digest", [Digest.WEEKLY, Digest.MONTHLY])
def test_a_digest_of_nothing_is_not_counted(digest: Digest) -> None:
    choices = Choices("en", ("peace",), (), digest)

    assert (
        mails_a_year(catalogue(), choices, day("2026-10-10"))
        == {
            Digest.WEEKLY: 2,
            Digest.MONTHLY: 0,
        }[digest]
    )


def test_topics_and_settings_are_left_out_of_a_forecast() -> None:
    choices = Choices("en", ("cuba",), (7,))

    assert mails_a_year(catalogue(), choices, day("2026-10-10")) == 12
    assert mails_a_year(catalogue(event("press-day", Yearly(11, 3), is_context=True)),
                        Choices("en"), day("2026-10-10")) == 0  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "today", "expected"),
    [
        # The lead of the next one is past, and the first of these is now.
        (Choices("en", ("cuba",)), "2026-11-22", ["11-28", "12-26", "01-30"]),
        (Choices("en", ("cuba",)), "2026-11-27", ["11-28", "12-26", "01-30"]),
        (Choices("en", ("cuba",)), "2026-11-29", ["11-28", "12-26", "01-30"]),
        (Choices("en", ("cuba",)), "2026-11-30", ["12-26", "01-30", "02-27"]),
        # What is cancelled, a setting, or has no day, is of no reminder.
        (Choices("en"), "2026-11-01", ["11-12", "11-28", "12-26"]),
        # A digest tells also what is cancelled, of the days that it is about.
        (Choices("en", leads=(), digest=Digest.WEEKLY), "2026-11-01", ["11-05", "11-12", "11-28"]),
    ],
)
def test_the_next_dates_are_the_first_ones_from_today_on(
    choices: Choices, today: str, expected: list[str]
) -> None:
    found = next_dates(CATALOGUE, choices, day(today))

    assert [one.first.isoformat()[5:] for one in found] == expected


BERLIN = Choices("en", leads=(7, 1), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("choices", "now", "expected"),
    [
        (BERLIN, "2026-11-21T07:59", {}),
        (BERLIN, "2026-11-21T08:00", {"weekends-2026-11": 7}),
        (BERLIN, "2026-11-29T22:59", {"weekends-2026-11": 7}),
        (BERLIN, "2026-11-29T23:00", {}),
        (replace(BERLIN, every_lead=True), "2026-11-27T07:59", {"weekends-2026-11": 7}),
        (replace(BERLIN, every_lead=True), "2026-11-27T08:00", {"weekends-2026-11": 1}),
        (replace(BERLIN, topics=("peace",)), "2026-11-27T08:00", {}),
        (replace(BERLIN, leads=(), digest=Digest.WEEKLY), "2026-11-23T07:59", {}),
        (replace(BERLIN, leads=(), digest=Digest.WEEKLY), "2026-11-23T08:00", {"2026-W48": 0}),
        # Over where the person is.
        (replace(BERLIN, leads=(), digest=Digest.WEEKLY), "2026-11-29T23:00", {}),
        (replace(BERLIN, leads=(), digest=Digest.MONTHLY), "2026-11-29T22:59", {"2026-11": 0}),
        (replace(BERLIN, leads=(), digest=Digest.MONTHLY), "2026-11-29T23:00", {}),
    ],
)
def test_near_is_what_is_due_by_now_and_not_over(
    choices: Choices, now: str, expected: dict[str, int]
) -> None:
    assert near(CATALOGUE, choices, at(now)) == expected


@given(
    leads=st.sets(st.sampled_from(LEADS)),
    digest=st.sampled_from([Digest.WEEKLY, Digest.MONTHLY]),
    place=st.sampled_from(PLACES),
    minutes=st.integers(0, 90 * 24 * 60),
    every_lead=st.booleans(),
)
def test_near_is_what_planning_finds_for_one_person(
    leads: set[int], digest: Digest, place: tuple[str, int], minutes: int, every_lead: bool
) -> None:
    now = AUTUMN + timedelta(minutes=minutes)
    often = Digest.NONE if leads else digest
    choices = Choices("en", (), tuple(leads), often, *place, every_lead)
    today = now.astimezone(zone(choices.zone)).date()
    planned: dict[str, int] = {}
    for due in due_for(CATALOGUE, choices.zone, choices.hour, now):
        if isinstance(due, DueReminder):
            if due.lead in leads_of(choices, due.occurrence.event):
                lead = min(due.lead, planned.get(due.occurrence.id, due.lead))
                planned[due.occurrence.id] = lead
        elif due.digest is often:
            window = digest_window(due.period)
            left = Window(max(today, window.start), window.end)
            if digest_occurrences(CATALOGUE, choices, left):
                planned[due.period] = 0

    assert near(CATALOGUE, choices, now) == planned


@pytest.mark.parametrize(("hour", "expected"), [(7, "2026-11-27"), (9, "2026-11-26")])
def test_a_day_is_told_from_its_hour_on(hour: int, expected: str) -> None:
    choices = replace(BERLIN, hour=hour)

    assert told_until(choices, at("2026-11-27T07:30")) == day(expected)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, BERLIN, True),
        (None, replace(BERLIN, topics=("peace",)), False),
        (BERLIN, BERLIN, False),
        (BERLIN, replace(BERLIN, language="tr", discreet=True), False),
        (replace(BERLIN, topics=("peace",)), BERLIN, True),
        (BERLIN, replace(BERLIN, leads=(14, 7)), False),
        # Nearer to the date than it was told; and what only another hour makes due.
        (BERLIN, replace(BERLIN, leads=(3, 1)), True),
        (replace(BERLIN, leads=(1,)), replace(BERLIN, leads=(1,), hour=0), True),
        (BERLIN, replace(BERLIN, leads=(), digest=Digest.MONTHLY), True),
        (replace(BERLIN, leads=(), digest=Digest.MONTHLY), BERLIN, True),
    ],
)
def test_a_mail_comes_at_once_of_what_was_not_told_so_near(
    before: Choices | None, after: Choices, expected: bool
) -> None:
    assert comes_at_once(CATALOGUE, after, at("2026-11-27T07:30"), before) is expected
