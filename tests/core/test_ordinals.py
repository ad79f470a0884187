"""Which anniversary a day is."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_app.core.ordinals import anniversary, ordinal
from calendar_app.core.precision import PartialDate
from tests.factories import day


@pytest.mark.parametrize(
    ("origin", "on", "expected"),
    [
        ("1945-05-09", "2026-05-09", 81),
        ("1945-05-09", "2026-05-08", 80),
        ("1945-05-09", "2026-12-31", 81),
        ("1945-05-09", "1946-05-09", 1),
        ("1945-05-09", "1946-05-08", None),
        ("1945-05-09", "1945-05-09", None),
        ("1945-05-09", "1940-05-09", None),
        ("1955-04-18/1955-04-24", "2025-04-18", 70),
        ("1955-04-18/1955-04-24", "2025-04-17", 69),
        ("1919-03", "2019-03-01", 100),
        ("1919-03", "2019-02-28", 99),
        ("1919-03", "2019-12-31", 100),
        ("1919-03", "1920-02-29", None),
        ("1924", "2024-01-01", 100),
        ("1924~", "2024-12-31", 100),
        ("1924", "1924-12-31", None),
        ("unknown", "2024-01-01", None),
    ],
)
def test_years_are_counted_as_exactly_as_the_origin_is_known(
    origin: str, on: str, expected: int | None
) -> None:
    assert ordinal(PartialDate.parse(origin), day(on)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2024-02-29", 4),
        ("2024-02-28", 3),
        ("2025-02-28", 5),
        ("2025-02-27", 4),
        ("2100-02-28", 80),
    ],
)
def test_29_february_comes_round_on_the_28th_of_common_years(on: str, expected: int) -> None:
    assert ordinal(PartialDate.parse("2020-02-29"), day(on)) == expected


def test_an_anniversary_is_a_day() -> None:
    assert anniversary(date(1945, 5, 9), 2026) == date(2026, 5, 9)
    assert anniversary(date(2020, 2, 29), 2024) == date(2024, 2, 29)
    assert anniversary(date(2020, 2, 29), 2023) == date(2023, 2, 28)
    assert anniversary(date(2020, 2, 28), 2024) == date(2024, 2, 28)
