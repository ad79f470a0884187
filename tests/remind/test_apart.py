"""Two workers on one store, on machines whose clocks are some minutes apart: nothing is told twice,
too early or not at all, and nothing is planned again and again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calendar_app.core.choices import Choices
from calendar_app.remind.tick import REST
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import reading, store_engine
from calendar_app.store.inbox import RequestKind
from calendar_app.store.planner import read_planner
from tests.factories import at, moved
from tests.remind.conftest import MakeOffice
from tests.remind.office import ADDRESS, Office, token
from tests.remind.test_faults import FIRST, WEEK_BEFORE, edited
from tests.store.places import MakeFiles

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CHOICES = Choices("en", zone="Europe/Berlin")
# In seconds; so long before and after the reminder is due somebody else confirms.
APART, AROUND = 120, 180


def planned_until(office: Office) -> datetime:
    with reading(office.engine) as connection:
        planner = read_planner(connection)
    assert planner is not None
    return planner.planned_until


@settings(max_examples=4, deadline=None)
@given(
    st.integers(-APART, APART),
    st.integers(-AROUND, AROUND),
    st.integers(0, 19),
    st.booleans(),
)
@example(apart=120, confirmed=-60, tick=0, by_first=True)
@example(apart=-120, confirmed=-60, tick=0, by_first=False)
@example(apart=5, confirmed=-4, tick=15, by_first=False)
def test_everybody_is_told_once_whichever_worker_does_what(
    tmp_path_factory: pytest.TempPathFactory,
    make_files: MakeFiles,
    apart: int,
    confirmed: int,
    tick: int,
    by_first: bool,
) -> None:
    """``tick`` is so much later that of the second worker comes; the first reads the inbox, or the
    second."""
    folder: Path = tmp_path_factory.mktemp("apart")
    make_files(folder)
    engine = store_engine(folder)
    office = Office(engine, folder, new_ring(), FIRST, WEEK_BEFORE - timedelta(days=2))
    office.join(CHOICES)
    office.subscribe(CHOICES, "late@example.org")
    (asked,) = office.work(WEEK_BEFORE - 10 * MINUTE)
    office.transport.sent.clear()
    clocks = (timedelta(), apart * SECOND)
    until = []

    for second in range(-AROUND, AROUND + 1):
        right = WEEK_BEFORE + second * SECOND
        if second == confirmed:
            office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
            office.applying.apply_waiting(right + clocks[by_first])
        for number, later in enumerate((0, tick)):
            if (second - later) % 20 == 0:
                office.now = right + clocks[number]
                office.tick()
                office.sending.send_due()
                until.append(planned_until(office))
    engine.dispose()

    told = [message.to for message in office.transport.sent]
    assert sorted(told) == [ADDRESS, "late@example.org", "late@example.org"]  # and a welcome
    assert until == sorted(until)


@pytest.mark.parametrize("apart", [2 * MINUTE, -2 * MINUTE])
def test_after_an_edit_reminders_rest_by_each_clock(
    open_office: MakeOffice, apart: timedelta
) -> None:
    office, now = open_office(FIRST, WEEK_BEFORE - timedelta(days=2)), at("2027-03-02T10:00")
    office.join(CHOICES)
    office.until(WEEK_BEFORE)
    office.transport.sent.clear()
    office.publish(edited(moved("2027-03-08", "2027-03-20")))

    for minute in range(40):
        for clock in (now + apart, now):
            office.now = clock + minute * MINUTE
            office.tick()
            office.sending.send_due()
        if office.transport.sent:
            break

    assert timedelta(minutes=minute) + max(apart, -apart) >= REST
    assert len(office.transport.sent) == 1
