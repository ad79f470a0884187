"""One row per person. The address is there as sealed bytes and as an index, never as text."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from calendar_app.core.choices import Choices
from calendar_app.core.zones import zone_names
from calendar_app.store.cells import cell, cells, listed
from calendar_app.store.chosen import choices_of, columns_of
from calendar_app.store.tables import subscriber, suppressed

PENDING_FOR: Final = timedelta(hours=72)
_HOUR: Final = timedelta(hours=1)
# So much less than an hour is told as one: a mail leaves some seconds after it was asked for.
_NEARLY: Final = timedelta(minutes=10)
_TABLE: Final = subscriber.c


@dataclass(frozen=True, slots=True, repr=False)
class Subscriber:
    """A person's row, which no log may show; ``pending_at``, ``asked`` and ``asked_at`` are None
    once it is active."""

    id: str
    is_active: bool
    address: bytes
    choices: Choices
    consent: str
    confirmed_on: date | None
    token_version: int
    known_on: date | None
    bounces: int
    bounced_on: date | None
    pending_at: datetime | None
    asked: int | None
    asked_at: datetime | None

    @property
    def pending_until(self) -> datetime | None:
        """Until when a pending row can be confirmed."""
        return self.pending_at + PENDING_FOR if self.pending_at else None

    def hours_left(self, now: datetime) -> int:
        """In which a pending row can be confirmed."""
        return (self.pending_until - now + _NEARLY) // _HOUR if self.pending_until else 0


def new_id() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


def find(connection: Connection, id_: str) -> Subscriber | None:
    row = connection.execute(select(subscriber).where(_TABLE.id == id_)).first()
    return subscriber_of(row) if row else None


def find_by_index(connection: Connection, indexes: Sequence[bytes]) -> Subscriber | None:
    """Whose address one of them is, as one key or another gives it."""
    row = connection.execute(select(subscriber).where(_TABLE.address_index.in_(indexes))).first()
    return subscriber_of(row) if row else None


def add_pending(  # noqa: PLR0913 -- a row has that many columns of its own
    connection: Connection,
    id_: str,
    address: bytes,
    index: bytes,
    choices: Choices,
    consent: str,
    at: datetime,
) -> None:
    """Somebody who asked, and has not answered yet."""
    row = {
        "id": id_,
        "is_active": False,
        "address": address,
        "address_index": index,
        "consent": consent,
        "token_version": 0,
        "bounces": 0,
        "pending_at": at,
        "asked": 1,
        "asked_at": at,
    }
    connection.execute(insert(subscriber).values(**row, **columns_of(choices)).inline())


def ask_again(
    connection: Connection, id_: str, choices: Choices, consent: str, at: datetime
) -> None:
    """A pending person asked once more: what they chose last counts. When they first asked
    stays, so that nobody is pending for ever; and so does that mails be discreet, since it may be
    somebody else who asks now."""
    chosen = columns_of(choices) | {"discreet": _TABLE.discreet | choices.discreet}
    connection.execute(
        update(subscriber)
        .where(_TABLE.id == id_, ~_TABLE.is_active)
        .values(asked=_TABLE.asked + 1, asked_at=at, consent=consent, **chosen)
    )


def confirm(connection: Connection, id_: str, today: date) -> bool:
    """Whether somebody became active by it; once is enough."""
    done = connection.execute(
        update(subscriber)
        .where(_TABLE.id == id_, ~_TABLE.is_active)
        .values(is_active=True, confirmed_on=today, pending_at=None, asked=None, asked_at=None)
    )
    return done.rowcount == 1


def change(connection: Connection, id_: str, choices: Choices) -> bool:
    """Whether there is somebody active whose choices these are now."""
    done = connection.execute(
        update(subscriber).where(_TABLE.id == id_, _TABLE.is_active).values(columns_of(choices))
    )
    return done.rowcount == 1


def renew_token(connection: Connection, id_: str, version: int) -> bool:
    """Whether somebody active had tokens of the version, of which none is valid any more."""
    done = connection.execute(
        update(subscriber)
        .where(_TABLE.id == id_, _TABLE.is_active, _TABLE.token_version == version)
        .values(token_version=version + 1)
    )
    return done.rowcount == 1


def mark_known(connection: Connection, id_: str, today: date) -> None:
    """That they were told that they get mail already."""
    connection.execute(update(subscriber).where(_TABLE.id == id_).values(known_on=today))


def zones(connection: Connection) -> list[str]:
    """The zones of active people, each found by one step down an index, not by a scan."""
    first = select(func.min(_TABLE.zone).label("zone")).where(_TABLE.is_active)
    found = first.cte("found", recursive=True)
    following = first.where(_TABLE.zone > found.c.zone).scalar_subquery()
    every = found.union_all(select(following).where(found.c.zone.is_not(None)))
    return [name for (name,) in connection.execute(select(every.c.zone)) if name is not None]


def unknown_zones(connection: Connection) -> list[str]:
    """Zones that active people once chose and that are none any more: nothing is planned there."""
    return [name for name in zones(connection) if name not in zone_names()]


def places(connection: Connection, among: Iterable[str]) -> list[tuple[str, int]]:
    """The hours that active people have in each of the zones, in the same way."""
    here = cells(connection.dialect.name)
    first = select(func.min(_TABLE.hour)).where(_TABLE.is_active)
    earliest = first.where(_TABLE.zone == here.c.zone).scalar_subquery()
    found = select(here.c.zone, earliest.label("hour")).cte("found", recursive=True)
    later = first.where(_TABLE.zone == found.c.zone, _TABLE.hour > found.c.hour).scalar_subquery()
    every = found.union_all(select(found.c.zone, later).where(found.c.hour.is_not(None)))
    given = {"the_cells": listed(cell(name) for name in among)}
    rows = connection.execute(select(every.c.zone, every.c.hour), given)
    return [(name, hour) for name, hour in rows if hour is not None]


def suppress(connection: Connection, index: bytes, reason: str, today: date) -> None:
    """Nothing is sent to the address again, whoever asks."""
    if not is_suppressed(connection, index):
        connection.execute(
            insert(suppressed).values(address_index=index, reason=reason, since_on=today).inline()
        )


def is_suppressed(connection: Connection, index: bytes) -> bool:
    found = select(suppressed.c.reason).where(suppressed.c.address_index == index)
    return connection.execute(found).first() is not None


def subscriber_of(row: Row[Any]) -> Subscriber:
    return Subscriber(
        row.id,
        row.is_active,
        row.address,
        choices_of(row),
        row.consent,
        row.confirmed_on,
        row.token_version,
        row.known_on,
        row.bounces,
        row.bounced_on,
        row.pending_at,
        row.asked,
        row.asked_at,
    )
