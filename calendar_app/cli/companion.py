"""The worker beside the server: a process of its own, started anew when it dies, and ended with
the server however that ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import Final

import click

_PROGRAM: Final = (sys.executable, "-c", "from calendar_app.cli import main; main()")
_LONGEST_PAUSE: Final = 60.0
_PATIENCE: Final = 90.0  # a mail leaves within a minute; whose answer is late ends by itself


@contextmanager
def worker_beside() -> Iterator[None]:
    stopping = Signal()
    keeper = Thread(target=_keep, args=(stopping,), name="worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join(_PATIENCE)


def _keep(stopping: Signal) -> None:
    pause = 1.0
    while not stopping.is_set():
        # Its input ends when this process does, even when it is killed.
        command = [*_PROGRAM, "worker", "--until-stdin-ends"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as one:  # noqa: S603 -- our own
            while one.poll() is None and not stopping.wait(0.2):
                pass
        if not stopping.is_set():
            click.echo(f"the worker ended; it is started again in {pause:.0f} s", err=True)
            stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
