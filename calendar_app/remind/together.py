"""What several threads have to write, in one commit (a group commit).

A commit waits for the disk, however little is in it. So whoever finds nobody writing writes what
all have who wait; they wait for that, and nobody goes on before its own is written. Those who are
on their way are waited for as long as a commit takes, and no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Final, Generic, TypeVar

# Without it whoever has just written comes back a moment too early, and always writes alone.
PATIENCE: Final = 0.005
Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class _Place(Generic[Item]):
    """In the queue. It is settled when a commit it was in is over, whether that was written or
    not."""

    item: Item
    is_settled: bool = False
    is_written: bool = False


class Together(Generic[Item]):
    """The queue of those who wait while one of them writes; others are waited for up to
    ``patience`` seconds."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._changed = Condition()
        self._waiting: list[_Place[Item]] = []
        self._is_writing = False
        self._at_work = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Whoever is in it is going to write something soon."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def write(self, item: Item, store: Callable[[Sequence[Item]], object]) -> None:
        """Returns once ``store`` has written the item, here or in another thread. Raises what it
        raises for this item alone: what failed together is written by each, in its own thread."""
        place = _Place(item)
        with self._changed:
            self._waiting.append(place)
            self._changed.notify_all()
            self._wait_for_turn(place)
            group: list[_Place[Item]] = []
            if not place.is_settled:
                group, self._waiting, self._is_writing = self._waiting, [], True
        if group:
            self._write_all(group, store)
        if not place.is_written:
            store([item])

    def _count(self, change: int) -> None:
        with self._changed:
            self._at_work += change
            self._changed.notify_all()

    def _wait_for_turn(self, place: _Place[Item]) -> None:
        """Until it is settled, or nobody is writing and all have come who may."""

        def is_free() -> bool:
            return place.is_settled or not self._is_writing

        def is_ready() -> bool:
            return is_free() and (place.is_settled or len(self._waiting) >= self._at_work)

        self._changed.wait_for(is_free)
        self._changed.wait_for(is_ready, self._patience)
        self._changed.wait_for(is_free)

    def _write_all(
        self, group: Sequence[_Place[Item]], store: Callable[[Sequence[Item]], object]
    ) -> None:
        is_written = False
        try:
            store([place.item for place in group])
            is_written = True
        except Exception:  # whose fault it is shows when each writes its own
            if len(group) == 1:
                raise
        finally:
            # Also when this thread ends here: the others must not wait for it.
            with self._changed:
                for place in group:
                    place.is_settled, place.is_written = True, is_written
                self._is_writing = False
                self._changed.notify_all()
