"""Who was erased: random ids with a day, in a plain file outside every backup.

What is put back from a backup is erased again by it, and what is there all the same when a worker
starts.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Final

ERASED_FILE: Final = "erased"
# Also behind a line that a full disk cut short.
_ID: Final = re.compile("[0-9a-f]{32}(?= )")


def note_erased(folder: Path, id_: str, today: date) -> None:
    """Before the row goes, so that nobody comes back; twice does no harm."""
    handle = os.open(folder / ERASED_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{id_} {today.isoformat()}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def erased(folder: Path) -> frozenset[str]:
    path = folder / ERASED_FILE
    return frozenset(_ID.findall(path.read_text("ascii")) if path.exists() else [])
