"""Marks of several threads in one commit: each goes on only when its own is written, and nobody
answers or waits for another's fault. Connections are fewer than threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Event, Lock

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from calendar_app.core.choices import Choices
from calendar_app.mail.letters import Message
from calendar_app.mail.transport import ACCEPTED, Handover
from calendar_app.remind import send
from calendar_app.remind.send import CONNECTIONS, LEASE, MARGIN, UnmarkedError
from calendar_app.remind.together import Together
from calendar_app.store import deliveries
from calendar_app.store.deliveries import Mark
from tests.factories import at, event, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office
from tests.web.serving import wait_until

THREADS, TIMES = 4, 60
REMINDER = "delivery WHERE kind = 'reminder'"
SENT = f"{REMINDER} AND state = 'sent'"
LONG = 20  # seconds, and never waited for
DAY = event("day", on("2027-03-08"), topics=("labour",))
CHOICES = Choices("en", zone="Europe/Berlin")
NOW, WEEK_BEFORE = at("2027-02-20T10:00"), at("2027-03-01T08:00")


class Died(BaseException):
    """The thread ends here."""


class Disk:
    """Keeps what is written; one commit at a time."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.written: set[str] = set()
        self._lock = Lock()

    def store(self, items: Sequence[str]) -> None:
        assert self._lock.acquire(blocking=False), "two write at once"
        time.sleep(0.0005)
        self.commits.append(list(items))
        self.written.update(items)
        self._lock.release()


