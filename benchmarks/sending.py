"""How fast mails go into a server that takes anything: over four connections of ours, beside
``smtp-source -d -s 4`` of Postfix, which sends without composing or remembering.
Ours are the transport alone, with mails that are written already, and a whole worker: it claims
from a store, opens the address, writes the mail, hands it over, and marks what became of it, for
each mail or for twenty at once.

Both tools come from Debian's package, which make unpacks and never installs.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, func, insert, select, update

from benchmarks.composing import DOMAIN, SENDER, prepared, recipients
from benchmarks.measuring import Row, progress
from benchmarks.planning import store
from calendar_app.catalogue.pairs import load
from calendar_app.config import default_events
from calendar_app.core.choices import Choices
from calendar_app.feeds.wire import wire_digest
from calendar_app.mail.letters import Message
from calendar_app.mail.smtp import Server, Smtp
from calendar_app.mail.transport import Verdict
from calendar_app.remind.budgets import unlimited
from calendar_app.remind.leaving import Exit
from calendar_app.remind.send import CONNECTIONS, Sending
from calendar_app.remind.tick import REST, tick
from calendar_app.remind.writing import Writer
from calendar_app.sealing.addresses import seal_address
from calendar_app.sealing.ring import new_ring
from calendar_app.store.planner import Planner, start_planning
from calendar_app.store.subscribers import columns_of, new_id
from calendar_app.store.tables import delivery, subscriber
from calendar_app.worker.running import THREADS

TOOLS = Path(__file__).resolve().parent.parent / ".cache" / "postfix"
MAILS = 4_000
ROUNDS = 3
# Of smtp-source, for a worker that marks so many mails at once.
AIMS = {20: 0.15, 1: 0.07}
DUE = datetime(2027, 3, 1, 8, tzinfo=UTC)  # 09:00 in Berlin, a week before 8 March
BEFORE = DUE - timedelta(minutes=1)


def measure() -> dict[str, list[Row]]:
    """Mails a second by each, in the median of rounds in turn; so are the shares."""
    mails = messages(MAILS)
    size = sum(len(message.data) for message in mails) // len(mails)
    with sink() as port, store("sqlite") as files, store("postgresql") as database:
        offices = {"SQLite": Office(files, port), "PostgreSQL": Office(database, port)}
        ways: dict[str, Callable[[], float]] = {
            "smtp-source": lambda: source_rate(port, MAILS, size),
            "ours, without a store": lambda: our_rate(port, mails),
        }
        aims: dict[str, float] = {}
        for name, office in offices.items():
            for every, aim in AIMS.items():
                way = f"a worker, {name}, marks for {every if every > 1 else 'each'}"
                ways[way], aims[way] = partial(office.rate, every), aim
        rates: list[dict[str, float]] = []
        for turn in range(ROUNDS):
            progress(f"sending: round {turn + 1} of {ROUNDS}")
            rates.append({name: way() for name, way in ways.items()})
    rows: list[Row] = [
        {
            "by": name,
            "mails": MAILS,
            "bytes": size,
            "mails a second": median(rate[name] for rate in rates),
            "share": median(rate[name] / rate["smtp-source"] for rate in rates),
            "aim": aims.get(name, ""),
        }
        for name in ways
    ]
    return {"sending": rows}


class Office:
    """A worker before a store in which a reminder of 8 March is due for everybody."""

    def __init__(self, engine: Engine, port: int) -> None:
        self._engine = engine
        self._ring = new_ring()
        self._catalogue = load([default_events()], wire_digest())
        self._port = port
        with engine.begin() as connection:
            connection.execute(insert(subscriber), [self._person(n) for n in range(MAILS)])
            start_planning(connection, Planner(BEFORE, self._catalogue.edition_id, BEFORE - REST))
        tick(engine, self._catalogue, DUE)

    def rate(self, mark_every: int) -> float:
        """Mails a second of a worker with its threads, from the first claim to the last mark."""
        with self._engine.begin() as connection:
            undone = {"state": "todo", "not_before": DUE, "attempts": 0, "mail": None}
            due = connection.execute(update(delivery).values(undone)).rowcount
        assert due == MAILS
        transport = Smtp(Server("127.0.0.1", self._port, needs_tls=False), DOMAIN, time.monotonic)
        writer = Writer(self._catalogue, SENDER, self._ring, self._engine)
        sending = Sending(
            self._engine, self._ring, lambda: writer, transport,
            Exit(self._ring, Path("/nowhere")), lambda: DUE,
            throttle=unlimited(), mark_every=mark_every,
        )  # fmt: skip
        begun = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            sent = sum(pool.map(lambda _: sending.send_due(), range(THREADS)))
        took = time.perf_counter() - begun
        transport.close()
        with self._engine.begin() as connection:
            is_sent = delivery.c.state == "sent"
            marked = connection.execute(select(func.count()).where(is_sent)).scalar_one()
        assert (sent, marked) == (MAILS, MAILS)
        return MAILS / took

    def _person(self, number: int) -> dict[str, object]:
        person, address = new_id(), f"reader{number}@reader.example"
        return {
            "id": person,
            "is_active": True,
            "address": seal_address(self._ring, person, address),
            "address_index": secrets.token_bytes(32),
            "consent": "1",
            "token_version": 0,
            "bounces": 0,
            **columns_of(Choices("en", leads=(7,), topics=("women",), zone="Europe/Berlin")),
        }


def messages(count: int) -> list[Message]:
    """As many mails, to different readers."""
    ready = prepared("en", load([default_events()], wire_digest()))
    return [ready.fill(recipient) for recipient in islice(recipients(), count)]


@contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink; yield its port."""
    port = _free_port()
    # Started by root it wants to be somebody else.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with _running("smtp-sink", *user, f"127.0.0.1:{port}", "100") as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("smtp-sink does not run")
                time.sleep(0.05)
        yield port


def source_rate(port: int, count: int, size: int) -> float:
    """Mails a second of smtp-source over kept connections."""
    begun = time.perf_counter()
    options = ["-d", "-s", str(CONNECTIONS), "-l", str(size), "-m", str(count)]
    with _running("smtp-source", *options, f"127.0.0.1:{port}") as process:
        if process.wait() != 0:
            sys.exit("smtp-source failed")
    return count / (time.perf_counter() - begun)


def our_rate(port: int, mails: Sequence[Message]) -> float:
    """Mails a second of our transport."""
    transport = Smtp(Server("127.0.0.1", port, needs_tls=False), DOMAIN, time.monotonic)
    begun = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        handovers = list(pool.map(transport.send, mails, chunksize=1))
    took = time.perf_counter() - begun
    transport.close()
    assert {handover.verdict for handover in handovers} == {Verdict.ACCEPTED}
    return len(mails) / took


@contextmanager
def _running(tool: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"LD_LIBRARY_PATH": str(TOOLS / "usr" / "lib" / "postfix")}
    command = [str(TOOLS / "usr" / "sbin" / tool), *arguments]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
