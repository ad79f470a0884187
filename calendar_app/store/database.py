"""Engines: SQLite files with a rollback journal, or PostgreSQL.

SQLite before 3.51.3 can corrupt a write-ahead log with several writers, and what was erased stays
in one; so there is none. A transaction over both files is atomic (sqlite.org/atomiccommit.html 5),
so that a request is applied and deleted in one commit. The journal is emptied and stays: to remove
it would be one more wait for the disk at each commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

INBOX_FILE: Final = "inbox.db"
STORE_FILE: Final = "store.db"
BUSY_SECONDS: Final = 10
# Of each file, in memory; with SQLite's 2 MB the worker reads pages of indexes again and again.
CACHE_KIB: Final = 64 * 1024
# 64 MB of requests; then the disk is nobody's to fill.
MAX_INBOX_PAGES: Final = 16_384
# For a server that does not answer; while it is waited for, a reader of a form waits too.
CONNECT_SECONDS: Final = 5
Statements = tuple[str, ...]
# How a transaction begins on SQLite. BEGIN IMMEDIATE takes the write lock of every attached file.
# A DELETE that matches no row takes only the store's.
_READS: Final[Statements] = ("BEGIN",)
_WRITES_BOTH: Final[Statements] = ("BEGIN IMMEDIATE",)
_WRITES_STORE: Final[Statements] = ("BEGIN", "DELETE FROM main.planner WHERE 0")
# Errors quote the statement, and never the values in it.
_QUIET: Final[dict[str, Any]] = {"hide_parameters": True}


def inbox_engine(folder: Path, url: str = "") -> Engine:
    """For the web: on SQLite it opens the inbox, makes none, and cannot see the store."""
    if url:
        return _postgresql(url, is_kept=False)
    return _sqlite(folder / INBOX_FILE, most_pages=MAX_INBOX_PAGES, mode="rw")


def store_engine(folder: Path, url: str = "") -> Engine:
    """For the worker: store and inbox in one transaction."""
    return _postgresql(url) if url else _sqlite(folder / STORE_FILE, attached=folder / INBOX_FILE)


def lone_store_engine(folder: Path) -> Engine:
    """The SQLite file of the store without the inbox, to make tables in it."""
    return _sqlite(folder / STORE_FILE)


@contextmanager
def disposing(engine: Engine) -> Iterator[Engine]:
    """Closes all its connections at the end."""
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that never waits for a lock to write."""
    with _begun(engine, _READS) as connection:
        yield connection


@contextmanager
def changing_store(engine: Engine) -> Iterator[Connection]:
    """A transaction that is to write the store and not the inbox. On SQLite it waits for the disk
    less often: one that may write both files also writes down which they are."""
    with _begun(engine, _WRITES_STORE) as connection:
        yield connection


@contextmanager
def _begun(engine: Engine, begin: Statements) -> Iterator[Connection]:
    with engine.connect().execution_options(begin=begin) as connection, connection.begin():
        yield connection


def reason(error: DBAPIError) -> str:
    """What the database says, in one line; in the next it may quote a row."""
    return str(error.orig).strip().partition("\n")[0]


def _postgresql(url: str, *, is_kept: bool = True) -> Engine:
    """Where ``is_kept`` is false, each transaction has a connection of its own: what is bounded is
    how long one is waited for, and a kept one to a server that hangs would be waited for as long as
    it hangs. The worker tries again what failed, and keeps its connections."""
    given = make_url(url)
    if "connect_timeout" not in given.query:
        given = given.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    engine = create_engine(given, poolclass=QueuePool if is_kept else NullPool, **_QUIET)

    def connected(connection: Any, _: Any) -> None:
        # Statements are short; to compile one for the processor takes longer than it runs.
        connection.execute("SET jit = off")
        if not is_kept:
            connection.execute(f"SET statement_timeout = '{CONNECT_SECONDS}s'")
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine


def _sqlite(
    path: Path, attached: Path | None = None, most_pages: int = 0, mode: str = "rwc"
) -> Engine:
    """``mode`` is that of SQLite's URIs (sqlite.org/uri.html): with "rw" no file is made."""
    # The web keeps no file open between requests; the worker is alone and keeps its connections.
    pool = QueuePool if attached else NullPool
    engine = create_engine(
        URL.create(
            "sqlite", database=path.absolute().as_uri(), query={"uri": "true", "mode": mode}
        ),
        poolclass=pool,
        connect_args={"timeout": BUSY_SECONDS},
        **_QUIET,
    )

    def connected(connection: SqliteConnection, _: Any) -> None:
        # We say when a transaction begins; the module would do so too late.
        connection.isolation_level = None
        _set_up(connection, "main")
        if attached:
            connection.execute("ATTACH DATABASE ? AS inbox", (str(attached),))
            _set_up(connection, "inbox")
        if most_pages:
            connection.execute(f"PRAGMA max_page_count = {most_pages}")

    def begins(connection: Connection) -> None:
        for statement in connection.get_execution_options().get("begin", _WRITES_BOTH):
            connection.exec_driver_sql(statement)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def _set_up(connection: SqliteConnection, file: str) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA {file}.journal_mode = TRUNCATE")
    connection.execute(f"PRAGMA {file}.synchronous = FULL")
    connection.execute(f"PRAGMA {file}.secure_delete = ON")
    connection.execute(f"PRAGMA {file}.cache_size = -{CACHE_KIB}")
