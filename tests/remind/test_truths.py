"""What is true of an occurrence, as a delivery would have told it."""

from __future__ import annotations

import pytest

from calendar_app.core.events import Change, Event
from calendar_app.remind.truths import CANCELLED, Truths
from tests.factories import WEEKENDS, cancelled, day, event, moved, on, reinstated
from tests.publishing import LATER, made_up, publish

TODAY = day("2027-02-20")
FIRST = event("first", on("2027-03-08"))


def truths(*events: Event) -> Truths:
    return Truths(publish(made_up(*events)), TODAY)


@pytest.mark.parametrize(
    ("found", "subject", "text"),
    [
        (FIRST, "first", "2027-03-08"),
        (event("may-day"), "may-day-2027", "2027-05-01"),
        (event("cuba", WEEKENDS), "cuba-2027-02", "2027-02-27/2027-02-28"),
        (event("first", on("2027-03")), "first", "2027-03"),
        (event("first", on("unknown")), "first", "unknown"),
        (
            event("first", on("2027-03-08"), changes=(moved("2027-03-08", "2027-03-10"),)),
            "first",
            "2027-03-10",
        ),
        (
            event("first", on("2027-03-08"), changes=(moved("2027-03-08", "2029-03"),)),
            "first",
            "2029-03",
        ),
        (event("first", on("2027-03-08"), changes=(cancelled("2027-03-08"),)), "first", CANCELLED),
        (
            event(
                "first",
                on("2027-03-08"),
                changes=(cancelled("2027-03-08"), reinstated("2027-03-08")),
            ),
            "first",
            "2027-03-08",
        ),
    ],
)
def test_the_truth_is_the_date_as_edtf_or_that_it_is_cancelled(
    found: Event, subject: str, text: str
) -> None:
    truth = truths(found).of(subject)

    assert truth is not None
    assert (truth.event, truth.text) == (found, text)


def test_what_is_gone_from_its_event_is_cancelled() -> None:
    found = event("may-day", except_on=frozenset({day("2027-05-01")}))

    truth = truths(found).of("may-day-2027")

    assert truth is not None
    assert (truth.event, truth.occurrence, truth.text) == (found, None, CANCELLED)


def test_of_an_event_that_is_gone_nothing_can_be_said() -> None:
    assert truths(FIRST).of("other-2027") is None


@pytest.mark.parametrize(
    ("changes", "told", "last"),
    [
        ((moved("2027-03-08", "2027-03-10/2027-03-12"),), "2027-03-08", "2027-03-12"),
        ((moved("2027-03-08", "2027-04"),), "2027-03-08", "2027-04-30"),
        ((moved("2027-03-08", "unknown"),), "2027-03-08/2027-03-09", "2027-03-09"),
        ((cancelled("2027-03-08"),), "2027-03-10", "2027-03-10"),
        ((), CANCELLED, "2027-03-08"),
    ],
)
def test_a_correction_matters_until_the_true_date_is_over_or_the_one_told(
    changes: tuple[Change, ...], told: str, last: str
) -> None:
    truth = truths(event("first", on("2027-03-08"), changes=changes)).of("first")

    assert truth is not None
    assert truth.last_day(told) == day(last)


def test_the_sequence_grows_with_each_change() -> None:
    before = publish(made_up(FIRST))
    change = moved("2027-03-08", "2027-03-10")
    after = publish(made_up(event("first", on("2027-03-08"), changes=(change,))), before, LATER)

    sequences = [Truths(found, TODAY).of("first") for found in (before, after)]

    assert [truth and truth.sequence for truth in sequences] == [0, 1]
