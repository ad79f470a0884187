"""From the form to the last trace, in every language, on both stores, over SMTP. Nobody who reads
the disk or the logs learns who the readers were."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from calendar_app.remind import requests
from calendar_app.remind.tick import REST
from calendar_app.store.database import reading
from calendar_app.store.inbox import count_requests
from calendar_app.web import desk
from calendar_app.web.fields import CONSENT
from calendar_app.words.formatting import format_day
from calendar_app.words.languages import LANGUAGES
from calendar_app.worker.parts import MAIL_FOLDER
from tests.factories import at
from tests.publishing import BASE_URL
from tests.remind.journey import World
from tests.remind.office import words
from tests.remind.traces import files_with
from tests.store.places import Place
from tests.store.postgres import Postgres

NOW = at("2027-02-20T10:00")
MINUTE = timedelta(minutes=1)
OWN = {"Sec-Fetch-Site": "same-origin"}
CANARY = "Kanari7x4q"
WAYS = ("button", "one click", "settings")
HEAD = "\n  may-day:\n"
MOVED = "      - {occurrence: 2027-05-01, kind: moved, to: 2027-05-02, by: organisers}\n"
CANCELLED = "      - {occurrence: 2027-05-01, kind: cancelled, by: organisers}\n"
Came = dict[str, list[EmailMessage]]


class Reader(NamedTuple):
    """Somebody, and how they leave in the end."""

    number: int
    lang: str
    way: str

    @property
    def address(self) -> str:
        return f"{CANARY}-{self.number}@example.org"

    @property
    def form(self) -> dict[str, object]:
        form = {"address": self.address, "topics": ["labour"], "times": "each", "hour": "9"}
        form |= {"leads": ["7", "1", "0"], "zone": "Europe/Berlin", "language": self.lang}
        return form | {"consent": CONSENT, "every_lead": "1"}


# One of each language; and for the first language one for each way to leave.
READERS = [
    Reader(number, lang, way)
    for number, (lang, way) in enumerate(
        [*zip(LANGUAGES, cycle(WAYS)), ("en", "one click"), ("en", "settings")]  # noqa: B905
    )
]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged, down to the last detail."""
    path = tmp_path / "debug.log"
    handler = logging.FileHandler(path)
    loggers = [logging.getLogger(name) for name in ("", "sqlalchemy", "mail.log")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    # The last one is the mail server's of the tests, which tells whom it has mail for.
    for logger, level in zip(loggers, (logging.DEBUG, logging.DEBUG, logging.ERROR), strict=True):
        logger.setLevel(level)
    yield path
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    loggers[0].removeHandler(handler)
    handler.close()


@pytest.fixture
def world(log: Path, world: World) -> World:
    """With all that it does in the log."""
    return world


@pytest.fixture
def disk(tmp_path: Path, store: Place, request: pytest.FixtureRequest) -> list[Path]:
    """Where the product and its database may have written."""
    if store.is_sqlite:
        return [tmp_path]
    server: Postgres = request.getfixturevalue("postgres")
    return [tmp_path, server.folder]


def link(mail: EmailMessage, page: str) -> str:
    """The path of the link to a page, as the reader's program opens it."""
    found = re.search(rf"{BASE_URL}(/[a-z]+/{page}/\S+)", words(mail))
    assert found is not None, words(mail)
    return unquote(found[1])


def everybody_gets(came: Came, count: int = 1) -> dict[Reader, EmailMessage]:
    """So many mails each, and nobody else; the last one of each."""
    addresses = {reader.address for reader in READERS}
    assert {to: len(mails) for to, mails in came.items()} == dict.fromkeys(addresses, count)
    return {reader: came[reader.address][-1] for reader in READERS}


def everybody_reads(mails: dict[Reader, EmailMessage], event: str, day: date, world: World) -> None:
    """Name and date in their language."""
    name = world.parts.catalogue.events[event].name
    for reader, mail in mails.items():
        text = words(mail)
        assert name[reader.lang] in text, text
        assert format_day(day, LANGUAGES[reader.lang]) in text, text


def join(world: World) -> dict[Reader, str]:
    """Subscribe on the page and confirm by the mailed link; the links to the settings."""
    for reader in READERS:
        path = f"/{reader.lang}/subscribe/mail/"
        assert world.post(path, reader.form, reader.number, **OWN).status == 202
    asked = everybody_gets(world.work(NOW))
    for reader, mail in asked.items():
        path = link(mail, "confirm")
        assert path.startswith(f"/{reader.lang}/")
        assert world.post(path, {}, reader.number, **OWN).status == 202
    return {
        reader: link(mail, "manage")
        for reader, mail in everybody_gets(world.work(NOW + MINUTE)).items()
    }


def leave(world: World, reader: Reader, last: EmailMessage) -> None:
    if reader.way == "settings":
        reply = world.post(link(last, "manage"), {"do": "leave"}, **OWN)
    elif reader.way == "button":
        reply = world.post(link(last, "unsubscribe"), {}, **OWN)
    else:
        assert last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        url = re.fullmatch(rf"<{BASE_URL}(/\S+)>", last["List-Unsubscribe"])
        assert url is not None
        reply = world.post(url[1], {"List-Unsubscribe": "One-Click"})
    assert reply.status == 202


def test_from_the_form_to_the_last_trace(
    world: World, store: Place, disk: list[Path], request: pytest.FixtureRequest
) -> None:
    settings = join(world)
    assert files_with(disk, CANARY) == []

    for day in ("2027-03-01", "2027-03-07", "2027-03-08"):
        assert world.work(at(f"{day}T07:59")) == {}
        mails = everybody_gets(world.work(at(f"{day}T08:00")))
        everybody_reads(mails, "womens-day", date(2027, 3, 8), world)
    everybody_gets(world.work(at("2027-04-24T07:00")))

    # The data are edited twice; each time everybody who was told is told once more.
    for now, old, new in (
        (at("2027-04-26T10:00"), HEAD, f"{HEAD}    changes:\n{MOVED}"),
        (at("2027-04-27T10:00"), MOVED, f"{MOVED}{CANCELLED}"),
    ):
        world.now = now
        world.edit(old, new)
        assert world.work(now + MINUTE) == {}
        told = everybody_gets(world.work(now + 2 * MINUTE + REST))
        everybody_reads(told, "may-day", date(2027, 5, 2), world)
        assert world.work(now + timedelta(hours=2)) == {}

    everything = {"do": "change", "times": "weekly", "topics": [*world.parts.catalogue.topics]}
    for reader, path in settings.items():
        assert world.post(path, reader.form | everything, **OWN).status == 202
    # What is left of the week that has begun comes at once.
    everybody_gets(world.work(at("2027-04-28T10:00")))
    for path in settings.values():
        assert world.post(path, {"do": "export"}, **OWN).status == 202
    stored = everybody_gets(world.work(at("2027-04-28T10:05")))
    assert all(reader.address in words(mail) for reader, mail in stored.items())
    digests = everybody_gets(world.work(at("2027-05-03T07:00")))
    everybody_reads(digests, "victory-day", date(2027, 5, 9), world)
    assert files_with(disk, CANARY) == []

    for reader, mail in digests.items():
        leave(world, reader, mail)
    assert world.work(at("2027-05-03T07:05")) == {}
    assert world.work(at("2027-05-24T07:00")) == {}
    assert is_empty(world)
    if not store.is_sqlite:
        request.getfixturevalue("postgres").execute("CHECKPOINT")
    assert files_with(disk, CANARY) == []
    assert not (store.folder / MAIL_FOLDER).exists()  # everything went over SMTP


def is_empty(world: World) -> bool:
    with reading(world.parts.engine) as connection:
        rows = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
            for table in ("subscriber", "delivery", "suppressed")
        ]
        return [*rows, count_requests(connection)] == [0, 0, 0, 0]


