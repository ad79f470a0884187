"""What the store holds of somebody after a journey, as it is when they ask for it: the rows as they
are while the mail with them is written. Only what is random is put in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest, to_text
from calendar_app.mail.letters import Message
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind.stored import Telling
from calendar_app.remind.truths import Truths
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import reading, store_engine
from calendar_app.store.exporting import deliveries_of, row_of
from calendar_app.store.inbox import RequestKind
from calendar_app.store.schema import upgrade
from calendar_app.store.tables import subscriber
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from tests.factories import at, moved
from tests.publishing import publish, real_catalogue
from tests.remind.office import Office, read, token

READER = Choices("en", ("cuba", "women"), (14, 7, 1), zone="Europe/Berlin")
ASKED_ON = date(2027, 3, 2)
DATE, OTHER = "2027-02-27", "2027-03-06/2027-03-07"


@dataclass(frozen=True)
class Kept:
    """The row of the person and those of their mails, as the store has them."""

    person: Any
    deliveries: tuple[Any, ...]
    choices: Choices
    catalogue: Catalogue

    def telling(self, language: str = "en") -> Telling:
        """As if they had chosen the language."""
        presenter = Presenter(self.catalogue, LANGUAGES[language], ASKED_ON)
        truths = Truths(self.catalogue, ASKED_ON)
        return Telling(replace(self.choices, language=language), presenter, truths)


@cache
def kept() -> Kept:
    """After reminders, one that the mail server refused, a correction, a digest and a new link."""
    first = publish(real_catalogue())
    days = first.events["cuba-solidarity-days"]
    events = {**first.events, days.id: replace(days, changes=(moved(DATE, OTHER),))}
    changed = publish(replace(first, events=events), first, at("2027-02-22T08:30"))
    with TemporaryDirectory() as name:
        upgrade(folder := Path(name))
        engine = store_engine(folder)
        office = Office(engine, folder, new_ring(), first, at("2027-02-20T10:00"))
        welcome, _ = office.join(READER)  # and what is near already
        office.publish(changed)
        office.until(at("2027-02-22T09:00"), at("2027-02-22T10:00"))
        office.answer(Handover(Verdict.REFUSED, "DATA 554"))
        office.until(at("2027-03-01T08:00"))
        weekly = replace(READER, leads=(), digest=Digest.WEEKLY, discreet=True)
        office.ask(RequestKind.CHANGE, token=token(welcome, "manage"), choices=to_text(weekly))
        office.until(at("2027-03-01T12:00"))
        office.ask(RequestKind.RENEW, token=token(welcome, "manage"))
        (renewed,) = office.until(at("2027-03-01T12:05"))
        office.ask(RequestKind.EXPORT, token=token(renewed, "manage"))
        found = _while_it_is_written(office)
        engine.dispose()
    return Kept(found[0], tuple(found[1:]), weekly, changed)


def _while_it_is_written(office: Office) -> list[SimpleNamespace]:
    found: list[SimpleNamespace] = []
    send = office.transport.send

    def look(message: Message) -> Handover:
        assert read(message)["Subject"] == "The data you asked for"
        with reading(office.engine) as connection:
            person = connection.execute(select(subscriber.c.id)).scalar_one()
            rows = [row_of(connection, person), *deliveries_of(connection, person)]
        found.extend(SimpleNamespace(**row._mapping) for row in rows)
        return send(message)

    office.transport.send = look  # type: ignore[method-assign]
    office.work(at("2027-03-02T07:05"))
    return _in_order(found)


def _in_order(rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """Random numbers as 1, 2, 3, the same ones alike."""
    rows[0].address_index, rows[0].address = bytes(range(32)), b"sealed"
    seen: dict[str, str] = {}
    for row in rows:
        for name in ("id", "subscriber_id", "subject", "mail"):
            value = getattr(row, name, None)
            if value and len(value) == 32 and "-" not in value:
                setattr(row, name, seen.setdefault(value, f"{len(seen) + 1:032x}"))
    return rows
