"""How much may be sent, and when the mail server is left alone: kept in memory only."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

_HOUR: Final = timedelta(hours=1)
# Beyond so many keys those that hold nothing back are forgotten.
MAX_KEYS: Final = 10_000
_FIRST_PAUSE: Final = timedelta(seconds=15)
_LONGEST_PAUSE: Final = timedelta(minutes=15)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
# So many in a row at whom a server breaks off are not each the reason.
MAX_STUMBLES: Final = 5


class Budget:
    """For each key ``burst`` at once, and then ``per_hour`` spread evenly: the generic cell rate
    algorithm (ITU-T I.371), which needs one instant for a key, however much is asked of it."""

    def __init__(self, per_hour: int, burst: int | None = None) -> None:
        self._interval = _HOUR / per_hour
        self._tolerance = self._interval * ((burst or per_hour) - 1)
        self._used_until: dict[str, datetime] = {}
        self._again_at: dict[str, datetime] = {}
        self._lock = Lock()

    def take(self, key: str, now: datetime) -> datetime:
        """Takes one if one may be used now, and returns that. Else returns an instant to come again
        at, another one for each who has to, so that they do not all come together."""
        with self._lock:
            used_until = max(self._used_until.get(key, now), now)
            free_at = max(used_until - self._tolerance, now)
            if free_at == now:
                self._used_until[key] = used_until + self._interval
                self._used_until = _bounded(self._used_until, now)
                return now
            again_at = max(free_at, self._again_at.get(key, now) + self._interval)
            if again_at > free_at + _HOUR:  # so many come no sooner, whichever of them is first
                again_at = free_at
            self._again_at[key] = again_at
            self._again_at = _bounded(self._again_at, now)
            return again_at


def _bounded(instants: dict[str, datetime], now: datetime) -> dict[str, datetime]:
    if len(instants) <= MAX_KEYS:
        return instants
    return {key: at for key, at in instants.items() if at > now}


class Quota:
    """For each key at most ``most`` in any window ``[t, t + span)``. It remembers each instant that
    was granted and can still be in a window with a later one. For one thread."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most, self._span = most, span
        self._granted: dict[str, list[datetime]] = {}

    def free_at(self, key: str, earliest: datetime) -> datetime:
        """The first instant, not before ``earliest``, that makes no window too full: those granted
        already may be later."""
        granted, at = self._granted.get(key, []), earliest
        first = bisect_right(granted, at - self._span)
        while (after := first + self._most) <= len(granted):
            begin, end = granted[first], granted[after - 1]
            if end - self._span >= at:
                break
            if end < begin + self._span:  # they fill a window, and every one that has all of them
                at = max(at, begin + self._span)
            first = bisect_right(granted, begin)
        return at

    def grant(self, key: str, at: datetime, now: datetime) -> None:
        granted = self._granted.setdefault(key, [])
        del granted[: bisect_right(granted, now - self._span)]
        insort(granted, at)
        if len(self._granted) > MAX_KEYS:
            kept = self._granted.items()
            self._granted = {key: all_ for key, all_ in kept if all_[-1] > now - self._span}


class Breaker:
    """Leaves a mail server alone that cannot be reached: first for seconds, then for minutes.

    It is open until an instant; then the next mails are a try, and the first answer closes it.
    """

    def __init__(self) -> None:
        self.open_until: datetime | None = None
        self.failing_since: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._stumbled: set[str] = set()

    def is_open(self, now: datetime) -> bool:
        # A clock that was put back must not leave the server alone for longer than was meant.
        until = self.open_until
        return until is not None and now < until <= now + _LONGEST_PAUSE

    def fail(self, now: datetime) -> datetime:
        """Opens it; returns until when. Of threads that fail together the first one counts."""
        if self.open_until is not None and self.is_open(now):
            return self.open_until
        self.failing_since = self.failing_since or now
        self.open_until = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return self.open_until

    def stumble(self, person: str, now: datetime) -> None:
        """The server broke off at a mail to this person. When it did so at several without taking
        another in between, that is about the server, which is left alone for a moment and no
        longer: others may wait behind the next ones, who are the reason."""
        self._stumbled.add(person)
        if len(self._stumbled) >= MAX_STUMBLES and not self.is_open(now):
            self._stumbled.clear()
            self.failing_since = self.failing_since or now
            self.open_until = now + _FIRST_PAUSE

    def succeed(self) -> None:
        self.open_until = self.failing_since = None
        self._pause = _FIRST_PAUSE
        self._stumbled.clear()


def back_off(failures: int, person: str) -> timedelta:
    """Twice as long each time, and not for all at once: up to a quarter more, by the person."""
    wait = min(_FIRST_WAIT * 2.0 ** min(failures - 1, 10), _LONGEST_WAIT)
    return wait + wait * (int(person[:4], 16) / 0x40000)


@dataclass(frozen=True)
class Throttle:
    """How fast: in all, so that a relay is not flooded, and for each domain, so that one with many
    readers does not take this for a flood either."""

    overall: Budget = field(default_factory=lambda: Budget(3_600_000, burst=2000))
    domain: Budget = field(default_factory=lambda: Budget(36_000, burst=500))

    def take(self, address: str, now: datetime) -> datetime:
        """Now, if a mail to the address may go; else when to try again, in whole seconds as the
        store keeps it."""
        free_at = self.domain.take(address.rpartition("@")[2].lower(), now)
        free_at = self.overall.take("", now) if free_at == now else free_at
        is_whole = free_at == now or not free_at.microsecond
        return free_at if is_whole else free_at.replace(microsecond=0) + timedelta(seconds=1)


def unlimited() -> Throttle:
    return Throttle(*(Budget(1_000_000_000) for _ in range(2)))
