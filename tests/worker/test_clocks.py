"""The clock is believed as long as it goes as one that nobody can set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_app.worker.clocks import ClockWatch
from tests.factories import at

HOUR = timedelta(hours=1)
NOON = at("2026-11-26T12:00")


class Clocks:
    """A clock that can be set and one that cannot."""

    def __init__(self) -> None:
        self.passed, self.set_by = timedelta(), timedelta()
        self.watch = ClockWatch(
            lambda: NOON + self.passed + self.set_by, lambda: 7.5 + self.passed.total_seconds()
        )


def test_a_clock_that_goes_is_right() -> None:
    clocks = Clocks()
    clocks.passed = 40 * 24 * HOUR

    assert clocks.watch.jump() == timedelta()


@pytest.mark.parametrize("jump", [-HOUR, 30 * 24 * HOUR, timedelta(minutes=-1)])
def test_a_jump_is_told_until_the_clocks_agree_again(jump: timedelta) -> None:
    clocks = Clocks()
    clocks.set_by = jump
    assert [clocks.watch.jump(), clocks.watch.jump()] == [jump, jump]

    clocks.passed, clocks.set_by = HOUR, timedelta(seconds=2)
    assert clocks.watch.jump() == timedelta()


def test_many_small_corrections_are_no_jump() -> None:
    clocks = Clocks()
    for _ in range(100):
        clocks.set_by += timedelta(seconds=59)
        assert clocks.watch.jump() == timedelta()
