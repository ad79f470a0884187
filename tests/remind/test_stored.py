"""Who asks for it is mailed everything that is stored of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Table, select

from calendar_app.core.choices import Choices
from calendar_app.remind.stored import stored_lines
from calendar_app.store.database import reading
from calendar_app.store.deliveries import Kind
from calendar_app.store.inbox import RequestKind
from calendar_app.store.tables import INBOX, STORE, delivery, subscriber
from calendar_app.words.languages import LANGUAGES
from tests.factories import at
from tests.publishing import publish, real_catalogue
from tests.remind.conftest import MakeOffice
from tests.remind.kept import kept
from tests.remind.office import ADDRESS, token, words

OF_NOBODY = {
    "planner": "where planning stands",
    "pulse": "how the worker does",
    "request": "sealed, and gone once it is applied",
    "suppressed": "of people who were erased",
    "worker": "which key is in use",
}


def columns(table: Table) -> set[str]:
    return {column.name for column in table.columns}


def test_each_table_is_told_or_holds_nothing_of_who_can_ask() -> None:
    tables = {*INBOX.tables, *STORE.tables}

    assert tables == {subscriber.name, delivery.name, *OF_NOBODY}


def test_each_column_of_a_person_is_told() -> None:
    lines = list(kept().telling().person(kept().person, ADDRESS))

    told = [name for line in lines for name in line.columns]
    assert sorted(told) == sorted(columns(subscriber))
    assert all(line.label and line.value for line in lines)


def test_each_column_of_a_mail_is_told() -> None:
    rows = kept().deliveries
    kinds = {row.kind for row in rows}
    assert kinds == {kind.value for kind in Kind} - {"confirm", "known"}

    told = {
        name for row in rows for line in kept().telling().delivery(row) for name in line.columns
    }

    assert told == columns(delivery)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_shows_a_code_or_a_date_of_programs(language: str) -> None:
    found = kept()
    lines = stored_lines(found.telling(language), found.person, ADDRESS, found.deliveries)

    text = "\n".join(f"{label}: {value}" for label, value in lines)

    for code in ("todo", "skipped", "dead", "reminder", "digest", "expired", "unwanted"):
        assert code not in text
    assert "2027-03-08" not in text
    assert "DATA 554" in text  # the words of the mail server are its own


def test_who_asks_is_mailed_what_the_store_holds(open_office: MakeOffice) -> None:
    office = open_office(publish(real_catalogue()), at("2027-02-26T10:00"))
    (welcome,) = office.join(Choices("en", ("women",), zone="Europe/Berlin"))
    office.until(at("2027-03-01T08:00"))
    office.ask(RequestKind.EXPORT, token=token(welcome, "manage"))

    (mail,) = office.work(at("2027-03-01T08:05"))

    with reading(office.engine) as connection:
        numbers = connection.execute(select(delivery.c.subscriber_id, delivery.c.mail)).all()
    assert len(numbers) == 4  # the welcome and its date, a reminder, and this mail
    assert [number for row in numbers for number in row if number not in words(mail)] == []
    for said in (
        f"E-mail address (stored encrypted): {ADDRESS}",
        "Topics: Women's rights",
        "Discreet mails: no",
        "Confirmed on: 26 February 2027",
        "Told that the address is known on: not yet",
        "Left of the sign-up: nothing",
        "Mails sent or waiting: Welcome · about: International Women's Day (womens-day-2027) · "
        "date told: 8 March 2027",
        "date told: 8 March 2027 · time: 7 days before",
        "due: 1 March 2027 · ",
        "State: waits · tries: 1",
    ):
        assert said in words(mail)
