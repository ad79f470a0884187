"""Every hour of every day in every zone is one instant, whatever is done to the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files

import pytest

from calendar_app.core.due import QUARTER
from calendar_app.core.zones import end_of, instant, zone, zone_names
from tests.factories import at, day

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(731)]
ZONES = sorted(zone_names())


def _offset(when: datetime, name: str) -> timedelta:
    return when.astimezone(zone(name)).utcoffset() or timedelta()


def _hours_to_look_at(on: date, name: str) -> range:
    """Return all hours where the clocks are changed within two days, else only the first."""
    noon = datetime.combine(on, time(12), UTC)
    before, after = (_offset(noon + timedelta(days=days), name) for days in (-2, 2))
    return range(24) if before != after else range(1)


def _distinct_zones() -> list[str]:
    """Return one name for all zones that have the same data."""
    folder = files("tzdata") / "zoneinfo"
    return list({(folder / name).read_bytes(): name for name in ZONES}.values())


def _check_each_hour(name: str) -> None:
    last = instant(DAYS[0], 0, name) - timedelta(hours=1)
    for on in DAYS:
        for hour in _hours_to_look_at(on, name):
            found = instant(on, hour, name)
            wall = datetime.combine(on, time(hour))  # noqa: DTZ001 -- what a clock shows
            shown = found.astimezone(zone(name))
            assert found.timestamp() % QUARTER == 0, (name, wall)
            if shown.replace(tzinfo=None) == wall:
                assert shown.fold == 0, (name, wall)
                assert found > last, (name, wall)
                last = found
            else:
                _check_left_out(name, wall, found)


def _check_left_out(name: str, wall: datetime, found: datetime) -> None:
    offsets = {_offset(found + timedelta(days=days), name) for days in (-2, 2)}
    instants = [(wall - offset).replace(tzinfo=UTC) for offset in offsets]
    shown = [one.astimezone(zone(name)).replace(tzinfo=None) for one in instants]

    assert wall not in shown, (name, wall)
    late = found.astimezone(zone(name)).replace(tzinfo=None) - wall
    assert late == max(offsets) - min(offsets), (name, wall)


@pytest.mark.property
def test_each_hour_of_two_years_is_one_instant_in_every_zone() -> None:
    names = _distinct_zones()
    for name in names:
        _check_each_hour(name)

    assert len(names) > 300


@pytest.mark.parametrize(
    ("name", "on", "hour", "expected"),
    [
        ("UTC", "2026-11-29", 9, "2026-11-29T09:00"),
        ("Asia/Kathmandu", "2026-11-29", 9, "2026-11-29T03:15"),
        ("Pacific/Kiritimati", "2026-11-29", 0, "2026-11-28T10:00"),
        ("Pacific/Niue", "2026-11-29", 23, "2026-11-30T10:00"),
        # left out: 02:00, half of 02:00, midnight, a whole day
        ("America/New_York", "2027-03-14", 2, "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30"),
        ("America/Santiago", "2026-09-06", 0, "2026-09-06T04:00"),
        ("Pacific/Apia", "2011-12-30", 9, "2011-12-30T19:00"),
        ("Pacific/Apia", "2011-12-31", 9, "2011-12-30T19:00"),
        # twice: the first
        ("America/New_York", "2026-11-01", 1, "2026-11-01T05:00"),
        ("Europe/Berlin", "2026-10-25", 2, "2026-10-25T00:00"),
    ],
)
def test_these_are_the_instants(name: str, on: str, hour: int, expected: str) -> None:
    assert instant(day(on), hour, name) == at(expected)


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of(day("2026-11-29"), "Europe/Berlin") == at("2026-11-29T23:00")


def test_what_is_no_zone_is_not_named() -> None:
    assert "UTC" in zone_names()
    assert "US/Eastern" in zone_names()
    assert {"Factory", "posixrules", "localtime"}.isdisjoint(zone_names())
