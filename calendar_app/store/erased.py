"""Who was erased: random ids with a day, in a plain file outside every backup.

What is restored from a backup is erased again by it.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Final

ERASED_FILE: Final = "erased"


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
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    return frozenset(line.partition(" ")[0] for line in lines)
