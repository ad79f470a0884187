"""Time zones by their IANA names, from the pinned package ``tzdata`` and not from the machine, so
that every machine comes to the same instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

# Names of zones that are none: a placeholder, and what a machine calls its own.
_NO_ZONES: Final = {"Factory", "localtime", "posixrules"}

reset_tzpath(to=())


@cache
def zone_names() -> frozenset[str]:
    """Every zone and every older name of one."""
    return frozenset(available_timezones() - _NO_ZONES)


@cache
def zone(name: str) -> ZoneInfo:
    """Raises ZoneInfoNotFoundError, a KeyError."""
    return ZoneInfo(name)


def instant(day: date, hour: int, name: str) -> datetime:
    """When a clock in the zone shows the full hour on the day (UTC).

    An hour that comes twice is its first; one that is left out is as long after the last that was
    there as it would have been, so the clock shows a later one; a day that is left out is the
    next.
    """
    # fold=0 reads a time of day by what was in force before the clocks were changed.
    return datetime.combine(day, time(hour), zone(name)).astimezone(UTC)


def end_of(day: date, name: str) -> datetime:
    """When the day is over in the zone (UTC)."""
    return instant(day + timedelta(days=1), 0, name)
