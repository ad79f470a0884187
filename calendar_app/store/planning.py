"""Rows for what is due: one statement each, for everybody or for one person.

The unique key of a delivery is the truth. Whatever is inserted twice, after a crash, by a second
worker, with another edition, is there once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    and_,
    case,
    column,
    exists,
    false,
    literal,
    or_,
    select,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from calendar_app.core.choices import Digest
from calendar_app.core.due import Cell, Due, DueDigest, DueReminder, is_series
from calendar_app.store.deliveries import Kind, State
from calendar_app.store.subscribers import new_id
from calendar_app.store.tables import IS_TOLD, Instant, delivery, subscriber


@dataclass(frozen=True, slots=True)
class Correction:
    """What is true now of an occurrence that people were told of; when it ends in each zone."""

    at: datetime
    subject: str
    on_date: str
    sequence: int
    ends: Mapping[str, datetime]


class random_id(FunctionElement[str]):  # noqa: N801 -- named like the SQL functions it stands for
    """128 random bits as 32 hexadecimal digits, a new one for each row."""

    type = String()
    inherit_cache = True


@compiles(random_id, "sqlite")
def _random_id_sqlite(element: random_id, compiler: SQLCompiler, **kw: Any) -> str:
    return "lower(hex(randomblob(16)))"


@compiles(random_id, "postgresql")
def _random_id_postgresql(element: random_id, compiler: SQLCompiler, **kw: Any) -> str:
    return "replace(gen_random_uuid()::text, '-', '')"


def insert_due(connection: Connection, due: Due, person: str | None = None) -> int:
    """A row for everybody in the cells who is to be told, or for one person of them.

    Who was already told on a later occasion, nearer to the date, need not hear it again: the row
    is skipped, and there.
    """
    cells = _cells(due.cells)
    found = _rows(due, cells).where(_wants(due))
    if person is not None:
        found = found.where(subscriber.c.id == person)
    return _insert(connection, found)


def insert_corrections(connection: Connection, news: Correction) -> int:
    """A row for each person whose last word of the occurrence is another date.

    Readers of a digest learn it there.
    """
    cells = _zones(news.ends)
    later = delivery.alias("later")
    is_last = ~exists().where(
        later.c.subscriber_id == delivery.c.subscriber_id,
        later.c.subject == delivery.c.subject,
        later.c.kind.in_([Kind.REMINDER, Kind.CORRECTION]),
        later.c.state == State.SENT,
        later.c.sequence > delivery.c.sequence,
    )
    found = (
        select(
            *_values(Kind.CORRECTION, news.subject, news.on_date, news.sequence, news.sequence),
            *_times(news.at, cells.c.expires_at),
            literal(State.TODO.value),
        )
        .select_from(delivery)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(cells, cells.c.zone == subscriber.c.zone)
        .where(subscriber.c.is_active, subscriber.c.digest == Digest.NONE.value)
        .where(delivery.c.subject == news.subject, delivery.c.on_date != news.on_date)
        .where(IS_TOLD, is_last)
    )
    return _insert(connection, found)


def insert_mail(  # noqa: PLR0913 -- a row has that many columns of its own
    connection: Connection, person: str, kind: Kind, subject: str, at: datetime, end: datetime
) -> int:
    """A mail for one person that tells no date; ``subject`` is the id of the request."""
    row = {
        "id": new_id(),
        "subscriber_id": person,
        "kind": kind.value,
        "subject": subject,
        "on_date": "",
        "lead": 0,
        "sequence": 0,
        "due_at": at,
        "not_before": at,
        "expires_at": end,
        "state": State.TODO.value,
        "attempts": 0,
        "mail": "",
        "error": "",
    }
    statement = _into(connection).values(row).on_conflict_do_nothing().inline()
    return connection.execute(statement, execution_options=_COUNTED).rowcount


_COUNTED: Final = {"preserve_rowcount": True}
_COLUMNS: Final = (
    "id",
    "subscriber_id",
    "kind",
    "subject",
    "on_date",
    "lead",
    "sequence",
    "attempts",
    "mail",
    "error",
    "due_at",
    "not_before",
    "expires_at",
    "state",
)


def _insert(connection: Connection, found: Select[Any]) -> int:
    statement = _into(connection).from_select(_COLUMNS, found).on_conflict_do_nothing().inline()
    return connection.execute(statement, execution_options=_COUNTED).rowcount


def _into(connection: Connection) -> postgresql.Insert | sqlite.Insert:
    is_sqlite = connection.dialect.name == "sqlite"
    return sqlite.insert(delivery) if is_sqlite else postgresql.insert(delivery)


def _rows(due: Due, cells: CTE) -> Select[Any]:
    if isinstance(due, DueReminder):
        subject, on_date = due.occurrence.id, str(due.occurrence.when)
        told = _values(Kind.REMINDER, subject, on_date, due.lead, due.sequence)
        state: ColumnElement[Any] = case(
            (_is_told_later(subject, on_date, due.lead), State.SKIPPED.value),
            else_=State.TODO.value,
        )
    else:
        told = _values(Kind.DIGEST, due.period, "", 0, 0)
        state = literal(State.TODO.value)
    return (
        select(*told, *_times(due.at, cells.c.expires_at), state)
        .select_from(cells)
        .join(
            subscriber, and_(subscriber.c.zone == cells.c.zone, subscriber.c.hour == cells.c.hour)
        )
        .where(subscriber.c.is_active)
    )


def _wants(due: Due) -> ColumnElement[bool]:
    if isinstance(due, DueDigest):
        return subscriber.c.digest == due.digest.value
    event = due.occurrence.event
    leads = subscriber.c.series_leads if is_series(event) else subscriber.c.leads
    topics = [subscriber.c.topics.contains(f",{topic},") for topic in event.topics]
    return and_(
        leads.contains(f",{due.lead},"),
        or_(subscriber.c.topics == "", *topics, false()),
    )


def _is_told_later(subject: str, on_date: str, lead: int) -> ColumnElement[bool]:
    return exists().where(
        delivery.c.subscriber_id == subscriber.c.id,
        delivery.c.kind == Kind.REMINDER.value,
        delivery.c.subject == subject,
        delivery.c.on_date == on_date,
        delivery.c.lead < lead,
        delivery.c.state == State.SENT.value,
    )


def _values(
    kind: Kind, subject: str, on_date: str, lead: int, sequence: int
) -> list[ColumnElement[Any]]:
    told = (kind.value, subject, on_date, lead, sequence, 0, "", "")
    return [random_id(), subscriber.c.id, *map(literal, told)]


def _times(at: datetime, end: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [literal(at, Instant), literal(at, Instant), end]


def _cells(cells: tuple[Cell, ...]) -> CTE:
    columns = column("zone", String), column("hour", Integer), column("expires_at", Instant)
    return values(*columns, name="cell").data(list(cells)).cte("cell")


def _zones(ends: Mapping[str, datetime]) -> CTE:
    columns = column("zone", String), column("expires_at", Instant)
    return values(*columns, name="cell").data(list(ends.items())).cte("cell")
