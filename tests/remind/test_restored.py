"""What comes twice when a copy of the store is put back, as the document on operating says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from calendar_app.core.choices import Choices
from calendar_app.sealing.ring import new_ring
from calendar_app.store.copies import back_up, put_back, unpack
from calendar_app.store.database import disposing, store_engine
from calendar_app.store.inbox import RequestKind
from calendar_app.store.schema import upgrade
from tests.factories import at, event, on
from tests.publishing import made_up, publish
from tests.remind.office import Office, token

NOW, DAY = at("2027-02-20T10:00"), timedelta(days=1)
CATALOGUE = publish(
    made_up(*(event(f"day{n}", on(f"2027-03-{n:02}")) for n in (1, 2, 3, 4, 20))), None, NOW - DAY
)


def restore(office: Office, copy: Path) -> None:
    aside = office.folder / "aside"
    aside.mkdir()
    unpack(copy, aside)
    office.engine.dispose()
    put_back(aside, office.folder)


def test_all_that_was_mailed_since_is_one_mail(tmp_path: Path) -> None:
    folder, copy, ring = tmp_path / "state", tmp_path / "copy", new_ring()
    upgrade(folder)
    with disposing(store_engine(folder)) as engine:
        office = Office(engine, folder, ring, CATALOGUE, NOW)
        office.join(Choices("en", leads=(7,)))
        office.subscribe(Choices("en"), "second@example.org")
        (asked,) = office.work()
        back_up(folder, copy)
        office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
        assert len(office.work()) == 1
        days = [NOW + number * DAY for number in range(1, 6)]
        first = [mail for mail in office.until(*days) if mail["To"] != "second@example.org"]
        assert len(first) == 4

        restore(office, copy)

        (again,) = office.work()
        assert again["To"] == first[0]["To"]
        assert again["Message-ID"] not in {mail["Message-ID"] for mail in first}
        assert office.count("subscriber") == 1  # the other one has yet to, and 72 hours are over


def test_who_confirmed_since_can_do_so_once_more(tmp_path: Path) -> None:
    folder, copy, ring = tmp_path / "state", tmp_path / "copy", new_ring()
    upgrade(folder)
    with disposing(store_engine(folder)) as engine:
        office = Office(engine, folder, ring, CATALOGUE, NOW)
        office.subscribe(Choices("en"))
        (asked,) = office.work()
        back_up(folder, copy)
        office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
        assert len(office.work()) == 1

        restore(office, copy)

        office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
        assert len(office.work(NOW + 2 * DAY)) == 2  # the welcome, and what was due
        assert office.count("subscriber WHERE is_active") == 1
