"""The way of a person: asks, confirms, is welcomed, is reminded, chooses anew, leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_app.core.choices import Choices, Digest, to_text
from calendar_app.core.events import Text
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind import requests
from calendar_app.store.inbox import RequestKind
from calendar_app.words.languages import LANGUAGES
from tests.factories import at, event, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import ADDRESS, CONSENT, Office, subjects, token, words

NOW = at("2027-02-20T10:00")
NAMES = Text(dict.fromkeys(LANGUAGES, "Day of days"))
DAY = event("day", on("2027-03-08"), name=NAMES, topics=("labour",))
CATALOGUE = publish(made_up(DAY))
BERLIN = Choices("en", zone="Europe/Berlin")
WEEK_BEFORE, DAY_BEFORE = at("2027-03-01T08:00"), at("2027-03-07T08:00")


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    return open_office(CATALOGUE, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_confirms_is_welcomed_and_reminded(office: Office, language: str) -> None:
    office.subscribe(Choices(language, zone="Europe/Berlin"))
    asked = office.work()
    office.ask(RequestKind.CONFIRM, token=token(asked[0], "confirm"))
    welcomed = office.work()

    assert [mail["To"] for mail in (*asked, *welcomed)] == [ADDRESS, ADDRESS]
    assert office.until(WEEK_BEFORE.replace(hour=7, minute=59)) == []
    week_before = office.until(WEEK_BEFORE)
    assert [("Day of days" in words(mail), mail["To"]) for mail in week_before] == [(True, ADDRESS)]
    assert len(office.until(DAY_BEFORE)) == 1
    assert office.until(at("2027-03-09T08:00")) == []


def test_who_does_not_confirm_is_forgotten_after_72_hours(office: Office) -> None:
    office.subscribe(BERLIN)
    asked = office.work()
    office.until(at("2027-02-23T09:59"))
    assert office.count("subscriber") == 1

    office.until(at("2027-02-23T10:15"))
    office.ask(RequestKind.CONFIRM, token=token(asked[0], "confirm"))

    assert office.work() == []
    assert (office.count("subscriber"), office.count("delivery")) == (0, 0)


def test_an_error_of_ours_costs_nobody_their_request(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one of the kind that stands for a bad form."""

    def fail(*_: object) -> int:
        raise ValueError("no such date")

    office.subscribe(BERLIN)
    office.ask(RequestKind.CONFIRM, token=token(office.work()[0], "confirm"))
    with monkeypatch.context() as patch:
        patch.setattr(requests, "plan_near", fail)
        assert office.work() == []
    assert (office.count("request"), office.applying.refused.total()) == (1, 0)

    office.applying.stuck.clear()  # as at the next start
    assert subjects(office.work())[0].endswith("reminders are on")
    assert office.count("request") == 0


def test_a_request_of_no_kind_is_refused(office: Office) -> None:
    with office.engine.begin() as connection:
        row = "INSERT INTO inbox.request (id, kind, body) VALUES ('a', 'b', '')"
        if connection.dialect.name == "postgresql":
            row = row.replace("inbox.", "")
        connection.exec_driver_sql(row)

    assert office.work() == []
    assert (office.count("request"), office.applying.refused["b"]) == (0, 1)


def test_who_comes_late_gets_one_mail_of_what_is_near(office: Office) -> None:
    office.now = at("2027-03-07T12:00")

    welcome, near = subjects(office.join(BERLIN))

    assert welcome.endswith("reminders are on")
    assert near == "Day of days: 8 March 2027 (tomorrow)"  # for both leads
    assert office.until(at("2027-03-08T08:00"), at("2027-03-12T00:00")) == []


def test_what_is_near_has_waited_since_it_was_asked_for(office: Office) -> None:
    office.now = WEEK_BEFORE + timedelta(days=2)
    office.subscribe(BERLIN)
    mails = office.work()
    office.answer(*[Handover(Verdict.LATER)] * 2)
    office.ask(RequestKind.CONFIRM, token=token(mails[-1], "confirm"))

    assert office.work() == []
    assert office.oldest_at() == office.now


def test_who_chooses_anew_gets_what_they_chose_and_nothing_twice(office: Office) -> None:
    mails = office.join(BERLIN) + office.until(WEEK_BEFORE)
    manage = token(mails[-1], "manage")
    chosen = Choices("es", leads=(7, 3), zone="Europe/Berlin", discreet=True)

    office.ask(RequestKind.CHANGE, token=manage, choices=to_text(chosen))

    assert office.work() == []
    later = office.until(at("2027-03-05T08:00"), DAY_BEFORE, at("2027-03-12T00:00"))
    assert [mail["Subject"] for mail in later] == ["Recordatorio del calendario"]
    assert [tuple(row) for row in office.rows("lead, state")][-2:] == [(7, "sent"), (3, "sent")]


def test_who_goes_over_to_a_digest_gets_no_reminder_that_was_planned(office: Office) -> None:
    mails = office.join(BERLIN)
    office.now = WEEK_BEFORE
    office.tick()
    digest = Choices("en", leads=(), digest=Digest.WEEKLY, zone="Europe/Berlin")

    office.ask(RequestKind.CHANGE, token=token(mails[0], "manage"), choices=to_text(digest))
    office.work()
    later = office.until(at("2027-03-08T08:00"))

    assert len(later) == 1
    states = [tuple(row) for row in office.rows("kind, state")][-2:]
    assert ("reminder", "skipped") in office.rows("kind, state"), states


@pytest.mark.parametrize("page", ["manage", "unsubscribe"])
def test_who_leaves_is_erased_and_stays_erased(office: Office, page: str) -> None:
    mails = office.join(BERLIN)

    office.ask(RequestKind.LEAVE, token=token(mails[0], page))
    office.ask(RequestKind.LEAVE, token=token(mails[0], page))
    office.work()

    assert (office.count("subscriber"), office.count("delivery")) == (0, 0)
    assert len((office.folder / "erased").read_text().splitlines()) == 1
    assert office.until(at("2027-03-12T00:00")) == []


def test_who_asks_for_what_is_stored_gets_it_once_a_day(office: Office) -> None:
    mails = office.join(BERLIN)
    for _ in range(3):
        office.ask(RequestKind.EXPORT, token=token(mails[0], "manage"))

    exported = office.work()

    assert len(exported) == 1
    assert all(part in words(exported[0]) for part in (ADDRESS, CONSENT, "Germany (Berlin)"))
