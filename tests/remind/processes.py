"""Workers in processes of their own, over a store of either kind, and a mail server for them."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from threading import Event as Signal

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, text

from calendar_app.core.choices import Choices, to_text
from calendar_app.remind.send import LEASE
from calendar_app.sealing.addresses import address_index, seal_address
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.sealing.seal import seal
from calendar_app.store import inbox
from calendar_app.store.database import INBOX_FILE, STORE_FILE, reading
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import add_pending, confirm, new_id
from tests.factories import at
from tests.mail.servers import Answers
from tests.remind import dying
from tests.small_data import SmallData, text_of
from tests.store.places import Place
from tests.web.serving import PATIENCE, wait_until

# A process that has imported the program once, and from which each worker is forked.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([dying.__name__])
CHOICES = Choices("en", zone="Europe/Berlin")
NOW, WEEK_BEFORE = at("2027-02-20T10:00"), at("2027-03-01T08:00")
LEASED = LEASE + timedelta(minutes=1)
PEOPLE = [f"reader{number}@example.org" for number in range(6)]


@dataclass
class Post(Answers):
    """Accepts every mail; ``after`` is called when it has, before it says so. What comes while
    ``is_open`` is not set waits."""

    after: Callable[[], object] = lambda: None
    is_open: Signal = field(default_factory=Signal)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.is_open.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.waiting += 1
        while not self.is_open.is_set():
            await asyncio.sleep(0.01)
        self.waiting -= 1
        answer = await super().handle_DATA(server, session, envelope)
        self.after()
        return answer

    @property
    def to(self) -> Counter[str]:
        """How many mails each address got."""
        return Counter(address for _, address, _ in self.seen)

    @property
    def names(self) -> set[tuple[str, str]]:
        """Each address with each Message-ID of what it got."""
        return {(to, message_from_bytes(data)["Message-ID"]) for _, to, data in self.seen}


class Process:
    """The program that runs; negative ends are the signals that killed it."""

    def __init__(self, *given: object) -> None:
        self._process = FORKED.Process(target=dying.run, args=given)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def wait(self, seconds: float = PATIENCE) -> int:
        self._process.join(seconds)
        assert self._process.exitcode is not None, "the worker does not end"
        return self._process.exitcode

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        """Tell it to, and return how it did."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def stop(self) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()


@dataclass(frozen=True)
class Works:
    """Where workers work: ``settings`` are those of their processes, ``engine`` is the store."""

    folder: Path
    engine: Engine
    settings: Mapping[str, str]
    data: SmallData

    @property
    def state(self) -> Path:
        return Path(self.settings["CALENDAR_STATE_DIR"])

    def ask(self, kind: RequestKind, **form: str) -> None:
        """Put a request into the inbox, sealed as the web does it."""
        public_key = load_or_make(self.state).current.requests.public_key()
        inbox.append(self.engine, kind, seal(public_key, kind, form))

    def subscribe(self, *addresses: str) -> None:
        for address in addresses:
            self.ask(
                RequestKind.SUBSCRIBE, address=address, choices=to_text(CHOICES), consent="2026-11"
            )

    def once(self, at: datetime, step: str = "", number: int = 1, seconds: float = PATIENCE) -> int:
        """Let a worker do what is due as of an instant; return how it ended."""
        options = ["--once", "--at", f"{at:%Y-%m-%dT%H:%M:%SZ}"]
        with self.worker(*options, step=step, number=number) as process:
            return process.wait(seconds)

    @contextmanager
    def worker(self, *options: str, step: str = "", number: int = 1) -> Iterator[Process]:
        """A worker, killed at the end if it still runs."""
        with self.process("worker", *options, step=step, number=number) as process:
            yield process

    @contextmanager
    def process(self, *arguments: str, step: str = "", number: int = 1) -> Iterator[Process]:
        process = Process(arguments, self.settings, self.log, step, number)
        try:
            yield process
        finally:
            process.stop()

    @property
    def log(self) -> Path:
        return self.folder / "worker.log"

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.log.read_text("utf-8"), f"the log says {words!r}")

    def wait_for_pulse(self) -> None:
        wait_until(lambda: inbox.read_pulse(self.engine) is not None, "the worker runs")


def made_works(folder: Path, store: Place, port: int) -> Works:
    """For a small calendar and a mail server on this machine."""
    data = SmallData(folder / "data")
    data.publish(text_of({"day": "on: 2027-03-08"}))
    settings = settings_of(port, store.folder, data.events, store.url)
    return Works(folder, store.worker, settings, data)


def people_are_there(works: Works, *addresses: str) -> None:
    """These are subscribed, or all, and nothing is due yet."""
    ring = load_or_make(works.state)
    with works.engine.begin() as connection:
        for address in addresses or PEOPLE:
            person = new_id()
            index = address_index(ring.current, address)
            sealed = seal_address(ring, person, address)
            add_pending(connection, person, sealed, index, CHOICES, "2026-11", NOW)
            confirm(connection, person, NOW.date())
    assert works.once(NOW) == 0


def settings_of(port: int, state: Path, events: Path, database: str = "") -> dict[str, str]:
    """What an operator writes, for a mail server on this machine."""
    return {
        "CALENDAR_BASE_URL": "https://calendar.example",
        "CALENDAR_EVENTS": str(events),
        "CALENDAR_STATE_DIR": str(state),
        "CALENDAR_DATABASE_URL": database.replace("+psycopg", ""),
        "CALENDAR_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "CALENDAR_MAIL_FROM": "dates@calendar.example",
        "CALENDAR_OPERATOR_NAME": "Peace Circle",
        "CALENDAR_CONTACT": "circle@calendar.example",
    }


def count(works: Works, found: str) -> int:
    with reading(works.engine) as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {found}")).scalar_one())  # noqa: S608


def is_intact(works: Works) -> bool:
    """Whether the files are; what PostgreSQL keeps it looks after."""
    files = [path for name in (STORE_FILE, INBOX_FILE) if (path := works.state / name).exists()]
    answers = [
        line for file in files for line in sqlite3.connect(file).execute("PRAGMA integrity_check")
    ]
    return set(answers) <= {("ok",)}
