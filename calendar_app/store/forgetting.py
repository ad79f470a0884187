"""What the store forgets, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Connection, delete, type_coerce, update

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import delivery

KEPT_FOR: Final = timedelta(days=7)
_DAY_SECONDS: Final = 86_400
_TABLE: Final = delivery.c


def purge(connection: Connection, now: datetime) -> int:
    """Forgets deliveries a week after what they told of."""
    gone = delete(delivery).where(_TABLE.expires_at < now - KEPT_FOR)
    return connection.execute(gone).rowcount


def forget_skipped(connection: Connection, now: datetime, person: str | None = None) -> int:
    """So that it is judged anew: with another edition, or after the choices of a person changed."""
    gone = delete(delivery).where(_TABLE.state == State.SKIPPED.value, _TABLE.expires_at > now)
    if person is not None:
        gone = gone.where(_TABLE.subscriber_id == person)
    return connection.execute(gone).rowcount


def forget_sign_up(connection: Connection, person: str) -> None:
    """Of who has confirmed, the mails that asked them to; one that comes back says nothing now."""
    of_sign_up = (_TABLE.subscriber_id == person) & (_TABLE.kind == Kind.CONFIRM.value)
    connection.execute(delete(delivery).where(of_sign_up))


def forget_times_of_skipped(connection: Connection, person: str) -> None:
    """Of what was never to be sent only the day stays, as of what was."""
    due_at = type_coerce(_TABLE.due_at, BigInteger)
    day = due_at - due_at % _DAY_SECONDS
    skipped = (_TABLE.subscriber_id == person) & (_TABLE.state == State.SKIPPED.value)
    connection.execute(update(delivery).where(skipped).values(due_at=day, not_before=day))
