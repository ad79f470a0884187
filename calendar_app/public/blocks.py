"""The blocks of feeds, each made once for all the feeds it is in, and kept for the next edition.

A changed event then costs one block, however many others there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from calendar_app.feeds.vevents import Vevent, joined
from calendar_app.public.selection import Cancelled, Selection


class Block(NamedTuple):
    """The VEVENTs of an event, none if it has no day; joined; and when they last changed."""

    vevents: tuple[Vevent, ...]
    content: bytes
    modified_at: datetime

    @classmethod
    def of(cls, vevents: tuple[Vevent, ...], modified_at: datetime) -> Block:
        return cls(vevents, joined(vevents), modified_at)

    def chosen(self, selection: Selection) -> Block:
        """What the options of a feed make of it."""
        hides_cancelled = selection.cancelled is Cancelled.HIDE
        content = joined(self.vevents, selection.alarms, hides_cancelled=hides_cancelled)
        return self._replace(content=content)


class Blocks(dict[str, Block]):
    """By event; what is asked for and missing is made."""

    def __init__(self, make: Callable[[str], Block]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, event: str) -> Block:
        block = self[event] = self._make(event)
        return block
