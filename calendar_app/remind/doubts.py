"""What may have left and was never marked. When it is not sent again it counts as told, by the
edition of then; and who may know a date by it that is no longer true is corrected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from calendar_app.core.catalogue import Catalogue
from calendar_app.remind.corrections import Correcting
from calendar_app.remind.judging import CHANGED
from calendar_app.remind.tick import REST
from calendar_app.remind.writing import Writer
from calendar_app.store import deliveries
from calendar_app.store.database import reading
from calendar_app.store.deliveries import Delivery, Kind, Mark, State
from calendar_app.store.erasure import keep_everybody
from calendar_app.store.notes import UNKNOWN
from calendar_app.store.planner import read_planner
from calendar_app.store.subscribers import Subscriber


def left_out(
    engine: Engine, writer: Writer, person: Subscriber, now: datetime, row: Delivery, reason: str
) -> Mark:
    """What may have left and tells another date waits as long as reminders rest after an edit."""
    if row.unmarked and reason == CHANGED:
        with reading(engine) as connection:
            wait_until = _rests_until(connection, writer.catalogue, now)
        if wait_until > now:
            return Mark(row, State.TODO, wait_until)
    return writer.left_out(row, person, now, reason)


def given_up(
    writer: Writer, person: Subscriber, now: datetime, rows: Sequence[Delivery], reason: str
) -> list[Mark]:
    """An earlier try may have left, though this one does not."""
    return [
        writer.left_out(row, person, now, UNKNOWN)
        if row.unmarked
        else Mark(row, State.DEAD, error=reason)
        for row in rows
    ]


def mark(connection: Connection, marks: Sequence[Mark], writer: Writer, now: datetime) -> None:
    """A digest that counts as sent by an edition before is corrected at once where that was looked
    for already, which is done with a new edition and not at every tick."""
    earlier = {one.delivery.subscriber_id for one in marks if _is_earlier(one, writer.known_until)}
    if earlier:
        keep_everybody(connection)
    deliveries.mark(connection, marks)
    if earlier and _rests_until(connection, writer.catalogue, now) <= now:
        correcting = Correcting(connection, writer.catalogue, now)
        for person in sorted(earlier):
            correcting.of_digests(person)


def _rests_until(connection: Connection, catalogue: Catalogue, now: datetime) -> datetime:
    """Until when reminders rest, so that an edit can be taken back before anybody is told."""
    planner = read_planner(connection)
    is_known = planner is not None and planner.edition == catalogue.edition_id
    return (planner.edition_since if planner and is_known else now) + REST


def _is_earlier(one: Mark, known_until: datetime) -> bool:
    is_sent_digest = one.delivery.kind is Kind.DIGEST and one.state is State.SENT
    return is_sent_digest and one.knew is not None and one.knew < known_until
