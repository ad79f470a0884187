"""Rows for what is due, for everybody or for one person.

The unique key of a delivery is the truth. Whatever is inserted twice, after a crash, by a second
worker, with another edition, is there once. What may have been forgotten already is not inserted
again, even when the clock comes back from where it was forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from calendar_app.core.due import Due, DueDigest, DueReminder, is_series
from calendar_app.store.cells import cell, listed
from calendar_app.store.deliveries import Kind, beginning_of_day
from calendar_app.store.planner import read_planner
from calendar_app.store.statements import corrections, digests, mail, reminders

# What a change of zone can make of the end of a day.
_MARGIN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is true now of an occurrence that people were told of; when it ends in each zone."""

    at: datetime
    subject: str
    on_date: str
    sequence: int
    ends: Mapping[str, datetime]


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
    return connection.execute(insert, values, execution_options=_COUNTED).rowcount


def _told_by(due: Due) -> tuple[object, ...]:
    """What two of them have in common that differ in the instant and the place only."""
    if isinstance(due, DueReminder):
        return (due.occurrence.id, due.occurrence.when, due.lead, due.sequence)
    return (due.digest, due.period)


def insert_corrections(connection: Connection, news: Correction) -> int:
    """A row for each person whose last word of the occurrence is another date.

    Readers of a digest learn it there.
    """
    values = {
        "the_subject": news.subject,
        "the_date": news.on_date,
        "the_lead": news.sequence,
        "the_sequence": news.sequence,
        "the_instant": news.at,
    }
    forgotten_at = _forgotten_at(connection)
    rows = [
        {**values, "the_zone": zone, "the_end": end}
        for zone, end in news.ends.items()
        if end > forgotten_at
    ]
    if not rows:
        return 0
    insert = corrections(connection.dialect.name)
    return connection.execute(insert, rows, execution_options=_COUNTED).rowcount


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
    """A mail for one person that tells no date; ``subject`` is the id of the request. It expires
    with the day, so that the row does not tell for long when it was asked for."""
    values = {
        "the_person": person,
        "the_kind": kind.value,
        "the_subject": subject,
        "the_date": "",
        "the_lead": 0,
        "the_sequence": 0,
        "the_instant": at,
        "the_end": beginning_of_day(end + _DAY),
    }
    insert = mail(connection.dialect.name)
    return connection.execute(insert, values, execution_options=_COUNTED).rowcount


_DAY: Final = timedelta(days=1)
_COUNTED: Final = {"preserve_rowcount": True}


def _reminder_values(due: DueReminder) -> dict[str, Any]:
    topics = {f"topic_{n}": f"%,{topic},%" for n, topic in enumerate(due.occurrence.event.topics)}
    return {
        "the_subject": due.occurrence.id,
        "the_date": str(due.occurrence.when),
        "the_lead": due.lead,
        "the_leads": f"%,{due.lead},%",
        "the_sequence": due.sequence,
        **topics,
    }


def _digest_values(due: DueDigest) -> dict[str, Any]:
    return {
        "the_subject": due.period,
        "the_date": "",
        "the_lead": 0,
        "the_sequence": 0,
        "the_digest": due.digest.value,
    }
