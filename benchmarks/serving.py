"""A feed over HTTP: requests for each second of the server's processor, beside nginx.

All servers are up at once and visited in turn, several times. What counts is not the time on the
clock, which other programs and the load generator have a part in, but the processor seconds of the
server's own processes; and of these, in each round, the share of what nginx reaches with the same
bytes and the same headers.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import servers
from benchmarks.catalogues import write_pair
from benchmarks.measuring import Row, progress
from benchmarks.processes import cpu_seconds, memory
from benchmarks.servers import OF_THE_SERVER, Server
from calendar_app.catalogue.pairs import load
from calendar_app.feeds.wire import wire_digest
from calendar_app.public.edition import Edition
from calendar_app.public.folders import publish
from calendar_app.public.sites import Operator

COUNTS = (30, 1_000)
ROUNDS = 3
SECONDS = 1
CLIENTS = 32
SECONDS_FOR_PEERS = 2
LEAST_OF_PEERS = 3
LIMIT, OURS, RADICALE = "nginx, the same bytes", "granian", "Radicale"
PEERS = (RADICALE, "Xandikos")
GZIP = {"Accept-Encoding": "gzip"}
AIMS = {"200": 0.30, "200 gzip": 0.30, "304": 0.25}
AIM_OF_POLLS = 3_000
_REQUESTS = re.compile(r"(\d+) requests in ")
_CODES = re.compile(r"Non-2xx or 3xx responses: (\d+)")
ON_LOADS_CORE = ["taskset", "-c", "1"] if servers.ON_SERVERS_CORE else []


@dataclass(frozen=True)
class Scenario:
    """What a client sends; ``status`` is what ours must answer."""

    name: str
    headers: Mapping[str, str]
    status: int
    keeps_alive: bool

    @property
    def label(self) -> str:
        return self.name if self.keeps_alive else f"{self.name}, closing"


def measure() -> dict[str, list[Row]]:
    """Tables: shares of nginx, polls beside the peers, starting and memory."""
    shares: list[Row] = []
    polls: list[Row] = []
    standing: list[Row] = []
    for count in COUNTS:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            found = list(_start(Path(folder), count, stack))
            _check_same(found, count)
            rates = _rates(found, count)
            shares += _shares(rates, count)
            polls += _polls(rates, count)
            standing += _standing(found, count)
    return {"shares of nginx": shares, "a poll": polls, "starting and memory": standing}


def _start(folder: Path, count: int, stack: ExitStack) -> Iterator[Server]:
    progress(f"serving: {count} events: starting")
    events = write_pair(folder, count)
    ours = stack.enter_context(servers.ours(folder, events))
    # The feed alone, so that the pages of 1,000 events need not be written.
    catalogue, today = load([events], wire_digest()), datetime.now(UTC).date()
    edition = Edition(catalogue, today, f"http://127.0.0.1:{ours.port}", Operator())
    publish(folder / "public", edition, [servers.FEED])
    yield stack.enter_context(servers.nginx_of_the_same_bytes(folder, ours))
    yield ours
    yield stack.enter_context(servers.nginx_over_the_export(folder, ours))
    yield stack.enter_context(servers.nginx_in_front(folder, ours))
    feed = ours.ask()[2]
    yield stack.enter_context(servers.radicale(folder / "radicale", feed))
    yield stack.enter_context(servers.xandikos(folder / "xandikos", _single(feed)))


def _single(feed: bytes) -> list[bytes]:
    """Each entry as a calendar of its own, as a server of calendars keeps them."""
    head, *blocks = feed.split(b"BEGIN:VEVENT")
    tail = b"END:VCALENDAR\r\n"
    return [head + b"BEGIN:VEVENT" + block.removesuffix(tail) + tail for block in blocks]


def _check_same(found: list[Server], count: int) -> None:
    """The limit means nothing unless nginx answers just as the application does; and peers must
    have all events."""
    ours = next(server for server in found if server.name == OURS)
    for server in found:
        if server.name in PEERS:
            entries = server.ask()[2].count(b"BEGIN:VEVENT")
            if entries != count:
                sys.exit(f"{server.name} has {entries} events of {count}")
            continue
        for scenario in _scenarios(ours):
            mine, theirs = (_told(one, scenario) for one in (ours, server))
            different = {
                name: (mine.get(name), theirs.get(name))
                for name in mine.keys() | theirs.keys()
                if mine.get(name) != theirs.get(name)
            }
            if different or mine["status"] != scenario.status:
                sys.exit(f"{server.name}, {scenario.label}: not the same: {different}")


def _told(server: Server, scenario: Scenario) -> dict[str, object]:
    """All of an answer that is not of the server or the connection."""
    status, headers, body = server.ask(scenario.headers)
    kept = {name: value for name, value in headers.items() if name not in OF_THE_SERVER}
    return {"status": status, "body": sha256(body).hexdigest(), **kept}


def _scenarios(server: Server) -> Iterator[Scenario]:
    known = {"If-None-Match": server.ask()[1].get("etag", '"none"')}
    for keeps_alive in (True, False):
        more = {} if keeps_alive else {"Connection": "close"}
        yield Scenario("200", more, 200, keeps_alive)
        yield Scenario("200 gzip", GZIP | more, 200, keeps_alive)
        yield Scenario("304", known | more, 304, keeps_alive)


Rates = dict[tuple[str, str], list[float]]


def _rates(found: list[Server], count: int) -> Rates:
    """Requests for each processor second, by server and scenario, one for each round."""
    rates: Rates = {}
    for number in range(ROUNDS):
        for server in found:
            is_peer = server.name in PEERS
            for scenario in _scenarios(server):
                if is_peer and (scenario.name == "200 gzip" or not scenario.keeps_alive):
                    continue
                progress(f"serving: {count} events: round {number + 1}: {server.name}")
                rate = (_ask_in_turn if is_peer else _load)(server, scenario)
                rates.setdefault((server.name, scenario.label), []).append(rate)
    return rates


def _load(server: Server, scenario: Scenario) -> float:
    """As many at once as the server can answer."""
    headers = {"Host": f"127.0.0.1:{server.port}"} | dict(scenario.headers)
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}s", *options]
    command.append(f"http://127.0.0.1:{server.port}{server.path}")
    before = _cpu(server)
    done = subprocess.run([*ON_LOADS_CORE, *command], capture_output=True, text=True, check=True)
    spent = _cpu(server) - before
    requests, failed = _REQUESTS.search(done.stdout), _CODES.search(done.stdout)
    if requests is None or failed:
        sys.exit(f"{server.name}, {scenario.label}: {done.stdout}")
    return int(requests[1]) / spent


def _ask_in_turn(server: Server, scenario: Scenario) -> float:
    """One after the other, for servers that take long: under a crowd some would give none."""
    before, begun, times = _cpu(server), perf_counter(), 0
    while times < LEAST_OF_PEERS or perf_counter() < begun + SECONDS_FOR_PEERS:
        server.ask(scenario.headers)
        times += 1
    return times / (_cpu(server) - before)


def _cpu(server: Server) -> float:
    return sum(cpu_seconds(one.process.pid) for one in (server, *server.behind))


def _shares(rates: Rates, count: int) -> Iterator[Row]:
    for (name, label), found in rates.items():
        if name in PEERS:
            continue
        shares = [ours / limit for ours, limit in zip(found, rates[LIMIT, label], strict=True)]
        aim = AIMS[label.partition(",")[0]] if name == OURS else ""
        yield {
            "server": name,
            "events": count,
            "answer": label,
            "a CPU second": median(found),
            "share": median(shares),
            "least": min(shares),
            "most": max(shares),
            "aim": aim,
        }


def _polls(rates: Rates, count: int) -> Iterator[Row]:
    """What a client asks who has the feed already. Who knows no 304 sends all of it again."""
    theirs = median(rates[RADICALE, "304"])
    for name in (LIMIT, OURS, *PEERS):
        found = median(rates[name, "304"])
        aim = AIM_OF_POLLS if name == OURS and count == max(COUNTS) else ""
        row: Row = {"server": name, "events": count, "polls a CPU second": found}
        yield row | {"times Radicale": found / theirs, "aim": aim}


def _standing(found: list[Server], count: int) -> Iterator[Row]:
    for server in found:
        pss, rss = memory(server.process.pid)
        yield {
            "server": server.name,
            "events": count,
            "first answer s": server.first_answer,
            "CPU s till then": server.cpu_till_answer,
            "PSS MB": pss,
            "RSS MB": rss,
        }
