"""Free rules: what is refused, what they mean, and that a far window costs no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from dateutil.rrule import rrule

from calendar_app.core.errors import RuleError
from calendar_app.core.rrules import RRule, parse_rrule, read_rrule
from tests.factories import day

FIRST = date(2023, 1, 31)  # a Tuesday


def starts(text: str, low: str, high: str, first: date = FIRST) -> list[str]:
    found = parse_rrule(text, first, 1).starts(day(low), day(high))
    return [day.isoformat() for day in found]


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", "2027-03-01", "2027-03-08", ["2027-03-02", "2027-03-05"]),
        ("FREQ=WEEKLY", "2027-03-01", "2027-03-15", ["2027-03-02", "2027-03-09"]),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
            "2027-03-01",
            "2027-03-20",
            ["2027-03-08", "2027-03-14"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,TH",
            "2027-03-01",
            "2027-04-01",
            ["2027-03-15", "2027-03-18"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=5;WKST=SU;BYDAY=SU,MO",
            "2027-04-01",
            "2027-05-01",
            ["2027-04-18", "2027-04-19"],
        ),
        ("FREQ=MONTHLY", "2027-01-01", "2027-06-01", ["2027-01-31", "2027-03-31", "2027-05-31"]),
        ("FREQ=MONTHLY;INTERVAL=6", "2027-01-01", "2028-01-01", ["2027-01-31", "2027-07-31"]),
        ("FREQ=MONTHLY;BYDAY=-1SA", "2026-10-01", "2026-12-01", ["2026-10-31", "2026-11-28"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "2027-03-01", "2027-04-01", ["2027-03-30"]),
        ("FREQ=YEARLY", "2026-12-31", "2028-01-31", ["2027-01-31"]),
        ("FREQ=YEARLY;INTERVAL=5", "2024-01-01", "2034-01-01", ["2028-01-31", "2033-01-31"]),
        ("FREQ=YEARLY;BYMONTH=3,5", "2027-01-01", "2028-01-01", ["2027-03-31", "2027-05-31"]),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=2SU", "2027-01-01", "2028-01-01", ["2027-09-12"]),
        ("FREQ=YEARLY;BYYEARDAY=-1", "2027-01-01", "2028-01-01", ["2027-12-31"]),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2027-01-01", "2028-01-01", ["2027-01-04"]),
    ],
)
def test_a_rule_means_the_same_far_from_where_it_begins(
    text: str, low: str, high: str, expected: list[str]
) -> None:
    assert starts(text, low, high) == expected


def test_nothing_is_before_the_rule_begins() -> None:
    assert starts("FREQ=YEARLY", "2000-01-01", "2023-01-31") == []
    assert starts("FREQ=YEARLY", "2000-01-01", "2023-02-01") == ["2023-01-31"]
    assert starts("FREQ=DAILY", "2023-02-02", "2023-02-02") == []


def test_the_first_day_counts_only_if_the_rule_gives_it() -> None:
    # Not so in RFC 5545, where DTSTART always counts: here the rule alone says when.
    found = starts("FREQ=MONTHLY;BYDAY=1FR", "2023-01-01", "2023-04-01")

    assert found == ["2023-02-03", "2023-03-03"]


def test_until_is_the_last_day_that_may_be() -> None:
    text = "FREQ=MONTHLY;UNTIL=20230531"

    assert starts(text, "2023-03-01", "2024-01-01") == ["2023-03-31", "2023-05-31"]
    assert starts(text, "2030-01-01", "2031-01-01") == []


def test_count_is_counted_from_the_first_day() -> None:
    text = "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3"

    assert starts(text, "2023-03-01", "2024-01-01") == ["2023-03-01", "2023-04-01"]
    assert starts(text, "2023-03-01", "2023-04-01") == ["2023-03-01"]
    assert starts(text, "2999-01-01", "3000-01-01") == []


def test_29_february_of_leap_years() -> None:
    found = starts("FREQ=YEARLY", "2090-01-01", "2110-01-01", first=date(2024, 2, 29))

    assert found == ["2092-02-29", "2096-02-29", "2104-02-29", "2108-02-29"]


def test_a_rule_that_is_silent_for_decades() -> None:
    text = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU"

    assert starts(text, "2024-01-01", "2090-01-01") == ["2032-02-29", "2060-02-29", "2088-02-29"]
    assert starts(text, "2033-01-01", "2060-02-29") == []


def test_the_first_and_the_last_year_there_are() -> None:
    assert starts("FREQ=WEEKLY", "0001-01-01", "0001-01-10", date.min) == [
        "0001-01-01",
        "0001-01-08",
    ]
    assert starts("FREQ=MONTHLY", "9999-12-01", "9999-12-31", date(9000, 12, 30)) == ["9999-12-30"]


def test_an_occurrence_is_named_after_its_day() -> None:
    rule = parse_rrule("FREQ=WEEKLY", FIRST, 3)

    assert rule.key(date(2027, 3, 2)) == "2027-03-02"
    assert rule.spec() == {"rrule": "FREQ=WEEKLY", "starts": "2023-01-31", "days": "3"}
    assert (rule.days, rule.is_recurring) == (3, True)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Every day that dateutil works out, in order."""
    seen: list[datetime] = []
    work_out = vars(rrule)["_iter"]

    def counted(rule: rrule) -> Iterator[datetime]:
        for moment in work_out(rule):
            seen.append(moment)
            yield moment

    monkeypatch.setattr(rrule, "_iter", counted)
    return seen


