"""What reminders cost: composing one more mail, and handing mails to a server."""

from __future__ import annotations

from benchmarks import composing, sending
from benchmarks.measuring import Row


def measure() -> dict[str, list[Row]]:
    """The tables of each part."""
    return composing.measure() | sending.measure()
