"""Who pressed confirm in time is not forgotten before that is read, however long nobody can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_app.core.choices import Choices
from calendar_app.remind import requests
from calendar_app.store.inbox import RequestKind, take
from calendar_app.store.subscribers import PENDING_FOR
from tests.factories import at, event
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, token

NOON, MINUTE = at("2026-11-26T12:00"), timedelta(minutes=1)
IN_TIME = NOON + PENDING_FOR - MINUTE
LATER = [NOON + PENDING_FOR + wait for wait in (20 * MINUTE, 60 * MINUTE, timedelta(days=3))]
STRANGER = "stranger@example.org"


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    """One who has pressed in time, one who has not, and an inbox that nobody has read since."""
    made = open_office(publish(made_up(event())), NOON)
    made.subscribe(Choices("en"))
    (asked,) = made.work(NOON)
    made.subscribe(Choices("en"), STRANGER)
    assert len(made.work(NOON)) == 1
    made.ask(RequestKind.CONFIRM, token=token(asked, "confirm"), at=IN_TIME.isoformat())
    return made


def plan(office: Office) -> None:
    """Let time pass as for a worker that plans and sends, and cannot read the inbox."""
    for office.now in LATER:
        office.tick()
        office.sending.send_due()


def test_an_inbox_that_could_not_be_read_costs_nobody_their_confirmation(office: Office) -> None:
    plan(office)
    assert office.count("subscriber") == 2

    assert len(office.work()) == 1  # the welcome
    assert office.count("subscriber WHERE is_active") == office.count("subscriber") == 1


def test_nor_does_a_confirmation_that_stays_in_the_inbox(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ValueError("no such date")

    with monkeypatch.context() as patch:
        patch.setattr(requests, "plan_near", fail)
        assert office.until(*LATER) == []
    assert (office.count("request"), office.count("subscriber")) == (1, 2)

    office.applying.stuck.clear()  # as at the next start
    assert len(office.work()) == 1
    assert office.count("subscriber WHERE is_active") == office.count("subscriber") == 1


def test_nor_does_one_that_another_worker_has_in_hand(office: Office) -> None:
    """On SQLite there is no other."""
    if office.engine.dialect.name == "sqlite":
        return
    with office.engine.begin() as connection:
        assert len(take(connection, 1)) == 1
        assert office.until(*LATER) == []
        assert office.count("subscriber") == 2

    assert len(office.work()) == 1


def test_what_else_stays_in_the_inbox_keeps_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such mail")

    office.work(IN_TIME)
    office.ask(RequestKind.BOUNCE, token="")
    monkeypatch.setattr(requests, "id_in", fail)

    office.work(LATER[0])

    assert (office.count("request"), len(office.applying.stuck)) == (1, 1)
    assert office.count("subscriber WHERE is_active") == office.count("subscriber") == 1
