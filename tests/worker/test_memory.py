"""A process that dies of a fault leaves no core file with keys or addresses in it, and a worker
that is told to stop does not die of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calendar_app.store import inbox
from calendar_app.store.database import inbox_engine
from calendar_app.store.schema import upgrade
from tests.remind.processes import settings_of
from tests.small_data import SmallData, text_of
from tests.web.serving import PATIENCE, wait_until

PROGRAM = "from calendar_app.cli import main; main()"
# As a shell does it in which somebody wants core files.
UNLIMITED = ("sh", "-c", 'ulimit -c unlimited 2> /dev/null; exec "$@"', "sh")
# What a process does before it may have something in its memory that is nobody's to read.
OPENS_KEYS = """
import sys
from calendar_app.sealing.keyfile import load_or_make
from pathlib import Path
load_or_make(Path(sys.argv[1]))
"""
TAKES_FORMS = """
from calendar_app.app import create_app
from calendar_app.config import settings_from_environment
create_app(settings_from_environment())
"""
READS_AN_ADDRESS = """
import sys
from calendar_app.cli import main
class Typed:
    def readline(self, size):
        raise SystemExit
sys.stdin = Typed()
try:
    main(["erase"])
except SystemExit:
    pass
"""
DUMPABLE = """
import ctypes, resource
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@contextmanager
def worker_beside_something(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker as the server starts it, at work."""
    data = SmallData(folder / "data")
    data.publish(text_of({"day": "on: 2027-03-08"}))
    upgrade(folder / "state")
    settings = {**os.environ, **settings_of(1, folder / "state", data.events)}
    command = [*UNLIMITED, sys.executable, "-c", PROGRAM, "worker", "--until-stdin-ends"]
    pipe = subprocess.PIPE
    engine = inbox_engine(folder / "state")
    with subprocess.Popen(
        command, cwd=folder, env=settings, stdin=pipe, stderr=pipe, text=True
    ) as one:
        try:
            wait_until(lambda: inbox.read_pulse(engine), "the worker is at work")
            yield one
        finally:
            one.kill()
            engine.dispose()


def test_a_worker_ends_when_told_though_its_input_does_not(tmp_path: Path) -> None:
    with worker_beside_something(tmp_path) as one:
        limits = Path(f"/proc/{one.pid}/limits").read_text("ascii")
        one.send_signal(signal.SIGTERM)
        assert one.wait(PATIENCE) == 0
        assert one.stderr is not None
        assert "Fatal" not in one.stderr.read()

    (cores,) = (line.split() for line in limits.splitlines() if "core file" in line)
    assert cores[4:6] == ["0", "0"]


def test_a_worker_that_aborts_leaves_no_core_file(tmp_path: Path) -> None:
    with worker_beside_something(tmp_path) as one:
        one.send_signal(signal.SIGABRT)
        found = os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)

    assert found is not None
    assert (found.si_status, found.si_code) == (signal.SIGABRT, os.CLD_KILLED)  # and not DUMPED
    assert {path.name for path in tmp_path.iterdir()} == {"data", "state"}


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is of Linux")
@pytest.mark.parametrize("before", [OPENS_KEYS, TAKES_FORMS, READS_AN_ADDRESS])
def test_no_program_gets_a_core_either(tmp_path: Path, before: str) -> None:
    data = SmallData(tmp_path / "data")
    data.publish(text_of({"day": "on: 2027-03-08"}))
    settings = {**os.environ, **settings_of(1, tmp_path / "state", data.events)}
    command = [*UNLIMITED, sys.executable, "-c", before + DUMPABLE, str(tmp_path)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=tmp_path, env=settings
    )

    assert done.stdout == "(0, 0) 0\n"
