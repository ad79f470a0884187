"""Dates at the precision at which they are known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from calendar_app.core.precision import UNKNOWN, DateError, PartialDate, Precision, parse_day
from tests.core.strategies import partial_dates

DAY = date(2024, 5, 4)
NEXT = date(2024, 5, 5)

# What is written, how exact it is, the days it could be.
WRITTEN = [
    ("2024-05-04", Precision.DAY, DAY, DAY),
    ("2024-05-04~", Precision.DAY, DAY, DAY),
    ("2024-05-04/2024-05-05", Precision.INTERVAL, DAY, NEXT),
    ("2024-05-04/..", Precision.INTERVAL, DAY, None),
    ("2024-05-04~/2024-05-05?", Precision.INTERVAL, DAY, NEXT),
    ("2024-04/2024-05", Precision.INTERVAL, date(2024, 4, 1), date(2024, 5, 31)),
    ("2024/2024-05", Precision.INTERVAL, date(2024, 1, 1), date(2024, 5, 31)),
    ("2023/2024-05-04", Precision.INTERVAL, date(2023, 1, 1), DAY),
    ("2024/..", Precision.INTERVAL, date(2024, 1, 1), None),
    ("2024-02", Precision.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
    ("2023-02?", Precision.MONTH, date(2023, 2, 1), date(2023, 2, 28)),
    ("2024", Precision.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ("2024%", Precision.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
    ("0001-01-01", Precision.DAY, date.min, date.min),
    ("9999-12-31", Precision.DAY, date.max, date.max),
    ("0001", Precision.YEAR, date.min, date(1, 12, 31)),
    ("9999-12", Precision.MONTH, date(9999, 12, 1), date.max),
    ("unknown", Precision.UNKNOWN, None, None),
]


@pytest.mark.parametrize(("text", "precision", "first", "last"), WRITTEN)
def test_a_date_says_how_exact_it_is_and_what_bounds_it(
    text: str, precision: Precision, first: date | None, last: date | None
) -> None:
    found = PartialDate.parse(text)

    assert (found.precision, found.first, found.last) == (precision, first, last)
    assert str(found) == text


@pytest.mark.parametrize(
    ("text", "is_exact"),
    [
        ("2024-05-04", True),
        ("2024-05-04/2024-05-05", True),
        ("2024-05-04?", False),
        ("2024-05-04~/2024-05-05", False),
        ("2024-05-04/2024-05-05%", False),
        ("2024-05-04/2024-06", False),
        ("2024-05-04/..", False),
        ("2024-05", False),
        ("2024", False),
        ("unknown", False),
    ],
)
def test_only_days_without_a_doubt_are_exact(text: str, is_exact: bool) -> None:
    assert PartialDate.parse(text).is_exact is is_exact


def test_only_an_interval_without_an_end_is_open() -> None:
    texts = [text for text, *_ in WRITTEN if PartialDate.parse(text).is_open]

    assert texts == ["2024-05-04/..", "2024/.."]


@pytest.mark.parametrize("qualifier", ["", "~", "?", "%"])
def test_a_qualifier_is_kept(qualifier: str) -> None:
    assert PartialDate.parse(f"2024-05{qualifier}").qualifier == qualifier


def test_an_interval_of_days_equals_the_one_that_was_read() -> None:
    assert PartialDate.of_days(DAY, DAY) == PartialDate.parse("2024-05-04")
    assert PartialDate.of_days(DAY, NEXT) == PartialDate.parse("2024-05-04/2024-05-05")


def test_order_is_by_first_day_then_by_exactness_and_the_unknown_comes_last() -> None:
    in_order = [
        "2023~",
        "2024-01-01",
        "2024-01-01~",
        "2024-01-01/2024-01-02",
        "2024-01-01/2024-02",
        "2024-01-01/..",
        "2024-01",
        "2024",
        "2024?",
        "2024-05-04",
        "9999-12-31",
        "unknown",
    ]

    found = sorted(map(PartialDate.parse, reversed(in_order)))

    assert list(map(str, found)) == in_order
    assert found[0] <= found[0] < found[1]
    assert not found[0] < PartialDate.parse(in_order[0])
    assert UNKNOWN == found[-1]


NOT_A_DATE = [
    "",
    "/",
    "..",
    "2024-5-4",
    "24-05-04",
    "2024-05-04T10:00",
    "2024-05-04 ",
    "20240504",
    "2024-W18",
    "2024-05-04??",
    "٢٠٢٤",
    "2024-05-04/2024-05-05/2024-05-06",
    "../2024",
    "Unknown",
]


@pytest.mark.parametrize("text", NOT_A_DATE)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(DateError, match="is not a date; write a day 2024-05-04, an interval "):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0000", "there is no year 0000; write a year from 0001 to 9999"),
        ("0000-01-01", "there is no year 0000; write a year from 0001 to 9999"),
        ("2024-00", "there is no month 00; write a month from 01 to 12"),
        ("2024-13-01", "there is no month 13; write a month from 01 to 12"),
        ("2023-02-29", "2023-02-29 does not exist; that month has the days 01 to 28"),
        ("2024-02-30~", "2024-02-30 does not exist; that month has the days 01 to 29"),
        ("2024-05-00", "2024-05-00 does not exist; that month has the days 01 to 31"),
        ("2024/2024-04-31", "2024-04-31 does not exist; that month has the days 01 to 30"),
    ],
)
def test_what_no_calendar_has_is_refused(text: str, message: str) -> None:
    with pytest.raises(DateError) as refusal:
        PartialDate.parse(text)

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    "text", ["2024-05-05/2024-05-04", "2024/2023", "2024-06/2024", "2024/2024"]
)
def test_an_interval_that_ends_before_it_has_begun_is_refused(text: str) -> None:
    with pytest.raises(DateError, match=f"^'{text}' ends before it has begun or is one date; "):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["2024/unknown", "unknown/2024", "unknown/..", "unknown/unknown"])
def test_an_interval_with_an_unknown_end_is_refused(text: str) -> None:
    with pytest.raises(DateError, match=f"^'{text}' has an unknown end; write .. where no end "):
        PartialDate.parse(text)


def test_a_day_is_read_as_a_day() -> None:
    assert parse_day("2024-05-04") == DAY


@pytest.mark.parametrize("text", ["2024-05", "2024-05-04~", "2024-05-04/2024-05-05", "unknown"])
def test_what_is_no_day_is_refused_as_one(text: str) -> None:
    with pytest.raises(DateError) as refusal:
        parse_day(text)

    assert str(refusal.value) == f"{text!r} is not a day; write a day such as 2024-05-04"


@given(partial_dates(), partial_dates())
def test_of_two_dates_at_most_one_is_more_exact(one: PartialDate, other: PartialDate) -> None:
    assert not (one.is_more_exact_than(other) and other.is_more_exact_than(one))
    assert not one.is_more_exact_than(one)


@pytest.mark.parametrize(
    ("now", "was", "expected"),
    [
        ("2027-05", "unknown", True),
        ("unknown", "2027-05", False),
        ("2027", "2027-05", False),
        ("2027-06", "2027-05", False),
        ("2027-05-01/2027-05-31", "2027-05", True),
        ("2027-05-04", "2027-05-04/2027-05-06", False),
        ("2027-05-04", "2027-05-04/..", True),
        ("2027-05-04", "2027-05-04?", True),
        ("2027-06-04", "2027-05~", True),
        ("2027", "2027-05~", False),
        ("2027-05~", "2027", True),
        ("2027-05~", "2027-05", False),
    ],
)
def test_what_lies_within_or_was_uncertain_is_more_exact(
    now: str, was: str, expected: bool
) -> None:
    assert PartialDate.parse(now).is_more_exact_than(PartialDate.parse(was)) is expected
