"""Deliveries on their way: claimed under a lease, marked once, told.

The column ``not_before`` is lease, back-off and throttle in one; of a digest that was sent it holds
what a ``Mark`` calls ``knew``. ``attempts`` is the fencing token: whoever claims later has a higher
one, and only the last claim can mark. ``error`` of what tells a date says from the claim to the
mark that it is unmarked: its mail may have left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select, update

from calendar_app.store.changing import Row, write_claims, write_marks
from calendar_app.store.notes import BOUNCED, MAX_ERROR, doubts_in, noted, unmarked_since
from calendar_app.store.subscribers import Subscriber, new_id, subscriber_of
from calendar_app.store.tables import IS_TODO, delivery, subscriber
from calendar_app.store.welcomes import NONE_TO_COME

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TABLE: Final = delivery.c


class Kind(StrEnum):
    CONFIRM = "confirm"
    KNOWN = "known"
    WELCOME = "welcome"
    EXPORT = "export"
    RENEWED = "renewed"
    REMINDER = "reminder"
    DIGEST = "digest"
    CORRECTION = "correction"


# Each is a mail of its own; of the others, all that is due for a person is one mail.
SINGLE: Final = (Kind.CONFIRM, Kind.KNOWN, Kind.WELCOME, Kind.EXPORT, Kind.RENEWED)
MERGED: Final = (Kind.REMINDER, Kind.DIGEST, Kind.CORRECTION)


class State(StrEnum):
    TODO = "todo"
    SENT = "sent"
    SKIPPED = "skipped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """The first five fields are what a person is told at most once. ``on_date`` is the date told
    (EDTF), ``cancelled``, or empty; ``attempts`` fences, ``failures`` are those of the mail itself.
    Where an earlier try may have left without a mark, ``unmarked`` is up to when its edition knew
    all changes; ``doubts`` counts those that a server had as a whole and did not say whether it
    takes."""

    subscriber_id: str
    kind: Kind
    subject: str
    on_date: str
    lead: int
    sequence: int
    due_at: datetime
    expires_at: datetime
    attempts: int
    failures: int = 0
    unmarked: datetime | None = None
    doubts: int = 0

    @property
    def tells_dates(self) -> bool:
        return self.on_date != "" or self.kind is Kind.DIGEST


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """What is one mail to one person; nobody else tries it before the lease is over.

    ``id`` is that of the mail, made with the first try and the same at every other.
    """

    id: str
    subscriber: Subscriber
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a delivery. One that is to do later says from when on (``not_before``), a
    digest that was sent up to when its edition ``knew`` all changes; ``sequence`` is that of the
    date when it was told."""

    delivery: Delivery
    state: State
    not_before: datetime | None = None
    error: str = ""
    sequence: int | None = None
    knew: datetime | None = None


def claim(
    connection: Connection,
    now: datetime,
    lease: timedelta,
    kinds: Sequence[Kind] = (*SINGLE, *MERGED),
    most: int = 1,
    known_until: datetime = _LONG_AGO,
) -> list[Claim]:
    """What is due for up to ``most`` people, those first who wait longest. Commit, then send; the
    edition by which it is written knows at least all changes up to ``known_until``."""
    is_due = IS_TODO & (_TABLE.not_before <= now) & _TABLE.kind.in_([kind.value for kind in kinds])
    is_due &= _TABLE.kind.in_([kind.value for kind in SINGLE]) | NONE_TO_COME
    while people := _waiting(connection, is_due, most):
        if claims := _due_for(connection, is_due, people):
            changes: list[Row] = [
                {
                    **_key_of(one),
                    "the_mail": found.id,
                    "the_instant": now + lease,
                    "the_error": _noted(one, one.unmarked or known_until),
                }
                for found in claims
                for one in found.deliveries
            ]
            write_claims(connection, changes)
            return claims
        # Another worker has claimed all of it between the look and the lock; there may be more.
    return []


