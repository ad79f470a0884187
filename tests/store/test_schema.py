"""The tables are what the code says, in both databases, and the web can do two things with them."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, insert, inspect, text
from sqlalchemy.exc import ProgrammingError

from calendar_app.store import inbox
from calendar_app.store.database import (
    INBOX_FILE,
    STORE_FILE,
    changing_store,
    inbox_engine,
    store_engine,
)
from calendar_app.store.inbox import InboxError, read_pulse
from calendar_app.store.schema import SchemaError, drift, require_current, upgrade
from calendar_app.store.tables import INBOX, STORE, suppressed
from tests.store.places import Place

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
TABLES = [*INBOX.tables, *STORE.tables, "alembic_version"]


def _statements(path: Path) -> list[str]:
    """Return what the file says made it, but for what Alembic keeps for itself."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        statements = sorted(" ".join(row[0].split()) for row in found)
    connection.close()
    return [one for one in statements if "alembic_version" not in one and "sqlite_" not in one]


def test_migrations_end_where_the_tables_begin(store: Place) -> None:
    require_current(store.folder, store.url)

    assert drift(store.folder, store.url) == []


@pytest.mark.parametrize(("file", "tables"), [("inbox.db", INBOX), ("store.db", STORE)])
def test_migrations_make_the_very_tables_of_the_code(
    tmp_path: Path, file: str, tables: MetaData
) -> None:
    upgrade(tmp_path)
    other = tmp_path / "other.db"
    engine = create_engine(f"sqlite:///{other}")
    tables.create_all(engine)
    engine.dispose()

    assert _statements(tmp_path / file) == _statements(other)


def test_migrations_make_the_very_indexes_of_the_code(store: Place) -> None:
    if store.is_sqlite:
        return
    query = text("SELECT indexdef FROM pg_indexes WHERE schemaname = :name ORDER BY 1")
    with store.worker.begin() as connection:
        found = [row[0] for row in connection.execute(query, {"name": "public"})]
        connection.execute(text("CREATE SCHEMA other"))
        connection.execute(text("SET search_path TO other"))
        INBOX.create_all(connection)
        STORE.create_all(connection)
        made = [row[0] for row in connection.execute(query, {"name": "other"})]

    expected = [one.replace("ON other.", "ON public.") for one in made]
    assert [one for one in found if "alembic" not in one] == expected


def test_an_upgrade_of_what_is_current_changes_nothing(store: Place) -> None:
    upgrade(store.folder, store.url)

    assert drift(store.folder, store.url) == []


@pytest.mark.parametrize("look", [require_current, drift])
def test_a_store_that_was_not_made_is_told(tmp_path: Path, look: Callable[..., object]) -> None:
    with pytest.raises(SchemaError, match=r"inbox\.db is not there; run: calendar-app db upgrade"):
        look(tmp_path / "state")
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_tables_is_told(tmp_path: Path) -> None:
    for file in (INBOX_FILE, STORE_FILE):
        (tmp_path / file).touch()

    with pytest.raises(SchemaError, match="at no revision; run: calendar-app db upgrade"):
        require_current(tmp_path)


def test_drift_is_seen(store: Place) -> None:
    with store.worker.begin() as connection:
        connection.execute(text("DROP INDEX delivery_expires_idx"))

    assert len(drift(store.folder, store.url)) == 1


def test_the_web_cannot_see_the_store(store: Place) -> None:
    if store.is_sqlite:
        with store.web.begin() as connection:
            assert sorted(inspect(connection).get_table_names()) == [
                "alembic_version",
                "pulse",
                "request",
            ]


def test_the_role_of_the_web_appends_requests_and_reads_the_pulse_and_no_more(
    store: Place,
) -> None:
    if store.is_sqlite:
        return
    forms = ("SELECT 1 FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}")
    every = {form.format(table) for form in forms for table in TABLES}
    allowed = {"SELECT 1 FROM pulse", "INSERT INTO request DEFAULT VALUES"}
    others = {
        "UPDATE request SET kind = 'x'",
        "UPDATE pulse SET at = 1",
        "CREATE TABLE stray (id integer)",
        "COPY subscriber TO STDOUT",
    }
    assert allowed < every
    for statement in sorted(every - allowed | others):
        with store.web.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
            connection.execute(text(statement))


def test_what_the_web_is_for_works(store: Place) -> None:
    inbox.append(store.web, inbox.RequestKind.LEAVE, b"sealed")
    with store.worker.begin() as connection:
        inbox.write_pulse(connection, NOW, {"backlog": 3})
        taken = inbox.take(connection, 10)

    assert [(one.kind, one.body) for one in taken] == [("leave", b"sealed")]
    pulse = inbox.read_pulse(store.web)
    assert pulse is not None
    assert (pulse.at, pulse.facts) == (NOW, {"backlog": 3})


def test_whoever_changes_the_store_alone_leaves_the_inbox_to_the_web(store: Place) -> None:
    with changing_store(store.worker) as connection:
        row = {"address_index": bytes(32), "reason": "bounces", "since_on": NOW.date()}
        connection.execute(insert(suppressed).values(row))
        # It waits for nobody, so on SQLite one file takes part in the commit, and not both.
        inbox.append(store.web, inbox.RequestKind.LEAVE, b"sealed")

    with store.worker.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM suppressed")).scalar() == 1
        assert len(inbox.take(connection, 10)) == 1


def test_on_sqlite_one_at_a_time_changes_the_store(tmp_path: Path) -> None:
    upgrade(tmp_path)
    engine = store_engine(tmp_path)
    other = sqlite3.connect(tmp_path / STORE_FILE, timeout=0, isolation_level=None)
    with changing_store(engine), closing(other):
        # From its begin on, before anything was written.
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    engine.dispose()


def test_sqlite_keeps_nothing_that_was_deleted(store: Place) -> None:
    if not store.is_sqlite:
        return
    with store.worker.connect() as connection:
        for file in ("main", "inbox"):
            found = [
                connection.execute(text(f"PRAGMA {file}.{name}")).scalar()
                for name in ("journal_mode", "synchronous", "secure_delete")
            ]
            assert found == ["truncate", 2, 1]
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_the_state_is_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    upgrade(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_web_that_is_asked_before_there_is_an_inbox_makes_none(tmp_path: Path) -> None:
    """It would have the mode that is usual on the machine, and keep it."""
    engine = inbox_engine(tmp_path)
    with pytest.raises(InboxError, match="unable to open database file"):
        read_pulse(engine)

    assert list(tmp_path.iterdir()) == []
    upgrade(tmp_path)
    assert read_pulse(engine) is None


def test_files_that_others_could_read_are_closed_to_them(tmp_path: Path) -> None:
    names = ["inbox.db", "inbox.db-journal", "store.db"]
    for name in names:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    upgrade(tmp_path)

    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names} == {0o600}
