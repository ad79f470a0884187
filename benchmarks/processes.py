"""What a server costs: processor seconds and memory of its processes, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for parent in found:
        found += _children(parent)
    return found


def cpu_seconds(pid: int) -> float:
    """Of a process and all below it, in user and kernel, those that have ended included."""
    return sum(map(_cpu, tree(pid)))


def memory(pid: int) -> tuple[float, float]:
    """Megabytes of a process and all below it: what is theirs (PSS), and what is mapped (RSS)."""
    pss = rss = 0
    for one in tree(pid):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "Pss":
                pss += int(value.split()[0])
            elif name == "Rss":
                rss += int(value.split()[0])
    return pss / 1024, rss / 1024


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text(encoding="ascii").split())


def _cpu(pid: int) -> float:
    # The name of the program may hold spaces and brackets; what counts stands behind it.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS
