"""Whether the clock is to be believed.

A clock that is set a month ahead would send a month of reminders at once. So the worker holds
still while the clock and one that nobody can set do not go the same way. It goes on when they
agree again, or when somebody who has looked at the clock starts it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

TOLERATED: Final = timedelta(minutes=1)


class ClockWatch:
    """Compares two clocks each time it is asked; slow corrections are followed."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._clock, self._steady = clock, steady
        self._lock = Lock()
        self._difference = self._look()

    def jump(self) -> timedelta:
        """How far the clock is from where it should be, zero where it is right."""
        with self._lock:
            difference = self._look()
            jump = difference - self._difference
            if abs(jump) < TOLERATED:
                self._difference = difference
                return timedelta()
            return jump

    def _look(self) -> timedelta:
        """Between the clock and the steady one, which counts from anywhere."""
        now = self._clock()
        return now - datetime.fromtimestamp(0, now.tzinfo) - timedelta(seconds=self._steady())
