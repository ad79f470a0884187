"""The whole of the reminders in one process, with a clock that stands where a test puts it and a
mail server that is a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import Engine, Row, text

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, to_text
from calendar_app.mail.letters import Message, Sender
from calendar_app.mail.transport import Handover, Memory
from calendar_app.remind.leaving import Exit
from calendar_app.remind.requests import Applying
from calendar_app.remind.send import Sending
from calendar_app.remind.tick import Ticked, tick
from calendar_app.remind.writing import Writer
from calendar_app.sealing.addresses import address_index, seal_address
from calendar_app.sealing.ring import Ring
from calendar_app.sealing.seal import seal
from calendar_app.store import inbox
from calendar_app.store.counts import backlog
from calendar_app.store.database import reading
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import add_pending, confirm, new_id

BASE_URL = "https://calendar.example"
SENDER = Sender("dates@calendar.example", "Peace Circle", "circle@calendar.example", BASE_URL, True)
ADDRESS = "Ana+dates@example.org"
CONSENT = "2026-11"


class Office:
    """``now`` is what the clock shows; ``catalogue`` is the edition in force."""

    def __init__(
        self, engine: Engine, folder: Path, ring: Ring, catalogue: Catalogue, now: datetime
    ) -> None:
        self.engine, self.ring, self.now = engine, ring, now
        self.folder = folder
        self.transport = Memory()
        self.publish(catalogue)
        exit_ = Exit(ring, folder)
        self.applying = Applying(engine, ring, lambda: self.catalogue, exit_)
        self.sending = Sending(
            engine, ring, lambda: self._writer, self.transport, exit_, lambda: self.now
        )

    def publish(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._writer = Writer(catalogue, SENDER, self.ring, self.engine)

    def ask(self, kind: RequestKind, **form: str) -> None:
        """Put a request into the inbox, sealed as the web does it."""
        public_key = self.ring.current.requests.public_key()
        inbox.append(self.engine, kind, seal(public_key, kind, form))

    def subscribe(self, choices: Choices, address: str = ADDRESS) -> None:
        self.ask(RequestKind.SUBSCRIBE, address=address, choices=to_text(choices), consent=CONSENT)

    def work(self, now: datetime | None = None) -> list[EmailMessage]:
        """Apply, plan and send as of an instant; return what was mailed."""
        self.now = now or self.now
        before = len(self.transport.sent)
        self.applying.apply_waiting(self.now)
        self.tick()
        self.sending.send_due()
        return [read(message) for message in self.transport.sent[before:]]

    def tick(self) -> Ticked:
        return tick(self.engine, self.catalogue, self.now)

    def join(self, choices: Choices, address: str = ADDRESS) -> list[EmailMessage]:
        """Subscribe and confirm; return what came after the confirmation mail."""
        self.subscribe(choices, address)
        mails = self.work()
        self.ask(RequestKind.CONFIRM, token=token(mails[-1], "confirm"))
        return self.work()

    def enrol(self, choices: Choices, *addresses: str) -> list[str]:
        """Have them subscribed, without a mail; return their ids."""
        people = []
        with self.engine.begin() as connection:
            for address in addresses:
                people.append(person := new_id())
                index = address_index(self.ring.current, address)
                sealed = seal_address(self.ring, person, address)
                add_pending(connection, person, sealed, index, choices, CONSENT, self.now)
                confirm(connection, person, self.now.date())
        self.tick()
        return people

    def until(self, *instants: datetime) -> list[EmailMessage]:
        """Let time pass, working at these instants; return what was mailed."""
        return [mail for instant in instants for mail in self.work(instant)]

    def answer(self, *handovers: Handover) -> None:
        """Let the mail server answer so, and accept everything after that."""
        self.transport._handovers += handovers

    def rows(
        self, columns: str = "kind, subject, on_date, lead, state"
    ) -> Sequence[Row[tuple[str]]]:
        with reading(self.engine) as connection:
            found = f"SELECT {columns} FROM delivery ORDER BY due_at, kind, subject, lead"  # noqa: S608
            return connection.execute(text(found)).all()

    def oldest_at(self) -> datetime | None:
        """Since when mails wait that should have been sent."""
        with reading(self.engine) as connection:
            return backlog(connection, self.now).oldest_at

    def count(self, table: str) -> int:
        with reading(self.engine) as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608


def read(message: Message) -> EmailMessage:
    found = message_from_bytes(message.data, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def words(mail: EmailMessage) -> str:
    """The text of a mail, as a person reads it."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token(mail: EmailMessage, page: str) -> str:
    """The token in the link to a page."""
    found = re.search(rf"{BASE_URL}/[a-z]+/{page}/([a-z2-7]+)", words(mail))
    assert found is not None, words(mail)
    return found[1]


def subjects(mails: Sequence[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in mails]
