"""When a calendar program shall ring: so many days before a date, at a time of day.

Dates are whole days without a zone, so an alarm is as many hours from the first midnight
(RFC 5545 3.8.6.3) and rings by the clock of the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

MAX_DAYS: Final = 60
_ALARM: Final = re.compile(r"(0|-[1-9][0-9]?)d@([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Alarm:
    """``-7d@09:00`` is nine in the morning seven days before; in order, the earliest first."""

    days: int  # 0 or less
    hour: int
    minute: int

    @classmethod
    def parse(cls, text: str) -> Alarm:
        """Raises ValueError for anything but the form above, up to 60 days before."""
        match = _ALARM.fullmatch(text)
        if match is None or int(match[1]) < -MAX_DAYS:
            raise ValueError(f"not an alarm: {text!r}")
        return cls(int(match[1]), int(match[2]), int(match[3]))

    def __str__(self) -> str:
        return f"{self.days}d@{self.hour:02}:{self.minute:02}"

    @property
    def trigger(self) -> timedelta:
        """From the midnight with which the date begins."""
        return timedelta(days=self.days, hours=self.hour, minutes=self.minute)
