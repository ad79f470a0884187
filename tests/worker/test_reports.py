"""What the operator is told: each fault once a day, and once a month that all is well."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from calendar_app.mail.transport import Handover, Memory, Verdict
from calendar_app.worker.pulse import Facts
from calendar_app.worker.reports import LATE_AFTER, Reports
from tests.factories import at
from tests.remind.office import SENDER, read, subjects, words

NOW = at("2027-03-01T08:00")
OPERATOR = "operator@calendar.example"
WELL: Facts = {"is_clock_right": True, "breaker_is_open": False, "oldest_at": None, "backlog": 0}
WELL = {**WELL, "dead": 0, "held": 0, "stuck": 0, "is_data_refused": False, "people": 35}
ATTENTION, ALL_WELL = "Reminders: something needs attention", "Reminders: all is well"
LATE = f"{NOW - LATE_AFTER - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


class Desk:
    """An operator's mailbox."""

    def __init__(self, address: str = OPERATOR, told_on: str = "2027-03") -> None:
        self.transport = Memory()
        self.reports = Reports(address, SENDER, self.transport, told_on)

    def after(self, facts: Facts, passed: timedelta = timedelta()) -> list[str]:
        """The subjects of what came of a report."""
        before = len(self.transport.sent)
        self.reports.report(facts, NOW + passed)
        return subjects([read(message) for message in self.transport.sent[before:]])


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"is_clock_right": False}, "The clock of the machine jumped, so reminders rest."),
        ({"breaker_is_open": True}, "The mail server cannot be reached; run: calendar-app mail"),
        ({"oldest_at": LATE, "backlog": 7}, f"Mails wait since {LATE}, 7 in all."),
        ({"dead": 2}, "2 mails could not be delivered for good."),
        ({"held": 3}, "3 confirmation mails are held back, since many were asked for at once."),
        ({"stuck": 1}, "1 requests could not be applied and stay in the inbox; see the log."),
        ({"is_data_refused": True}, "New data were refused, the last good ones stay in force"),
    ],
)
def test_a_fault_is_mailed_to_the_operator_once_a_day(
    fact: Facts, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk, facts = Desk(), {**WELL, **fact}

    assert desk.after(facts) == [ATTENTION]
    mail = read(desk.transport.sent[0])
    assert mail["To"] == OPERATOR
    assert sentence in " ".join(words(mail).split())
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert desk.after(facts, timedelta(hours=23)) == []
    assert desk.after(facts, timedelta(hours=24)) == [ATTENTION]


def test_another_fault_is_told_at_once() -> None:
    desk = Desk()

    assert desk.after({**WELL, "dead": 1}) == [ATTENTION]
    assert desk.after({**WELL, "dead": 1, "breaker_is_open": True}) == [ATTENTION]
    assert desk.after({**WELL, "dead": 2}) == [ATTENTION]


def test_once_a_month_the_operator_is_told_that_all_is_well() -> None:
    desk = Desk(told_on="2027-02")

    assert desk.after({**WELL, "dead": 1}) == [ATTENTION]
    assert desk.after(WELL) == [ALL_WELL]
    assert "about 35 people" in words(read(desk.transport.sent[-1]))
    assert desk.after(WELL, timedelta(days=30)) == []
    assert desk.after(WELL, timedelta(days=31)) == [ALL_WELL]


def test_what_could_not_be_mailed_is_mailed_later() -> None:
    desk = Desk(told_on="2027-02")
    desk.transport._handovers = [Handover(Verdict.UNREACHABLE)] * 2

    assert [desk.after({**WELL, "dead": 1}), desk.after(WELL)] == [[], []]
    assert desk.after({**WELL, "dead": 1}) == [ATTENTION]
    assert desk.after(WELL) == [ALL_WELL]


def test_without_an_address_it_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(address="", told_on="2027-02")

    assert [desk.after({**WELL, "dead": 1}), desk.after(WELL)] == [[], []]
    assert [record.getMessage() for record in caplog.records] == [
        "1 mails could not be delivered for good."
    ]
