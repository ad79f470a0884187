"""What people were told, by the deliveries that were sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import IS_TOLD, delivery

_TABLE: Final = delivery.c


def dates_told(connection: Connection) -> list[tuple[str, str]]:
    """Each occurrence id with each date that somebody was told; one step down an index each."""
    found = []
    subject = connection.execute(select(func.min(_TABLE.subject)).where(IS_TOLD)).scalar()
    while subject is not None:
        here = IS_TOLD & (_TABLE.subject == subject)
        date = connection.execute(select(func.min(_TABLE.on_date)).where(here)).scalar()
        while date is not None:
            found.append((subject, date))
            following = select(func.min(_TABLE.on_date)).where(here, _TABLE.on_date > date)
            date = connection.execute(following).scalar()
        following = select(func.min(_TABLE.subject)).where(IS_TOLD, _TABLE.subject > subject)
        subject = connection.execute(following).scalar()
    return found


def told_to(connection: Connection, person: str) -> dict[str, tuple[str, int]]:
    """By occurrence id, which date a mail told the person of it last, and its SEQUENCE then."""
    mine = (_TABLE.subscriber_id == person) & (_TABLE.state == State.SENT.value)
    found = select(_TABLE.subject, _TABLE.on_date, _TABLE.sequence)
    found = found.where(mine, _TABLE.on_date != "")
    rows = connection.execute(found.order_by(_TABLE.sequence, _TABLE.lead.desc()))
    return {row.subject: (row.on_date, row.sequence) for row in rows}


def last_digest(connection: Connection, person: str) -> datetime | None:
    """Up to when the last digest that the person was sent knew all changes."""
    mine = (_TABLE.subscriber_id == person) & (_TABLE.kind == Kind.DIGEST.value)
    found = select(func.max(_TABLE.not_before)).where(mine, _TABLE.state == State.SENT.value)
    return connection.execute(found).scalar()