def test_what_fails_does_not_tell_whom_it_was_about(
    world: World, disk: list[Path], log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors whose words quote the address, at each place where one is at hand."""

    def fail(*given: object, **_: object) -> None:
        raise RuntimeError(f"no luck with {given}, {READERS[0].address}")

    reader = READERS[0]
    path = f"/{reader.lang}/subscribe/mail/"
    with monkeypatch.context() as patch:
        patch.setattr(desk, "seal", fail)
        reply = world.post(path, reader.form, **OWN)
        assert (reply.status, CANARY in reply.text) == (500, False)
    assert world.post(path, reader.form, **OWN).status == 202
    with monkeypatch.context() as patch:
        patch.setattr(requests, "sign_up", fail)
        assert world.work(NOW) == {}
    world.parts.applying.stuck.clear()
    with monkeypatch.context() as patch:
        patch.setattr(world.parts.transport, "send", fail)
        assert world.work(NOW) == {}
    assert len(world.work(NOW + 5 * MINUTE)[reader.address]) == 1

    lines = log.read_text("utf-8")
    assert "a request failed" in lines
    assert "a request is left in the inbox: RuntimeError" in lines
    assert "a mail could not be written: RuntimeError" in lines
    assert "INSERT INTO subscriber" in lines  # it is all there, but for the values
    assert files_with(disk, CANARY) == []
