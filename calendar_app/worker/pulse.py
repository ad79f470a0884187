"""What the worker says of itself, for readiness and metrics: a worker that stopped is seen.

It tells of people only in counts, rounded down, so that nobody's coming and going shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from calendar_app.store import bounced, inbox, subscribers
from calendar_app.store.counts import backlog, count_active
from calendar_app.store.database import reading
from calendar_app.worker.parts import Parts

ROUNDED_TO: Final = 5
Facts = Mapping[str, str | int | bool | None]


def beat(parts: Parts, now: datetime, own: Facts) -> Facts:
    """Writes the pulse and returns its facts; ``own`` are those that only the worker knows."""
    facts = {**facts_of(parts, now), **own}
    with parts.engine.begin() as connection:
        inbox.write_pulse(connection, now, facts)
    return facts


def facts_of(parts: Parts, now: datetime) -> dict[str, str | int | bool | None]:
    with reading(parts.engine) as connection:
        found = backlog(connection, now)
        people = count_active(connection)
        unknown_zones = len(subscribers.unknown_zones(connection))
        requests = inbox.count_requests(connection)
        doubted = bounced.count_doubted(connection, now.date())
    breaker = parts.sending.breaker
    return {
        "ticked_at": as_text(now),
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
        "people": people // ROUNDED_TO * ROUNDED_TO,
        "unknown_zones": unknown_zones,
        "key": parts.applying.ring.current.id.hex(),
        "edition": parts.catalogue.edition_id,
        "is_data_refused": parts.watch.editions.refusal is not None,
        "breaker_is_open": breaker.is_open(now),
        "unreachable_since_at": as_text(breaker.failing_since),
    }


def as_text(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
