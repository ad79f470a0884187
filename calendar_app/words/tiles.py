"""The tiles of a date, in which the numeral is the picture: a day is its weekday over its number.

A month or a year is drawn as one too, but as an open tile: the year is its numeral, with the name
of the month above, so that what is not known to the day cannot be taken for a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.words.formatting import sentence_case
from calendar_app.words.languages import Language

# More days than this are shown as the first and the last of them.
MAX_TILES: Final = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """A numeral and what stands over it; ``iso`` is the same for machines."""

    iso: str
    over: str
    over_short: str
    numeral: str


def tiles(when: PartialDate, language: Language) -> tuple[Tile, ...]:
    """One for each day, or the first and the last; one open tile where the day is not known;
    none where not even one year is."""
    if when.first is None or when.last is None:
        return ()
    if not when.is_exact:
        return _open_tile(when, language)
    count = (when.last - when.first).days + 1
    days = [when.first + n * ONE_DAY for n in range(min(count, MAX_TILES))]
    if count > MAX_TILES:
        days = [when.first, when.last]
    return tuple(
        Tile(
            day.isoformat(),
            sentence_case(language.weekdays[day.weekday()], language),
            sentence_case(language.weekdays_short[day.weekday()], language),
            str(day.day),
        )
        for day in days
    )


def _open_tile(when: PartialDate, language: Language) -> tuple[Tile, ...]:
    first, last = when.first, when.last
    if first is None or last is None or first.year != last.year:
        return ()
    if first.month != last.month:
        return (Tile(first.isoformat()[:4], "", "", str(first.year)),)
    name = sentence_case(language.months[first.month - 1], language)
    return (Tile(first.isoformat()[:7], name, name, str(first.year)),)
