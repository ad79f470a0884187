"""What a date was before each change, by what it is now and the list of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from calendar_app.core.events import Event, Status
from calendar_app.core.rules import Yearly
from calendar_app.remind.history import History, Was
from calendar_app.remind.truths import CANCELLED
from tests.factories import at, cancelled, day, event, moved, on, reinstated
from tests.publishing import made_up, publish

NOW = at("2027-03-07T10:00")
THERE, AWAY = event("day", Yearly(3, 13)), moved("2027-03-13", "2027-03-29")


def test_a_date_of_its_own_goes_with_its_series() -> None:
    """The data of now, which no longer have it, do not say that it was moved."""
    over = event("day", Yearly(3, 13), until=day("2027-02-01"))
    away = event("day", Yearly(3, 13), changes=(AWAY,))
    assert_was("day-2027", [THERE, away, over, THERE], ["2027-03-13", "2027-03-29", CANCELLED])


def test_what_the_status_of_a_single_date_says_is_told_as_of_that_date() -> None:
    first = event("day", on("2027-03-13"))
    away = event("day", on("2027-03-20"))
    off = event("day", on("2027-03-20"), status=Status.CANCELLED)

    assert_was("day", [first, away, off], ["2027-03-13", "2027-03-20"])
    assert_was("day", [first, away, off, away], ["2027-03-13", "2027-03-20", CANCELLED])


def test_one_date_may_be_on_though_its_series_is_off() -> None:
    off = event("day", Yearly(3, 13), status=Status.CANCELLED)
    back, again = reinstated("2027-03-13"), cancelled("2027-03-13")
    but_one = event("day", Yearly(3, 13), status=Status.CANCELLED, changes=(back,))
    none = event("day", Yearly(3, 13), status=Status.CANCELLED, changes=(back, again))

    assert_was("day-2027", [THERE, off, but_one], ["2027-03-13", CANCELLED])
    assert_was("day-2027", [THERE, off, but_one, none], ["2027-03-13", CANCELLED, "2027-03-13"])


def assert_was(subject: str, events: Sequence[Event], told: Sequence[str]) -> None:
    """A day between each and the next; what stands for its SEQUENCE grew with each."""
    first, *later = events
    found, instants = publish(made_up(first), None, NOW), []
    for number, one in enumerate(later, 1):
        instants.append(NOW + timedelta(number))
        found = publish(made_up(one), found, instants[-1])

    history = History.of(found, day("2027-03-11"))

    assert history.was[subject] == [Was(*one) for one in zip(instants, told, strict=True)]
    assert history.steps[subject] == instants
    assert found.event_revisions["day"].sequence_of(subject) == len(later)
