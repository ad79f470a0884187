"""A database that takes connections and answers none keeps the web waiting for a while only."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from calendar_app.store import database, inbox
from tests.store.places import Place
from tests.store.postgres import Postgres

SECONDS = 2  # psycopg waits no less
# Files are no process that could hang, and have BUSY_SECONDS.
pytestmark = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


def test_a_reader_waits_for_a_server_that_hangs_as_long_as_for_a_connection(
    store: Place, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Postgres = request.getfixturevalue("postgres")
    monkeypatch.setattr(database, "CONNECT_SECONDS", SECONDS)
    web = database.inbox_engine(store.folder, store.web_url)
    assert inbox.read_pulse(web) is None
    with ThreadPoolExecutor(1) as readers:
        server.signal(signal.SIGSTOP)
        try:
            begun_at = monotonic()
            with pytest.raises(inbox.InboxError, match="timeout"):
                readers.submit(inbox.read_pulse, web).result(4 * SECONDS)
            assert monotonic() - begun_at < 2 * SECONDS
        finally:
            server.signal(signal.SIGCONT)
    assert inbox.read_pulse(web) is None
    web.dispose()


def test_the_web_waits_for_a_lock_for_a_while_only(
    store: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECT_SECONDS", SECONDS)
    web = database.inbox_engine(store.folder, store.web_url)
    with store.worker.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE pulse IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(inbox.InboxError, match="statement timeout"):
            inbox.read_pulse(web)
    web.dispose()
