"""What revisions remember of the dates of an event."""

from __future__ import annotations

import json

import pytest

from calendar_app.core.errors import RuleError
from calendar_app.core.events import EMPTY, Event, Status, Text
from calendar_app.core.occurrences import Window, occurrences_of
from calendar_app.core.precision import PartialDate
from calendar_app.core.schedules import rule_of, schedule, scheduled_event
from tests.factories import (
    WEEKENDS,
    cancelled,
    day,
    event,
    moved,
    on,
    reinstated,
    rrule,
)

EVENTS = [
    event(),
    event("talk", on("2024-05-04/2024-05-05")),
    event("vague", on("2024-10~")),
    event("days", WEEKENDS, since=day("2023-10-28"), until=day("2026-05-30")),
    event("tea", rrule("FREQ=MONTHLY;BYDAY=1FR", days=2), except_on=frozenset({day("2026-05-01")})),
    event("gone", status=Status.CANCELLED),
    event("counted", counts_from=PartialDate.parse("2025-06")),
    event(
        "changed",
        changes=(
            moved("2025-05-01", "2025-05"),
            cancelled("2026-05-01"),
            reinstated("2026-05-01"),
            moved("2027-05-01", "2027-05-02/2027-05-03"),
        ),
    ),
]


@pytest.mark.parametrize("one", EVENTS, ids=lambda one: one.id)
def test_a_schedule_gives_the_same_dates_again(one: Event) -> None:
    found = schedule(one)
    again = scheduled_event(one.id, json.loads(json.dumps(found)))

    span = Window.years(2022, 2028)
    before = [(each.id, each.when, each.status) for each in occurrences_of(one, span)]
    after = [(each.id, each.when, each.status) for each in occurrences_of(again, span)]
    assert after == before
    assert schedule(again) == found


def test_a_rule_that_is_no_longer_taken_is_still_read() -> None:
    found = {"rrule": "FREQ=YEARLY;BYWEEKNO=20", "starts": "2023-01-02", "days": "1"}

    assert (
        len(scheduled_event("weeks", found).rule.starts(day("2027-01-01"), day("2028-01-01"))) == 7
    )


def test_only_what_was_said_is_in_a_schedule() -> None:
    full = event(
        since=day("2020-01-01"),
        until=day("2030-12-31"),
        except_on=frozenset({day("2025-05-01"), day("2024-05-01")}),
        status=Status.TENTATIVE,
        changes=(moved("2026-05-01", "2026-05-03"), cancelled("2027-05-01")),
    )

    assert schedule(event()) == {"yearly": "05-01"}
    assert schedule(full) == {
        "yearly": "05-01",
        "since": "2020-01-01",
        "until": "2030-12-31",
        "except": ["2024-05-01", "2025-05-01"],
        "status": "tentative",
        "changes": [
            {"occurrence": "2026-05-01", "kind": "moved", "by": "organisers", "to": "2026-05-03"},
            {"occurrence": "2027-05-01", "kind": "cancelled", "by": "organisers"},
        ],
    }


def test_a_schedule_knows_no_texts() -> None:
    one = event(name=Text({"en": "May Day"}), summary=Text({"en": "A day of labour"}))

    again = scheduled_event(one.id, schedule(one))

    assert (again.name, again.summary) == (EMPTY, EMPTY)


def test_a_schedule_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RuleError):
        rule_of({"yearly": "02-30"})
    with pytest.raises(KeyError):
        rule_of({})
