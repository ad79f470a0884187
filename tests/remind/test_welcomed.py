"""Who was told a date by the welcome mail is told when it changes: exactly those, once, also before
their first reminder or digest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest, to_text
from calendar_app.core.events import Change, Event, Text, Topic
from calendar_app.core.rules import Rule
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind.send import LEASE
from calendar_app.store.deliveries import mark_bounced
from calendar_app.store.inbox import RequestKind
from calendar_app.store.tables import delivery
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.factories import at, cancelled, event, moved, on, reinstated
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import ADDRESS, Office, read, subjects, token, words
from tests.remind.test_faults import Died, die_at
from tests.remind.test_told_by_digest import tells

FIRST_AT, NOW, CHANGED_AT = at("2027-02-01T09:00"), at("2027-02-20T10:00"), at("2027-02-24T09:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DATE, CORRECTION = "2027-03-13", "Correction: May Day"
READER = Choices("en", ("labour",), leads=(1,))
NAMES = {tag: "May Day" if tag == "en" else f"May Day {tag}" for tag in LANGUAGES}
WEEKLY = Choices("en", leads=(), digest=Digest.WEEKLY)
MONTHLY = Choices("en", leads=(), digest=Digest.MONTHLY)
TOPICS = {id_: Topic(id_, Text({"en": id_.capitalize()})) for id_ in ("labour", "cuba")}


def dated(rule: Rule = on(DATE), **fields: object) -> Event:  # noqa: B008
    return event("day", rule, topics=("labour",), name=Text(NAMES), **fields)


def edition(*events: Event, after: Catalogue | None = None, when: datetime = FIRST_AT) -> Catalogue:
    """With four more events, three of which come first where all topics are chosen."""
    others = [
        event(f"other-{day}", on(f"2027-{day}"), topics=("cuba",), name=Text({"en": "Other"}))
        for day in ("03-24", "03-25", "03-26", "06-01")
    ]
    return publish(made_up(*events, *others, topics=TOPICS), after, when)


FIRST = edition(dated())


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    return open_office(FIRST, NOW)


def change(
    office: Office, *events: Event, when: datetime = CHANGED_AT, after: Catalogue | None = None
) -> list[tuple[str, str]]:
    """Publish the events; return whom a correction was sent to within an hour, and its words."""
    office.publish(edition(*events, after=after or office.catalogue, when=when))
    assert office.work(when) == []  # reminders rest
    mails = office.until(when + HOUR, when + 2 * HOUR)
    assert set(subjects(mails)) <= {CORRECTION, "Calendar: correction"}
    return [(str(mail["To"]), words(mail)) for mail in mails]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([dated(changes=(moved(DATE, "2027-03-20"),))], ["from 13 March 2027 to 20 March 2027"]),
        ([dated(on("2027-03-14"))], ["from 13 March 2027 to 14 March 2027. We corrected the date"]),
        ([dated(changes=(cancelled(DATE),))], ["Cancelled by the organisers"]),
        (
            [
                dated(changes=(cancelled(DATE),)),
                dated(changes=(cancelled(DATE), reinstated(DATE))),
            ],
            ["Cancelled by the organisers", "Reinstated by the organisers"],
        ),
        ([dated(on("2027-03")), dated(on("2027-03-20"))], ["March 2027", "Made more exact"]),
        ([None], ["13 March 2027: this date is no longer in the calendar."]),
    ],
)
def test_exactly_those_who_were_welcomed_with_it_are_told_once(
    office: Office, steps: list[Event | None], said: list[str]
) -> None:
    office.join(READER)
    office.join(Choices("en", ("cuba",)), "other@example.org")  # is told of other dates
    (welcome,) = office.join(READER, "gone@example.org")
    office.ask(RequestKind.LEAVE, token=token(welcome, "unsubscribe"))
    for number, (step, part) in enumerate(zip(steps, said, strict=True)):
        if number:
            office.join(READER, "between@example.org")  # while it has no day
        told = change(office, *filter(None, [step]), when=CHANGED_AT + number * DAY)

        assert [address for address, _ in told] == [ADDRESS]
        assert part in told[0][1]
    office.join(READER, "late@example.org")
    noted = [*office.catalogue.events.values(), event("new", on("2027-12-01"))]
    office.publish(
        publish(made_up(*noted, topics=TOPICS), office.catalogue, at("2027-02-27T09:00"))
    )
    assert office.until(at("2027-02-27T10:00"), at("2027-02-28T10:00")) == []


def test_the_correction_is_as_each_reader_wants_their_mails(office: Office) -> None:
    readers = [(tag, is_discreet) for tag in LANGUAGES for is_discreet in (False, True)]
    for tag, is_discreet in readers:
        choices = Choices(tag, ("labour",), leads=(1,), discreet=is_discreet)
        (welcome,) = office.join(choices, f"{tag}-{is_discreet}@example.org")
        assert NAMES[tag] in words(welcome)
    office.publish(edition(after=FIRST, when=CHANGED_AT))

    mails = office.until(CHANGED_AT, CHANGED_AT + HOUR)

    by_reader = {str(mail["To"]).partition("@")[0]: mail for mail in mails}
    assert len(mails) == len(by_reader) == len(readers)
    for tag, is_discreet in readers:
        mail = by_reader[f"{tag}-{is_discreet}"]
        assert (NAMES[tag] in str(mail["Subject"])) is not is_discreet
        assert catalog(tag).text("mail_taken_out") in words(mail)


def test_who_is_reminded_later_is_told_once(office: Office) -> None:
    office.join(READER)
    assert subjects(office.until(at("2027-03-12T09:00"))) == ["May Day: 13 March 2027 (tomorrow)"]

    assert len(change(office, when=at("2027-03-12T10:00"))) == 1


def test_a_welcome_does_not_count_as_a_reminder(office: Office) -> None:
    """Also where it came after the moment of a reminder."""
    office.now = at("2027-03-07T10:00")
    mails = office.join(Choices("en", ("labour",), leads=(7, 1)))
    mails += office.until(at("2027-03-12T09:00"))

    assert [subject for subject in subjects(mails) if "May Day" in subject] == [
        "May Day: 13 March 2027 (in 6 days)",
        "May Day: 13 March 2027 (tomorrow)",
    ]


@pytest.mark.parametrize(
    "choices", [Choices("en", ("cuba",)), Choices("en", leads=(30,)), WEEKLY, MONTHLY]
)
def test_who_has_chosen_anew_since_is_told(office: Office, choices: Choices) -> None:
    (welcome,) = office.join(READER)
    office.ask(RequestKind.CHANGE, token=token(welcome, "manage"), choices=to_text(choices))
    office.work()
    told = change(office, dated(changes=(moved(DATE, "2027-03-20"),)))
    told += [
        (str(mail["To"]), words(mail))
        for number in range(1, 20)
        for mail in office.work(CHANGED_AT + number * DAY)
        if "13 March 2027" in words(mail)
    ]

    assert [address for address, _ in told] == [ADDRESS]


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.ACCEPTED])
def test_whom_the_welcome_did_not_reach_is_told_nothing(office: Office, verdict: Verdict) -> None:
    office.subscribe(READER)
    (asked,) = office.work()
    office.answer(Handover(verdict, "DATA 554"))
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    office.work()
    if verdict is Verdict.ACCEPTED:  # and came back
        with office.engine.begin() as connection:
            (mail,) = connection.execute(select(delivery.c.mail).distinct()).scalars()
            assert mark_bounced(connection, mail)

    assert change(office) == []


def test_a_welcome_tells_no_date_that_is_no_longer_true_when_it_is_sent(office: Office) -> None:
    office.subscribe(READER)
    (asked,) = office.work()
    office.answer(Handover(Verdict.LATER))
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    assert office.work() == []
    office.publish(edition(dated(on("2027-03-14")), after=FIRST, when=NOW + MINUTE))

    (welcome,) = office.work(NOW + 10 * MINUTE)

    assert "May Day" not in words(welcome)
    assert office.until(NOW + HOUR, NOW + DAY) == []
    assert subjects(office.until(at("2027-03-13T09:00"))) == ["May Day: 14 March 2027 (tomorrow)"]


def test_a_welcome_that_could_not_be_sent_for_days_is_not_sent_in_parts(office: Office) -> None:
    office.subscribe(READER)
    (asked,) = office.work()
    office.answer(*[Handover(Verdict.LATER)] * 2)
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))

    assert office.until(NOW, NOW + DAY) == []
    assert office.until(NOW + 4 * DAY) == []
    assert change(office) == []


@pytest.mark.parametrize("step", ["claim", "250", "mark"])
def test_a_worker_that_dies_welcomes_with_the_same_mail_and_corrects_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    office.subscribe(READER)
    (asked,) = office.work()
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    with monkeypatch.context() as patch:
        die_at(patch, step)
        with pytest.raises(Died):
            office.work()
    assert office.until(NOW + LEASE - MINUTE) == []
    office.until(NOW + LEASE + MINUTE)

    mails = office.transport.sent[1:]
    assert len(mails) == (1 if step == "claim" else 2)
    assert len({(mail.message_id, words(read(mail))) for mail in mails}) == 1
    assert len(change(office, dated(changes=(cancelled(DATE),)))) == 1


def test_what_a_welcome_told_is_forgotten_a_week_after_the_date(office: Office) -> None:
    office.join(READER)
    days = [NOW + number * DAY for number in range(30)]
    counts = []
    for instant in days:
        office.work(instant)
        counts.append((instant.day, office.count("delivery WHERE kind = 'welcome'")))

    assert counts[0] == (20, 2)  # the mail and the date
    assert (20, 1) in counts[20:]
    assert counts[-1] == (21, 0)


@pytest.mark.parametrize(
    ("choices", "date", "change", "told"),
    [
        # The first digest comes in time.
        (WEEKLY, DATE, moved(DATE, "2027-03-20"), "1 digest"),
        (MONTHLY, DATE, cancelled(DATE), "1 digest"),
        # That of this month, which had nothing to tell, has something now.
        (MONTHLY, "2027-03-01", moved("2027-03-01", "2027-02-28"), "24 digest"),
        # It has nothing still, as shows at the first of two ticks.
        (MONTHLY, "2027-03-01", cancelled("2027-03-01"), "25 correction"),
    ],
)
@pytest.mark.parametrize("written_at", [CHANGED_AT, at("2027-01-02T09:00")])
def test_readers_of_a_digest_learn_it_from_their_first_one_or_at_once(
    open_office: MakeOffice,
    choices: Choices,
    date: str,
    change: Change,
    told: str,
    written_at: datetime,
) -> None:
    first = edition(dated(on(date)), when=at("2027-01-01T09:00"))
    office = open_office(first, NOW)
    office.join(choices)
    assert office.work(CHANGED_AT - HOUR) == []
    office.publish(edition(dated(on(date), changes=(change,)), after=first, when=written_at))

    assert office.work(CHANGED_AT) == []
    # Written before the digest of now was due, it is a reason to send that.
    expected = told if written_at == CHANGED_AT else "24 digest"
    assert tells(office, CHANGED_AT + HOUR, "2027-04-30T12:00") == [expected]
