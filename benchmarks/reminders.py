"""What reminders cost: planning who is told what, composing a mail, handing it to a server."""

from __future__ import annotations

from benchmarks import composing, planning, sending
from benchmarks.measuring import Row


def measure() -> dict[str, list[Row]]:
    """The tables of each part."""
    return planning.measure() | composing.measure() | sending.measure()
