"""What is near for one person who has just confirmed, or chosen anew; and their welcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices
from calendar_app.core.due import due_for, expires_at, sequence_of
from calendar_app.core.forecast import next_dates
from calendar_app.core.zones import zone
from calendar_app.remind.passing import APART
from calendar_app.remind.truths import told_text
from calendar_app.store.deliveries import Kind
from calendar_app.store.forgetting import forget_times_of_skipped
from calendar_app.store.planning import (
    BEFORE_ANY_LEAD,
    Single,
    insert_due,
    insert_mail,
    insert_welcomed,
)
from calendar_app.store.subscribers import PENDING_FOR, Subscriber


def plan_welcome(
    connection: Connection, catalogue: Catalogue, person: Subscriber, request: str, now: datetime
) -> None:
    """The mail, and a row for each date that it tells, so that it is known who was told."""
    choices = person.choices
    insert_mail(connection, person.id, Kind.WELCOME, request, now, now + PENDING_FOR)
    coming = next_dates(catalogue, choices, now.astimezone(zone(choices.zone)).date())
    dates = [
        Single(
            occurrence.id,
            expires_at(occurrence.last, choices.zone),
            told_text(occurrence),
            sequence_of(catalogue, occurrence),
            BEFORE_ANY_LEAD,
        )
        for occurrence in coming
    ]
    insert_welcomed(connection, person.id, dates, now)


def plan_near(
    connection: Connection, catalogue: Catalogue, person: str, choices: Choices, now: datetime
) -> int:
    """Rows for all that has become due before now and is still ahead; it comes as one mail. And
    for the next moments, which another worker may have planned already for all others."""
    due = due_for(catalogue, choices.zone, choices.hour, now + APART)
    # For this person it is due now: nothing has waited for days that was asked for a moment ago.
    count = insert_due(connection, [replace(one, at=max(one.at, now)) for one in due], person)
    forget_times_of_skipped(connection, person)
    return count
