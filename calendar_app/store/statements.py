"""The statements that insert deliveries, made once for each form; from then on values differ."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from calendar_app.core.choices import Digest
from calendar_app.store.cells import cells
from calendar_app.store.columns import Instant
from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import IS_TOLD, REMINDING, delivery, subscriber

DialectInsert = postgresql.Insert | sqlite.Insert
# What a person is told at most once.
_KEY: Final = tuple(column.name for column in delivery.primary_key)
_COLUMNS: Final = (
    *_KEY,
    "sequence",
    "attempts",
    "error",
    "due_at",
    "not_before",
    "expires_at",
    "state",
)
_INSTANT: Final = bindparam("the_instant", type_=Instant)
_END: Final = bindparam("the_end", type_=Instant)
_IS_THE_PERSON: Final = subscriber.c.id == bindparam("the_person")


@cache
def unless_there(rows: DialectInsert) -> Insert:
    """The same, which leaves alone what is there. The databases say it in the same words."""
    return rows.on_conflict_do_nothing(index_elements=_KEY)


@cache
def reminders(dialect: str, of_series: bool, topics: int, for_one: bool) -> DialectInsert:
    """Of people in the cells who want one of the topics and the lead."""
    leads = subscriber.c.series_leads if of_series else subscriber.c.leads
    wanted = (leads.like(bindparam("the_leads")), _want(topics))
    people, person, here = _people(dialect, for_one, *wanted)
    state = case((_is_told_later(person), State.SKIPPED.value), else_=State.TODO.value)
    row = _row(literal(Kind.REMINDER.value), state, person, here.c.at, here.c.ends)
    found = select(*row).select_from(people)
    return _insert(dialect, _held(found) if for_one else found.order_by(person))


@cache
def digests(dialect: str, for_one: bool) -> DialectInsert:
    """Of people in the cells who read the digest."""
    wanted = subscriber.c.digest == bindparam("the_digest")
    people, person, here = _people(dialect, for_one, wanted)
    kind, todo = literal(Kind.DIGEST.value), literal(State.TODO.value)
    found = select(*_row(kind, todo, person, here.c.at, here.c.ends)).select_from(people)
    return _insert(dialect, _held(found) if for_one else found.order_by(person))


@cache
def mail(dialect: str) -> Insert:
    """For one person; ``the_kind`` is that of a mail that stands alone."""
    kind, todo = bindparam("the_kind", type_=String), literal(State.TODO.value)
    row = _row(kind, todo, subscriber.c.id, _INSTANT, _END)
    return unless_there(_insert(dialect, _held(select(*row).where(_IS_THE_PERSON))))


@cache
def corrections(dialect: str, topics: int) -> Insert:
    """Of people in one zone whose last word of the occurrence is another date. Where a digest has
    told it there is a row of that, which stays when that of the digest is forgotten."""
    later, change = delivery.alias("later"), bindparam("the_change", type_=Instant)
    is_known = and_(_want(topics), _has_digest(State.SENT, _LATER.c.not_before >= change))
    # One that waits will be written by the edition in force.
    waits = _has_digest(State.TODO, _LATER.c.expires_at > change)
    is_served = and_(_want(topics), or_(_is_served(), waits))
    state = case((is_known, State.SENT.value), else_=State.TODO.value)
    is_last = ~exists().where(
        later.c.subscriber_id == delivery.c.subscriber_id,
        later.c.subject == delivery.c.subject,
        later.c.kind.in_(REMINDING),
        later.c.state == State.SENT.value,
        later.c.sequence > delivery.c.sequence,
    )
    found = (
        _corrected(state)
        .where(delivery.c.subject == bindparam("the_subject"))
        .where(delivery.c.on_date != bindparam("the_date"), IS_TOLD, is_last)
        .where(or_(is_known, ~is_served))
    )
    return unless_there(_insert(dialect, found))


@cache
def corrections_of_digests(dialect: str, counts: tuple[int, int, int], for_one: bool) -> Insert:
    """Of people in one zone whose last word of the occurrence is another date, from a digest."""
    topics, periods, more = counts
    since, until = (bindparam(name, type_=Instant) for name in ("the_since", "the_until"))
    told = delivery.alias("told")
    is_told = exists().where(
        told.c.subscriber_id == subscriber.c.id,
        told.c.kind.in_(REMINDING),
        told.c.subject == bindparam("the_subject"),
        told.c.sequence > bindparam("the_told"),
        told.c.state == State.SENT.value,
    )
    names: list[Any] = [bindparam(f"period_{n}") for n in range(periods + more)]
    had_one = delivery.c.subject.in_(names) & _has_digest(State.SENT, _LATER.c.not_before < since)
    found = (
        _corrected(literal(State.TODO.value))
        .where(delivery.c.kind == Kind.DIGEST.value, delivery.c.state == State.SENT.value)
        .where(delivery.c.subject.in_(names[:periods]) | had_one)
        .where(delivery.c.not_before >= since, delivery.c.not_before < until)
        .where(_want(topics), ~_is_served(), ~is_told, _IS_THE_PERSON if for_one else true())
        .where(~_has_digest(State.SENT, _LATER.c.not_before >= until))
    )
    return unless_there(_insert(dialect, found))


def _corrected(state: ColumnElement[Any]) -> Select[Any]:
    row = _row(literal(Kind.CORRECTION.value), state, subscriber.c.id, _INSTANT, _END)
    return (
        select(*row)
        .select_from(delivery)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(subscriber.c.is_active, subscriber.c.zone == bindparam("the_zone"))
    )


def _is_served() -> ColumnElement[bool]:
    """Whether the person reads a digest that comes in time."""
    digest, hour = subscriber.c.digest, subscriber.c.hour
    both = (Digest.WEEKLY, Digest.MONTHLY)
    return or_(*(and_(digest == one.value, hour > bindparam(f"the_{one}")) for one in both))


_LATER: Final = delivery.alias("later_digest")


def _has_digest(state: State, knew: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a digest for the person in the state, written by an edition that knew it."""
    mine = (_LATER.c.subscriber_id == subscriber.c.id, _LATER.c.kind == Kind.DIGEST.value)
    return exists().where(*mine, _LATER.c.state == state.value, knew)