def each(work: Callable[[int], object]) -> list[Future[object]]:
    """What becomes of it in each thread; they begin at the same moment."""
    barrier = Barrier(THREADS)

    def begin(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return [pool.submit(begin, number) for number in range(THREADS)]


def written_by_each(
    together: Together[str], store: Callable[[Sequence[str]], None]
) -> list[Future[object]]:
    """What becomes of it when each thread writes its number, and none before all are at work."""
    ready = Barrier(THREADS)

    def work(number: int) -> None:
        with together.at_work():
            ready.wait()
            together.write(str(number), store)

    return each(work)


def due_for(people: int, open_office: MakeOffice) -> Office:
    """An office with a reminder for each of so many people."""
    office = open_office(publish(made_up(DAY)), NOW)
    for number in range(people):
        office.join(CHOICES, f"reader{number}@example.org")
    office.now = WEEK_BEFORE
    office.tick()
    office.transport.sent.clear()
    return office


def test_each_goes_on_when_its_own_is_written_and_many_are_one_commit() -> None:
    together, disk = Together[str](), Disk()

    def work(number: int) -> None:
        with together.at_work():
            for turn in range(TIMES):
                item = f"{number} {turn}"
                together.write(item, disk.store)
                assert item in disk.written

    for future in each(work):
        future.result()
    items = [item for commit in disk.commits for item in commit]
    assert len(items) == len(disk.written) == THREADS * TIMES
    assert len(disk.commits) < len(items) * 2 / THREADS


def test_what_fails_together_is_written_by_each_and_fails_for_one() -> None:
    together = Together[str](patience=5)
    written: list[str] = []

    def store(items: Sequence[str]) -> None:
        if "2" in items:
            raise OSError(f"with {len(items)}")
        written.extend(items)

    faults = [future.exception() for future in written_by_each(together, store)]

    assert [str(fault) for fault in faults if fault] == ["with 1"]
    assert isinstance(faults[2], OSError)
    assert sorted(written) == ["0", "1", "3"]


def test_a_thread_that_ends_while_it_writes_for_all_leaves_nobody_waiting() -> None:
    together = Together[str](patience=5)
    written: list[str] = []
    deaths: list[int] = []

    def store(items: Sequence[str]) -> None:
        if not deaths:
            deaths.append(len(items))
            raise Died
        written.extend(items)

    futures = written_by_each(together, store)

    assert deaths == [THREADS]
    assert [type(future.exception()) for future in futures].count(Died) == 1
    assert len(written) == THREADS - 1
    together.write("later", store)
    assert written[-1] == "later"


def test_nobody_waits_long_for_who_does_not_come() -> None:
    together, disk, is_over = Together[str](patience=0.01), Disk(), Event()

    def stay() -> None:
        with together.at_work():
            is_over.wait()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(stay)
        with together.at_work():
            together.write("mine", disk.store)
        is_over.set()

    assert disk.commits == [["mine"]]


def test_marks_of_four_threads_are_fewer_commits_and_each_stands_before_the_next_mail(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = 12
    office = due_for(people, open_office)
    monkeypatch.setattr(send, "CLAIMED", people // THREADS)
    commits: list[int] = []
    mark = deliveries.mark

    def counted(connection: Connection, marks: Sequence[Mark]) -> int:
        commits.append(len(marks))
        return mark(connection, marks)

    monkeypatch.setattr(deliveries, "mark", counted)
    unmarked: list[int] = []
    all_are_there = Barrier(THREADS)

    def take(mail: Message) -> Handover:
        with suppress(BrokenBarrierError):  # one may have come too late for anything
            all_are_there.wait(2)
        office.transport.sent.append(mail)
        # Of what was sent, what is not marked yet; a mail of each thread may be.
        unmarked.append(len(office.transport.sent) - office.count(SENT))
        return ACCEPTED

    monkeypatch.setattr(office.transport, "send", take)
    sending = replace(office.sending, together=Together(patience=1))
    for future in each(lambda _: sending.send_due()):
        future.result()

    assert sum(commits) == office.count(SENT) == len(office.transport.sent) == people
    assert len(commits) < people
    assert max(unmarked) <= THREADS


def test_no_more_mails_are_handed_over_at_a_time_than_there_are_connections(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = 2 * CONNECTIONS
    office = due_for(people, open_office)
    monkeypatch.setattr(send, "CLAIMED", 1)
    at_a_time: list[int] = []
    there = 0
    changing = Lock()

    def take(mail: Message) -> Handover:
        nonlocal there
        with changing:
            there += 1
            at_a_time.append(there)
        # As long as nobody has come who would be too many.
        wait_until(lambda: CONNECTIONS in at_a_time, "all connections are busy")
        with changing:
            there -= 1
            office.transport.sent.append(mail)
        return ACCEPTED

    monkeypatch.setattr(office.transport, "send", take)
    with ThreadPoolExecutor(people) as pool:
        for _ in pool.map(lambda _: office.sending.send_due(), range(people)):
            pass

    assert len(office.transport.sent) == office.count(SENT) == people
    assert max(at_a_time) == CONNECTIONS


def test_who_waited_too_long_for_a_connection_leaves_the_mail_to_another_claim(
    open_office: MakeOffice,
) -> None:
    office = due_for(1, open_office)
    with ThreadPoolExecutor(1) as pool, ExitStack() as busy:
        for _ in range(CONNECTIONS):
            busy.enter_context(office.sending.connections)
        late = pool.submit(office.sending.send_due)
        wait_until(lambda: office.count(f"{REMINDER} AND attempts = 1"), "it is claimed")
        office.now += LEASE - MARGIN
        # The second claim is of the time that it is now, and waits for nothing.
        busy.close()
        late.result(LONG)

    assert len(office.transport.sent) == office.count(f"{REMINDER} AND attempts = 2") == 1


def test_while_the_store_cannot_be_written_nothing_more_is_sent(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = 3
    office = due_for(people, open_office)

    def fails(connection: Connection, marks: Sequence[Mark]) -> int:
        raise OperationalError("", {}, OSError())

    with monkeypatch.context() as full:
        full.setattr(deliveries, "mark", fails)
        with pytest.raises(UnmarkedError):
            office.sending.send_due()
    first = [mail.message_id for mail in office.transport.sent]
    office.now += LEASE
    office.sending.send_due()

    assert len(first) == 1
    again = [mail.message_id for mail in office.transport.sent[1:]]
    assert len(again) == len(set(again)) == people
    assert set(first) < set(again)
    assert office.count(SENT) == people
