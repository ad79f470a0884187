"""One worker for a store in files. What a file cannot do, PostgreSQL can: there are locks on rows,
and as many workers as one likes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from calendar_app.core.errors import CalendarError

LOCK_NAME: Final = "worker.lock"


class AnotherWorker(CalendarError):
    """There is a worker for these files already."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the lock of the folder; the kernel frees it however the process ends.
    Raises AnotherWorker."""
    found = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnotherWorker(f"another worker has {folder}; stop it first") from error
        yield
    finally:
        os.close(found)
