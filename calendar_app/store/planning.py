"""Rows for what is due, for everybody or for one person.

The unique key of a delivery is the truth. Whatever is inserted twice, after a crash, by a second
worker, with another edition, is there once. What may have been forgotten already is not inserted
again, even when the clock comes back from where it was forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Insert
from sqlalchemy.exc import IntegrityError

from calendar_app.core.due import Due, DueDigest, DueReminder, is_series
from calendar_app.store.cells import cell, listed
from calendar_app.store.deliveries import Kind, beginning_of_day
from calendar_app.store.planner import read_planner
from calendar_app.store.statements import (
    corrections,
    corrections_of_digests,
    digests,
    mail,
    reminders,
    unless_there,
)

# What a change of zone can make of the end of a day.
_MARGIN: Final = timedelta(days=2)
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
# A welcome comes before any reminder, so nobody is taken for told by it nearer to the date.
BEFORE_ANY_LEAD: Final = 1000
# After which hour of the day digests are to come that tell something in time.
ALL_HOURS: Final = (-1, -1)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is true now of an occurrence that people were told of; when it ends in each zone.

    A digest tells it in time to readers of the ``topics`` whose hour is after ``served``, for
    weekly and monthly ones in each zone; one that knew all up to ``changed_at`` has told it.
    """

    at: datetime
    subject: str
    on_date: str
    sequence: int
    ends: Mapping[str, datetime]
    topics: tuple[str, ...] = ()
    served: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    changed_at: datetime = NEVER


@dataclass(frozen=True, slots=True)
class ToldByDigest:
    """Which digests told something else: sent by an edition that knew all changes up to ``since``
    and none from ``until`` on; those of the ``periods`` did so, and those ``after_another`` where
    an edition before ``since`` sent that. The date that they told had the ``sequence``."""

    periods: Sequence[str]
    after_another: Sequence[str]
    since: datetime
    until: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Single:
    """A row of a mail that stands alone: the mail itself, by the id of its request, or a date that
    it tells, by the occurrence, as EDTF or that it is cancelled. ``ends`` is when it is over."""

    subject: str
    ends: datetime
    on_date: str = ""
    sequence: int = 0
    lead: int = 0


def insert_due(connection: Connection, dues: Iterable[Due], person: str | None = None) -> int:
    """A row for everybody in the cells who is to be told, or for one person of them; how many.

    What is told of one date so many days before is one statement, at however many instants it is
    due around the world. Who was already told on a later occasion, nearer to the date, need not
    hear it again: the row is skipped, and there.
    """
    told: defaultdict[tuple[object, ...], list[Due]] = defaultdict(list)
    forgotten_at = _forgotten_at(connection)
    for due in dues:
        cells = tuple(one for one in due.cells if one.expires_at > forgotten_at)
        if cells:
            told[_told_by(due)].append(replace(due, cells=cells))
    return sum(_insert_due(connection, same, person) for same in told.values())


def _insert_due(connection: Connection, dues: Sequence[Due], person: str | None) -> int:
    due, dialect, for_one = dues[0], connection.dialect.name, person is not None
    if isinstance(due, DueReminder):
        event = due.occurrence.event
        insert = reminders(dialect, is_series(event), len(event.topics), for_one)
        values = _reminder_values(due)
    else:
        insert, values = digests(dialect, for_one), _digest_values(due)
    if for_one:
        values["the_person"] = person
    values["the_cells"] = listed(
        cell(*where[:2], one.at, where[2]) for one in dues for where in one.cells
    )
    if dialect == "postgresql" and not for_one:
        # Mostly nobody is there yet, and PostgreSQL takes a third less when it need not look.
        with suppress(IntegrityError), connection.begin_nested():
            return _inserted(connection, insert, values)
    return _inserted(connection, unless_there(insert), values)


def _inserted(connection: Connection, insert: Insert, values: Any) -> int:
    return connection.execute(insert, values, execution_options=_COUNTED).rowcount


def _told_by(due: Due) -> tuple[object, ...]:
    """What two of them have in common that differ in the instant and the place only."""
    if isinstance(due, DueReminder):
        return (due.occurrence.id, due.occurrence.when, due.lead, due.sequence)
    return (due.digest, due.period)


