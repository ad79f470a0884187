"""New keys, and a store put back: not while a worker runs, and killed anywhere, the next run ends
it and nobody is lost."""

from __future__ import annotations

import signal

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from calendar_app.cli import main
from calendar_app.core.choices import Choices
from calendar_app.sealing.addresses import open_address
from calendar_app.sealing.keyfile import load_or_make, read_ring
from calendar_app.sealing.ring import with_new_key
from calendar_app.sealing.tokens import Purpose, is_valid, make_token
from calendar_app.store.database import reading
from calendar_app.store.tables import subscriber
from calendar_app.worker.alone import without_workers
from calendar_app.worker.rotation import seal_all_anew
from tests.factories import at, event
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import ADDRESS, Office
from tests.remind.processes import (
    PEOPLE,
    WEEK_BEFORE,
    Post,
    Works,
    is_intact,
    people_are_there,
)

CATALOGUE = publish(made_up(event()))
RUNS = "a worker is running; stop it first, and the server if it has the worker beside it; "
# With six people and two in each commit; and how many keys can still open addresses then.
STEPS = [("key written", 1, 2), ("addresses read", 1, 2), ("address sealed", 2, 2)]
STEPS += [("address sealed", 3, 2), ("addresses read", 3, 2), ("all sealed", 1, 2)]
STEPS += [("key written", 1, 1), ("keys written", 1, 2)]


def people(works: Works) -> dict[str, str]:
    """Each person's id with the address that the keys on the disk open."""
    ring = read_ring(works.state)
    with reading(works.engine) as connection:
        rows = connection.execute(select(subscriber.c.id, subscriber.c.address)).all()
    return {row.id: open_address(ring, row.id, row.address) for row in rows}


def masters(works: Works) -> list[bool]:
    return [bool(key.master) for key in read_ring(works.state).keys]


def run(works: Works, *words: str) -> Result:
    return CliRunner(env=works.settings).invoke(main, words)


def test_a_rotation_that_is_killed_anywhere_is_ended_by_the_next(works: Works, post: Post) -> None:
    people_are_there(works)
    before, first = people(works), load_or_make(works.state)
    token = make_token(first, Purpose.MANAGE, next(iter(before)))

    for step, number, openers in STEPS:
        with works.process("keys", "rotate", step=step, number=number) as process:
            assert process.wait() == -signal.SIGKILL, step
        assert (people(works), sum(masters(works))) == (before, openers), step
    with works.process("keys", "rotate") as process:
        assert process.wait() == 0

    ring = read_ring(works.state)
    assert people(works) == before
    assert sorted(before.values()) == PEOPLE
    assert ring.current.id != first.current.id
    assert masters(works) == [True, False, False]
    assert is_valid(ring, Purpose.MANAGE, token)
    assert works.once(WEEK_BEFORE) == 0
    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert is_intact(works)


@pytest.mark.parametrize("words", [("keys", "rotate"), ("restore", "--without-erased")])
def test_it_is_refused_while_a_worker_runs(works: Works, words: tuple[str, ...]) -> None:
    people_are_there(works)
    copy = works.folder / "copy"
    is_file = not works.settings["CALENDAR_DATABASE_URL"]
    if words[0] == "restore" and is_file:
        assert run(works, "backup", str(copy)).exit_code == 0
        words = (*words, str(copy))
    before = read_ring(works.state)
    with works.worker() as process:
        works.wait_for_pulse()
        result = run(works, *words)
        assert (result.exit_code, result.output) == (1, f"{RUNS}then try again\n")
        assert read_ring(works.state).current.id == before.current.id
        assert process.end() == 0

    assert run(works, *words).exit_code == 0
    assert sorted(people(works).values()) == PEOPLE


def test_between_two_runs_of_a_rotation_everybody_is_known(open_office: MakeOffice) -> None:
    """One that was broken off, and then a worker ran."""
    office = open_office(CATALOGUE, at("2026-11-26T12:00"))
    office.join(Choices("en"))
    office.subscribe(Choices("en"), "pending@example.org")
    office.work()
    between = with_new_key(office.ring)
    office = Office(office.engine, office.folder, between, CATALOGUE, at("2026-11-26T13:00"))
    for address in (ADDRESS, "pending@example.org", "new@example.org"):
        office.subscribe(Choices("es"), address)

    assert len(office.work()) == 3
    assert office.count("subscriber") == 3
    assert office.count("delivery WHERE kind = 'known'") == 1
    assert seal_all_anew(office.engine, between) == (2, 0)


def test_no_worker_starts_meanwhile_and_one_that_comes_back_ends(works: Works) -> None:
    """Since what it has in memory may be the keys of before."""
    people_are_there(works)
    with without_workers(works.engine, works.state), works.worker() as process:
        assert process.wait() == 1
    words = works.log.read_text("utf-8")

    assert "stop it first" in words or "needs all workers stopped" in words
    assert works.once(WEEK_BEFORE) == 0
