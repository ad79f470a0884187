"""When an event is, as the list of changes has it."""

from __future__ import annotations

import pytest

from calendar_app.core.events import Event
from calendar_app.core.history import Series
from calendar_app.core.precision import PartialDate
from tests.factories import WEEKENDS, day, event, on, rrule


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (event(), "05-01"),
        (event(since=day("2020-01-01")), "05-01 2020-01-01/.."),
        (event(until=day("2030-12-31")), "05-01 ../2030-12-31"),
        (event(counts_from=PartialDate.parse("1890-05-01")), "05-01 1890-05-01/.."),
        (event(rule=WEEKENDS, since=day("2020-01-01")), "last-weekend 2020-01-01/.."),
        (event(rule=on("2026-05-25/2026-05-31")), "2026-05-25/2026-05-31"),
        (event(rule=on("2026~")), "2026~"),
        (event(rule=on("unknown")), "unknown"),
        (
            event(rule=rrule("FREQ=MONTHLY;BYDAY=1FR", days=3), until=day("2030-12-31")),
            "FREQ=MONTHLY;BYDAY=1FR;STARTS=2023-01-01;DAYS=3 ../2030-12-31",
        ),
    ],
)
def test_a_series_is_read_as_it_is_written(one: Event, text: str) -> None:
    assert str(Series.of(one)) == text
    assert Series.parse(text) == Series.of(one)


def test_of_a_free_rule_as_earlier_versions_wrote_it_the_bounds_are_known() -> None:
    assert Series.parse("FREQ=WEEKLY 2020-01-01/..") == Series(None, day("2020-01-01"))


@pytest.mark.parametrize(
    "text", ["", "may", "05-32", "05-01 2020/..", "FREQ=NEVER;STARTS=1;DAYS=1"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write|see RFC|needed|not"):
        Series.parse(text)
