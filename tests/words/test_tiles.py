"""The tiles of a date, at each precision."""

from __future__ import annotations

import pytest

from calendar_app.core.precision import PartialDate
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.tiles import tiles


def shown(text: str, tag: str = "en") -> list[tuple[str, str, str]]:
    found = tiles(PartialDate.parse(text), LANGUAGES[tag])
    return [(tile.iso, tile.over_short, tile.numeral) for tile in found]


def test_every_day_is_a_tile() -> None:
    assert shown("2026-11-29") == [("2026-11-29", "Sun", "29")]
    assert shown("2026-11-28/2026-11-29", "tr") == [
        ("2026-11-28", "Cmt", "28"),
        ("2026-11-29", "Paz", "29"),
    ]
    assert [numeral for *_, numeral in shown("2024-04-30/2024-05-02")] == ["30", "1", "2"]


def test_more_days_than_three_are_the_first_and_the_last() -> None:
    assert shown("2020-10-05/2020-10-10") == [
        ("2020-10-05", "Mon", "5"),
        ("2020-10-10", "Sat", "10"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("2024", "", "2024")),
        ("2024?", ("2024", "", "2024")),
        ("2009-12", ("2009-12", "December", "2009")),
        ("2009-12-05~", ("2009-12", "December", "2009")),
        ("2009-11/2009-12", ("2009", "", "2009")),
        ("0800-03", ("0800-03", "March", "800")),
    ],
)
def test_what_is_not_known_to_the_day_is_one_tile_with_the_year(
    text: str, expected: tuple[str, str, str]
) -> None:
    assert shown(text) == [expected]


@pytest.mark.parametrize("text", ["unknown", "2023-10-22/..", "2023-12/2024-01"])
def test_what_is_not_known_to_the_year_has_none(text: str) -> None:
    assert shown(text) == []


def test_names_begin_with_a_capital_in_every_language() -> None:
    assert shown("2024-05-05", "ru") == [("2024-05-05", "Вс", "5")]
    assert shown("2024-05", "es") == [("2024-05", "Mayo", "2024")]
