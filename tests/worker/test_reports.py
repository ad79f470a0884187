"""What the operator is told: each fault once a day, or sooner when more is lost, and once a month
that all is well."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from calendar_app.mail.transport import Handover, Memory, Verdict
from calendar_app.remind.budgets import MAX_STUMBLES, Breaker
from calendar_app.worker.pulse import Facts
from calendar_app.worker.reports import LATE_AFTER, RESTED_AFTER, Reports
from tests.factories import at
from tests.remind.office import SENDER, read, subjects, words

NOW = at("2027-03-01T08:00")
OPERATOR = "operator@calendar.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WELL: Facts = {"is_clock_right": True, "unreachable_since_at": None, "oldest_at": None}
WELL = {**WELL, "backlog": 0, "unknown": 0, "unknown_zones": 0, "doubted": 0}
WELL = {**WELL, "resting_since_at": None, "behind_since_at": None}
WELL = {**WELL, "unwritable_since_at": None}
WELL = {**WELL, "dead": 0, "held": 0, "stuck": 0, "is_data_refused": False, "people": 35}
AWAY: Facts = {**WELL, "unreachable_since_at": "2027-03-01T08:00:00Z"}
ATTENTION, ALL_WELL = "Reminders: something needs attention", "Reminders: all is well"
LATE = f"{NOW - LATE_AFTER - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"

LONG_AGO = f"{NOW - RESTED_AFTER - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


class Desk:
    """An operator's mailbox."""

    def __init__(self, address: str = OPERATOR, well_in_month: str = "2027-03") -> None:
        self.transport, self.breaker = Memory(), Breaker()
        self.reports = Reports(address, SENDER, self.transport, self.breaker, well_in_month)

    def after(self, facts: Facts, passed: timedelta = timedelta()) -> list[str]:
        """The subjects of what came of a report."""
        before = len(self.transport.sent)
        self.reports.report(facts, NOW + passed)
        return subjects([read(message) for message in self.transport.sent[before:]])


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"is_clock_right": False}, "The clock of the machine jumped, so reminders rest."),
        (
            AWAY,
            "The mail server could not be reached from 2027-03-01T08:00:00Z on; run: calendar-app",
        ),
        ({"oldest_at": LATE, "backlog": 7}, f"Mails wait since {LATE}, 7 in all."),
        ({"resting_since_at": LONG_AGO}, f"Reminders rest since {LONG_AGO}, for half an hour"),
        ({"behind_since_at": LATE}, f"Another worker has newer data since {LATE}, so this one"),
        ({"unwritable_since_at": LATE}, f"The store cannot be written since {LATE}, so nothing"),
        ({"dead": 2}, "2 mails could not be delivered for good."),
        ({"blocked": 6}, "6 mails came back, since other servers take no mail from ours; look"),
        ({"unknown": 4}, "Of 4 deliveries the mail server never said whether it took them;"),
        ({"held": 3}, "3 confirmation mails are held back, since many were asked for at once."),
        (
            {"doubted": 9},
            "The mail server says that 9 people, most of today's, have no address;",
        ),
        ({"stuck": 1}, "1 requests could not be applied and stay in the inbox; see the log."),
        ({"unknown_zones": 2}, "People chose 2 time zones that this version does not know; they"),
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


def test_a_rest_after_an_edit_is_no_fault() -> None:
    facts: Facts = {**WELL, "resting_since_at": LATE, "behind_since_at": f"{NOW:%FT%TZ}"}

    assert Desk().after(facts) == []


def test_another_fault_is_told_at_once() -> None:
    desk = Desk()

    assert desk.after({**WELL, "dead": 1}) == [ATTENTION]
    assert desk.after({**WELL, "dead": 1, "stuck": 1}) == [ATTENTION]
    assert "stuck" not in words(read(desk.transport.sent[-1]))
    assert "could not be delivered" not in words(read(desk.transport.sent[-1]))


