"""What a process with keys or addresses has in its memory stays there: whatever it dies of, no core
file is written, and no other process of its user may look in."""

from __future__ import annotations

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # prctl(2)


def keep_memory_to_itself() -> None:
    """From now on and for good; to be called before a key or a form is read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The limit does not hold for a core that the kernel hands to a program (core(5)); this does.
    if sys.platform == "linux":
        prctl = getattr(ctypes.CDLL(None), "prctl", None)
        if prctl is not None:
            prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
