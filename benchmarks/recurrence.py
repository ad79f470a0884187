"""Which occurrences are in a window: the index by years beside dateutil, on the same rules.

The mixed rules are 65 % annual days (half of them since some year), 16 % last weekends since some
month, 17 % one-offs of one to three days, and 2 % free rules. A second kind is of free rules
alone, the worst there is. dateutil is asked as it would be without an index: ``rrule.between`` of
every rule, parsed beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from random import Random
from time import process_time

from dateutil.rrule import rrulebase, rrulestr

from benchmarks.measuring import Row, progress, seconds, seconds_anew
from calendar_app.core.events import Event, Text
from calendar_app.core.occurrences import Window
from calendar_app.core.precision import PartialDate
from calendar_app.core.rrules import RRule
from calendar_app.core.rules import LastWeekend, On, Rule, Yearly, last_weekend
from calendar_app.core.years import YearIndex

RUNS = [(kind, count) for kind in ("mixed", "free") for count in (20, 2_000, 20_000)]
# No rule gives this Thursday, the last day of its year, so that a look-up alone can be timed.
NOTHING = Window(date(2026, 12, 31), date(2027, 1, 1))
WINDOWS = {
    "nothing": NOTHING,
    "day": Window(date(2026, 5, 1), date(2026, 5, 2)),
    "week": Window(date(2026, 5, 4), date(2026, 5, 11)),
    "month": Window(date(2026, 5, 1), date(2026, 6, 1)),
    "year": Window(date(2026, 1, 1), date(2027, 1, 1)),
}
TODAY = date(2026, 11, 29)
# Of more rules dateutil is asked about a sample, and the time is multiplied.
MOST_ASKED = 500
FREE_RULES = [
    "FREQ=MONTHLY;BYDAY={n}{day}",
    "FREQ=YEARLY;BYMONTH={month};BYDAY={n}{day}",
    "FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={date}",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY={date}",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
    "FREQ=MONTHLY;BYDAY={day};BYMONTHDAY=8,9,10,11,12,13,14;COUNT=200",
    "FREQ=YEARLY;BYMONTH={month};BYDAY=-1{day};UNTIL=20401231",
]
SINCE_FOREVER = date(2000, 1, 1)
AIM_OF_LOOK_UP = 10e-6
AIM_OF_INDEX = 60e-3


def measure() -> dict[str, list[Row]]:
    """One table of indexing a year, one of asking it."""
    indexing, asking = [], []
    for kind, count in RUNS:
        events = list(islice(_events(kind, Random(count)), count))  # noqa: S311 -- no secret
        index_row, ask_rows = _measure(kind, events)
        indexing.append(index_row)
        asking += ask_rows
    return {"index of a year": indexing, "what is in a window": asking}


def _measure(kind: str, events: list[Event]) -> tuple[Row, list[Row]]:
    name = f"{kind} {len(events):,}"
    progress(f"recurrence: {name}: dateutil")
    theirs = _their_seconds(events)
    progress(f"recurrence: {name}: index")
    group = seconds(lambda: YearIndex(events))
    # An empty answer is asked for, so that making the occurrences does not count.
    ours = seconds_anew(lambda: YearIndex(events), lambda index: index.between(NOTHING))
    index = YearIndex(events)
    row: Row = {
        "rules": name,
        "different": len({(event.rule, event.since) for event in events}),
        "entries": len(index.between(WINDOWS["year"])),
        "group once ms": group * 1e3,
        "ms": ours * 1e3,
        "aim ms": AIM_OF_INDEX * 1e3,
        "dateutil ms": theirs["year"] * 1e3,
        "times faster": theirs["year"] / ours,
    }
    return row, list(_asked(name, index, theirs))


def _asked(name: str, index: YearIndex, theirs: dict[str, float]) -> Iterator[Row]:
    asked = {label: partial(index.between, window) for label, window in WINDOWS.items()}
    asked["now"] = partial(index.running, TODAY)
    look_up = seconds(asked["nothing"])
    for label, ask in asked.items():
        progress(f"recurrence: {name}: {label}")
        answer, took = len(ask()), seconds(ask)
        yield {
            "rules": name,
            "window": label,
            "answer": answer,
            "us": took * 1e6,
            "aim us": "" if answer else AIM_OF_LOOK_UP * 1e6,
            "us an occurrence": (took - look_up) / answer * 1e6 if answer else "",
            "dateutil us": theirs[label] * 1e6,
            "times faster": theirs[label] / took,
        }


def _their_seconds(events: list[Event]) -> dict[str, float]:
    sample = events[:: max(len(events) // MOST_ASKED, 1)]
    rules = [_their_rule(event) for event in sample]
    longest = max(event.rule.days for event in events)
    running = Window(TODAY - timedelta(days=longest - 1), TODAY + timedelta(days=1))
    found = {}
    for label, window in {**WINDOWS, "now": running}.items():
        low, high = (datetime.combine(day, time.min) for day in window)
        begun = process_time()
        for rule in rules:
            rule.between(low, high, inc=True)
        found[label] = (process_time() - begun) * len(events) / len(sample)
    return found


def _their_rule(event: Event) -> rrulebase:
    rule, first = event.rule, event.since or SINCE_FOREVER
    match rule:
        case On():
            text, first = "FREQ=DAILY;COUNT=1", rule.when.first or first
        case Yearly():
            text = f"FREQ=YEARLY;BYMONTH={rule.month};BYMONTHDAY={rule.day}"
        case LastWeekend():
            text = "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=-8,-7,-6,-5,-4,-3,-2"
        case RRule():
            text, first = rule.text, rule.first
    return rrulestr(text, dtstart=datetime.combine(first, time.min))


def _events(kind: str, random: Random) -> Iterator[Event]:
    number = 0
    while True:
        number += 1
        rule, since = _free(random) if kind == "free" else _mixed(random)
        yield Event(f"event-{number}", rule, Text({"en": "An event"}), since=since)


def _mixed(random: Random) -> tuple[Rule, date | None]:
    share, year = random.random(), random.randint(2000, 2025)
    month, day = random.randint(1, 12), random.randint(1, 28)
    if share < 0.65:
        return Yearly(month, day), date(year, month, day) if share < 0.33 else None
    if share < 0.81:
        return LastWeekend(), last_weekend(year, month)
    if share < 0.98:
        first = date(random.randint(2015, 2030), month, day)
        last = first + timedelta(days=random.randint(0, 2))
        return On(PartialDate.of_days(first, last)), None
    return _free(random)


def _free(random: Random) -> tuple[Rule, date | None]:
    text = random.choice(FREE_RULES).format(
        n=random.randint(1, 4),
        day=random.choice(["MO", "TU", "WE", "FR", "SA", "SU"]),
        month=random.randint(1, 12),
        date=random.randint(1, 28),
    )
    first = date(random.randint(2000, 2025), random.randint(1, 12), random.randint(1, 28))
    return RRule(text, first, random.randint(1, 3)), None
