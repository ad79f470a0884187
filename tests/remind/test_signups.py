"""Limits on the mails that strangers can cause, and what a flood of sign-ups leaves behind."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from calendar_app.core.choices import Choices
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind.signups import MAX_ASKED, SENT_WITHIN, Limits
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import PENDING_FOR
from calendar_app.words.catalogs import catalog
from tests.factories import at, event
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import read, token, words

NOON = at("2026-11-26T12:00")
HOUR = timedelta(hours=1)
CATALOGUE = publish(made_up(event()))


def reserve(limits: Limits, address: str, now: datetime) -> datetime | None:
    return limits.reserve(uuid4().hex, address, now, now + SENT_WITHIN)


def most_in(span: timedelta, instants: Iterable[datetime | None]) -> int:
    """In any window of that length."""
    taken = sorted(instant for instant in instants if instant)
    ends = [bisect_left(taken, first + span) for first in taken]
    return max(end - begin for begin, end in enumerate(ends))


def test_after_a_flood_mails_leave_at_once_within_a_day() -> None:
    limits = Limits()

    reserved = [reserve(limits, f"a@d{number}.example", NOON) for number in range(30_000)]

    taken = [instant for instant in reserved if instant]
    assert len(taken) == 2000
    assert [taken.count(NOON + hour * HOUR) for hour in range(8)] == [300] * 6 + [200, 0]
    later = NOON + SENT_WITHIN + HOUR
    assert reserve(limits, "real@person.example", later) == later
    assert SENT_WITHIN < PENDING_FOR


def test_who_is_dropped_takes_nobody_elses_turn() -> None:
    limits = Limits()

    flood = [reserve(limits, f"a{number}@one.example", NOON) for number in range(5000)]

    assert sum(map(bool, flood)) == 60 * 24
    assert reserve(limits, "real@person.example", NOON) == NOON
    assert reserve(limits, "real@one.example", NOON) is None
    assert reserve(limits, "real@one.example", NOON + HOUR) is not None


@pytest.mark.parametrize(
    ("domains", "an_hour"), [(["one.example"], 60), (["gmail.com"], 600), (["a", "b", "c"], 180)]
)
def test_no_hour_has_more_than_a_domain_or_all_may_have(domains: list[str], an_hour: int) -> None:
    """Whenever they ask: here for more than a day, and by more people than may."""
    limits, reserved = Limits(), []
    for minute in range(0, 60 * 26, 10):
        now = NOON + minute * HOUR / 60
        for number in range(60):
            domain = domains[number % len(domains)]
            reserved.append(reserve(limits, f"a{minute}-{number}@{domain}", now))

    assert most_in(HOUR, reserved) == min(an_hour, 300)
    assert most_in(24 * HOUR, reserved) == min(an_hour * 24, 2000)


def test_who_waits_for_their_domain_counts_in_all_when_they_are_sent() -> None:
    limits, reserved = Limits(), []
    for domain in range(20):
        reserved += [reserve(limits, f"a{number}@d{domain}.example", NOON) for number in range(120)]

    assert most_in(HOUR, reserved) == 300
    assert most_in(24 * HOUR, reserved) == 2000


def test_a_request_that_is_tried_again_has_its_turn_already() -> None:
    limits = Limits()
    turns = [
        limits.reserve(request, "a@example.org", NOON + number * HOUR / 60, NOON + SENT_WITHIN)
        for number, request in enumerate("11112")
    ]

    assert turns == [NOON + number * HOUR / 60 for number in range(5)]
    assert reserve(limits, "a@example.org", NOON)
    assert reserve(limits, "a@example.org", NOON) is None


def test_a_mailbox_is_asked_a_few_times_whatever_is_put_into_its_address() -> None:
    limits = Limits()
    names = [f"v.ictim+{number}@gmail.com" for number in range(5)]
    names += ["vic.tim@gmail.com", "victim@googlemail.com"]

    assert [bool(reserve(limits, name, NOON)) for name in names] == [True] * 3 + [False] * 4
    assert reserve(limits, "other+1@gmail.com", NOON)
    assert reserve(limits, "v.ictim@example.org", NOON)
    assert reserve(limits, "victim@example.org", NOON)  # another one, there
    assert not any("tim" in key for key in limits.mailbox._granted)


def test_a_stranger_who_asks_again_does_not_undo_discreet(open_office: MakeOffice) -> None:
    office, minute = open_office(CATALOGUE, NOON), HOUR / 60
    office.subscribe(Choices("en", discreet=True))
    (first,) = office.work(NOON)
    office.subscribe(Choices("en"))
    office.work(NOON + 20 * minute)

    office.ask(RequestKind.CONFIRM, token=token(first, "confirm"))
    (welcome,) = office.work(NOON + 21 * minute)

    assert welcome["Subject"] == catalog("en").text("subject_welcome_discreet")


def test_an_address_is_asked_a_few_times_and_then_left_alone(open_office: MakeOffice) -> None:
    """Whoever types the address of another: three mails in three days, in whatever order."""
    office, minute, came = open_office(CATALOGUE, NOON), HOUR / 60, []

    for minutes in (0, 1, 14, 16, 17, 32, 48, 60 * 24, 60 * 71):
        office.subscribe(Choices("en"))
        came += [minutes for _ in office.work(NOON + minutes * minute)]

    assert came == [0, 16, 32]
    assert office.count("subscriber") == 1


def test_a_known_address_is_told_so_once_in_a_month(open_office: MakeOffice) -> None:
    office, came = open_office(CATALOGUE, NOON), []
    office.join(Choices("en"))

    for days in (1, 2, 30, 31, 32):
        office.subscribe(Choices("es"))
        came += [(days, mail["Subject"]) for mail in office.work(NOON + days * 24 * HOUR)]

    assert [days for days, _ in came] == [1, 31]
    assert {subject for _, subject in came} == {"About your request"}


def test_who_cannot_be_mailed_in_time_is_not_stored_and_may_come_again(
    open_office: MakeOffice,
) -> None:
    office = open_office(CATALOGUE, NOON)
    for number in range(60 * 24):
        reserve(office.applying.limits, f"flood{number}@example.org", NOON)

    office.subscribe(Choices("en"))

    assert (office.work(), office.count("subscriber"), office.count("request")) == ([], 0, 0)
    office.subscribe(Choices("en"))
    assert len(office.work(NOON + SENT_WITHIN + HOUR)) == 1
    assert (office.count("subscriber"), office.applying.refused.total()) == (1, 0)


def test_what_is_asked_again_is_mailed_before_it_is_forgotten(open_office: MakeOffice) -> None:
    office = open_office(CATALOGUE, NOON)
    office.subscribe(Choices("en"))
    assert len(office.work()) == 1

    almost = NOON + PENDING_FOR - HOUR
    for number in range(60 + 60):
        reserve(office.applying.limits, f"flood{number}@example.org", almost)
    office.subscribe(Choices("tr"))

    assert office.work(almost) == []
    assert office.rows("kind, state") == [("confirm", "sent")]


def test_who_asks_again_is_told_how_long_the_link_works(open_office: MakeOffice) -> None:
    office = open_office(CATALOGUE, NOON)
    office.subscribe(Choices("ru"))
    (first,) = office.work(NOON + HOUR / 360)
    office.subscribe(Choices("ru"))
    (second,) = office.work(NOON + 51 * HOUR)

    assert "72 часа:" in words(first)
    assert "21 час:" in words(second)
    office.ask(RequestKind.CONFIRM, token=token(second, "confirm"))
    assert len(office.work(NOON + 71 * HOUR + HOUR / 2)) == 1  # the welcome


@pytest.mark.parametrize("late", [-HOUR * 0.99, -HOUR / 2, HOUR / 12])
def test_who_asks_when_nobody_could_answer_any_more_begins_anew(
    open_office: MakeOffice, late: timedelta
) -> None:
    """Shortly before the row is over, and after that while it is not forgotten yet."""
    office, now = open_office(CATALOGUE, NOON), NOON + PENDING_FOR + late
    office.subscribe(Choices("en"))
    office.work(NOON)
    office.subscribe(Choices("es"))
    office.now = now
    office.applying.apply_waiting(now)
    office.sending.send_due()

    asked = read(office.transport.sent[-1])
    assert (office.count("subscriber"), len(office.transport.sent)) == (1, 2)
    assert "72 horas:" in words(asked)
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    assert len(office.work(now + 70 * HOUR)) == 1
    assert {tuple(row) for row in office.rows("kind, state")} == {("welcome", "sent")}


def test_who_was_asked_as_often_as_may_be_is_not_asked_before_the_end(
    open_office: MakeOffice,
) -> None:
    office = open_office(CATALOGUE, NOON)
    for asked in range(MAX_ASKED):
        office.subscribe(Choices("en"))
        assert len(office.work(NOON + asked * HOUR)) == 1

    office.subscribe(Choices("en"))
    assert office.work(NOON + PENDING_FOR - HOUR / 2) == []
    office.subscribe(Choices("en"))
    assert len(office.work(NOON + PENDING_FOR)) == 1


def test_a_link_is_not_mailed_when_it_no_longer_works(open_office: MakeOffice) -> None:
    office = open_office(CATALOGUE, NOON)
    office.subscribe(Choices("en"))
    office.answer(Handover(Verdict.UNREACHABLE))
    office.work(NOON)

    assert office.work(NOON + PENDING_FOR - HOUR / 2) == []
    assert office.rows("kind, state, error") == [("confirm", "skipped", "expired")]
