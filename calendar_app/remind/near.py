"""What is near for one person who has just confirmed, or chosen anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices
from calendar_app.core.due import due_for
from calendar_app.store.planning import insert_due
from calendar_app.store.upkeep import forget_times_of_skipped


def plan_near(
    connection: Connection, catalogue: Catalogue, person: str, choices: Choices, now: datetime
) -> int:
    """Rows for all that has become due before now and is still ahead; it comes as one mail."""
    # For this person it is due now: nothing has waited for days that was asked for a moment ago.
    near = [replace(due, at=now) for due in due_for(catalogue, choices.zone, choices.hour, now)]
    count = insert_due(connection, near, person)
    forget_times_of_skipped(connection, person)
    return count
