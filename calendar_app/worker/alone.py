"""Who may be at work on a store at the same time.

A store in files has one worker. What a file cannot do, PostgreSQL can: there are locks on rows,
and as many workers as one likes. There each connection of a worker holds a lock that it shares
with the others, for as long as it is open. Commands that no worker may be in the midst of take
the same locks for themselves.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event, text

from calendar_app.core.errors import CalendarError

LOCK_NAME: Final = "worker.lock"
# An advisory lock is a number in a database; this one means the same to every version.
LOCK_NUMBER: Final = int.from_bytes(b"calwork")
_BUSY: Final = "a worker is running"
_REMEDY: Final = "stop it first, and the server if it has the worker beside it; then try again"


class AnotherAtWork(CalendarError):
    """Somebody is at work on the store who must be alone, or whom a command must not disturb."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the lock of the folder; the kernel frees it however the process ends.
    Raises AnotherAtWork."""
    found = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            problem = f"another worker has {folder}, or a command that needs it stopped"
            raise AnotherAtWork(f"{problem}; stop it first") from error
        yield
    finally:
        os.close(found)


def join_workers(engine: Engine) -> None:
    """From now on its connections are those of a worker, on PostgreSQL. To connect while a command
    needs all workers stopped raises AnotherAtWork."""
    event.listen(engine, "connect", _share_lock)


def _share_lock(connection: Any, _: Any) -> None:
    found = connection.execute("SELECT pg_try_advisory_lock_shared(%s)", (LOCK_NUMBER,))
    (is_held,) = found.fetchone()
    connection.commit()
    if not is_held:
        connection.close()
        raise AnotherAtWork("a command needs all workers stopped; start again when it has ended")


@contextmanager
def without_workers(engine: Engine, folder: Path) -> Iterator[None]:
    """No worker runs, and none can start. Raises AnotherAtWork."""
    if engine.dialect.name == "sqlite":
        try:
            with alone(folder):
                yield
        except AnotherAtWork as error:
            raise AnotherAtWork(f"{_BUSY}; {_REMEDY}") from error
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = text("SELECT pg_try_advisory_lock(:number)")
        if not connection.execute(lock, {"number": LOCK_NUMBER}).scalar_one():
            raise AnotherAtWork(f"{_BUSY}; {_REMEDY}")
        try:
            yield
        finally:
            unlock = text("SELECT pg_advisory_unlock(:number)")
            connection.execute(unlock, {"number": LOCK_NUMBER})
