"""A worker that is started with a clock far ahead, once or again and again, and then with the right
one: nobody is told anything twice, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.core.choices import Choices
from calendar_app.remind.passing import BELIEVED_AFTER, LEAP, pass_time
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import reading, store_engine
from calendar_app.store.inbox import RequestKind
from calendar_app.store.planner import Planner, read_planner
from tests.factories import at
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, token
from tests.remind.test_faults import CHOICES, DAY_BEFORE, FIRST, NOW, WEEK_BEFORE
from tests.store.places import MakeFiles

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OVER = at("2027-03-08T23:00") + timedelta(days=7)


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    made = open_office(FIRST, NOW)
    made.join(CHOICES)
    return made


@pytest.mark.parametrize(
    "leaps",
    [
        [30 * DAY],
        [400 * DAY],
        [30 * DAY, 60 * DAY],
        [30 * DAY, 30 * DAY + HOUR],
        [13 * DAY, 26 * DAY],
    ],
)
def test_a_clock_that_was_ahead_at_a_start_sends_nothing_twice(
    office: Office, leaps: list[timedelta]
) -> None:
    """The last pair is believed and forgotten by, and still nothing is told again."""
    assert len(office.until(WEEK_BEFORE)) == 1
    assert office.until(*(WEEK_BEFORE + leap for leap in leaps)) == []
    assert office.until(WEEK_BEFORE + HOUR, WEEK_BEFORE + DAY) == []


def test_after_a_clock_that_was_ahead_what_is_to_come_is_told(office: Office) -> None:
    assert len(office.until(WEEK_BEFORE, WEEK_BEFORE + 30 * DAY)) == 1
    assert len(office.until(WEEK_BEFORE + HOUR, DAY_BEFORE)) == 1


def test_what_waited_and_seemed_over_is_told_when_the_clock_is_right_again(office: Office) -> None:
    office.now = WEEK_BEFORE
    office.tick()

    assert office.until(WEEK_BEFORE + 30 * DAY) == []
    assert len(office.until(WEEK_BEFORE + HOUR)) == 1


def test_who_has_not_confirmed_yet_still_can(office: Office) -> None:
    office.subscribe(Choices("en"), "new@example.org")
    (mail,) = office.work()
    office.until(NOW + 30 * DAY)
    office.ask(RequestKind.CONFIRM, token=token(mail, "confirm"))

    assert len(office.until(NOW + HOUR)) == 1


def test_a_leap_is_believed_when_the_clock_went_on_for_a_day(office: Office) -> None:
    office.until(WEEK_BEFORE)
    later = OVER + 30 * DAY
    counts = []
    for instant in (later, later + 23 * HOUR, later + BELIEVED_AFTER):
        office.until(instant)
        counts.append(office.count("delivery WHERE kind = 'reminder'"))

    assert counts == [1, 1, 0]


def test_a_store_of_before_forgot_by_its_last_tick() -> None:
    before = Planner(NOW, "ab", NOW - DAY)
    known = pass_time(before, NOW + DAY)

    assert known.forgotten_at == NOW - 7 * DAY
    assert known.passed_until == NOW + DAY
    assert pass_time(before, NOW + LEAP + HOUR).passed_until == NOW


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-40 * 24, 40 * 24), max_size=6))
def test_however_often_the_clock_is_set_nothing_is_told_twice(
    tmp_path_factory: pytest.TempPathFactory, make_files: MakeFiles, hours: list[int]
) -> None:
    folder: Path = tmp_path_factory.mktemp("leaps")
    make_files(folder)
    engine = store_engine(folder)
    office = Office(engine, folder, new_ring(), FIRST, NOW)
    office.join(CHOICES)
    office.until(*(WEEK_BEFORE + number * HOUR for number in hours), WEEK_BEFORE, DAY_BEFORE)
    with reading(engine) as connection:
        planner = read_planner(connection)
    engine.dispose()

    assert planner is not None
    assert planner.passed_until == DAY_BEFORE
    assert len(office.transport.sent) <= 4  # the question, the welcome, a week before, a day before
