"""No delivery outlives its person, whatever is done at the same time over another connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, text

from calendar_app.core.choices import Choices
from calendar_app.core.due import due_between
from calendar_app.store.deliveries import Kind
from calendar_app.store.erasure import count_orphans, erase, purge_pending
from calendar_app.store.planner import Planner, lock_planner, start_planning
from calendar_app.store.planning import insert_due, insert_mail
from calendar_app.store.subscribers import PENDING_FOR, ask_again
from calendar_app.store.tables import delivery, subscriber
from tests.core.test_due import CATALOGUE
from tests.factories import at
from tests.store.people import ASKED_AT, add_person
from tests.store.places import Place

NOW = at("2026-10-25T12:00")
SINCE = NOW - timedelta(days=9)
FORGOTTEN_AT = ASKED_AT + PENDING_FOR + timedelta(seconds=1)
Work = Callable[[Connection, str], object]


def plan_for_all(connection: Connection, _: str) -> None:
    """Plan as a tick does."""
    assert lock_planner(connection) is not None
    insert_due(connection, due_between(CATALOGUE, [("UTC", 9)], SINCE, NOW))


def plan_for_one(connection: Connection, person: str) -> None:
    """Plan as an answer to a change of choices does."""
    insert_due(connection, due_between(CATALOGUE, [("UTC", 9)], SINCE, NOW), person)


def write_to(connection: Connection, person: str) -> None:
    insert_mail(connection, person, Kind.EXPORT, "2026-10-25", NOW, NOW + PENDING_FOR)


def ask(connection: Connection, person: str) -> None:
    ask_again(connection, person, Choices("en"), "1", NOW)
    insert_mail(connection, person, Kind.CONFIRM, "a" * 32, NOW, NOW + PENDING_FOR)


def forget(connection: Connection, _: str) -> None:
    purge_pending(connection, FORGOTTEN_AT)


@pytest.mark.parametrize(
    ("work", "leave"),
    [(plan_for_all, erase), (plan_for_one, erase), (write_to, erase), (ask, forget)],
)
@pytest.mark.parametrize("is_planned_first", [True, False])
def test_who_goes_while_mail_is_planned_leaves_none(
    store: Place, work: Work, leave: Work, is_planned_first: bool
) -> None:
    """The second waits for the first to commit."""
    with store.worker.begin() as connection:
        start_planning(connection, Planner(SINCE, "", SINCE))
        person = add_person(connection, Choices("en"), is_active=work is not ask)
    first, second = (work, leave) if is_planned_first else (leave, work)

    def follow() -> None:
        with store.worker.begin() as connection:
            second(connection, person)

    with ThreadPoolExecutor(1) as pool:
        with store.worker.begin() as connection:
            first(connection, person)
            rows = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
            assert bool(rows) is is_planned_first
            following = pool.submit(follow)
            assert not wait([following], timeout=0.3).done
        following.result()

    with store.worker.begin() as connection:
        assert connection.execute(select(subscriber.c.id)).all() == []
        assert connection.execute(select(delivery)).all() == []


def test_what_is_left_of_nobody_is_counted(store: Place) -> None:
    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en"))
        write_to(connection, person)
        assert count_orphans(connection) == 0
        connection.execute(text("DELETE FROM subscriber"))  # by hand

        # SQLite has the key.
        assert count_orphans(connection) == (0 if store.is_sqlite else 1)