def test_that_more_is_lost_is_told_within_an_hour() -> None:
    desk, dead = Desk(), [3, 4, 5, 5, 5, 1, 2, 2]

    told = [desk.after({**WELL, "dead": n}, k * 20 * MINUTE) for k, n in enumerate(dead)]

    assert [subject for came in told for subject in came] == [ATTENTION] * 3
    # 5 when the hour is over; 2 after what had been told was forgotten, and an hour after that.
    assert [k for k, came in enumerate(told) if came] == [0, 3, 6]


@pytest.mark.parametrize("fact", ["held", "backlog", "dead"])
def test_a_number_that_grows_at_each_tick_floods_nobody(fact: str) -> None:
    desk = Desk()
    late: Facts = {**WELL, "oldest_at": LATE}

    for tick in range(180):
        desk.after({**late, fact: 40 + tick}, tick * MINUTE / 3)

    assert len(desk.transport.sent) == 1


def test_once_a_month_the_operator_is_told_that_all_is_well() -> None:
    desk = Desk(well_in_month="2027-02")

    assert desk.after({**WELL, "dead": 1}) == [ATTENTION]
    assert desk.after(WELL) == [ALL_WELL]
    assert "about 35 people" in words(read(desk.transport.sent[-1]))
    assert desk.after(WELL, timedelta(days=30)) == []
    assert desk.after(WELL, timedelta(days=31)) == [ALL_WELL]


def test_what_could_not_be_mailed_is_mailed_later() -> None:
    desk = Desk(well_in_month="2027-02")
    desk.transport._handovers = [Handover(Verdict.UNREACHABLE)] * 2

    assert [desk.after({**WELL, "dead": 1}), desk.after(WELL, MINUTE)] == [[], []]
    assert desk.after(WELL, 2 * MINUTE) == [ATTENTION]
    assert "1 mails could not be delivered" in words(read(desk.transport.sent[-1]))
    assert desk.after(WELL, 3 * MINUTE) == [ALL_WELL]


def test_a_server_that_is_away_is_tried_as_seldom_as_by_other_mails() -> None:
    desk = Desk()
    desk.transport._handovers = [Handover(Verdict.UNREACHABLE)] * 1000

    for tick in range(180):
        desk.after(AWAY, tick * MINUTE / 3)
    tries = 1000 - len(desk.transport._handovers)
    desk.transport._handovers = []

    # After 15 s, 30 s, 1, 2, 4, 8, 15, 15 minutes, at the tick that follows.
    assert tries == 9
    assert desk.after(WELL, HOUR + 16 * MINUTE) == [ATTENTION]
    assert not desk.breaker.is_open(NOW + HOUR + 16 * MINUTE)
    assert desk.after(WELL, 2 * HOUR) == []


def test_while_others_found_the_server_away_the_operator_is_not_mailed() -> None:
    desk = Desk()
    until = desk.breaker.fail(NOW)

    assert desk.after(AWAY) == []
    assert desk.after(WELL, until - NOW) == [ATTENTION]
    assert "could not be reached" in words(read(desk.transport.sent[-1]))


def test_an_operator_whom_the_server_refuses_is_tried_once_an_hour() -> None:
    desk = Desk()
    desk.transport._handovers = [Handover(Verdict.REFUSED)] * 1000

    for tick in range(180):
        desk.after({**WELL, "dead": 1}, tick * MINUTE / 3)

    assert len(desk.transport._handovers) == 999
    assert not desk.breaker.is_open(NOW)


def test_without_an_address_it_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(address="", well_in_month="2027-02")

    assert [desk.after({**WELL, "dead": 1}), desk.after(WELL)] == [[], []]
    assert [record.getMessage() for record in caplog.records] == [
        "1 mails could not be delivered for good."
    ]


def test_a_server_that_breaks_off_at_the_operator_too_is_not_back() -> None:
    desk = Desk()
    for number in range(MAX_STUMBLES):
        desk.breaker.stumble(str(number), NOW)
    desk.transport._handovers = [Handover(Verdict.BROKEN_OFF)]

    assert desk.after(AWAY, MINUTE) == []
    assert desk.breaker.failing_since == NOW
