"""The events of a catalogue in runs, each known by a digest.

What two catalogues have in common is found by comparing the digests of runs, and of single events
only where a run differs. So a change of one event among many thousands is told at once, and what
was made of the other runs may be kept as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# A run ends with a digest below this: with one of 256 on average.
_ENDS: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class Run:
    """Events that stand one after the other: the digest of each, by its id, and of all."""

    digest: bytes
    events: Mapping[str, bytes]


def told_digest(*told: object) -> bytes:
    """A digest of the ``repr`` of the values. Compare it within one process only: another process
    may order equal sets differently."""
    return hashlib.sha256(repr(told).encode()).digest()[:16]


def runs_of(events: Mapping[str, bytes]) -> Iterator[Run]:
    """Cut by the events themselves, so that one more or one less moves no other cut."""
    found: dict[str, bytes] = {}
    for id_, digest in events.items():
        found[id_] = digest
        if digest < _ENDS:
            yield _run(found)
            found = {}
    if found:
        yield _run(found)


def _run(events: Mapping[str, bytes]) -> Run:
    return Run(hashlib.sha256(b"".join(events.values())).digest()[:16], events)
