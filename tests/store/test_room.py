"""The inbox is bounded on both databases, with the rights of the web and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calendar_app.config import read_settings
from calendar_app.core.errors import CalendarError
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.store import database, inbox, room
from calendar_app.web.desk import Desk
from tests.factories import at
from tests.store.places import Place

BYTES = 200 * 1024


def test_an_inbox_that_is_full_takes_nothing_until_it_is_emptied(
    store: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAX_INBOX_PAGES", BYTES // 4096)
    monkeypatch.setattr(room, "MAX_BYTES", BYTES)
    load_or_make(store.folder)
    settings = read_settings({"CALENDAR_STATE_DIR": str(store.folder)})
    desk = Desk(replace(settings, database_url=store.web_url), lambda: at("2026-11-20T12:00"))

    count = fill(desk)
    assert 30 < count < 100
    with store.worker.begin() as connection:
        taken = inbox.take(connection, count + 1)
        for request in taken:
            inbox.finish(connection, request)
    if not store.is_sqlite:  # the server does so by itself, a minute later
        with store.worker.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM request")

    assert len(taken) == count
    desk.leave("leave", {"token": "x"})
    desk._engine.dispose()


def fill(desk: Desk) -> int:
    """How many requests there is room for."""
    for number in range(1000):
        try:
            desk.leave("leave", {"token": "x"})
        except CalendarError:
            return number
    return 1000
