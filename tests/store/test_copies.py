"""Copies of the SQLite file of the store."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from calendar_app.store.copies import back_up, put_back
from calendar_app.store.database import STORE_FILE
from calendar_app.store.schema import upgrade

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

    put_back(tmp_path, copy)

    assert reasons(store) == ["copied"]
    assert not journal.exists()
