"""Memory of a server that is asked for a hundred thousand random addresses.

Most of what is asked for does not exist or is refused; some is a choice of options that nobody made
before, which the server makes and may keep; some is a page with headers that nobody sends. Memory
may grow until the stores are full, and no further.
"""

from __future__ import annotations

import string
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote

from benchmarks import servers
from benchmarks.catalogues import DATA
from benchmarks.measuring import Row, progress
from benchmarks.processes import memory
from benchmarks.servers import Server
from calendar_app.catalogue.pairs import load
from calendar_app.feeds.wire import wire_digest

STEPS = (10_000, 100_000)
SEED = 49
POLLS = 300
LETTERS = string.ascii_letters + string.digits + "-._~/%?é "
LANGUAGES = ("en", "es", "ru", "tr", "ar")
Asked = tuple[str, dict[str, str]]


def measure() -> dict[str, list[Row]]:
    with TemporaryDirectory() as name, servers.ours(Path(name), DATA) as server:
        rows = [_row(server, "started", 0)]
        for path in _pages(server):
            _ask(server.port, [(path, {})])
        rows.append(_row(server, "every page asked for", 0))
        random, topics = Random(SEED), list(load([DATA], wire_digest()).living_topics)  # noqa: S311
        addresses = _addresses(random, topics)
        done = 0
        for step in STEPS:
            while done < step:
                progress(f"growth: {done:,} of {STEPS[-1]:,}")
                _ask(server.port, [next(addresses) for _ in range(500)])
                done += 500
            rows.append(_row(server, "random addresses", done))
        return {"memory": rows}


def _pages(server: Server) -> Iterator[str]:
    """All addresses of the sitemap, and the feeds."""
    server.path = "/sitemap.xml"
    text = server.ask()[2].decode()
    for part in text.split("<loc>")[1:]:
        yield "/" + part.split("</loc>")[0].split("/", 3)[3]
    yield from (f"/{tag}/calendar.{end}" for tag in LANGUAGES for end in ("ics", "json", "csv"))


def _row(server: Server, what: str, asked: int) -> Row:
    pss, rss = memory(server.process.pid)
    row: Row = {"what": what, "asked": asked, "PSS MB": pss, "RSS MB": rss}
    return row | {"a poll ms": _poll(server.port) * 1e3}


def _poll(port: int) -> float:
    """Seconds until a program is told that its feed did not change; the median of many."""
    connection = HTTPConnection("127.0.0.1", port, timeout=servers.PATIENCE)
    etag, found = "", []
    for _ in range(POLLS):
        begun = perf_counter()
        connection.request("GET", servers.FEED, headers={"If-None-Match": etag})
        response = connection.getresponse()
        response.read()
        found.append(perf_counter() - begun)
        etag = response.headers["ETag"]
    connection.close()
    return median(found)


def _ask(port: int, asked: list[Asked]) -> None:
    """Over one connection, so that none is left behind. Nothing may be an error of the server."""
    connection = HTTPConnection("127.0.0.1", port, timeout=servers.PATIENCE)
    for path, headers in asked:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status >= 500:
            sys.exit(f"{response.status} for {path!r} with {headers}")
    connection.close()


def _addresses(random: Random, topics: list[str]) -> Iterator[Asked]:
    kinds: list[Callable[[Random, list[str]], Asked]] = [_nowhere, _refused, _choice, _dressed]
    weights = (4, 3, 1, 2)
    while True:
        [kind] = random.choices(kinds, weights)
        yield kind(random, topics)


def _nowhere(random: Random, _: list[str]) -> Asked:
    return f"/{random.choice(LANGUAGES)}/{quote(_text(random, 60))}", {}


def _refused(random: Random, _: list[str]) -> Asked:
    name = random.choice(("topics", "alarm", "cancelled", "count", _text(random, 8)))
    path = random.choice(("", "calendar.ics", "calendar.json", "subscribe/", "agenda.atom"))
    return f"/{random.choice(LANGUAGES)}/{path}?{quote(name)}={quote(_text(random, 40))}", {}


def _choice(random: Random, topics: list[str]) -> Asked:
    """A feed that nobody asked for before, and that is kept."""
    chosen = ",".join(random.sample(topics, random.randint(1, 3)))
    alarm = f"-{random.randint(1, 28)}d@{random.randint(0, 23):02}:{random.randint(0, 59):02}"
    query = f"topics={chosen}&alarm={alarm}"
    return f"/{random.choice(LANGUAGES)}/calendar.ics?{query}", {}


def _dressed(random: Random, topics: list[str]) -> Asked:
    """What exists, with headers of any text and what trackers append."""
    names = ("Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "Cookie", "Referer")
    shown = [letter for letter in LETTERS if letter.isascii()]
    headers = {
        name: "".join(random.choices(shown, k=random.randint(1, 60)))
        for name in (*names, "User-Agent", "If-Modified-Since", f"X-{_word(random)}")
    }
    path = random.choice(("calendar.ics", f"topics/{random.choice(topics)}/", ""))
    return f"/{random.choice(LANGUAGES)}/{path}?utm_source={_word(random)}", headers


def _text(random: Random, most: int) -> str:
    return "".join(random.choices(LETTERS, k=random.randint(1, most)))


def _word(random: Random) -> str:
    return "".join(random.choices(string.ascii_lowercase, k=12))
