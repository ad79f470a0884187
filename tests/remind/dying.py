"""What runs in a worker process of the tests: the program itself, that kills itself (SIGKILL) the
n-th time that it comes to a step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from calendar_app.cli import main
from calendar_app.remind import send, tick
from calendar_app.remind.requests import Applying
from calendar_app.store import deliveries, inbox

# Where the step is, and whether it is over: what is over, is not committed yet.
STEPS: dict[str, tuple[Any, str, bool]] = {
    "taken": (inbox, "take", True),
    "applied": (Applying, "_apply", True),
    "deleted": (inbox, "finish", True),
    "inserted": (tick, "insert_due", True),
    "planned": (tick, "write_planner", True),
    "claimed": (deliveries, "claim", True),
    "claim committed": (send._Batch, "send", False),
    "250": (send._Batch, "_marks_for", False),
    "marked": (deliveries, "mark", True),
    "mark committed": (send._Batch, "_send", False),
}


def dies_at(step: str, number: int) -> None:
    owner, name, is_over = STEPS[step]
    does: Callable[..., Any] = getattr(owner, name)
    left = number

    def done(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if not left and not is_over:
            os.kill(os.getpid(), signal.SIGKILL)
        found = does(*given, **named)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(owner, name, done)


def run(
    arguments: Sequence[str], settings: Mapping[str, str], log: Path, step: str, number: int
) -> None:
    """With these settings and no others. With the step "lease" there is no death, but leases of so
    many seconds, for tests that let one run out."""
    for name in [name for name in os.environ if name.startswith("CALENDAR_")]:
        del os.environ[name]
    os.environ.update(settings)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    if step == "lease":
        send.LEASE, send.MARGIN = timedelta(seconds=number), timedelta(seconds=1)
    elif step:
        dies_at(step, number)
    main(["worker", *arguments])
