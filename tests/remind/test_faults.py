"""What goes wrong: mail servers that refuse or fall silent, a worker that dies or sleeps through
its lease, a clock that is set, edits there and back. Nothing is lost, and what comes twice is the
same mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event
from calendar_app.mail.letters import Message
from calendar_app.mail.smtp import SECONDS_FOR_ANSWER, SECONDS_PER_MAIL
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind import send
from calendar_app.remind.budgets import Budget, Throttle
from calendar_app.remind.leaving import Exit
from calendar_app.remind.passing import APART
from calendar_app.remind.tick import REST
from calendar_app.store import chosen, deliveries, subscribers
from calendar_app.store.bounced import count_bounce, count_doubted
from calendar_app.store.counts import backlog
from calendar_app.store.database import reading
from calendar_app.store.erased import ERASED_FILE
from calendar_app.store.erasure import erase
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import find
from calendar_app.store.tables import subscriber
from tests.factories import at, cancelled, event, moved, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import ADDRESS, Office, token

NOW = at("2027-02-20T10:00")
CHOICES = Choices("en", zone="Europe/Berlin")
WEEK_BEFORE, DAY_BEFORE = at("2027-03-01T08:00"), at("2027-03-07T08:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Died(BaseException):
    """The process ends here, and nothing after it is done."""


def day(**fields: object) -> Event:
    return event("day", on("2027-03-08"), topics=("labour",), **fields)


FIRST = publish(made_up(day()))


def edited(*changes: object, after: Catalogue = FIRST) -> Catalogue:
    return publish(made_up(day(changes=changes)), after, at("2027-03-02T09:00"))


def reminders(office: Office, columns: str) -> list[tuple[object, ...]]:
    rows = office.rows(f"kind, {columns}")
    return [tuple(row)[1:] for row in rows if row[0] == "reminder"]


def die_at(patch: pytest.MonkeyPatch, step: str) -> None:
    """Let the process end after the claim, after the mail server took the mail, or in the mark."""

    def die(*_: object, **__: object) -> None:
        raise Died

    if step == "claim":
        patch.setattr(send._Batch, "send", die)
    elif step == "250":
        patch.setattr(send._Batch, "_marks_for", die)
    patch.setattr(deliveries, "mark", die)


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    """Somebody is subscribed."""
    made = open_office(FIRST, NOW)
    assert len(made.join(CHOICES)) == 1
    return made


@pytest.mark.parametrize("verdict", [Verdict.LATER, Verdict.UNKNOWN])
def test_what_was_not_taken_is_tried_again_as_the_same_mail(
    office: Office, verdict: Verdict
) -> None:
    names = []
    take = office.transport.send
    office.transport.send = lambda mail: names.append(mail.message_id) or take(mail)  # type: ignore[func-returns-value, method-assign]
    office.answer(Handover(verdict), Handover(verdict))

    assert office.until(WEEK_BEFORE, WEEK_BEFORE + 2 * MINUTE) == []
    assert len(office.until(WEEK_BEFORE + 10 * MINUTE)) == 1
    assert (len(names), len(set(names))) == (3, 1)


@pytest.mark.parametrize("between", [[], [Handover(Verdict.LATER, "RCPT 451")]])
def test_a_server_that_never_says_that_it_took_a_mail_is_given_it_three_times(
    office: Office, between: list[Handover]
) -> None:
    """Other tries between do not count, nor does a worker that starts anew. Then it counts as sent,
    and the operator is told."""
    names, doubt = [], Handover(Verdict.UNKNOWN, "DATA: TimeoutError")
    take = office.transport.send
    office.transport.send = lambda mail: names.append(mail.message_id) or take(mail)  # type: ignore[func-returns-value, method-assign]
    office.answer(doubt, *between, *[doubt] * 9)

    for tick in range(40):
        office.until(WEEK_BEFORE + tick * 5 * MINUTE)

    assert (len(names), len(set(names))) == (send.MAX_DOUBTS + len(between), 1)
    assert office.rows("state, error")[-1] == ("sent", "unknown")
    assert office.count("subscriber WHERE bounces = 0") == 1
    with reading(office.engine) as connection:
        found = backlog(connection, office.now)
    assert (found.todo, found.dead, found.unknown) == (0, 0, 1)


def test_a_mail_that_is_refused_is_dead_and_the_next_one_is_not(office: Office) -> None:
    office.answer(Handover(Verdict.REFUSED, "DATA 554"))

    assert office.until(WEEK_BEFORE) == []
    assert len(office.until(DAY_BEFORE)) == 1
    assert reminders(office, "state") == [("dead",), ("sent",)]


@pytest.mark.parametrize("damage", ["swapped", "flipped", "cut"])
def test_an_address_that_is_damaged_keeps_nobody_else_waiting(office: Office, damage: str) -> None:
    """The row is dead, which the operator is told of; whose address stands in it is not mailed."""
    office.join(CHOICES, "second@example.org")
    with office.engine.begin() as connection:
        sealed = list(connection.execute(select(subscriber.c.id, subscriber.c.address)))
        (person, own), (_, other) = sealed
        damaged = {"swapped": other, "flipped": own[:-1] + bytes([own[-1] ^ 1]), "cut": own[:-1]}
        change = update(subscriber).where(subscriber.c.id == person)
        connection.execute(change.values(address=damaged[damage]))

    assert len(office.until(WEEK_BEFORE)) == 1
    assert sorted(reminders(office, "state")) == [("dead",), ("sent",)]
    assert len(office.until(DAY_BEFORE)) == 1


@pytest.mark.parametrize(
    "stored",
    [{"zone": "Nowhere/Town"}, {"leads": ",5,"}, {"digest": "daily"}, {"language": "eo"}],
    ids=str,
)
def test_choices_of_another_version_keep_nobody_waiting(
    office: Office, stored: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whose they are gets what was planned, and what is no longer true, as everybody does."""
    chosen._choices.cache_clear()
    office.join(CHOICES, "later@example.org")
    office.now = WEEK_BEFORE
    office.tick()
    with office.engine.begin() as connection:
        first = connection.execute(select(subscriber.c.id).limit(1)).scalar_one()
        connection.execute(update(subscriber).where(subscriber.c.id == first).values(stored))

    assert len(office.work()) == 2
    assert [str(found.msg) for found in caplog.records if found.name == chosen.__name__] == [
        "choices are stored that are not offered any more; the nearest are taken"
    ]
    with reading(office.engine) as connection:
        assert subscribers.unknown_zones(connection) == list(filter(None, [stored.get("zone")]))
    office.publish(edited(moved("2027-03-08", "2027-03-20")))
    office.until(WEEK_BEFORE + MINUTE)
    assert len(office.until(WEEK_BEFORE + 45 * MINUTE)) == 2


