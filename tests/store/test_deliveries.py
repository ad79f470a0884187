"""Each mail is claimed by one at a time, marked once, and the same mail at every try."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, event, select, update

from calendar_app.core.choices import Choices
from calendar_app.store.counts import backlog
from calendar_app.store.deliveries import (
    MERGED,
    SINGLE,
    Claim,
    Kind,
    Mark,
    State,
    claim,
    mark,
    mark_bounced,
)
from calendar_app.store.erasure import erase
from calendar_app.store.exporting import deliveries_of
from calendar_app.store.planning import insert_mail
from calendar_app.store.tables import delivery
from calendar_app.store.welcomes import MOST_WAITED_FOR
from tests.factories import at
from tests.store.people import add_person
from tests.store.places import Place

NOW = at("2026-11-22T09:00")
LATER = NOW + timedelta(minutes=6)
END = at("2026-11-30T00:00")
LEASE = timedelta(minutes=5)


def due(connection: Connection, person: str, *subjects: str, when: datetime = NOW) -> None:
    """Put in reminders, as planning does, one for each subject."""
    for subject in subjects:
        insert_mail(connection, person, Kind.REMINDER, subject, when, END)


def person_with(store: Place, *subjects: str) -> str:
    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en"))
        due(connection, person, *subjects)
    return person


def claims(store: Place, now: datetime = NOW, kinds: Sequence[Kind] = MERGED) -> list[Claim]:
    with store.worker.begin() as connection:
        return claim(connection, now, LEASE, kinds, most=10)


def subjects(found: Claim) -> list[str]:
    return sorted(one.subject for one in found.deliveries)


def test_all_that_is_due_for_a_person_is_one_mail(store: Place) -> None:
    person = person_with(store, "one", "two")
    (found,) = claims(store)

    assert (found.subscriber.id, subjects(found)) == (person, ["one", "two"])
    with store.worker.begin() as connection:
        assert [row.mail for row in deliveries_of(connection, person)] == [found.id] * 2
    assert claims(store) == []


def test_what_tells_dates_waits_for_the_welcome_of_the_person(store: Place) -> None:
    """Also while that is on its way, and not for ever when it is not taken."""
    person, other = person_with(store, "one"), person_with(store, "one")
    with store.worker.begin() as connection:
        insert_mail(connection, person, Kind.WELCOME, "asked", NOW, END)
    both = [*SINGLE, *MERGED]

    found = {one.subscriber.id: one for one in claims(store, NOW, both)}
    ((welcome,), (reminder,)) = found[person].deliveries, found[other].deliveries
    assert (welcome.kind, reminder.kind) == (Kind.WELCOME, Kind.REMINDER)
    assert claims(store, NOW, both) == []

    for failures in range(1, MOST_WAITED_FOR + 1):
        with store.worker.begin() as connection:
            failed = replace(welcome, failures=failures)
            mark(connection, [Mark(failed, State.TODO, NOW + failures * LEASE)])
        assert len(claims(store, NOW, both)) == (failures == MOST_WAITED_FOR)


def test_what_waited_for_the_welcome_is_next(store: Place) -> None:
    person = person_with(store, "one")
    with store.worker.begin() as connection:
        insert_mail(connection, person, Kind.WELCOME, "asked", NOW, END)
    ((welcome,),) = (one.deliveries for one in claims(store, NOW, [*SINGLE, *MERGED]))
    with store.worker.begin() as connection:
        mark(connection, [Mark(welcome, State.SENT)])

    ((reminder,),) = (one.deliveries for one in claims(store, NOW, [*SINGLE, *MERGED]))
    assert reminder.kind is Kind.REMINDER


def test_what_was_tried_is_tried_again_as_it_was(store: Place) -> None:
    person = person_with(store, "one", "two")
    (first,) = claims(store)
    with store.worker.begin() as connection:
        due(connection, person, "three")
    tries = claims(store, LATER) + claims(store, LATER)

    assert sorted((found.id == first.id, subjects(found)) for found in tries) == [
        (False, ["three"]),
        (True, ["one", "two"]),
    ]


def test_a_mail_of_which_a_part_was_skipped_is_still_the_same_mail(store: Place) -> None:
    person_with(store, "one", "two", "three")
    (first,) = claims(store)
    with store.worker.begin() as connection:
        mark(connection, [Mark(first.deliveries[0], State.SKIPPED)])
    (second,) = claims(store, LATER)

    assert second.id == first.id
    assert subjects(second) == ["three", "two"]


def test_only_the_last_claim_can_mark(store: Place) -> None:
    person_with(store, "one")
    (stalled,) = claims(store)
    (current,) = claims(store, LATER)
    with store.worker.begin() as connection:
        assert mark(connection, [Mark(one, State.DEAD) for one in stalled.deliveries]) == 0
        assert mark(connection, [Mark(one, State.SENT) for one in current.deliveries]) == 1
        assert mark(connection, [Mark(one, State.SENT) for one in current.deliveries]) == 0
        assert mark(connection, []) == 0


def test_what_is_for_later_waits(store: Place) -> None:
    person_with(store, "one")
    (found,) = claims(store)
    with store.worker.begin() as connection:
        at_noon = at("2026-11-22T12:00")
        mark(connection, [Mark(one, State.TODO, at_noon, "RCPT 451") for one in found.deliveries])

    assert claims(store, at_noon - timedelta(seconds=1)) == []
    assert len(claims(store, at_noon)) == 1


def test_each_answer_to_a_request_is_a_mail_of_its_own(store: Place) -> None:
    person = person_with(store, "one")
    with store.worker.begin() as connection:
        insert_mail(connection, person, Kind.KNOWN, "a" * 32, NOW, END)
        insert_mail(connection, person, Kind.EXPORT, "b" * 32, NOW, END)
    found = [*claims(store, kinds=SINGLE), *claims(store, kinds=SINGLE), *claims(store)]

    assert [len(one.deliveries) for one in found] == [1, 1, 1]
    assert {one.deliveries[0].kind for one in found} == {"known", "export", "reminder"}


def test_who_was_erased_is_written_to_no_more(store: Place) -> None:
    person = person_with(store, "one")
    (found,) = claims(store)
    with store.worker.begin() as connection:
        assert erase(connection, person)
        assert mark(connection, [Mark(one, State.SENT) for one in found.deliveries]) == 0
        assert connection.execute(select(delivery)).all() == []


def test_a_mail_comes_back_once(store: Place) -> None:
    person = person_with(store, "one", "two", "three")
    (found,) = claims(store)
    skipped, *others = found.deliveries
    with store.worker.begin() as connection:
        assert mark_bounced(connection, found.id) is None
        mark(connection, [Mark(skipped, State.SKIPPED)])
        mark(connection, [Mark(one, State.SENT) for one in others])

        assert [mark_bounced(connection, found.id) for _ in range(2)] == [person, None]
        states = {row.subject: row.state for row in deliveries_of(connection, person)}
        assert states == {"one": "skipped", "two": "dead", "three": "dead"}


def test_the_backlog_is_told(store: Place) -> None:
    person = person_with(store, "one", "two")
    held_until = at("2026-11-22T09:15")
    with store.worker.begin() as connection:
        insert_mail(connection, person, Kind.CONFIRM, "a" * 32, held_until, END)
        found = backlog(connection, NOW)

    assert (found.todo, found.oldest_at, found.next_at, found.held, found.dead) == (
        2,
        NOW,
        NOW,
        1,
        0,
    )


def test_many_workers_claim_each_mail_once(store: Place) -> None:
    with store.worker.begin() as connection:
        people = [add_person(connection, Choices("en")) for _ in range(40)]
        for person in people:
            due(connection, person, "one", "two")

    def work(_: int) -> list[str]:
        found: list[str] = []
        while taken := claims(store):
            found += [one.subscriber.id for one in taken]
            with store.worker.begin() as connection:
                mark(connection, [Mark(d, State.SENT) for one in taken for d in one.deliveries])
        return found

    with ThreadPoolExecutor(4) as pool:
        found = [person for part in pool.map(work, range(4)) for person in part]

    assert sorted(found) == sorted(people)


def test_who_finds_that_another_was_faster_looks_again(store: Place) -> None:
    first = person_with(store, "one")
    with store.worker.begin() as connection:
        second = add_person(connection, Choices("en"))
        due(connection, second, "one", when=NOW + timedelta(seconds=1))
    looks: list[str] = []

    def another_is_faster(connection: Connection, *given: object) -> None:
        """As a worker whose claim is committed after the look and before the lock."""
        if str(given[1]).startswith("SELECT subscriber."):
            looks.append(str(given[1]))
            if len(looks) == 1:
                taken = update(delivery).where(delivery.c.subscriber_id == first)
                connection.execute(taken.values(not_before=LATER))

    event.listen(store.worker, "after_cursor_execute", another_is_faster)
    try:
        with store.worker.begin() as connection:
            found = claim(connection, NOW + timedelta(seconds=1), LEASE, MERGED, most=1)
    finally:
        event.remove(store.worker, "after_cursor_execute", another_is_faster)

    assert [one.subscriber.id for one in found] == [second]
    assert len(looks) == 2
