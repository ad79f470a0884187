"""Time in seconds of this process, tables, and a line of progress on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from time import process_time
from typing import TypeVar

Made = TypeVar("Made")
Row = dict[str, object]


def seconds(work: Callable[[], object], *, least: float = 0.05, rounds: int = 5) -> float:
    """The least of several rounds, each long enough for the clock to tell."""
    times = 1
    found: list[float] = []
    while len(found) < rounds:
        begun = process_time()
        for _ in range(times):
            work()
        took = process_time() - begun
        if took < least:
            times = max(times * 2, int(times * least / max(took, 1e-6)))
        else:
            found.append(took / times)
    return min(found)


def seconds_anew(
    make: Callable[[], Made], work: Callable[[Made], object], *, rounds: int = 5
) -> float:
    """The least of single runs, each on something made anew; making it does not count."""
    found = []
    for _ in range(rounds):
        made = make()
        begun = process_time()
        work(made)
        found.append(process_time() - begun)
    return min(found)


def progress(text: str) -> None:
    """Replace the last line on a terminal; write nothing into a file."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def table(rows: Iterable[Row]) -> str:
    """Columns as wide as they need, numbers to the right."""
    rows = list(rows)
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(_line(line, widths) for line in cells)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    return "  ".join(
        [first, *(cell.rjust(n) for cell, n in zip(cells[1:], widths[1:], strict=True))]
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
