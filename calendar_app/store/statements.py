"""The statements that insert deliveries: each is made once for every form that it can have, and
only values differ from time to time."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    String,
    bindparam,
    case,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from calendar_app.core.choices import Digest
from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import IS_TOLD, Instant, delivery, subscriber


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


@cache
def reminders(dialect: str, of_series: bool, topics: int, for_one: bool) -> Insert:
    """Of people in one zone at one hour who want one of the topics and the lead."""
    leads = subscriber.c.series_leads if of_series else subscriber.c.leads
    told = delivery.alias("told")
    is_told_later = exists().where(
        told.c.subscriber_id == subscriber.c.id,
        told.c.kind == Kind.REMINDER.value,
        told.c.subject == bindparam("the_subject"),
        told.c.on_date == bindparam("the_date"),
        told.c.lead < bindparam("the_lead"),
        told.c.state == State.SENT.value,
    )
    state = case((is_told_later, State.SKIPPED.value), else_=State.TODO.value)
    found = _people(Kind.REMINDER, state, for_one).where(
        leads.like(bindparam("the_leads")),
        or_(
            subscriber.c.topics == "",
            *(subscriber.c.topics.like(bindparam(f"topic_{n}")) for n in range(topics)),
        ),
    )
    return _insert(dialect, found)


@cache
def digests(dialect: str, for_one: bool) -> Insert:
    """Of people in one zone at one hour who read the digest."""
    found = _people(Kind.DIGEST, literal(State.TODO.value), for_one)
    return _insert(dialect, found.where(subscriber.c.digest == bindparam("the_digest")))


@cache
def corrections(dialect: str) -> Insert:
    """Of people in one zone whose last word of the occurrence is another date."""
    later = delivery.alias("later")
    is_last = ~exists().where(
        later.c.subscriber_id == delivery.c.subscriber_id,
        later.c.subject == delivery.c.subject,
        later.c.kind.in_([Kind.REMINDER.value, Kind.CORRECTION.value]),
        later.c.state == State.SENT.value,
        later.c.sequence > delivery.c.sequence,
    )
    found = (
        select(*_row(Kind.CORRECTION, literal(State.TODO.value)))
        .select_from(delivery)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(subscriber.c.is_active, subscriber.c.digest == Digest.NONE.value)
        .where(subscriber.c.zone == bindparam("the_zone"))
        .where(delivery.c.subject == bindparam("the_subject"))
        .where(delivery.c.on_date != bindparam("the_date"), IS_TOLD, is_last)
    )
    return _insert(dialect, found)


def _people(kind: Kind, state: ColumnElement[Any], for_one: bool) -> Select[Any]:
    found = select(*_row(kind, state)).where(
        subscriber.c.is_active,
        subscriber.c.zone == bindparam("the_zone"),
        subscriber.c.hour == bindparam("the_hour"),
    )
    return found.where(subscriber.c.id == bindparam("the_person")) if for_one else found


def _row(kind: Kind, state: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """In the order of the columns below."""
    instant = bindparam("the_instant", type_=Instant)
    return [
        random_id(),
        subscriber.c.id,
        literal(kind.value),
        bindparam("the_subject", type_=String),
        bindparam("the_date", type_=String),
        bindparam("the_lead", type_=Integer),
        bindparam("the_sequence", type_=Integer),
        literal(0),
        literal(""),
        literal(""),
        instant,
        instant,
        bindparam("the_end", type_=Instant),
        state,
    ]


def _insert(dialect: str, found: Select[Any]) -> Insert:
    return into(dialect).from_select(_COLUMNS, found).on_conflict_do_nothing().inline()


def into(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """The two databases say what to do about a conflict in the same words."""
    return sqlite.insert(delivery) if dialect == "sqlite" else postgresql.insert(delivery)
