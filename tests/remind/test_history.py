"""What a date was before each change, by what it is now and the list of changes."""

from __future__ import annotations

from datetime import timedelta

from calendar_app.core.rules import Yearly
from calendar_app.remind.history import History, Was
from calendar_app.remind.truths import CANCELLED
from tests.factories import at, day, event, moved
from tests.publishing import made_up, publish

NOW = at("2027-03-07T10:00")
THERE, AWAY = event("day", Yearly(3, 13)), moved("2027-03-13", "2027-03-29")


def test_a_date_of_its_own_goes_with_its_series() -> None:
    """The data of now, which no longer have it, do not say that it was moved."""
    over = event("day", Yearly(3, 13), until=day("2027-02-01"))
    away = event("day", Yearly(3, 13), changes=(AWAY,))
    found, instants = publish(made_up(THERE), None, NOW), [NOW + timedelta(n) for n in range(1, 4)]
    for one, when in zip((away, over, THERE), instants, strict=True):
        found = publish(made_up(one), found, when)

    history = History.of(found, day("2027-03-11"))

    told = ("2027-03-13", "2027-03-29", CANCELLED)
    assert history.was["day-2027"] == [Was(*one) for one in zip(instants, told, strict=True)]
    assert history.steps["day-2027"] == instants
    assert found.event_revisions["day"].sequence_of("day-2027") == 3
