"""A fence around what only the worker may open: who tries is refused as by the operating system,
and it is noted."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from calendar_app.sealing.keyfile import KEY_FILE
from calendar_app.store.database import STORE_FILE

FORBIDDEN = (KEY_FILE, STORE_FILE)
_WATCHED = frozenset({"open", "sqlite3.connect", "os.listxattr", "os.link", "os.symlink"})


class _Fence:
    """An audit hook cannot be taken away again; this one is asleep while it is down."""

    def __init__(self) -> None:
        self.is_up = self.is_built = False
        self.touched: list[str] = []

    def watch(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.is_up or event not in _WATCHED or not given:
            return
        path = given[0]
        if not isinstance(path, str | bytes | os.PathLike):
            return
        name = os.path.basename(os.fsdecode(path)).partition("?")[0]
        if name.startswith(FORBIDDEN):
            self.touched.append(name)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)


_FENCE = _Fence()


@contextmanager
def fence() -> Iterator[list[str]]:
    """What was touched although it must not be; empty where all is well."""
    if not _FENCE.is_built:
        sys.addaudithook(_FENCE.watch)
        _FENCE.is_built = True
    _FENCE.touched.clear()
    _FENCE.is_up = True
    try:
        yield _FENCE.touched
    finally:
        _FENCE.is_up = False
