"""Readers of a digest who know a date that is no longer true: they are told by the next digest, if
that comes before they may go wrong, and else at once; and either way once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest, to_text
from calendar_app.core.events import Change, Status
from calendar_app.core.rules import Rule, Yearly
from calendar_app.store.inbox import RequestKind
from tests.factories import WEEKENDS, at, cancelled, event, moved, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, subjects, token, words

NOW, MONDAY = at("2027-02-20T10:00"), at("2027-03-08T09:00")
CHANGED_AT = at("2027-03-09T09:00")
WEEKLY = Choices("en", leads=(), digest=Digest.WEEKLY)
MONTHLY = Choices("en", leads=(), digest=Digest.MONTHLY)
CORRECTION, HOUR, DAY = "Correction: May Day", timedelta(hours=1), timedelta(days=1)
DATE, OTHER = "2027-03-13", "other@example.org"


def edition(
    *changes: Change,
    date: str = DATE,
    after: Catalogue | None = None,
    when: datetime = NOW,
    others: Iterable[str] = ("2027-03-18",),
) -> Catalogue:
    day = event("day", on(date), topics=("labour",), changes=changes)
    beside = [event(f"other-{other}", on(other), topics=("labour",)) for other in others]
    return publish(made_up(day, *beside), after, when)


def days(first: datetime, last: datetime) -> Iterable[datetime]:
    while first <= last:
        yield first
        first += DAY


def tells(office: Office, first: datetime, last: str) -> list[str]:
    """What is mailed about the change, by the day of March on which it is."""
    found = []
    for instant in days(first, at(last)):
        for mail in office.work(instant):
            is_digest = "What changed" in words(mail) and "Day" in words(mail)
            kind = "digest" if is_digest else "correction" if "Day" in mail["Subject"] else ""
            found += [f"{instant.day} {kind}"] if kind else []
    return found


@pytest.mark.parametrize(
    ("choices", "told_at", "change", "told"),
    [
        (WEEKLY, MONDAY, cancelled(DATE), ["9 correction"]),
        (WEEKLY, MONDAY, moved(DATE, "2027-03-14"), ["9 correction"]),
        (WEEKLY, MONDAY, moved(DATE, "2027-03-15"), ["9 correction"]),
        (WEEKLY, MONDAY, moved(DATE, "2027-03-20"), ["9 correction"]),
        (MONTHLY, at("2027-03-01T09:00"), cancelled(DATE), ["9 correction"]),
        (MONTHLY, at("2027-03-01T09:00"), moved(DATE, "2027-04-03"), ["9 correction"]),
    ],
)
def test_who_was_told_by_a_digest_is_told_once(
    open_office: MakeOffice, choices: Choices, told_at: datetime, change: Change, told: list[str]
) -> None:
    first = edition()
    office = open_office(first, NOW)
    office.join(choices)
    assert len(office.until(told_at)) == 1
    office.work(CHANGED_AT - HOUR)
    changed = edition(change, after=first, when=CHANGED_AT)
    office.publish(changed)
    assert office.work(CHANGED_AT) == []

    assert tells(office, CHANGED_AT + HOUR, "2027-03-10T12:00") == [
        one for one in told if one.startswith("9")
    ]
    office.publish(edition(change, after=changed, when=at("2027-03-10T13:00")))
    assert tells(office, at("2027-03-10T14:00"), "2027-04-07T14:00") == [
        one for one in told if not one.startswith("9")
    ]


def test_what_a_digest_told_is_not_told_again_after_another_edit(open_office: MakeOffice) -> None:
    first, changed_at = edition(), at("2027-02-23T09:00")
    office = open_office(first, NOW)
    office.join(WEEKLY)  # the welcome tells the date
    changed = edition(moved(DATE, "2027-03-20"), after=first, when=changed_at)
    office.publish(changed)
    assert tells(office, changed_at, "2027-03-01T09:00") == ["1 digest"]

    noted = publish(
        made_up(*changed.events.values(), event("new", on("2027-06-01"), topics=("labour",))),
        changed,
        at("2027-03-02T09:00"),
    )
    office.publish(noted)
    assert tells(office, at("2027-03-02T10:00"), "2027-03-29T10:00") == []


@pytest.mark.parametrize(
    ("to", "told"),
    [
        # A digest comes on 1 March, before anybody goes; or too late, on the day itself.
        ("2027-03-20", ["1 digest"]),
        ("2027-03-02", ["1 digest"]),
        ("2027-03-01", ["23 correction"]),
    ],
)
def test_a_digest_tells_a_change_only_if_it_comes_before_both_dates(
    open_office: MakeOffice, to: str, told: list[str]
) -> None:
    first, changed_at = edition(), at("2027-02-23T09:00")
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.publish(edition(moved(DATE, to), after=first, when=changed_at))
    assert office.until(changed_at, changed_at + HOUR) == []

    assert tells(office, changed_at + 2 * HOUR, "2027-03-22T10:00") == told


def test_each_further_change_is_told(open_office: MakeOffice) -> None:
    first = edition()
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.until(MONDAY)
    for hours, day in enumerate(("2027-03-12", "2027-03-14", DATE)):
        begin = CHANGED_AT + 2 * hours * HOUR
        first = edition(date=day, after=first, when=begin)
        office.publish(first)
        assert subjects(office.until(begin, begin + HOUR)) == [CORRECTION]


def test_a_change_written_long_before_it_comes_into_force_is_told(open_office: MakeOffice) -> None:
    first = edition(when=at("2026-12-01T09:00"))
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.join(MONTHLY, OTHER)
    assert len(office.until(at("2027-03-01T09:00"), MONDAY)) == 2
    office.publish(edition(cancelled(DATE), after=first, when=at("2026-12-20T09:00")))

    mails = office.until(CHANGED_AT, CHANGED_AT + HOUR)

    assert sorted(str(mail["To"]) for mail in mails) == ["Ana+dates@example.org", OTHER]
    assert subjects(mails) == [CORRECTION, CORRECTION]
    assert tells(office, CHANGED_AT + 2 * HOUR, "2027-04-02T12:00") == []


def test_who_was_told_by_a_reminder_and_reads_a_digest_now_is_told_once(
    open_office: MakeOffice,
) -> None:
    first = edition()
    office = open_office(first, NOW)
    (welcome,) = office.join(Choices("en"))
    assert len(office.until(at("2027-03-06T09:00"))) == 1
    office.ask(RequestKind.CHANGE, token=token(welcome, "manage"), choices=to_text(WEEKLY))
    office.work(MONDAY + 3 * HOUR)
    office.publish(edition(moved(DATE, "2027-03-14"), after=first, when=CHANGED_AT))
    office.work(CHANGED_AT)

    assert tells(office, CHANGED_AT + HOUR, "2027-03-29T10:00") == ["9 correction"]


def test_who_had_no_mail_with_the_date_is_told_nothing(open_office: MakeOffice) -> None:
    sooner = ("2027-03-09", "2027-03-10", "2027-03-11")  # which the welcome tells
    first = edition(others=sooner)
    office = open_office(first, NOW)
    office.join(WEEKLY)  # and no digest came since
    office.join(Choices("en", ("labour",), leads=(0,)), "other@example.org")
    office.work(at("2027-03-01T09:00"))
    changed_at = at("2027-03-02T09:00")
    office.publish(edition(cancelled(DATE), after=first, when=changed_at, others=sooner))

    assert office.until(at("2027-03-02T09:00"), at("2027-03-02T10:00")) == []


def series(
    after: Catalogue | None, when: datetime, rule: Rule, *others: str, **more: Any
) -> Catalogue:
    """After three dates which are all that a welcome tells."""
    day = event("day", rule, topics=("labour",), **more)
    dates = ("2027-02-24", "2027-02-25", "2027-02-26", *others)
    beside = [event(f"other-{one}", on(one), topics=("labour",)) for one in dates]
    return publish(made_up(day, *beside), after, when)


@pytest.mark.parametrize("choices", [WEEKLY, MONTHLY], ids=["weekly", "monthly"])
@pytest.mark.parametrize(
    ("rule", "more", "tells_of"),
    [
        (Yearly(3, 14), {}, "14 March 2027"),
        (Yearly(3, 13), {"status": Status.CANCELLED}, "13 March 2027"),
        (Yearly(3, 13), {"until": date(2026, 12, 31)}, "no longer in the calendar"),
        (WEEKENDS, {}, "no longer in the calendar"),
    ],
    ids=["another-day", "off", "ended", "another-rule"],
)
def test_who_was_told_a_date_of_a_series_is_told_what_became_of_all_of_it(
    open_office: MakeOffice, choices: Choices, rule: Rule, more: dict[str, Any], tells_of: str
) -> None:
    first = series(None, NOW, Yearly(3, 13))
    office = open_office(first, NOW)
    office.join(choices)
    office.join(Choices("en", leads=(7,)), OTHER)
    assert len(office.until(at("2027-03-01T09:00"), at("2027-03-06T09:00"), MONDAY)) == 2
    changed = series(first, CHANGED_AT, rule, **more)
    office.publish(changed)

    mails = office.until(CHANGED_AT, CHANGED_AT + HOUR)

    assert sorted(str(mail["To"]) for mail in mails) == ["Ana+dates@example.org", OTHER]
    assert subjects(mails) == [CORRECTION, CORRECTION]
    assert all(tells_of in words(mail) for mail in mails)
    office.publish(series(changed, CHANGED_AT + 2 * HOUR, rule, "2027-06-01", **more))
    assert tells(office, CHANGED_AT + 3 * HOUR, "2027-03-12T14:00") == []


OUT: dict[str, Any] = {"except_on": frozenset({date(2027, 3, 13)})}
ENDED: dict[str, Any] = {"until": date(2026, 12, 31)}


@pytest.mark.parametrize("gone", [OUT, ENDED], ids=["taken-out", "ended"])
def test_a_date_that_goes_and_comes_back_is_told_each_time(
    open_office: MakeOffice, gone: dict[str, Any]
) -> None:
    """By a digest, by reminders, and by the corrections of before."""
    first = series(None, NOW, Yearly(3, 13))
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.join(Choices("en", leads=(7,)), OTHER)
    office.until(at("2027-03-06T09:00"), MONDAY)
    for turn in range(5):
        begin = CHANGED_AT + 2 * turn * HOUR
        first = series(first, begin, Yearly(3, 13), **({} if turn % 2 else gone))
        office.publish(first)
        mails = office.until(begin, begin + HOUR)
        assert subjects(mails) == [CORRECTION, CORRECTION]
        said = "Reinstated" if turn % 2 else "no longer in the calendar"
        assert all(said in words(mail) for mail in mails)


def test_a_single_date_that_is_off_by_its_status_is_told(open_office: MakeOffice) -> None:
    first = series(None, NOW, on(DATE))
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.until(MONDAY)
    office.publish(series(first, CHANGED_AT, on(DATE), status=Status.CANCELLED))

    assert subjects(office.until(CHANGED_AT, CHANGED_AT + HOUR)) == [CORRECTION]


def test_a_series_that_is_off_and_on_again_is_told_twice(open_office: MakeOffice) -> None:
    first = series(None, NOW, Yearly(3, 13))
    office = open_office(first, NOW)
    office.join(WEEKLY)
    office.until(MONDAY)
    for hours, status in ((0, Status.CANCELLED), (2, Status.SCHEDULED)):
        first = series(first, CHANGED_AT + hours * HOUR, Yearly(3, 13), status=status)
        office.publish(first)
        begin = CHANGED_AT + hours * HOUR
        assert subjects(office.until(begin, begin + HOUR)) == [CORRECTION]
