"""Copies of the store, made while it is in use and put back whole; and what was left beside it by
whoever was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection, Engine, MetaData, create_engine, insert, select

from calendar_app.core.errors import CalendarError
from calendar_app.store.database import INBOX_FILE, STORE_FILE
from calendar_app.store.erased import sync
from calendar_app.store.tables import INBOX, STORE

_SCRATCH: Final = ".scratch-"
_ROWS_AT_ONCE: Final = 1000


class CopyError(CalendarError):
    """What cannot be copied, or is no copy of a store; nothing was changed."""


def back_up(folder: Path, target: Path) -> None:
    """One consistent state, readable by its owner; an older copy there is replaced whole."""
    temporary = target.with_name(target.name + ".new")
    _copy(folder / STORE_FILE, temporary)
    temporary.replace(target)


def duplicate(engine: Engine, folder: Path, target: Path) -> None:
    """All that is stored, with the inbox, as SQLite files in another folder. Everybody can write
    meanwhile; on SQLite a commit waits until the file has been read."""
    if engine.dialect.name == "sqlite":
        # The inbox first: what is applied between the two is then in both, and applied again.
        for file in (INBOX_FILE, STORE_FILE):
            _copy(folder / file, target / file)
        return
    # Of one instant, whatever is committed meanwhile.
    snapshot = engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with snapshot as connection:
        _copy_rows(connection, INBOX, target / INBOX_FILE)
        _copy_rows(connection, STORE, target / STORE_FILE)


def _copy_rows(source: Connection, tables: MetaData, file: Path) -> None:
    file.touch(mode=0o600)
    target = create_engine(f"sqlite:///{file}", hide_parameters=True)
    with target.begin() as connection:
        tables.create_all(connection)
        for table in tables.sorted_tables:
            rows = source.execute(select(table), execution_options={"yield_per": _ROWS_AT_ONCE})
            for some in rows.mappings().partitions():
                connection.execute(insert(table), [dict(row) for row in some])
    target.dispose()


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for a copy that only its owner can read, on the disk of the store where there is
    one, and gone at the end."""
    beside = folder if folder.is_dir() else None
    with TemporaryDirectory(prefix=_SCRATCH, dir=beside) as made, _held(Path(made)):
        yield Path(made)


def clear_scratches(folder: Path) -> None:
    """Deletes those of processes that were killed: in them may stand who has left since."""
    for left in folder.glob(f"{_SCRATCH}*/"):
        with suppress(OSError), _held(left):  # one is in use, going, or another user's
            shutil.rmtree(left)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The kernel lets go of it, however the process ends. Raises BlockingIOError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def unpack(source: Path, aside: Path) -> None:
    """A copy as the store of a folder aside, every page of it read. Raises CopyError."""
    _copy(source, aside / STORE_FILE)
    try:
        with closing(sqlite3.connect(aside / STORE_FILE)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
            connection.execute("SELECT id FROM subscriber LIMIT 1")
    except sqlite3.DatabaseError as error:
        raise CopyError(f"{source} is no copy of a store: {error}") from error
    if found != "ok":
        raise CopyError(f"{source} is damaged: {found}")


def put_back(aside: Path, folder: Path) -> None:
    """The store of a folder on the same disk takes the place of the one that is there, in one step.
    The worker must be stopped, and nobody have the one aside open."""
    _settle(folder / STORE_FILE)
    (aside / STORE_FILE).replace(folder / STORE_FILE)


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
    """Readable by its owner; whole or not at all. Raises CopyError."""
    if not source.exists():
        raise CopyError(f"{source} is not there")
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
    except sqlite3.Error as error:
        target.unlink()
        raise CopyError(f"{source} cannot be copied: {error}") from error
    sync(target)