# Intervals that divide 400 years, after which the calendar repeats: then even the number is equal.
REPEATING = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH",
    "FREQ=MONTHLY;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=-8,-7,-6,-5,-4,-3,-2",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;INTERVAL=4;BYDAY=20MO",
    "FREQ=YEARLY;UNTIL=99991231",
]


@pytest.mark.parametrize("text", REPEATING)
def test_a_far_window_costs_no_more_than_a_near_one(text: str, drawn: list[datetime]) -> None:
    rule = RRule(text, date(2023, 1, 1))

    near = rule.starts(date(2040, 1, 1), date(2041, 1, 1))
    cost_of_near = len(drawn)
    drawn.clear()
    far = rule.starts(date(9640, 1, 1), date(9641, 1, 1))

    assert len(far) == len(near)
    assert len(drawn) == cost_of_near
    assert min(drawn).year > 9630


def test_a_counted_rule_is_worked_out_once(drawn: list[datetime]) -> None:
    rule = RRule("FREQ=DAILY;COUNT=321", FIRST)

    first = rule.starts(date(2023, 12, 1), date(2024, 12, 1))
    again = rule.starts(date(2023, 12, 1), date(2024, 12, 1))

    assert len(first) == len(again) == 17
    assert len(drawn) == 321


def test_a_rule_that_never_happens_is_found_out_in_a_short_walk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun_at: list[int] = []
    make: Any = rrule.__init__

    def noted(rule: rrule, freq: int, dtstart: datetime, **parts: Any) -> None:
        begun_at.append(dtstart.year)
        make(rule, freq, dtstart, **parts)

    monkeypatch.setattr(rrule, "__init__", noted)
    with pytest.raises(RuleError):
        parse_rrule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", FIRST, 1)

    assert len(begun_at) == 1
    assert begun_at[0] > 9999 - 500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DAILY",
        "freq=daily",
        "FREQ=HOURLY",
        "FREQ=SECONDLY;COUNT=2",
        "BYDAY=MO;FREQ=WEEKLY",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY;",
        "FREQ=DAILY;COUNT",
        "FREQ=DAILY;COUNT=",
        "FREQ=DAILY;BYDAY=MO TU",
        "FREQ=DAILY\nRDATE:20230101",
    ],
)
def test_what_is_no_rule_over_days_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="^this is not a rule of RFC 5545 over days; write FREQ="):
        parse_rrule(text, FIRST, 1)


