"""Who was erased: random ids with a day, in a plain file outside every backup.

What is put back from a backup is erased again by it, and what is there all the same when a worker
starts.
"""

from __future__ import annotations

import errno
import os
import re
from datetime import date
from pathlib import Path
from typing import Final

ERASED_FILE: Final = "erased"
# Also behind a line that a full disk cut short.
_ID: Final = re.compile("[0-9a-f]{32}(?= )")


def note_erased(folder: Path, id_: str, today: date) -> None:
    """Before the row goes, so that nobody comes back; twice does no harm. Raises OSError."""
    line = f"{id_} {today.isoformat()}\n".encode()
    handle = os.open(folder / ERASED_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # The rest would be behind what another process appended meanwhile.
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, "the note of an erasure was cut short")
        os.fsync(handle)
    finally:
        os.close(handle)
    sync(folder)  # the file may be new


def erased(folder: Path) -> frozenset[str]:
    path = folder / ERASED_FILE
    return frozenset(_ID.findall(path.read_text("ascii")) if path.exists() else [])


def sync(path: Path) -> None:
    """Waits until the disk has a file, or what a folder lists."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