def test_many_readers_in_one_domain_are_claimed_no_oftener_than_need_be(
    open_office: MakeOffice,
) -> None:
    office = open_office(FIRST, NOW)
    for number in range(50):
        office.subscribe(CHOICES, f"reader{number}@gmail.com")
    office.applying.apply_waiting(NOW)
    throttle = Throttle(domain=Budget(36_000, burst=15))
    sending, seconds = replace(office.sending, throttle=throttle), 0.0
    while len(office.transport.sent) < 50 and seconds < 10:
        office.now = NOW + timedelta(seconds=seconds)
        sending.send_due()
        seconds += 0.1

    # Ten a second, after a burst; and what is left is kept by the second.
    assert len(office.transport.sent) == 50
    assert seconds < 7
    assert sum(tries for (tries,) in office.rows("attempts")) < 3 * 50


def test_what_is_left_for_another_reason_is_no_failure_of_the_mail(office: Office) -> None:
    """Its first failure is waited for a minute, however often it was claimed before."""
    office.now = WEEK_BEFORE
    office.tick()
    for number in range(6):
        office.answer(Handover(Verdict.UNREACHABLE, "connect 421"))
        office.work(WEEK_BEFORE + number * 16 * MINUTE)
    office.answer(Handover(Verdict.LATER, "RCPT 451"))
    office.work(WEEK_BEFORE + 96 * MINUTE)

    assert reminders(office, "attempts, failures, error")[-1] == (7, 1, "RCPT 451")
    assert len(office.work(WEEK_BEFORE + 98 * MINUTE)) == 1


