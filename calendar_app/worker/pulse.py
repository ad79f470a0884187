"""What the worker says of itself, for readiness and metrics: a worker that stopped is seen.

It tells of people only in counts, rounded down, so that nobody's coming and going shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from calendar_app.store import inbox, subscribers
from calendar_app.store.database import reading
from calendar_app.store.upkeep import backlog, count_active
from calendar_app.worker.parts import Parts

ROUNDED_TO: Final = 5
Facts = Mapping[str, str | int | bool | None]


def beat(parts: Parts, now: datetime, *, is_clock_right: bool, well_in_month: str) -> Facts:
    """Writes the pulse and returns its facts."""
    facts = facts_of(parts, now) | {
        "is_clock_right": is_clock_right,
        "well_in_month": well_in_month,
    }
    with parts.engine.begin() as connection:
        inbox.write_pulse(connection, now, facts)
    return facts


def facts_of(parts: Parts, now: datetime) -> dict[str, str | int | bool | None]:
    with reading(parts.engine) as connection:
        found = backlog(connection, now)
        people = count_active(connection)
        unknown_zones = len(subscribers.unknown_zones(connection))
        requests = inbox.count_requests(connection)
    breaker = parts.sending.breaker
    return {
        "ticked_at": _text(now),
        "next_due_at": _text(found.next_at),
        "oldest_at": _text(found.oldest_at),
        "backlog": found.todo,
        "held": found.held,
        "dead": found.dead,
        "unknown": found.unknown,
        "requests": requests,
        "stuck": len(parts.applying.stuck),
        "refused": parts.applying.refused.total(),
        "people": people // ROUNDED_TO * ROUNDED_TO,
        "unknown_zones": unknown_zones,
        "edition": parts.catalogue.edition_id,
        "is_data_refused": parts.watch.editions.refusal is not None,
        "breaker_is_open": breaker.is_open(now),
        "unreachable_since_at": _text(breaker.failing_since),
    }


def _text(instant: datetime | None) -> str | None:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
