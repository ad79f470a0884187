"""The closed forms: which days they give and how they name them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from calendar_app.core.errors import RuleError
from calendar_app.core.rules import (
    LastWeekend,
    On,
    Yearly,
    last_weekend,
    parse_monthly,
    parse_yearly,
)
from tests.factories import day, on


def test_a_one_off_is_on_its_first_day_only() -> None:
    rule = on("2024-05-04/2024-05-05")

    assert rule.starts(date(2024, 5, 4), date(2024, 5, 5)) == [date(2024, 5, 4)]
    assert rule.starts(date(2024, 5, 5), date(2024, 5, 6)) == []
    assert rule.starts(date(2024, 5, 1), date(2024, 5, 4)) == []
    assert (rule.days, rule.key(date(2024, 5, 4)), rule.is_recurring) == (2, "", False)


@pytest.mark.parametrize("text", ["2024-05", "2024", "2024-05-04~", "2024-05-04/..", "unknown"])
def test_a_one_off_without_an_exact_day_has_no_first_day(text: str) -> None:
    rule = on(text)

    assert rule.starts(date.min, date.max) == []
    assert rule.days == 1


def test_a_yearly_day_is_the_same_every_year() -> None:
    found = Yearly(3, 8).starts(date(2024, 3, 8), date(2026, 3, 8))

    assert found == [date(2024, 3, 8), date(2025, 3, 8)]


def test_29_february_is_in_leap_years_only() -> None:
    found = Yearly(2, 29).starts(date(1896, 1, 1), date(1913, 1, 1))

    assert found == [date(1896, 2, 29), date(1904, 2, 29), date(1908, 2, 29), date(1912, 2, 29)]


def test_the_first_and_the_last_year_there_are() -> None:
    assert Yearly(1, 1).starts(date.min, date(2, 1, 1)) == [date.min]
    assert Yearly(12, 30).starts(date(9999, 1, 1), date.max) == [date(9999, 12, 30)]
    assert LastWeekend().starts(date.min, date(1, 2, 1)) == [date(1, 1, 27)]
    assert LastWeekend().starts(date(9999, 12, 1), date.max) == [date(9999, 12, 25)]


SATURDAY = 5
# Months whose last day is a Saturday: there the last Saturday is in another weekend.
APART = {
    "2024-08": "2024-08-24",
    "2024-11": "2024-11-23",
    "2025-05": "2025-05-24",
    "2026-01": "2026-01-24",
    "2026-02": "2026-02-21",
    "2026-10": "2026-10-24",
    "2027-07": "2027-07-24",
}
ORDINARY = {
    "2023-10": "2023-10-28",
    "2024-02": "2024-02-24",
    "2025-08": "2025-08-30",
    "2026-05": "2026-05-30",
    "2026-11": "2026-11-28",
    "2026-12": "2026-12-26",
}


@pytest.mark.parametrize(("month", "saturday"), (APART | ORDINARY).items())
def test_the_last_weekend_is_whole_within_its_month(month: str, saturday: str) -> None:
    found = last_weekend(int(month[:4]), int(month[5:]))

    assert found == day(saturday)
    assert found.weekday() == SATURDAY
    assert (found + timedelta(days=1)).month == found.month
    assert (found + timedelta(days=8)).month != found.month
    assert ((found + timedelta(days=7)).month == found.month) is (month in APART)


def test_last_weekends_over_the_turn_of_a_year() -> None:
    found = LastWeekend().starts(date(2026, 11, 28), date(2027, 1, 30))

    assert found == [date(2026, 11, 28), date(2026, 12, 26)]


@pytest.mark.parametrize("rule", [on("2024-05-04"), Yearly(5, 4), LastWeekend()])
def test_an_empty_range_of_days_has_none(rule: On | Yearly | LastWeekend) -> None:
    assert rule.starts(date(2024, 5, 4), date(2024, 5, 4)) == []
    assert rule.starts(date(2024, 5, 4), date(2023, 5, 4)) == []


def test_keys_are_as_long_as_the_rule_needs() -> None:
    first = date(2026, 11, 28)

    assert Yearly(11, 28).key(first) == "2026"
    assert LastWeekend().key(first) == "2026-11"
    assert Yearly(1, 1).key(date(33, 1, 1)) == "0033"


def test_what_recurs_says_so_and_how_long_it_lasts() -> None:
    assert (Yearly(3, 8).is_recurring, Yearly(3, 8).days) == (True, 1)
    assert (LastWeekend().is_recurring, LastWeekend().days) == (True, 2)


def test_a_rule_is_read_back_from_what_it_says_of_itself() -> None:
    assert parse_yearly(Yearly(3, 8).spec()["yearly"]) == Yearly(3, 8)
    assert [parse_yearly(text) for text in ("01-01", "02-29", "12-31")] == [
        Yearly(1, 1),
        Yearly(2, 29),
        Yearly(12, 31),
    ]
    assert parse_monthly(LastWeekend().spec()["monthly"]) == LastWeekend()


@pytest.mark.parametrize("text", ["3-8", "03-8", "2024-03-08", "March 8", "", "٠٣-٠٨", "03-08\n"])
def test_what_is_no_day_of_the_year_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_yearly(text)

    remedy = "write month and day such as 03-08"
    assert str(refusal.value) == f"{text!r} is not a day of the year; {remedy}"


@pytest.mark.parametrize("text", ["00-01", "13-01", "02-30", "04-31", "03-00"])
def test_a_day_in_no_year_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match=f"^{text} does not exist in any year; write month and "):
        parse_yearly(text)


def test_another_monthly_rule_is_refused() -> None:
    with pytest.raises(RuleError, match="^'first-weekend' is not known; write last-weekend, or "):
        parse_monthly("first-weekend")
