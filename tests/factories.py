"""Values for tests, each with defaults: a test writes only what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from calendar_app.core.events import (
    Basis,
    Change,
    ChangedBy,
    ChangeKind,
    Document,
    Event,
    Exactness,
    Source,
    Text,
    Topic,
)
from calendar_app.core.occurrences import Occurrence, Window, occurrence_at
from calendar_app.core.precision import PartialDate
from calendar_app.core.revising import Published
from calendar_app.core.rrules import parse_rrule
from calendar_app.core.rules import LastWeekend, On, Rule, Yearly

MAY_DAY = Yearly(5, 1)
WEEKENDS = LastWeekend()


def event(id_: str = "may-day", rule: Rule = MAY_DAY, **fields: Any) -> Event:
    fields.setdefault("name", Text({"en": "May Day", "ru": "Первомай"}))
    return Event(id_, rule, **fields)


def on(text: str) -> On:
    return On(PartialDate.parse(text))


def rrule(text: str, first: str = "2023-01-01", days: int = 1) -> Rule:
    return parse_rrule(text, day(first), days)


def moved(occurrence: str, to: str, by: ChangedBy = ChangedBy.ORGANISERS) -> Change:
    return Change(day(occurrence), ChangeKind.MOVED, by, PartialDate.parse(to))


def cancelled(occurrence: str) -> Change:
    return Change(day(occurrence), ChangeKind.CANCELLED, ChangedBy.ORGANISERS)


def reinstated(occurrence: str) -> Change:
    return Change(day(occurrence), ChangeKind.REINSTATED, ChangedBy.ORGANISERS)


def occurrence(of: Event | None = None, scheduled_on: str = "2026-05-01") -> Occurrence:
    return occurrence_at(of or event(), day(scheduled_on))


def topic(id_: str = "labour") -> Topic:
    return Topic(id_, Text({"en": "Labour", "ru": "Труд"}))


def document(id_: str = "plan-23") -> Document:
    return Document(id_, Text({"en": "plan of Izmir"}), Text({"en": "Plan of action, Izmir"}))


def source(of: str = "plan-23", point: int | None = 7) -> Source:
    return Source(Basis.DOCUMENT, Exactness.DAY, document=of, point=point)


def published(*events: Event, content: str = "content", **fields: Any) -> Published:
    fields.setdefault("topics", {"labour": topic()})
    fields.setdefault("documents", {"plan-23": document(), "plan-24": document("plan-24")})
    fields.setdefault("languages", ("en", "ru"))
    fields.setdefault("uid_domain", "calendar.invalid")
    fields.setdefault("wire_digest", "wire")
    return Published(events, content_digest=content, **fields)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """An instant in UTC, written without a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(start: str, end: str) -> Window:
    return Window(day(start), day(end))


def dates(occurrences: Iterable[Occurrence]) -> list[str]:
    """Where occurrences stand now, as EDTF."""
    return [str(found.when) for found in occurrences]


def ids(occurrences: Iterable[Occurrence]) -> list[str]:
    return [found.id for found in occurrences]
