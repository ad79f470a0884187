"""Nobody is told of dates before their welcome: what tells them waits while that is to come or on
its way, and no longer when it cannot be sent whatever is tried."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, func, literal_column, select

from calendar_app.store.tables import delivery

# Failures of a welcome, after some minutes, from which on nothing waits for it.
MOST_WAITED_FOR: Final = 4
_WELCOME: Final = delivery.alias("welcome")
# For the person of a delivery. They are counted, since PostgreSQL may look for what exists among
# the welcomes of everybody.
_TO_COME: Final = select(func.count()).where(
    _WELCOME.c.subscriber_id == delivery.c.subscriber_id,
    _WELCOME.c.kind == literal_column("'welcome'"),
    _WELCOME.c.state == literal_column("'todo'"),
    _WELCOME.c.failures < MOST_WAITED_FOR,
)
NONE_TO_COME: Final[ColumnElement[bool]] = _TO_COME.scalar_subquery() == 0
