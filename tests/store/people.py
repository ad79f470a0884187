"""People for tests of the store, who never typed an address."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection

from calendar_app.core.choices import Choices
from calendar_app.store.subscribers import add_pending, confirm, new_id
from tests.factories import at

ASKED_AT = at("2026-10-01T12:00")


def add_person(connection: Connection, choices: Choices, *, is_active: bool = True) -> str:
    person = new_id()
    index = secrets.token_bytes(32)
    add_pending(connection, person, b"sealed", index, choices, "1", ASKED_AT)
    if is_active:
        confirm(connection, person, ASKED_AT.date())
    return person
