"""On which days it was said of people that their address is none; forgotten and taken back again.

``bounced_on`` is the last of these days. ``bounces`` is 1 after one, and after two of them one more
than the days from the first to the last, so that a third tells how long ago the first was. It is 0
where a mail server said so on a day on which it was not believed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from calendar_app.store.subscribers import Subscriber
from calendar_app.store.tables import subscriber, suppressed

# Three times within so long are too often; after it each is forgotten.
COUNTED_FOR: Final = timedelta(days=30)
_TABLE: Final = subscriber.c


def count_bounce(connection: Connection, person: Subscriber, today: date) -> bool:
    """Whether it is the third within a month; one a day counts. A third is not written: there is
    nobody any more for whom it would count."""
    last, days = person.bounced_on, 0
    if last is not None and last >= today:
        return False
    if last is not None and person.bounces and today - last <= COUNTED_FOR:
        days = (today - last).days
        if person.bounces > 1 and days + person.bounces - 1 <= COUNTED_FOR.days:
            return True
    counted = {"bounces": 1 + days, "bounced_on": today}
    connection.execute(update(subscriber).where(_TABLE.id == person.id).values(counted))
    return False


def times_bounced(bounces: int) -> int:
    """How often, by what is stored of that."""
    return min(bounces, 2)


def count_believed(connection: Connection, today: date, but_for: str) -> int:
    """Of how many others it was said today and believed, with those who were given up for it."""
    gone = select(func.count()).where(suppressed.c.since_on == today)
    believed = _count(connection, _of_believed(today) & (_TABLE.id != but_for))
    return believed + connection.execute(gone).scalar_one()


def count_doubted(connection: Connection, today: date) -> int:
    """Of how many people it was said today and not believed."""
    return _count(connection, _of_doubted(today))


def is_doubted(connection: Connection, today: date) -> bool:
    found = select(_TABLE.id).where(_of_doubted(today)).limit(1)
    return connection.execute(found).first() is not None


def doubt_bounces(connection: Connection, person: str, today: date) -> None:
    """What is said today counts against nobody: of whom it was said begins anew."""
    connection.execute(update(subscriber).where(_of_believed(today)).values(bounces=0))
    said = {"bounces": 0, "bounced_on": today}
    connection.execute(update(subscriber).where(_TABLE.id == person).values(said))


def forget_bounces(connection: Connection, today: date) -> int:
    """What counts no longer; of how many people that was."""
    is_over = _TABLE.bounced_on < today - COUNTED_FOR
    gone = update(subscriber).where(is_over).values(bounces=0, bounced_on=None)
    return connection.execute(gone).rowcount


def readmit(connection: Connection, index: bytes) -> bool:
    """Whether the address was kept from mails."""
    gone = delete(suppressed).where(suppressed.c.address_index == index)
    return connection.execute(gone).rowcount == 1


def readmit_since(connection: Connection, day: date) -> int:
    """All that have been kept from mails since a day; how many."""
    return connection.execute(delete(suppressed).where(suppressed.c.since_on >= day)).rowcount


def _count(connection: Connection, found: ColumnElement[bool]) -> int:
    people = select(func.count()).select_from(subscriber).where(found)
    return connection.execute(people).scalar_one()


def _of_believed(today: date) -> ColumnElement[bool]:
    return (_TABLE.bounced_on == today) & (_TABLE.bounces > 0)


def _of_doubted(today: date) -> ColumnElement[bool]:
    return (_TABLE.bounced_on == today) & (_TABLE.bounces == 0)
