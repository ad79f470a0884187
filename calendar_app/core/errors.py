"""The errors of the product: a fault in the data says where it is and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing wrong in a data file.

    ``line`` counts from 1 (0: the file as a whole); ``field`` is a dotted path inside the entry.
    """

    file: str
    line: int
    entry: str
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = ": ".join(part for part in (place, self.entry, self.field) if part)
        return f"{where}: {self.problem}; {self.remedy}"


class CalendarError(Exception):
    """What keeps the product from doing what it was asked to, in a sentence for whoever runs it.
    Why a single value is refused (a date, a rule, a parameter), or that a page is not there, is
    answered where it was read, and is an error of its own."""


class RuleError(ValueError):
    """A rule that cannot be read or never happens; the message says what to write."""


class DataError(CalendarError):
    """The data were refused; ``faults`` holds every reason, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))
