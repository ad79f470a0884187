"""Who is told what: the rows in the store are what choices and dates say, however ticks fall."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import ColumnElement, Connection, select

from calendar_app.core.choices import LEADS, Choices, Digest
from calendar_app.core.due import (
    REACH,
    DueReminder,
    due_between,
    due_for,
    leads_of,
    zones_between,
)
from calendar_app.core.zones import end_of
from calendar_app.store.deliveries import (
    Claim,
    Kind,
    Mark,
    State,
    beginning_of_day,
    claim,
    mark,
)
from calendar_app.store.forgetting import forget_skipped, purge
from calendar_app.store.planning import Correction, insert_corrections, insert_due, insert_mail
from calendar_app.store.subscribers import change, columns_of, find, places, zones
from calendar_app.store.tables import delivery
from calendar_app.store.told import dates_told
from tests.core.test_due import CATALOGUE, ZONES
from tests.factories import at
from tests.store.people import add_person
from tests.store.places import Place

SINCE, NOW = at("2026-10-15T00:00"), at("2026-10-25T12:00")
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
Key = tuple[str, str, str, str, int]


def some_people(connection: Connection, count: int) -> dict[str, Choices]:
    random = Random(5)  # noqa: S311 -- the same people every time
    found = {}
    for _ in range(count):
        digest = random.choice([Digest.NONE] * 4 + [Digest.WEEKLY, Digest.MONTHLY])
        choices = Choices(
            "en",
            tuple(random.sample(["cuba", "peace", "labour", "cub"], random.randrange(3))),
            tuple(random.sample(LEADS, random.randrange(1, 4))) if digest == Digest.NONE else (),
            digest,
            random.choice(ZONES),
            random.choice([0, 2, 9]),
            random.random() < 0.3,
        )
        found[add_person(connection, choices)] = choices
    return found


def plan(connection: Connection, since: datetime, until: datetime) -> int:
    here = places(connection, zones_between(since, until))
    return insert_due(connection, due_between(CATALOGUE, here, since, until))


def keys(connection: Connection, *conditions: ColumnElement[bool]) -> set[Key]:
    columns = (delivery.c[name] for name in ("subscriber_id", "kind", "subject", "on_date", "lead"))
    found = [tuple(row) for row in connection.execute(select(*columns).where(*conditions))]
    assert len(found) == len(set(found))
    return set(found)  # type: ignore[arg-type]


def plainly(people: dict[str, Choices], since: datetime, until: datetime) -> set[Key]:
    """Return the same by asking each person about everything."""
    found: set[Key] = set()
    here = {(choices.zone, choices.hour) for choices in people.values()}
    dues = {place: list(due_between(CATALOGUE, [place], since, until)) for place in here}
    for person, choices in people.items():
        for due in dues[choices.zone, choices.hour]:
            if not isinstance(due, DueReminder):
                if due.digest == choices.digest:
                    found.add((person, "digest", due.period, "", 0))
            elif due.lead in leads_of(choices, due.occurrence.event) and choices.wants(
                due.occurrence.event.topics
            ):
                when = str(due.occurrence.when)
                found.add((person, "reminder", due.occurrence.id, when, due.lead))
    return found


def send_all(connection: Connection, now: datetime) -> list[Claim]:
    claims = claim(connection, now, LEASE, most=1000)
    marks = [Mark(one, State.SENT) for found in claims for one in found.deliveries]
    assert mark(connection, marks) == len(marks)
    return claims


def test_rows_are_what_everybody_chose(store: Place) -> None:
    with store.worker.begin() as connection:
        people = some_people(connection, 80)
        count = plan(connection, SINCE, NOW)
        expected = plainly(people, SINCE, NOW)

        assert keys(connection) == expected
        assert count == len(expected) > 80
        assert plan(connection, SINCE, NOW) == 0


@pytest.mark.parametrize("hours", [1, 7, 24])
def test_ticks_cut_anywhere_plan_what_one_long_tick_plans(store: Place, hours: int) -> None:
    with store.worker.begin() as connection:
        people = some_people(connection, 30)
        begin = SINCE
        while begin < NOW:
            end = min(begin + timedelta(hours=hours, minutes=hours * 7), NOW)
            plan(connection, begin, end)
            begin = end
        expected = plainly(people, SINCE, NOW)

        assert keys(connection) >= expected
        # What is over by the end was told by the shorter ticks only.
        assert keys(connection, delivery.c.expires_at > NOW) == expected
        assert plan(connection, SINCE, NOW) == 0


def test_places_are_where_somebody_active_is(store: Place) -> None:
    with store.worker.begin() as connection:
        assert (zones(connection), places(connection, ZONES)) == ([], [])
        people = some_people(connection, 60)
        add_person(connection, Choices("en", zone="Asia/Tokyo"), is_active=False)
        expected = {(choices.zone, choices.hour) for choices in people.values()}

        assert sorted(places(connection, [*ZONES, "Asia/Tokyo"])) == sorted(expected)
        here = [place for place in expected if place[0] in ZONES[:2]]
        assert sorted(places(connection, ZONES[:2])) == sorted(here)
        assert places(connection, []) == []
        assert sorted(zones(connection)) == sorted({zone for zone, _ in expected})


def test_each_row_is_due_and_over_at_the_hours_of_its_person(store: Place) -> None:
    with store.worker.begin() as connection:
        people = some_people(connection, 80)
        plan(connection, SINCE, NOW)
        found = connection.execute(select(delivery).where(delivery.c.kind == Kind.REMINDER)).all()
        dues = {
            (place, due.occurrence.id, due.lead): (due.at, due.cells[0].expires_at)
            for place in {(choices.zone, choices.hour) for choices in people.values()}
            for due in due_between(CATALOGUE, [place], SINCE, NOW)
            if isinstance(due, DueReminder)
        }

    assert len({row.due_at for row in found}) > 9
    for row in found:
        choices = people[row.subscriber_id]
        key = ((choices.zone, choices.hour), row.subject, row.lead)
        assert (row.due_at, row.expires_at) == dues[key]
        assert row.not_before == row.due_at


def test_who_is_not_active_is_told_nothing(store: Place) -> None:
    with store.worker.begin() as connection:
        add_person(connection, Choices("en"), is_active=False)

        assert zones(connection) == []
        assert plan(connection, SINCE, NOW) == 0


def test_who_comes_late_gets_what_the_tick_would_have_planned(store: Place) -> None:
    choices = Choices("en", leads=LEADS, every_lead=True)
    with store.worker.begin() as connection:
        person = add_person(connection, choices)
        add_person(connection, choices)
        insert_due(connection, due_for(CATALOGUE, choices.zone, choices.hour, NOW), person)
        near = keys(connection)
        plan(connection, NOW - REACH, NOW)

        assert near
        assert near == {key for key in keys(connection) if key[0] == person}


def test_who_was_told_nearer_to_the_date_is_not_told_again(store: Place) -> None:
    one, more = Choices("en", leads=(1,)), Choices("en", leads=(7, 1), topics=("peace",))
    with store.worker.begin() as connection:
        person = add_person(connection, one)
        plan(connection, SINCE, NOW)
        send_all(connection, NOW)
        change(connection, person, more)
        insert_due(connection, due_for(CATALOGUE, "UTC", 9, NOW), person)
        skipped = select(delivery.c.lead).where(
            delivery.c.subject == "seminar", delivery.c.state == State.SKIPPED.value
        )

        assert connection.execute(skipped).scalars().all() == [7]
        assert claim(connection, NOW, LEASE) == []
        # Judged anew, it is judged the same.
        assert forget_skipped(connection, NOW, person) == 1
        plan(connection, NOW - REACH, NOW)
        assert connection.execute(skipped).scalars().all() == [7]


@pytest.mark.parametrize("there_and_back", [("UTC", "Asia/Kathmandu"), ("Pacific/Niue", "UTC")])
def test_a_zone_changed_between_leads_loses_and_repeats_nothing(
    store: Place, there_and_back: tuple[str, str]
) -> None:
    here, there = there_and_back
    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en", leads=LEADS, every_lead=True, zone=here))
        begin, sent = SINCE, []
        for number in range(60):
            end = begin + timedelta(hours=8)
            if number % 9 == 0:
                zone = there if number % 18 == 9 else here
                new = Choices("en", leads=LEADS, every_lead=True, zone=zone)
                change(connection, person, new)
                insert_due(connection, due_for(CATALOGUE, zone, 9, begin), person)
            plan(connection, begin, end)
            for found in send_all(connection, end):
                sent += [(row.subject, row.lead) for row in found.deliveries]
            begin = end

        assert len(sent) == len(set(sent))
        for subject in ("seminar", "weekends-2026-10"):
            assert {lead for told, lead in sent if told == subject} == set(LEADS)


def test_exactly_those_who_were_told_another_date_are_corrected(store: Place) -> None:
    with store.worker.begin() as connection:
        told_one = add_person(connection, Choices("en", leads=(1,)))
        add_person(connection, Choices("en", leads=(0,), topics=("cuba",)))
        add_person(connection, Choices("en", leads=(), digest=Digest.WEEKLY))
        plan(connection, SINCE, NOW)
        send_all(connection, NOW)
        news = Correction(
            NOW, "seminar", "2026-12-01", 1, {"UTC": end_of(NOW.date() + 40 * timedelta(1), "UTC")}
        )

        assert ("seminar", "2026-10-23/2026-10-26") in dates_told(connection)
        assert insert_corrections(connection, news) == 1
        assert insert_corrections(connection, news) == 0
        (found,) = send_all(connection, NOW)
        assert found.subscriber.id == told_one
        assert [(row.kind, row.on_date, row.lead) for row in found.deliveries] == [
            (Kind.CORRECTION, "2026-12-01", 1)
        ]
        assert insert_corrections(connection, news) == 0
        back = Correction(NOW, "seminar", "2026-10-23/2026-10-26", 2, dict(news.ends))
        assert insert_corrections(connection, back) == 1
        assert ("seminar", "2026-12-01") in dates_told(connection)


def test_a_request_is_answered_by_one_mail(store: Place) -> None:
    with store.worker.begin() as connection:
        person = add_person(connection, Choices("en"), is_active=False)
        end = NOW + timedelta(hours=72)
        over = beginning_of_day(end) + timedelta(days=1)  # the row does not tell the hour

        assert insert_mail(connection, person, Kind.CONFIRM, "a" * 32, NOW, end) == 1
        assert insert_mail(connection, person, Kind.CONFIRM, "a" * 32, NOW, end) == 0
        assert purge(connection, over + timedelta(days=7)) == 0
        assert purge(connection, over + timedelta(days=7, seconds=1)) == 1


def test_columns_give_the_choices_back(store: Place) -> None:
    with store.worker.begin() as connection:
        for person, choices in some_people(connection, 60).items():
            found = find(connection, person)

            assert found is not None
            assert found.choices == choices
            assert set(columns_of(choices)) < set(delivery.metadata.tables["subscriber"].c.keys())
