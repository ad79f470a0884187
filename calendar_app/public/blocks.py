"""The blocks of feeds, each made once for all the feeds it is in, and kept for the next edition.

A changed event then costs one block, and one run of blocks joined again, however many others there
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.runs import Run
from calendar_app.feeds.vevents import Vevent, joined
from calendar_app.public.selection import Cancelled, Selection


@dataclass(frozen=True, slots=True)
class Written:
    """VEVENTs one after the other, none where nothing has a day; and when they last changed."""

    content: bytes
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Block(Written):
    """The VEVENTs of an event, also one by one, for the options of a feed."""

    vevents: tuple[Vevent, ...]

    @classmethod
    def of(cls, vevents: tuple[Vevent, ...], modified_at: datetime) -> Self:
        return cls(joined(vevents), modified_at, vevents)

    def chosen(self, selection: Selection) -> Written:
        """What the options of a feed make of it."""
        hides_cancelled = selection.cancelled is Cancelled.HIDE
        content = joined(self.vevents, selection.alarms, hides_cancelled=hides_cancelled)
        return Written(content, self.modified_at)


@dataclass(slots=True)
class _Made:
    """What was made of a run so far. Editions share it while they have the run in common: what
    either of them adds is right for both."""

    blocks: dict[str, Block] = field(default_factory=dict)
    whole: Written | None = None


class Blocks:
    """Of all events in one language; what is asked for and missing is made."""

    def __init__(self, catalogue: Catalogue, make: Callable[[str], Block]) -> None:
        self._catalogue = catalogue
        self._make = make
        self._made = {run.digest: _Made() for run in catalogue.runs}

    def __getitem__(self, event: str) -> Block:
        blocks = self._made[self._catalogue.run_of[event].digest].blocks
        block = blocks.get(event)
        if block is None:
            block = blocks[event] = self._make(event)
        return block

    def runs(self) -> Iterator[Written]:
        """Of all events in their order, as few pieces as can be kept when one of them changes."""
        for run in self._catalogue.runs:
            made = self._made[run.digest]
            if made.whole is None:
                made.whole = _whole(self[event] for event in run.events)
            yield made.whole

    def keep(self, before: Blocks) -> None:
        """Takes over what another edition has made and would be made again just so."""
        for run in self._catalogue.runs:
            made = before._made.get(run.digest)
            self._made[run.digest] = _Made(before._blocks_in(run)) if made is None else made

    def made(self, event: str) -> Block | None:
        """The block, if it was made already."""
        run = self._catalogue.run_of.get(event)
        return self._made[run.digest].blocks.get(event) if run else None

    def _blocks_in(self, run: Run) -> dict[str, Block]:
        """Those of a run of another catalogue that were made here and are the same there."""
        here = self._catalogue.run_of
        return {
            id_: block
            for id_, digest in run.events.items()
            if id_ in here and here[id_].events[id_] == digest and (block := self.made(id_))
        }


def _whole(blocks: Iterable[Block]) -> Written:
    found = list(blocks)
    dated = [block for block in found if block.content] or found
    content = b"".join([block.content for block in dated])
    return Written(content, max(block.modified_at for block in dated))