def _waiting(
    connection: Connection, is_due: ColumnElement[bool], most: int
) -> dict[str, Subscriber]:
    found = (
        select(subscriber)
        .join(delivery, _TABLE.subscriber_id == subscriber.c.id)
        .where(is_due)
        .order_by(_TABLE.not_before)
        .limit(most)
        .with_for_update(of=subscriber, skip_locked=True)
    )
    return {row.id: subscriber_of(row) for row in connection.execute(found)}


def _due_for(
    connection: Connection, is_due: ColumnElement[bool], people: Mapping[str, Subscriber]
) -> list[Claim]:
    columns = (*_COLUMNS, _TABLE.mail, _TABLE.error)
    rows = select(*columns).where(_TABLE.subscriber_id.in_(people), is_due)
    due: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(rows.order_by(_TABLE.not_before, *_KEY)):
        due[row.subscriber_id].append(row)
    return [_claim(people[id_], _together(due[id_])) for id_ in people if id_ in due]


def _together(rows: list[Any]) -> list[Any]:
    """Of what is due for a person, what goes into one mail: what was tried together before, so
    that a mail sent twice tells of the same dates under the same id; else all that is new, but for
    what stands alone."""
    first = rows[0]
    if first.mail:
        return [row for row in rows if row.mail == first.mail]
    if first.kind == Kind.WELCOME:
        return [row for row in rows if row.kind == Kind.WELCOME]
    if first.kind in SINGLE:
        return [first]
    return [row for row in rows if not row.mail and row.kind in MERGED]


def _claim(person: Subscriber, rows: list[Any]) -> Claim:
    return Claim(rows[0].mail or new_id(), person, tuple(map(_delivery, rows)))


def _delivery(row: Any) -> Delivery:
    # In the order of _COLUMNS; and what is noted.
    more = (*row[2:10], unmarked_since(row.error), doubts_in(row.error))
    return Delivery(row.subscriber_id, Kind(row.kind), *more)


def mark(connection: Connection, marks: Iterable[Mark]) -> int:
    """How many were still ours to mark. One transaction for all rows of a mail.

    Of what is done only the day stays: when somebody signed up or chose is in no other row.
    """
    return write_marks(connection, [_marked(one) for one in marks])


def _marked(one: Mark) -> Row:
    is_done, due_at, error = one.state is not State.TODO, one.delivery.due_at, one.error
    if is_done:
        due_at = beginning_of_day(due_at)
    else:
        error = _noted(one.delivery, one.delivery.unmarked, error)
    return {
        **_key_of(one.delivery),
        "the_attempts": one.delivery.attempts,
        "the_state": one.state.value,
        "the_due": due_at,
        "the_instant": one.not_before or one.knew or due_at,
        "the_error": error[:MAX_ERROR],
        "the_failures": one.delivery.failures,
        "the_sequence": one.delivery.sequence if one.sequence is None else one.sequence,
    }


def _noted(one: Delivery, unmarked: datetime | None, error: str = "") -> str:
    return noted(error, unmarked if one.tells_dates else None, one.doubts)


def beginning_of_day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def mark_bounced(connection: Connection, mail: str, status: str = "") -> str | None:
    """The person whose sent mail came back; a second report of it has no effect. A ``status`` says
    that it was for what we are."""
    back = (
        update(delivery)
        .where(_TABLE.mail == mail, _TABLE.state == State.SENT.value)
        .values(state=State.DEAD.value, error=f"{BOUNCED} {status}".strip())
        .returning(_TABLE.subscriber_id)
    )
    return connection.execute(back).scalars().first()


def _key_of(one: Delivery) -> dict[str, str | int]:
    return {
        "the_person": one.subscriber_id,
        "the_kind": one.kind.value,
        "the_subject": one.subject,
        "the_date": one.on_date,
        "the_lead": one.lead,
    }


_KEY: Final = tuple(delivery.primary_key)
_COLUMNS: Final = (
    *_KEY,
    _TABLE.sequence,
    _TABLE.due_at,
    _TABLE.expires_at,
    (_TABLE.attempts + 1).label("attempts"),  # of the claim that is made
    _TABLE.failures,
)