def test_a_server_that_cannot_be_reached_uses_up_nothing(office: Office) -> None:
    office.answer(*[Handover(Verdict.UNREACHABLE, "connect")] * 5)
    waits = [WEEK_BEFORE + number * 16 * MINUTE for number in range(6)]

    mails = office.until(*waits)

    assert len(mails) == 1
    assert office.rows("state, error")[-1] == ("sent", "")


def test_who_moved_away_is_erased_after_the_third_hard_bounce(open_office: MakeOffice) -> None:
    office = open_office(publish(made_up(day())), NOW)
    office.join(Choices("en", leads=(7, 3, 1), zone="Europe/Berlin"))
    office.answer(*[Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1")] * 3)

    office.until(WEEK_BEFORE, at("2027-03-05T08:00"))
    assert office.count("subscriber") == 1
    office.until(DAY_BEFORE)

    assert (office.count("subscriber"), office.count("suppressed")) == (0, 1)
    office.subscribe(CHOICES)
    assert office.work() == []


def test_who_leaves_while_the_disk_is_full_has_left_once_there_is_room(
    open_office: MakeOffice,
) -> None:
    """Where it is noted who was erased there may be no room while the database has some."""
    office = open_office(FIRST, NOW)
    mails = office.join(CHOICES)
    full = fill_up(office)
    office.ask(RequestKind.LEAVE, token=token(mails[-1], "manage"))

    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            office.work()
    full.unlink()
    office.work()

    assert (office.count("subscriber"), office.count("request")) == (0, 0)
    assert office.applying.stuck == set()


def test_who_moved_away_while_the_disk_is_full_keeps_no_other_mail_from_being_marked(
    open_office: MakeOffice,
) -> None:
    office = open_office(FIRST, NOW)
    office.enrol(Choices("en", leads=(7, 3), zone="Europe/Berlin"), ADDRESS, "other@example.org")
    twice = {"bounces": 2, "bounced_on": WEEK_BEFORE.date() - DAY}
    with office.engine.begin() as connection:
        connection.execute(update(subscriber).values(twice))
    full = fill_up(office)
    office.answer(Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1"))

    assert len(office.work(WEEK_BEFORE)) == 1
    assert sorted(row.state for row in office.rows("state")) == ["dead", "sent"]
    assert (office.count("subscriber"), office.count("suppressed")) == (2, 0)
    full.unlink()
    office.answer(Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1"))
    office.until(at("2027-03-05T08:00"))
    assert office.count("subscriber") == 1


def fill_up(office: Office) -> Path:
    """Whatever is noted of who was erased meets a full disk, until this is gone."""
    file = office.folder / ERASED_FILE
    file.symlink_to("/dev/full")
    return file


NOBODY = Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1")
LEADS = Choices("en", leads=(14, 7, 3, 1), zone="Europe/Berlin")
FOUR_DAYS = [at(f"2027-{day}T08:00") for day in ("02-22", "03-01", "03-05", "03-07")]


@pytest.mark.parametrize("way", ["at once", "later"])
def test_a_server_of_whom_nobody_has_an_address_is_not_believed(
    open_office: MakeOffice, way: str
) -> None:
    """Twelve people, on four days, in an answer or in reports of mails that came back."""
    office = open_office(publish(made_up(day())), NOW)
    office.enrol(LEADS, *[f"reader{number}@example.org" for number in range(12)])

    for now in FOUR_DAYS:
        if way == "at once":
            office.answer(*[NOBODY] * 12)
        office.work(now)
        if way == "later":
            for message in office.transport.sent[-12:]:
                office.ask(RequestKind.BOUNCE, token=verp(message), **{"class": "hard"})
            office.work()
        assert office.count("subscriber WHERE bounces = 0") == 12
        with reading(office.engine) as connection:
            assert count_doubted(connection, now.date()) == 12
    assert office.count("suppressed") == 0


def verp(message: Message) -> str:
    """The token in the envelope."""
    return message.envelope_from.partition("@")[0].removeprefix("b+")


def test_a_start_forgets_nobody_of_whom_it_was_said_that_day(open_office: MakeOffice) -> None:
    """Else as many as are believed would be given up at each start."""
    office = open_office(publish(made_up(day())), NOW)
    people = office.enrol(LEADS, *[f"reader{number}@example.org" for number in range(12)])
    for instant in FOUR_DAYS[:3]:
        for number, person in enumerate(people):
            if number % 3 == 0:
                leave = Exit(office.sending.ring, office.sending.exit.folder)
            with office.engine.begin() as connection:
                leave.bounce(connection, person, instant.date(), came_back=True)

    assert (office.count("subscriber"), office.count("suppressed")) == (12, 0)


@pytest.mark.parametrize("every", [1, 3])
def test_a_start_gives_up_no_more_people_on_that_day(open_office: MakeOffice, every: int) -> None:
    """Of whom nothing is in the store any more: it is the third time for each."""
    office = open_office(publish(made_up(day())), NOW)
    people = office.enrol(LEADS, *[f"reader{number}@example.org" for number in range(12)])
    with office.engine.begin() as connection:
        for person in people:
            for days in (2, 1):
                found = find(connection, person)
                assert found is not None
                assert not count_bounce(connection, found, NOW.date() - days * DAY)
    for number, person in enumerate(people):
        if number % every == 0:
            leave = Exit(office.sending.ring, office.sending.exit.folder)
        with office.engine.begin() as connection:
            leave.bounce(connection, person, NOW.date())

    assert (office.count("subscriber"), office.count("suppressed")) == (9, 3)


@pytest.mark.parametrize("order", ["first the one", "first the other", "by turns"])
def test_a_server_that_one_worker_does_not_believe_no_other_does(
    open_office: MakeOffice, order: str
) -> None:
    """Two workers, one of which writes to few; either may be the same one after a start."""
    office = open_office(publish(made_up(day())), NOW)
    people = office.enrol(LEADS, *[f"reader{number}@example.org" for number in range(12)])
    numbers = {"first the one": range(12), "first the other": range(11, -1, -1)}
    by_turns = [0, 9, 1, 10, 2, 11, *range(3, 9)]
    for instant in FOUR_DAYS:
        workers = [Exit(office.sending.ring, office.folder) for _ in range(2)]
        for number in numbers.get(order, by_turns):
            with office.engine.begin() as connection:
                leave = workers[number >= 9]
                leave.bounce(connection, people[number], instant.date())

    assert (office.count("subscriber"), office.count("suppressed")) == (12, 0)


def test_who_has_yet_to_confirm_is_not_barred(open_office: MakeOffice) -> None:
    """By a server that knows nobody, for whom they are all there is, three days in a row."""
    office = open_office(publish(made_up(day())), NOW)
    for number in range(3):
        office.answer(NOBODY)
        office.subscribe(CHOICES)
        office.work(NOW + number * 23 * HOUR)
    assert office.rows("kind, state") == [("confirm", "dead")] * 3

    office.subscribe(CHOICES)
    assert len(office.work(NOW + 4 * DAY)) == 1
    assert office.count("suppressed") == 0


def test_a_few_who_moved_away_among_many_are_believed(open_office: MakeOffice) -> None:
    office = open_office(publish(made_up(day())), NOW)
    office.enrol(LEADS, *[f"reader{number}@example.org" for number in range(12)])
    take = office.transport.send
    addresses = {f"reader{number}@example.org" for number in range(5)}
    office.transport.send = lambda mail: NOBODY if mail.to in addresses else take(mail)  # type: ignore[method-assign]

    for instant in FOUR_DAYS[:3]:
        for _ in range(12):  # earlier on that day; else it hangs on who comes first
            office.sending.exit.suspicion.count_mail(instant.date())
        office.until(instant)

    assert (office.count("subscriber"), office.count("suppressed")) == (7, 5)


@pytest.mark.parametrize(
    ("days", "is_gone"),
    [
        ((0, 15, 30), True),
        ((0, 20, 26), True),
        ((0, 6, 30), True),
        ((0, 15, 31, 45), True),
        ((0, 0, 1, 1), False),
        ((0, 15, 31, 46), False),
        ((0, 29, 31, 60, 62), False),
    ],
)
def test_three_times_are_within_one_month(
    office: Office, days: tuple[int, ...], *, is_gone: bool
) -> None:
    (person,) = office.enrol(CHOICES, "moved@example.org")
    for number in days:
        with office.engine.begin() as connection:
            office.sending.exit.bounce(connection, person, NOW.date() + timedelta(days=number))

    assert office.count("suppressed") == int(is_gone)


@pytest.mark.parametrize("step", ["claim", "250", "mark"])
def test_a_worker_that_dies_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        die_at(patch, step)
        before = len(office.transport.sent)
        with pytest.raises(Died):
            office.until(WEEK_BEFORE)
    assert office.until(WEEK_BEFORE + send.LEASE - MINUTE) == []
    office.until(WEEK_BEFORE + send.LEASE + MINUTE)

    names = [mail.message_id for mail in office.transport.sent[before:]]
    assert (len(names), len(set(names))) == (1 if step == "claim" else 2, 1)
    assert office.rows("state, error")[-1] == ("sent", "")


def test_who_slept_through_the_lease_marks_nothing(office: Office) -> None:
    office.now = WEEK_BEFORE
    office.tick()
    with office.engine.begin() as connection:
        claims = deliveries.claim(connection, office.now, send.LEASE, most=5)
    office.until(WEEK_BEFORE + send.LEASE + MINUTE)

    with office.engine.begin() as connection:
        marks = [deliveries.Mark(row, deliveries.State.DEAD) for row in claims[0].deliveries]
        assert deliveries.mark(connection, marks) == 0
    assert office.rows("state")[-1] == ("sent",)


def test_a_batch_is_put_back_when_its_lease_is_nearly_over(office: Office) -> None:
    office.join(CHOICES, "second@example.org")
    office.now = WEEK_BEFORE
    office.tick()
    take = office.transport.send

    def slow(mail: object) -> Handover:
        office.now += 4 * MINUTE
        return take(mail)  # type: ignore[arg-type]

    office.transport.send = slow  # type: ignore[method-assign, assignment]
    office.sending.send_due()

    assert [row[0] for row in office.rows("state")].count("todo") == 0
    assert len(office.transport.sent) == 6


def test_a_lease_is_longer_than_all_that_is_begun_within_it() -> None:
    """Also by the clock of a worker that is ahead."""
    a_slow_name_server = timedelta(seconds=30)
    mail = timedelta(seconds=SECONDS_PER_MAIL + SECONDS_FOR_ANSWER)

    assert mail + a_slow_name_server + APART < send.MARGIN < send.LEASE


def test_who_leaves_while_others_are_written_to_is_not_written_to(office: Office) -> None:
    """Within the minute that they were promised, though they were claimed together."""
    office.enrol(CHOICES, "second@example.org", "third@example.org")
    office.now = WEEK_BEFORE
    office.tick()
    take, before = office.transport.send, len(office.transport.sent)

    def slow(mail: Message) -> Handover:
        office.now += timedelta(seconds=45)
        with office.engine.begin() as connection:
            for person in connection.execute(select(subscriber.c.id)).scalars().all():
                erase(connection, person)
        return take(mail)

    office.transport.send = slow  # type: ignore[method-assign]
    office.sending.send_due()

    assert len(office.transport.sent) == before + 1
    assert office.count("delivery") == 0


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=-30), timedelta(days=-3)])
def test_a_clock_that_was_put_back_sends_nothing_twice(office: Office, jump: timedelta) -> None:
    assert len(office.until(WEEK_BEFORE)) == 1
    assert office.until(WEEK_BEFORE + jump, WEEK_BEFORE, WEEK_BEFORE + 15 * MINUTE) == []


def test_after_downtime_late_is_better_than_never_until_the_day_is_over(office: Office) -> None:
    assert len(office.until(at("2027-03-08T22:59"))) == 1


def test_after_the_day_nothing_is_sent(office: Office) -> None:
    assert office.until(at("2027-03-08T23:00")) == []


def test_after_an_edit_reminders_rest(office: Office) -> None:
    office.publish(edited(moved("2027-03-08", "2027-03-09")))

    assert office.until(at("2027-03-02T08:00"), at("2027-03-02T08:00") + REST - MINUTE) == []
    assert len(office.until(at("2027-03-02T08:00") + REST)) == 1
    assert office.rows("on_date")[-1] == ("2027-03-09",)


def test_what_an_edit_brings_late_has_waited_since_the_rest_ended(office: Office) -> None:
    edited_at = at("2027-03-02T06:00")
    office.publish(edited(moved("2027-03-08", "2027-03-05")))
    office.answer(Handover(Verdict.LATER))

    assert office.until(edited_at, edited_at + 2 * REST) == []
    assert office.oldest_at() == edited_at + REST


@pytest.mark.parametrize(
    ("change", "told"),
    [(moved("2027-03-08", "2027-03-20"), "2027-03-20"), (cancelled("2027-03-08"), "cancelled")],
)
def test_who_was_told_is_told_once_that_it_is_no_longer_true(
    office: Office, change: object, told: str
) -> None:
    office.until(WEEK_BEFORE)
    office.join(CHOICES, "later@example.org")
    office.publish(edited(change))
    office.until(WEEK_BEFORE + MINUTE)

    mails = office.until(WEEK_BEFORE + 45 * MINUTE, WEEK_BEFORE + 90 * MINUTE)

    corrections = [row for row in office.rows() if row[0] == "correction"]
    assert [tuple(row)[2] for row in corrections] == [told] * len(mails)
    assert len(mails) == 2  # both had been told; the second one on joining


def test_who_was_told_in_other_zones_is_told_too(office: Office) -> None:
    """One statement for all zones."""
    office.join(Choices("en", zone="America/Bogota"), "other@example.org")
    monthly = Choices("en", leads=(), digest=Digest.MONTHLY, zone="Asia/Beirut")
    office.join(monthly, "monthly@example.org")
    office.until(WEEK_BEFORE, WEEK_BEFORE + 6 * HOUR)
    office.publish(edited(cancelled("2027-03-08")))
    office.until(WEEK_BEFORE + DAY)

    mails = office.until(WEEK_BEFORE + DAY + 45 * MINUTE)

    everybody = {ADDRESS, "other@example.org", "monthly@example.org"}
    assert {str(mail["To"]) for mail in mails} == everybody
    assert len(mails) == len(everybody)


def test_an_edit_there_and_back_is_as_if_there_had_been_none(office: Office) -> None:
    there = edited(moved("2027-03-08", "2027-03-20"))
    office.until(WEEK_BEFORE - timedelta(days=1))
    office.publish(there)
    office.until(WEEK_BEFORE, WEEK_BEFORE + 20 * MINUTE)
    office.publish(publish(made_up(day()), there, at("2027-03-02T10:00")))

    mails = office.until(WEEK_BEFORE + 25 * MINUTE, WEEK_BEFORE + 60 * MINUTE, DAY_BEFORE)

    assert len(mails) == 2
    assert "correction" not in {row[0] for row in office.rows("kind")}


@pytest.mark.parametrize("hours", [[], [1], [30, 31], [24 * day for day in range(1, 14)]])
def test_a_tick_in_parts_equals_one(office: Office, hours: list[int]) -> None:
    for hour in hours:
        office.now = NOW + timedelta(hours=hour)
        office.tick()
    office.now = at("2027-03-07T12:00")
    office.tick()

    assert reminders(office, "on_date, lead, state") == [
        ("2027-03-08", 7, "todo"),
        ("2027-03-08", 1, "todo"),
    ]