NUMBERS = "; write such numbers"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("COUNT=2;COUNT=3", "a part of the rule stands twice; keep one of them"),
        ("FREQ=DAILY", "a part of the rule stands twice; keep one of them"),
        ("BYHOUR=9", "BYHOUR is a time of day, and all entries are whole days; take it out"),
        ("BYMINUTE=0", "BYMINUTE is a time of day, and all entries are whole days; take it out"),
        ("BYSECOND=0", "BYSECOND is a time of day, and all entries are whole days; take it out"),
        ("BYEASTER=0", "BYEASTER is not a part of a rule; see RFC 5545, 3.3.10"),
        ("COUNT=0", "COUNT must be 1 to 1000; write such a number"),
        ("COUNT=1001", "COUNT must be 1 to 1000; write such a number"),
        ("INTERVAL=0", "INTERVAL must be 1 to 1000; write such a number"),
        ("INTERVAL=-1", "INTERVAL must be 1 to 1000; write such a number"),
        ("INTERVAL=1001", "INTERVAL must be 1 to 1000; write such a number"),
        ("UNTIL=20301231T000000", "UNTIL must be a day without time; write UNTIL=20301231"),
        ("UNTIL=2030-12-31", "UNTIL must be a day without time; write UNTIL=20301231"),
        ("COUNT=2;UNTIL=20301231", "COUNT and UNTIL both end the rule; keep one of them"),
        ("BYMONTH=0", f"BYMONTH must be 1 to 12{NUMBERS}"),
        ("BYMONTH=-1", f"BYMONTH must be 1 to 12{NUMBERS}"),
        ("BYMONTH=3,,5", f"BYMONTH must be 1 to 12{NUMBERS}"),
        ("BYMONTHDAY=0", f"BYMONTHDAY must be 1 to 31 or -31 to -1{NUMBERS}"),
        ("BYMONTHDAY=1,32", f"BYMONTHDAY must be 1 to 31 or -31 to -1{NUMBERS}"),
        ("BYYEARDAY=-367", f"BYYEARDAY must be 1 to 366 or -366 to -1{NUMBERS}"),
        ("BYWEEKNO=54", f"BYWEEKNO must be 1 to 53 or -53 to -1{NUMBERS}"),
        ("BYDAY=MO;BYSETPOS=0", f"BYSETPOS must be 1 to 366 or -366 to -1{NUMBERS}"),
        ("BYWEEKNO=20", "BYWEEKNO says which weeks and not on which day; add one such as BYDAY=MO"),
        ("BYWEEKNO=20;BYDAY=1MO", "a week has each weekday once; write BYDAY=MO without a number"),
        ("BYSETPOS=1", "BYSETPOS chooses among the days of other parts; add one such as BYDAY=MO"),
    ],
)
def test_a_part_that_cannot_be_is_refused(parts: str, message: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_rrule(f"FREQ=YEARLY;{parts}", FIRST, 1)

    assert str(refusal.value) == message


# What RFC 5545 3.3.10 has as "N/A" in its table.
@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("FREQ=MONTHLY;BYWEEKNO=20;BYDAY=MO", "write FREQ=YEARLY"),
        ("FREQ=WEEKLY;BYWEEKNO=20;BYDAY=MO", "write FREQ=YEARLY"),
        ("FREQ=DAILY;BYWEEKNO=20;BYDAY=MO", "write FREQ=YEARLY"),
        ("FREQ=MONTHLY;BYYEARDAY=100", "write FREQ=YEARLY"),
        ("FREQ=WEEKLY;BYYEARDAY=100", "write FREQ=YEARLY"),
        ("FREQ=DAILY;BYYEARDAY=100", "write FREQ=YEARLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=13", "write FREQ=YEARLY or FREQ=MONTHLY or FREQ=DAILY"),
    ],
)
def test_parts_that_have_no_meaning_together_are_refused(text: str, remedy: str) -> None:
    frequency, part = (each.partition("=") for each in text.split(";")[:2])

    with pytest.raises(RuleError) as refusal:
        parse_rrule(text, FIRST, 1)

    assert str(refusal.value) == (f"{part[0]} has no meaning with FREQ={frequency[2]}; {remedy}")
    # What an earlier version published by it is still known.
    assert read_rrule(text, FIRST, 1) == RRule(text, FIRST)


@pytest.mark.parametrize("parts", ["FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;BYDAY=-1SU"])
def test_a_numbered_weekday_outside_months_and_years_is_refused(parts: str) -> None:
    with pytest.raises(RuleError, match="^only months and years have numbered weekdays; write "):
        parse_rrule(parts, FIRST, 1)


@pytest.mark.parametrize("part", ["UNTIL=20301332", "BYDAY=XX", "BYDAY=1", "BYDAY=0MO", "WKST=1"])
def test_what_dateutil_cannot_read_is_refused(part: str) -> None:
    with pytest.raises(RuleError, match="^the rule cannot be read .*; see RFC 5545, 3.3.10$"):
        parse_rrule(f"FREQ=MONTHLY;{part}", FIRST, 1)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=YEARLY;UNTIL=20230130",
        "FREQ=YEARLY;BYMONTH=6;BYDAY=1SU;UNTIL=20230603",
    ],
)
def test_a_rule_that_gives_no_day_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="^the rule gives no day within 100 years; correct its "):
        parse_rrule(text, FIRST, 1)


@pytest.mark.parametrize(
    "parts",
    [
        "COUNT=1",
        "COUNT=1000",
        "INTERVAL=1",
        "INTERVAL=1000",
        "BYMONTH=1,12",
        "BYMONTHDAY=-31,+31",
        "BYYEARDAY=366",
        "BYWEEKNO=-53;BYDAY=SU",
        "BYDAY=53MO,-1SU",
        "BYDAY=MO;BYSETPOS=-1",
        # The first day is a hundred years away, and that is not too late.
        "INTERVAL=100;BYMONTH=1;BYMONTHDAY=1",
    ],
)
def test_a_rule_at_the_limits_is_accepted(parts: str) -> None:
    assert parse_rrule(f"FREQ=YEARLY;{parts}", FIRST, 1).text == f"FREQ=YEARLY;{parts}"


def test_a_rule_that_gives_one_day_is_accepted() -> None:
    assert starts("FREQ=YEARLY;UNTIL=20230131", "2023-01-01", "2030-01-01") == ["2023-01-31"]
    sunday = "FREQ=YEARLY;BYMONTH=6;BYDAY=1SU;UNTIL=20230604"
    assert starts(sunday, "2023-01-01", "2030-01-01") == ["2023-06-04"]
    assert starts("FREQ=DAILY;UNTIL=00010101", "0001-01-01", "0002-01-01", date.min) == [
        "0001-01-01"
    ]
