"""Copies of the SQLite file of the store."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from calendar_app.core.choices import Choices
from calendar_app.store import inbox, subscribers
from calendar_app.store.copies import back_up, clear_scratches, duplicate, put_back, scratch, unpack
from calendar_app.store.database import STORE_FILE, reading, store_engine
from calendar_app.store.deliveries import Kind
from calendar_app.store.erasure import erase
from calendar_app.store.key import use_key
from calendar_app.store.planner import Planner, start_planning
from calendar_app.store.planning import insert_mail
from calendar_app.store.schema import upgrade
from calendar_app.store.tables import INBOX, STORE
from tests.factories import at
from tests.store.people import add_person
from tests.store.places import Place

# A transaction that has outgrown its memory, and so has written to the file and to its journal.
DIES = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM suppressed")
os.kill(os.getpid(), signal.SIGKILL)
"""


def reasons(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = connection.execute("SELECT DISTINCT reason FROM suppressed ORDER BY reason")
        return [reason for (reason,) in found]


def suppress(file: Path, reason: str, count: int) -> None:
    rows = [(bytes(28) + number.to_bytes(4), reason, "2026-11-01") for number in range(count)]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM suppressed")
        connection.executemany("INSERT INTO suppressed VALUES (?, ?, ?)", rows)


@pytest.mark.parametrize("is_broken", [False, True], ids=["whole", "broken"])
def test_what_a_killed_worker_left_does_not_get_into_what_is_put_back(
    tmp_path: Path, *, is_broken: bool
) -> None:
    store, copy = tmp_path / STORE_FILE, tmp_path / "copy"
    upgrade(tmp_path)
    suppress(store, "copied", 3_000)
    back_up(tmp_path, copy)
    suppress(store, "later", 3_000)
    done = subprocess.run([sys.executable, "-c", DIES, store])
    assert done.returncode == -signal.SIGKILL
    journal = store.with_name(f"{STORE_FILE}-journal")
    assert journal.stat().st_size > 0
    if is_broken:
        store.write_bytes(b"x" * 5_000)

    with scratch(tmp_path) as aside:
        unpack(copy, aside)
        put_back(aside, tmp_path)

    assert reasons(store) == ["copied"]
    assert not journal.exists()


HOLDS = """
import sys, time
from pathlib import Path
from calendar_app.store.copies import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "copy").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


def test_the_copy_of_a_process_that_was_killed_is_deleted_and_no_other(tmp_path: Path) -> None:
    """In it may stand who has left since."""
    (tmp_path / "copy-of-mine").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with scratch(tmp_path) as own:
            clear_scratches(tmp_path)
            assert (left / "copy").exists()
            process.kill()
            process.wait()
            clear_scratches(tmp_path)
            assert sorted(tmp_path.iterdir()) == [own, tmp_path / "copy-of-mine"]


def test_a_duplicate_has_every_row_and_can_be_written(store: Place, tmp_path: Path) -> None:
    """On PostgreSQL too it is made of files."""
    day, now = at("2026-11-29T00:00").date(), at("2026-11-29T09:00")
    inbox.append(store.web, inbox.RequestKind.LEAVE, b"sealed")
    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en", ("cuba",)))
        insert_mail(connection, person, Kind.EXPORT, "2026-11-29", now, now)
        start_planning(connection, Planner(now, "edition", now))
        subscribers.suppress(connection, bytes(32), "bounces", day)
        inbox.write_pulse(connection, now, {"backlog": 3})
        use_key(connection, "0a1b2c3d")
    with scratch(tmp_path) as aside:
        duplicate(store.worker, store.folder, aside)
        engine = store_engine(aside)
        with reading(store.worker) as here, engine.begin() as there:
            for table in (*INBOX.sorted_tables, *STORE.sorted_tables):
                rows = there.execute(select(table)).all()
                assert len(rows) == 1, table.name
                assert rows == here.execute(select(table)).all()
            erase(there, person)
            assert subscribers.find(here, person) is not None
        engine.dispose()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (aside, *aside.iterdir())}
    assert modes == {0o700, 0o600}
