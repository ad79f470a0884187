"""A tick over a long time commits now and then, and whatever ends it loses and repeats nothing."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Connection, event

from calendar_app.core.choices import LEADS, Choices
from calendar_app.core.due import Due
from calendar_app.remind import tick
from calendar_app.store.database import reading
from calendar_app.store.planner import read_planner
from calendar_app.store.planning import insert_due
from tests.factories import at, on
from tests.factories import event as an_event
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office
from tests.remind.test_faults import FIRST, day

MINUTE = timedelta(minutes=1)
NEWER = publish(made_up(day(), an_event("other", on("2027-05-01"))), FIRST, at("2027-02-20T09:00"))
NOW, ON_THE_DAY = at("2027-02-20T10:00"), at("2027-03-08T12:00")
CHOICES = Choices("en", zone="Europe/Berlin", leads=LEADS, every_lead=True)


class Died(BaseException):
    """The process ends here, and nothing after it is done."""


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    made = open_office(FIRST, NOW)
    made.join(CHOICES)
    made.now = ON_THE_DAY
    return made


def leads(office: Office) -> list[int]:
    return sorted(lead for kind, lead in office.rows("kind, lead") if kind == "reminder")


def test_a_tick_that_dies_keeps_what_it_committed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count(1)

    def mortal(connection: Connection, dues: list[Due]) -> int:
        if next(calls) == 4:
            raise Died
        return insert_due(connection, dues)

    with monkeypatch.context() as patched:
        patched.setattr(tick, "FIRST_INSTANTS", 1)
        patched.setattr(tick, "MOST_ROWS", 1)
        patched.setattr(tick, "insert_due", mortal)
        with pytest.raises(Died):
            office.tick()
    kept = leads(office)
    with reading(office.engine) as connection:
        planner = read_planner(connection)

    assert planner is not None
    assert NOW < planner.planned_until < ON_THE_DAY
    assert set(kept) < set(LEADS)
    assert len(kept) > 1
    assert office.tick().planned == len(LEADS) - len(kept)
    assert leads(office) == sorted(LEADS)


def test_a_tick_with_little_to_do_is_few_commits(office: Office) -> None:
    commits: list[Connection] = []
    event.listen(office.engine, "commit", commits.append)

    # One to see the edition, one to read who is where, one for everything.
    assert office.tick().planned > 1
    assert len(commits) == 3


def test_a_worker_with_older_data_holds_nobody_up(office: Office) -> None:
    """Two workers on one store take turns; one of them refuses the new data."""
    behind, told, begin = [], [], at("2027-03-01T06:00")
    for number in range(6 * 6):
        for catalogue in (NEWER, FIRST):
            office.publish(catalogue)
            office.now = begin + number * 10 * MINUTE
            behind += [catalogue] * office.tick().is_behind
            office.sending.send_due()
            told += [office.now] * len(office.transport.sent)
            office.transport.sent.clear()

    # What was late when the rest was over, and a week before.
    assert told[3:] == [begin + 30 * MINUTE, at("2027-03-01T08:00")]
    assert set(map(id, behind)) == {id(FIRST)}


def test_a_clock_that_is_a_moment_behind_does_not_make_another_worker_seem_gone(
    office: Office,
) -> None:
    ticks = []
    for number in range(12):
        for catalogue, late in ((NEWER, timedelta()), (FIRST, timedelta(seconds=1))):
            office.publish(catalogue)
            office.now = NOW + number * 10 * MINUTE - late
            ticks.append(office.tick())

    assert all(one.is_behind for one in ticks[3::2])
    assert not any(one.is_resting for one in ticks[8::2])


def test_data_that_are_put_back_everywhere_come_into_force(office: Office) -> None:
    office.publish(NEWER)
    office.work(NOW)
    office.publish(FIRST)

    ticks = []
    for minutes in (1, 14, 16, 45, 47):
        office.now = NOW + minutes * MINUTE
        ticks.append(office.tick())

    assert [one.is_behind for one in ticks] == [True, True, False, False, False]
    assert [one.is_resting for one in ticks] == [False, False, True, True, False]
