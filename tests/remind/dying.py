"""What runs in a process of the tests: the program itself, that kills itself (SIGKILL) the n-th
time that it comes to a step."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from calendar_app.cli import main
from calendar_app.mail.smtp import Smtp
from calendar_app.remind import budgets, send, tick
from calendar_app.remind.requests import Applying
from calendar_app.sealing import keyfile
from calendar_app.store import deliveries, inbox
from calendar_app.worker import parts, rotation, running

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
    "key written": (keyfile, "_write", True),
    "keys written": (rotation, "write_ring", True),
    "addresses read": (rotation, "sealed_addresses", True),
    "address sealed": (rotation, "seal_anew", True),
    "all sealed": (rotation, "seal_all_anew", True),
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


def hurries(seconds: int) -> None:
    """Waits for nothing longer than it must, and for a mail server so many seconds."""
    brief, second = timedelta(seconds=0.2), timedelta(seconds=1)
    send.CLAIMED = 2  # type: ignore[misc] # all threads have something to do
    budgets._FIRST_WAIT = budgets._FIRST_PAUSE = brief  # type: ignore[misc]
    budgets._LONGEST_WAIT = budgets._LONGEST_PAUSE = second  # type: ignore[misc]
    running.IDLE_SECONDS = 0.2  # type: ignore[misc]
    parts.Smtp = partial(Smtp, seconds=seconds, answer_seconds=seconds)  # type: ignore[misc, assignment]


def run(
    arguments: Sequence[str], settings: Mapping[str, str], log: Path, step: str, number: int
) -> None:
    """With these settings and no others. There is no death with the step "lease", but leases of so
    many seconds, for tests that let one run out; nor with "again", where what failed is tried again
    after so many; nor with "hurry", where all waits are short, or with "full", where no file may be
    longer than so many bytes."""
    for name in [name for name in os.environ if name.startswith("CALENDAR_")]:
        del os.environ[name]
    os.environ.update(settings)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    if step == "lease":
        send.LEASE, send.MARGIN = timedelta(seconds=number), timedelta(seconds=1)
    elif step == "again":
        running.FAILED_SECONDS = number  # type: ignore[misc]
    elif step == "hurry":
        hurries(number)
    elif step == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
    elif step:
        rotation.ROWS_AT_ONCE = 2  # type: ignore[misc] # so that there are several commits
        dies_at(step, number)
    main(arguments)
