"""A worker dies before it has marked a mail, and the date changes before that is tried again: what
may have left counts as told, and who may know a date that is no longer true is corrected."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest, to_text
from calendar_app.core.events import Change, Text
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind.tick import REST
from calendar_app.store.inbox import RequestKind
from tests.factories import at, cancelled, event, moved, on, reinstated
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, read, subjects, token, words
from tests.remind.processes import LEASED, PEOPLE, Post, Works, people_are_there
from tests.remind.processes import WEEK_BEFORE as MORNING
from tests.remind.test_faults import CHOICES, FIRST, NOW, WEEK_BEFORE, Died, day, die_at
from tests.small_data import text_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CORRECTION = "Correction: May Day"
AWAY = moved("2027-03-08", "2027-03-20")
BEFORE_DIGEST = at("2027-03-06T10:00")
FAR = "2027-04-15"
MONDAY = at("2027-03-08T09:00")
WEEKLY = Choices("en", leads=(), digest=Digest.WEEKLY)


def dies(office: Office, patch: pytest.MonkeyPatch, now: datetime) -> None:
    """After the mail server took the mail, and before it is marked."""
    with patch.context() as here:
        die_at(here, "250")
        with pytest.raises(Died):
            office.until(now)


def edit(office: Office, now: datetime, *changes: Change) -> list[str]:
    """What is mailed for it until its rest is over and two ticks have passed."""
    office.publish(publish(made_up(day(changes=changes)), office.catalogue, now))
    later = [LEASED, REST, REST + MINUTE, REST + 20 * MINUTE, REST + 40 * MINUTE]
    return subjects(office.until(now, *(now + wait for wait in later)))


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    made = open_office(FIRST, NOW)
    made.join(CHOICES)
    return made


def test_a_reminder_that_may_have_left_is_corrected(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(office, monkeypatch, WEEK_BEFORE)

    assert edit(office, WEEK_BEFORE + MINUTE, AWAY) == [CORRECTION]
    assert ("reminder", "2027-03-08", "sent") in office.rows("kind, on_date, state")


def test_what_is_taken_back_before_the_rest_is_over_is_sent_as_the_same_mail(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(office, monkeypatch, WEEK_BEFORE)
    office.publish(publish(made_up(day(changes=(AWAY,))), FIRST, WEEK_BEFORE + MINUTE))
    assert office.until(WEEK_BEFORE + LEASED + MINUTE) == []
    before = office.transport.sent[-1].message_id

    edit(office, WEEK_BEFORE + LEASED + 2 * MINUTE)

    assert [mail.message_id for mail in office.transport.sent].count(before) == 2
    assert "correction" not in {row[0] for row in office.rows("kind")}


def test_a_correction_that_may_have_left_is_corrected(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.until(WEEK_BEFORE)
    begin = WEEK_BEFORE + 15 * MINUTE
    office.publish(publish(made_up(day(changes=(AWAY,))), FIRST, begin))
    office.until(begin)
    dies(office, monkeypatch, begin + REST)

    assert edit(office, begin + REST + MINUTE) == [CORRECTION]


def test_a_welcome_that_may_have_left_is_corrected(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(FIRST, NOW)
    office.subscribe(CHOICES)
    (asked,) = office.work()
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    dies(office, monkeypatch, NOW)

    assert edit(office, NOW + MINUTE, AWAY)[-1] == CORRECTION


def test_a_digest_that_may_have_left_is_corrected_though_nobody_wants_it_now(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(FIRST, BEFORE_DIGEST)
    (welcome,) = [m for m in office.join(WEEKLY) if "reminders are on" in str(m["Subject"])]
    with office.engine.begin() as connection:  # as of one who was welcomed by an earlier release
        connection.exec_driver_sql("DELETE FROM delivery WHERE kind = 'welcome'")
    dies(office, monkeypatch, MONDAY)
    never = Choices("en", leads=(1,))
    office.ask(RequestKind.CHANGE, token=token(welcome, "manage"), choices=to_text(never))

    assert edit(office, MONDAY + MINUTE, AWAY) == [CORRECTION]


@pytest.mark.parametrize(
    ("verdict", "told"), [(Verdict.LATER, []), (Verdict.UNKNOWN, [CORRECTION])]
)
def test_what_the_server_has_not_taken_is_not_in_doubt_and_what_it_may_have_is(
    open_office: MakeOffice, verdict: Verdict, told: list[str]
) -> None:
    office = open_office(FIRST, NOW)
    office.join(CHOICES)
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM delivery WHERE kind = 'welcome'")
    office.answer(Handover(verdict))
    assert office.until(WEEK_BEFORE) == []

    assert edit(office, WEEK_BEFORE + MINUTE / 2, AWAY) == told


def test_a_later_refusal_for_now_leaves_the_doubt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(office, monkeypatch, WEEK_BEFORE)
    office.answer(Handover(Verdict.LATER))
    assert office.until(WEEK_BEFORE + LEASED) == []

    edit(office, WEEK_BEFORE + LEASED + MINUTE, AWAY)

    assert ("reminder", "2027-03-08", "sent") in office.rows("kind, on_date, state")


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.BAD_ADDRESS])
def test_what_is_refused_for_good_may_have_left_before(
    office: Office, monkeypatch: pytest.MonkeyPatch, verdict: Verdict
) -> None:
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM delivery WHERE kind = 'welcome'")
    dies(office, monkeypatch, WEEK_BEFORE)
    office.answer(Handover(verdict, "RCPT 550"))
    assert office.until(WEEK_BEFORE + LEASED) == []
    assert office.rows("kind, state, error")[-1] == ("reminder", "sent", "unknown")

    assert edit(office, WEEK_BEFORE + 20 * MINUTE, AWAY) == [CORRECTION]


def with_far(office: Office | None, now: datetime, date: str, *changes: Change) -> Catalogue:
    """A date in each week, and one further than any digest tells of by itself."""
    far = event("far", on(date), topics=("labour",), name=Text({"en": "Far"}), changes=changes)
    near = [event(f"near-{n}", on(f"2027-03-{n:02}"), topics=("labour",)) for n in (3, 10, 17)]
    return publish(made_up(*near, far), office.catalogue if office else None, now)


@pytest.mark.parametrize(
    ("false", "true"),
    [(("2027-04-20",), ()), ((FAR, cancelled(FAR)), (cancelled(FAR), reinstated(FAR)))],
    ids=["moved", "off"],
)
@pytest.mark.parametrize("is_told_by_the_first_try", [True, False])
def test_a_digest_that_is_sent_again_takes_back_what_it_may_have_told(
    open_office: MakeOffice,
    monkeypatch: pytest.MonkeyPatch,
    false: Any,
    true: Any,
    is_told_by_the_first_try: bool,
) -> None:
    office = open_office(with_far(None, NOW, FAR), NOW)
    office.enrol(WEEKLY, "ana@example.org")
    (mail,) = office.until(MONDAY - 7 * DAY)
    assert "Far" not in words(mail)
    if is_told_by_the_first_try:
        begin = MONDAY - DAY
        office.publish(with_far(office, begin, *false))
        office.until(begin, begin + HOUR)
        dies(office, monkeypatch, MONDAY)
    else:
        dies(office, monkeypatch, MONDAY)
        office.publish(with_far(office, MONDAY + MINUTE, *false))
        dies(office, monkeypatch, MONDAY + LEASED)
    told = words(read(office.transport.sent[-1]))
    assert "Far" in told
    begin = MONDAY + LEASED + MINUTE
    office.publish(with_far(office, begin, FAR, *true))

    (mail,) = office.until(*(begin + wait for wait in (MINUTE, LEASED, REST, 2 * REST)))

    assert "Far" in words(mail)
    assert office.until(MONDAY + 2 * HOUR) == []
    (following,) = office.until(MONDAY + 7 * DAY)
    assert "Far" not in words(following)


@pytest.mark.parametrize("becomes", ["unwanted", "refused"])
def test_what_a_digest_may_have_told_is_corrected_when_it_is_not_sent_again(
    open_office: MakeOffice, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    """Though what digests told was looked for before, when the edition was new."""
    office = open_office(FIRST, BEFORE_DIGEST)
    (welcome,) = [m for m in office.join(WEEKLY) if "reminders are on" in str(m["Subject"])]
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM delivery WHERE kind = 'welcome'")
    dies(office, monkeypatch, MONDAY)
    office.answer(*[Handover(Verdict.LATER)] * 4)
    assert edit(office, MONDAY + MINUTE, moved("2027-03-08", "2027-03-12")) == []
    if becomes == "unwanted":
        never = Choices("en", leads=(1,))
        office.ask(RequestKind.CHANGE, token=token(welcome, "manage"), choices=to_text(never))
    else:
        office.answer(Handover(Verdict.REFUSED, "DATA 554"))

    later = [MONDAY + n * HOUR for n in range(2, 8)]
    assert subjects(office.until(*later)) == [CORRECTION]


def test_whoever_may_have_got_it_from_a_killed_worker_is_corrected_once(
    works: Works, post: Post
) -> None:
    """One has, and is marked; one has, and is not; the others were claimed and may have."""
    people_are_there(works)
    assert works.once(MORNING, "250", 2) == -signal.SIGKILL
    assert sorted(post.to.values()) == [1, 1]
    works.data.publish(text_of({"day": "on: 2027-03-20"}))

    for wait in (LEASED, LEASED + REST, LEASED + 2 * REST, LEASED + 3 * REST):
        assert works.once(MORNING + wait) == 0

    mails = [message_from_bytes(data) for _, _, data in post.seen[2:]]
    assert sorted((mail["To"], mail["Subject"]) for mail in mails) == [
        (address, "Correction: Day of day") for address in sorted(PEOPLE)
    ]