def insert_corrections(connection: Connection, news: Correction) -> int:
    """A row for each person whose last word of the occurrence is another date, but for those whom
    a digest tells it in time."""
    insert = corrections(connection.dialect.name, len(news.topics))
    values = {"the_change": news.changed_at}
    return _insert_corrections(connection, insert, news, values)


def insert_corrections_of_digests(
    connection: Connection, news: Correction, told: ToldByDigest, person: str | None = None
) -> int:
    """The same for those whom a digest told another date, or for one person of them."""
    counts = len(news.topics), len(told.periods), len(told.after_another)
    insert = corrections_of_digests(connection.dialect.name, counts, person is not None)
    periods = (*told.periods, *told.after_another)
    values: dict[str, object] = {f"period_{n}": period for n, period in enumerate(periods)}
    values |= {"the_since": told.since, "the_until": told.until, "the_told": told.sequence}
    if person is not None:
        values["the_person"] = person
    return _insert_corrections(connection, insert, news, values)


def _insert_corrections(
    connection: Connection, insert: Insert, news: Correction, more: Mapping[str, object]
) -> int:
    forgotten_at = _forgotten_at(connection)
    values = {
        "the_subject": news.subject,
        "the_date": news.on_date,
        "the_lead": news.sequence,
        "the_sequence": news.sequence,
        "the_instant": news.at,
        **_topic_values(news.topics),
        **more,
    }
    rows = []
    for zone, end in news.ends.items():
        weekly, monthly = news.served.get(zone, ALL_HOURS)
        hours = {"the_weekly": weekly, "the_monthly": monthly}
        if end > forgotten_at:
            rows.append({**values, **hours, "the_zone": zone, "the_end": end})
    return _inserted(connection, insert, rows) if rows else 0


def _forgotten_at(connection: Connection) -> datetime:
    """What is over by then may have been told and forgotten: days ago while the clock goes forward,
    a time to come for one that was put back."""
    planner = read_planner(connection)
    if planner is None or planner.forgotten_at is None:
        return datetime.min.replace(tzinfo=UTC)
    return planner.forgotten_at + _MARGIN


def insert_mail(  # noqa: PLR0913 -- a row has that many columns of its own
    connection: Connection, person: str, kind: Kind, subject: str, at: datetime, end: datetime
) -> int:
    """A mail for one person; ``subject`` is the id of the request. It expires with the day, so that
    the row does not tell for long when it was asked for."""
    itself = Single(subject, beginning_of_day(end + _DAY))
    return _insert_single(connection, person, kind, itself, at)


def insert_welcomed(
    connection: Connection, person: str, dates: Iterable[Single], at: datetime
) -> int:
    """The dates that the welcome of a person tells, a row for each, beside that of the mail."""
    return sum(_insert_single(connection, person, Kind.WELCOME, one, at) for one in dates)


def _insert_single(
    connection: Connection, person: str, kind: Kind, row: Single, at: datetime
) -> int:
    values = {
        "the_person": person,
        "the_kind": kind.value,
        "the_subject": row.subject,
        "the_date": row.on_date,
        "the_lead": row.lead,
        "the_sequence": row.sequence,
        "the_instant": at,
        "the_end": row.ends,
    }
    insert = mail(connection.dialect.name)
    return _inserted(connection, insert, values)


_DAY: Final = timedelta(days=1)
_COUNTED: Final = {"preserve_rowcount": True}


def _reminder_values(due: DueReminder) -> dict[str, Any]:
    return {
        "the_subject": due.occurrence.id,
        "the_date": str(due.occurrence.when),
        "the_lead": due.lead,
        "the_leads": f"%,{due.lead},%",
        "the_sequence": due.sequence,
        **_topic_values(due.occurrence.event.topics),
    }


def _topic_values(topics: Sequence[str]) -> dict[str, str]:
    return {f"topic_{n}": f"%,{topic},%" for n, topic in enumerate(topics)}


def _digest_values(due: DueDigest) -> dict[str, Any]:
    return {
        "the_subject": due.period,
        "the_date": "",
        "the_lead": 0,
        "the_sequence": 0,
        "the_digest": due.digest.value,
    }
