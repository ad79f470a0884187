"""The blocks of feeds, each made once for all the feeds it is in, and kept for the next edition.

A changed event then costs one block, however many others there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple


class Block(NamedTuple):
    """The VEVENTs of an event, empty if it has no day, and when they last changed."""

    content: bytes
    modified_at: datetime


class Blocks(dict[str, Block]):
    """By event; what is asked for and missing is made."""

    def __init__(self, make: Callable[[str], Block]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, event: str) -> Block:
        block = self[event] = self._make(event)
        return block
