"""A bounded store of finished resources: what has not been asked for the longest makes room."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

from calendar_app.public.resources import Resource

MAX_ENTRIES: Final = 512
MAX_BYTES: Final = 64 * 1024 * 1024
Key = tuple[str, str]


class Shelf:
    """Resources by path and canonical query. Queries have more combinations than memory has room,
    so what is kept is bounded in number and in bytes."""

    def __init__(self, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._found: OrderedDict[Key, Resource] = OrderedDict()
        self._bytes = 0
        self._moving = Lock()

    def __len__(self) -> int:
        return len(self._found)

    def keys(self) -> list[Key]:
        """What is kept, the longest unasked first."""
        with self._moving:
            return list(self._found)

    def get(self, key: Key) -> Resource | None:
        with self._moving:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: Key, resource: Resource) -> None:
        """Keeps it, unless it alone is more than there is room for."""
        if resource.size > self._max_bytes:
            return
        with self._moving:
            if key in self._found:
                self._bytes -= self._found.pop(key).size
            self._found[key] = resource
            self._bytes += resource.size
            while len(self._found) > self._max_entries or self._bytes > self._max_bytes:
                _, oldest = self._found.popitem(last=False)
                self._bytes -= oldest.size
