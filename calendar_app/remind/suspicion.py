"""Whether to believe a mail server that says that there is no such address.

On a day on which it says so of most people it is the fault of the server, or of ours: a relay that
looks up nobody, a directory that is away. Whoever believed that would erase everybody. Of whom it
was said, and who was given up for it, stands in the store, for every worker and after each start.
How many mails there were each knows of its own: one that has seen few doubts the more readily.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Lock
from typing import Final

from calendar_app.core.precision import ONE_DAY

# So few may have moved away on one day, however few were written to.
FEW: Final = 3


class Suspicion:
    """Counts, in memory, the mails that the server took or for which it said so at once, by the
    day."""

    def __init__(self) -> None:
        self._mails: Counter[date] = Counter()
        self._lock = Lock()

    def count_mail(self, today: date) -> None:
        with self._lock:
            self._mails[today] += 1
            for day in [day for day in self._mails if abs(day - today) > ONE_DAY]:
                del self._mails[day]

    def is_raised(self, people: int, today: date, *, came_back: bool) -> bool:
        """When it is said today of so many. A mail that ``came_back`` was taken, maybe on the day
        before."""
        mails = self._mails[today] + (self._mails[today - ONE_DAY] if came_back else 0)
        return people > FEW and 2 * people > mails
