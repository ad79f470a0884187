"""What the worker says of itself, for readiness and metrics: a worker that stopped is seen.

What the web can read, and whoever keeps its metrics, must not show that one person came, confirmed
or left at an instant that others can compare with who was on the net just then. So the pulse is
less exact than what the operator is told by mail and log, and what people move in it stays for a
while, how many there are for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from calendar_app.store import bounced, inbox, subscribers
from calendar_app.store.counts import backlog, count_active
from calendar_app.store.database import reading
from calendar_app.worker.parts import Parts

ROUNDED_TO: Final = 5
QUARTER_MINUTES: Final = 15
# What is lost is told to the last one, since each is a fault; this comes and goes with people.
_ROUNDED: Final = ("backlog", "doubted", "held", "refused", "requests")
Fact = str | int | bool | None
Facts = Mapping[str, Fact]


def beat(parts: Parts, now: datetime, own: Facts) -> Facts:
    """Writes the pulse, and returns its facts as exact as they are; ``own`` are those that only
    the worker knows."""
    moved, before = facts_of_people(parts, now), inbox.read_pulse(parts.engine)
    itself = {**_facts_of_worker(parts, now), **own}
    told = {**_told(moved, before, now), **itself}
    with parts.engine.begin() as connection:
        inbox.write_pulse(connection, now, told)
    return {**moved, **itself}


def facts_of_people(parts: Parts, now: datetime) -> Facts:
    """What a request of one person can move, or a mail to them."""
    with reading(parts.engine) as connection:
        found = backlog(connection, now)
        people = count_active(connection)
        unknown_zones = len(subscribers.unknown_zones(connection))
        requests = inbox.count_requests(connection)
        doubted = bounced.count_doubted(connection, now.date())
    breaker = parts.sending.breaker
    return {
        "next_due_at": as_text(found.next_at),
        "oldest_at": as_text(found.oldest_at),
        "backlog": found.todo,
        "held": found.held,
        "dead": found.dead,
        "unknown": found.unknown,
        "blocked": found.blocked,
        "doubted": doubted,
        "requests": requests,
        "stuck": len(parts.applying.stuck),
        "refused": parts.applying.refused.total(),
        "people": _rounded(people),  # nobody is told more exactly
        "unknown_zones": unknown_zones,
        "breaker_is_open": breaker.is_open(now),
        "unreachable_since_at": as_text(breaker.failing_since),
    }


def _facts_of_worker(parts: Parts, now: datetime) -> Facts:
    return {
        "ticked_at": as_text(now),
        "key": parts.applying.ring.current.id.hex(),
        "edition": parts.catalogue.edition_id,
        "is_data_refused": parts.watch.editions.refusal is not None,
    }


def _told(moved: Facts, before: inbox.Pulse | None, now: datetime) -> Mapping[str, Any]:
    """What people move, as it was at the first tick of the quarter of an hour; ``before`` is the
    pulse until now."""
    told = {name: _coarse(name, fact) for name, fact in moved.items()}
    kept: Mapping[str, Any] = {}
    if before and _quarter(before.at) == _quarter(now):
        kept = before.facts
    elif before and before.at.date() == now.date():
        kept = {"people": before.facts.get("people")}
    return {name: kept.get(name, fact) for name, fact in told.items()}


def _coarse(name: str, fact: Fact) -> Fact:
    if name in _ROUNDED and isinstance(fact, int):
        return _rounded(fact)
    if name.endswith("_at") and isinstance(fact, str):
        return as_text(_quarter(datetime.fromisoformat(fact)))
    return fact


def _rounded(count: int) -> int:
    return count // ROUNDED_TO * ROUNDED_TO


def _quarter(instant: datetime) -> datetime:
    """When its quarter of an hour began."""
    minute = instant.minute // QUARTER_MINUTES * QUARTER_MINUTES
    return instant.replace(minute=minute, second=0, microsecond=0)


def as_text(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