def _want(topics: int) -> ColumnElement[bool]:
    """Whether the person wants one of so many topics."""
    ours = (subscriber.c.topics.like(bindparam(f"topic_{n}")) for n in range(topics))
    return or_(subscriber.c.topics == "", *ours)


def _people(
    dialect: str, for_one: bool, *wanted: ColumnElement[bool]
) -> tuple[FromClause, ColumnElement[str], FromClause]:
    """Active people in the cells, their ids, and the cells."""
    here = cells(dialect)
    are_meant = [
        subscriber.c.is_active,
        subscriber.c.zone == here.c.zone,
        subscriber.c.hour == here.c.hour,
        *wanted,
    ]
    if for_one:
        are_meant.append(_IS_THE_PERSON)
    if dialect == "sqlite" or for_one:
        return here.join(subscriber, and_(*are_meant)), subscriber.c.id, here
    # An offset keeps PostgreSQL from joining in its own way, by a walk over everybody: it cannot
    # know how few live in the cells.
    people = select(subscriber.c.id).where(*are_meant).offset(literal_column("0")).lateral("people")
    return here.join(people, true()), people.c.id, here


def _is_told_later(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the person was sent a reminder of the date with a smaller lead. Mostly nobody was,
    as one look at the index of what was told says for all."""
    told = delivery.alias("told")
    smallest = (
        select(func.min(delivery.c.lead))
        .where(IS_TOLD)
        .where(delivery.c.subject == bindparam("the_subject"))
        .where(delivery.c.on_date == bindparam("the_date"))
        .scalar_subquery()
    )
    one = exists().where(
        told.c.subscriber_id == person,
        # Nothing else has such a subject. In these words only the person's own rows can be looked
        # through; PostgreSQL took the index of everybody who was told, while it had no statistics.
        told.c.kind != Kind.CORRECTION.value,
        told.c.subject == bindparam("the_subject"),
        told.c.on_date == bindparam("the_date"),
        told.c.lead < bindparam("the_lead"),
        told.c.state == State.SENT.value,
    )
    return case((smallest < bindparam("the_lead", type_=Integer), one), else_=false())


def _row(
    kind: ColumnElement[str],
    state: ColumnElement[Any],
    person: ColumnElement[str],
    at: ColumnElement[Any],
    ends: ColumnElement[Any],
) -> list[ColumnElement[Any]]:
    """In the order of the columns above."""
    return [
        person,
        kind,
        bindparam("the_subject", type_=String),
        bindparam("the_date", type_=String),
        bindparam("the_lead", type_=Integer),
        bindparam("the_sequence", type_=Integer),
        literal(0),
        literal(""),
        at,
        at,
        ends,
        state,
    ]


def _held(found: Select[Any]) -> Select[Any]:
    """With the row of the person locked, as a foreign key would do it, so that who is erased in
    the meantime leaves nothing behind."""
    return found.with_for_update(read=True, key_share=True, of=subscriber)


def _insert(dialect: str, found: Select[Any]) -> DialectInsert:
    into = sqlite.insert(delivery) if dialect == "sqlite" else postgresql.insert(delivery)
    return into.from_select(_COLUMNS, found).inline()
