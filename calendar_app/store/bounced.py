"""What is counted of people whose address is said to be none, and taken back again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, select, update

from calendar_app.core.precision import ONE_DAY
from calendar_app.store.tables import subscriber, suppressed

_TABLE: Final = subscriber.c


def count_bounce(connection: Connection, id_: str, today: date) -> int:
    """How many hard bounces there are with this one; one a day counts."""
    connection.execute(
        update(subscriber)
        .where(_TABLE.id == id_, _TABLE.bounced_on.is_(None) | (_TABLE.bounced_on < today))
        .values(bounces=_TABLE.bounces + 1, bounced_on=today)
    )
    found = connection.execute(select(_TABLE.bounces).where(_TABLE.id == id_)).scalar()
    return int(found or 0)


def counted_on(connection: Connection, today: date) -> list[str]:
    """Those for whom one was counted today, found by a walk over everybody."""
    counted = (_TABLE.bounced_on == today) & _TABLE.is_active
    return list(connection.execute(select(_TABLE.id).where(counted)).scalars())


def forgive_bounces(connection: Connection, id_: str) -> None:
    connection.execute(
        update(subscriber).where(_TABLE.id == id_).values(bounces=0, bounced_on=None)
    )


def take_back_bounces(connection: Connection, people: Iterable[str], today: date) -> None:
    """Those of today do not count."""
    is_of_today = (_TABLE.id == bindparam("the_person")) & (_TABLE.bounced_on == today)
    # That of who has others is a day of before, on which they were forgiven no sooner.
    kept = case((_TABLE.bounces > 1, today - ONE_DAY))
    given = [{"the_person": person} for person in people]
    if given:
        taken_back = {"bounces": _TABLE.bounces - 1, "bounced_on": kept}
        connection.execute(update(subscriber).where(is_of_today).values(taken_back), given)


def readmit(connection: Connection, index: bytes) -> bool:
    """Whether the address was kept from mails."""
    gone = delete(suppressed).where(suppressed.c.address_index == index)
    return connection.execute(gone).rowcount == 1


def readmit_since(connection: Connection, day: date) -> int:
    """All that have been kept from mails since a day; how many."""
    return connection.execute(delete(suppressed).where(suppressed.c.since_on >= day)).rowcount
