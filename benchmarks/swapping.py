"""How long a poll takes while the server reads new data and makes the edition of them.

One program asks again and again whether its feed has changed, over one connection: first while
nothing else happens, then from the moment the files change until the new edition answers.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from benchmarks import servers
from benchmarks.catalogues import rename_one, write_pairs
from benchmarks.measuring import Row, progress

COUNTS = (100, 2_000, 20_000)
SECONDS = 3.0
LONGEST = 600.0
PAUSE = 0.002
AIM = 20e-3
Poll = tuple[float, str]  # seconds, and the edition that answered


def measure() -> dict[str, list[Row]]:
    return {"a poll during a change of edition": [row for n in COUNTS for row in _rows(n)]}


def _rows(count: int) -> Iterator[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        progress(f"swapping: {count:,} events: starting")
        events = write_pairs(folder, count)
        other = folder / "other"
        other.mkdir()
        for file in folder.glob("*.yaml"):
            shutil.copy(file, other)
        rename_one([other / file.name for file in events])
        with servers.ours(folder, *events) as server:
            progress(f"swapping: {count:,} events: asking")
            polls = _polls(server.port)
            begun = perf_counter()
            idle = list(_until(polls, lambda _: perf_counter() > begun + SECONDS))
            first = idle[-1][1]
            for file in ("revisions.yaml", "events.yaml"):
                (other / file).replace(folder / file)
            begun = perf_counter()
            busy = list(_until(polls, lambda edition: edition != first))
            yield _row(count, "nothing else", idle, SECONDS)
            yield _row(count, "new data", busy, perf_counter() - begun) | {"aim ms": AIM * 1e3}


def _until(polls: Iterator[Poll], is_enough: Callable[[str], bool]) -> Iterator[Poll]:
    begun = perf_counter()
    for poll in polls:
        yield poll
        if is_enough(poll[1]):
            return
        if perf_counter() > begun + LONGEST:
            sys.exit("the new data did not come into force")


def _polls(port: int) -> Iterator[Poll]:
    connection = HTTPConnection("127.0.0.1", port, timeout=servers.PATIENCE)
    etag = ""
    while True:
        begun = perf_counter()
        connection.request("GET", servers.FEED, headers={"If-None-Match": etag})
        response = connection.getresponse()
        response.read()
        took = perf_counter() - begun
        if response.status not in (200, 304):
            sys.exit(f"a poll was answered with {response.status}")
        etag = response.headers["ETag"]
        if response.status == 304:
            yield took, response.headers["Calendar-Edition"]
        sleep(PAUSE)


def _row(count: int, meanwhile: str, polls: list[Poll], seconds: float) -> Row:
    found = sorted(took * 1e3 for took, _ in polls)
    return {
        "meanwhile": meanwhile,
        "events": count,
        "seconds": seconds,
        "polls": len(found),
        "half ms": found[len(found) // 2],
        "99 % ms": found[len(found) * 99 // 100],
        "longest ms": found[-1],
        "aim ms": "",
    }
