"""Random dates, rules and events, for what must hold of any."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from calendar_app.core.errors import RuleError
from calendar_app.core.events import Change, ChangedBy, ChangeKind, Event, Status, Text
from calendar_app.core.occurrences import Window, scheduled_days
from calendar_app.core.precision import UNKNOWN, PartialDate
from calendar_app.core.rrules import RRule, parse_rrule
from calendar_app.core.rules import LastWeekend, On, Yearly

ONE_DAY = timedelta(days=1)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
recent_days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def windows(draw: st.DrawFn, starts: st.SearchStrategy[date] = days, longest: int = 1500) -> Window:
    start = draw(starts)
    return Window(start, start + draw(st.integers(0, longest)) * ONE_DAY)


# Dates


@st.composite
def parts_of_dates(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from([4, 7, 10]))
    return draw(st.dates()).isoformat()[:length] + draw(st.sampled_from(["", "~", "?", "%"]))


@st.composite
def intervals(draw: st.DrawFn) -> str:
    one, other = (PartialDate.parse(draw(parts_of_dates())) for _ in range(2))
    bounds = (one.first, one.last), (other.first, other.last)
    assume(bounds[0] != bounds[1])
    return f"{one}/{other}" if bounds[0] < bounds[1] else f"{other}/{one}"


def partial_dates() -> st.SearchStrategy[PartialDate]:
    parts = parts_of_dates()
    texts = st.one_of(parts, intervals(), parts.map("{}/..".format), st.just(str(UNKNOWN)))
    return texts.map(PartialDate.parse)


# Rules


def _numbers(most: int) -> list[str]:
    """Forth and back, the small and the large ones."""
    forth = {*range(1, min(most, 9) + 1), *range(max(most - 8, 1), most + 1)}
    return [str(number) for forward in sorted(forth) for number in (forward, -forward)]


def _numbered(*numbers: str) -> list[str]:
    return [number + weekday for number in numbers for weekday in WEEKDAYS]


# What RFC 5545 3.3.10 allows for each frequency.
ANY = {
    "BYMONTH": [str(number) for number in range(1, 13)],
    "BYDAY": WEEKDAYS,
    "INTERVAL": [str(number) for number in range(1, 8)],
    "WKST": WEEKDAYS,
}
MONTHDAYS = {"BYMONTHDAY": _numbers(31)}
PARTS = {
    "DAILY": ANY | MONTHDAYS,
    "WEEKLY": ANY,
    "MONTHLY": ANY | MONTHDAYS | {"BYDAY": WEEKDAYS + _numbered("1", "2", "4", "-1", "-3")},
    "YEARLY": ANY
    | MONTHDAYS
    | {"BYDAY": WEEKDAYS + _numbered("1", "2", "-1", "20", "-20")}
    | {"BYYEARDAY": _numbers(366), "BYWEEKNO": _numbers(53)},
}
SINGLE = {"INTERVAL", "WKST"}


@st.composite
def rule_texts(draw: st.DrawFn, first: date) -> str:
    freq = draw(st.sampled_from(sorted(PARTS)))
    names = draw(st.lists(st.sampled_from(sorted(PARTS[freq])), max_size=4, unique=True))
    values = PARTS[freq]
    if "BYWEEKNO" in names:  # weeks need a weekday, and have each of them once
        names = [*(name for name in names if name != "BYDAY"), "BYDAY"]
        values = values | {"BYDAY": WEEKDAYS}
    parts = [f"FREQ={freq}"]
    for name in names:
        most = 1 if name in SINGLE else 3
        some = st.lists(st.sampled_from(values[name]), min_size=1, max_size=most, unique=True)
        parts.append(f"{name}={','.join(draw(some))}")
    has_setpos = draw(st.booleans())
    if has_setpos and set(names) - SINGLE:
        parts.append(f"BYSETPOS={draw(st.sampled_from(_numbers(5)))}")
    until = st.integers(0, 40_000).map(lambda distance: f"{first + distance * ONE_DAY:%Y%m%d}")
    end = st.one_of(
        st.just(None), st.integers(1, 1000).map("COUNT={}".format), until.map("UNTIL={}".format)
    )
    return ";".join(filter(None, [*parts, draw(end)]))


@st.composite
def rrules(draw: st.DrawFn, firsts: st.SearchStrategy[date] = days) -> RRule:
    first = draw(firsts)
    text = draw(rule_texts(first))
    try:
        return parse_rrule(text, first, draw(st.integers(1, 5)))
    except RuleError:
        assume(False)
        raise


def yearly() -> st.SearchStrategy[Yearly]:
    of_a_leap_year = st.dates(date(2024, 1, 1), date(2024, 12, 31))
    return of_a_leap_year.map(lambda day: Yearly(day.month, day.day))


def recurring() -> st.SearchStrategy[Yearly | LastWeekend | RRule]:
    return st.one_of(yearly(), st.just(LastWeekend()), rrules(recent_days))


@st.composite
def one_offs(draw: st.DrawFn) -> On:
    if draw(st.booleans()):
        return On(draw(partial_dates()))
    first = draw(recent_days)
    return On(PartialDate.of_days(first, first + draw(st.integers(0, 400)) * ONE_DAY))


# Events


@st.composite
def changes(draw: st.DrawFn, occurrence: date) -> Change:
    kind, by = draw(st.sampled_from(ChangeKind)), draw(st.sampled_from(ChangedBy))
    if kind is not ChangeKind.MOVED:
        return Change(occurrence, kind, by)
    first = occurrence + draw(st.integers(-800, 800)) * ONE_DAY
    exact = PartialDate.of_days(first, first + draw(st.integers(0, 40)) * ONE_DAY)
    vague = [PartialDate.parse(first.isoformat()[:length]) for length in (4, 7)]
    return Change(occurrence, kind, by, draw(st.sampled_from([exact, exact, *vague])))


@st.composite
def events(draw: st.DrawFn, id_: str = "event") -> Event:
    rule = draw(st.one_of(recurring(), recurring(), one_offs()))
    name = Text({"en": draw(st.sampled_from(["May Day", "Labour Day"]))})
    bounds: dict[str, Any] = {}
    if rule.is_recurring:
        bounds["since"] = draw(st.none() | recent_days)
        bounds["until"] = draw(st.none() | recent_days)
    bounds["status"] = draw(st.sampled_from(Status))
    plain = Event(id_, rule, name, **bounds)
    scheduled = scheduled_days(plain, Window.years(2019, 2031))[:60]
    if not scheduled:
        return plain
    some = st.lists(st.sampled_from(scheduled), max_size=4)
    without = frozenset(draw(some) if rule.is_recurring else [])
    changed = tuple(draw(changes(day)) for day in draw(some))
    return Event(id_, rule, name, except_on=without, changes=changed, **bounds)


@st.composite
def event_lists(draw: st.DrawFn) -> list[Event]:
    return [draw(events(f"event-{number}")) for number in range(draw(st.integers(0, 5)))]
