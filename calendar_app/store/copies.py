"""The store's SQLite file: copies made while it is in use and put back whole; and what was left
beside it by a worker that was killed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from calendar_app.core.errors import CalendarError
from calendar_app.store.database import INBOX_FILE, STORE_FILE


class CopyError(CalendarError):
    """A file that is no copy of a store; nothing was changed."""


def back_up(folder: Path, target: Path) -> None:
    """One consistent state, readable by its owner; an older copy there is replaced whole."""
    temporary = target.with_name(target.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    _copy(folder / STORE_FILE, temporary)
    temporary.replace(target)


def put_back(folder: Path, source: Path) -> None:
    """Raises CopyError. The worker must be stopped."""
    temporary = folder / f"{STORE_FILE}.new"
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    try:
        _copy(source, temporary)
        with closing(sqlite3.connect(temporary)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
            connection.execute("SELECT id FROM subscriber LIMIT 1")
    except sqlite3.DatabaseError as error:
        temporary.unlink()
        raise CopyError(f"{source} is no copy of a store: {error}") from error
    if found != "ok":
        temporary.unlink()
        raise CopyError(f"{source} is damaged: {found}")
    _settle(folder / STORE_FILE)
    temporary.replace(folder / STORE_FILE)


def clear_leftovers(engine: Engine, folder: Path) -> None:
    """Deletes what SQLite forgets: the list of journals of a transaction over both files, whose
    worker was killed before both journals named it. There is nothing in it but their paths.

    A list that a journal names decides whether that is rolled back (sqlite.org/fileformat2.html,
    4). In this transaction both have been, so there is no journal, or one with nothing in it.
    """
    with engine.begin():
        journals = [folder / f"{file}-journal" for file in (STORE_FILE, INBOX_FILE)]
        if any(journal.exists() and journal.stat().st_size for journal in journals):
            return
        for left in folder.glob(f"{STORE_FILE}-mj*"):
            left.unlink()


def _settle(store: Path) -> None:
    """Leaves no journal of a worker that was killed: it would be rolled back into the file that
    takes the place of its own (sqlite.org/howtocorrupt.html, 1.4)."""
    try:
        # Reading rolls it back, here and in the inbox alike.
        with closing(sqlite3.connect(store)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError:
        pass  # what is put back may be wanted for that very reason
    store.with_name(f"{STORE_FILE}-journal").unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise CopyError(f"{source} is not there")
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
