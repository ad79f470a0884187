"""An entry that is taken out of the data after people were told of it: exactly those are told so,
once, while its date is ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event, Text, Topic
from calendar_app.core.rules import Rule
from calendar_app.remind.truths import CANCELLED, Truths
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.factories import WEEKENDS, at, cancelled, day, event, moved, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, subjects, words
from tests.small_data import SmallData, text_of

FIRST_AT, NOW, TOLD_AT = at("2027-02-01T09:00"), at("2027-02-20T10:00"), at("2027-03-06T09:00")
TAKEN_OUT_AT = at("2027-03-09T09:00")
# The next day, that of the date, those of the next digests.
LOOKED_AT = [f"2027-{day}T10:00" for day in ("03-10", "03-13", "03-15", "03-22", "04-01")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DATE, CORRECTION = "2027-03-13", "Correction: May Day"
WEEKLY = Choices("en", leads=(), digest=Digest.WEEKLY)
MONTHLY = Choices("en", leads=(), digest=Digest.MONTHLY)
TOPICS = {id_: Topic(id_, Text({"en": id_.capitalize()})) for id_ in ("labour", "cuba")}


def edition(*events: Event, after: Catalogue | None = None, when: datetime = FIRST_AT) -> Catalogue:
    """With one more event, so that there always is one."""
    other = event("other", on("2027-06-01"), topics=("cuba",), name=Text({"en": "Other"}))
    return publish(made_up(*events, other, topics=TOPICS), after, when)


def dated(rule: Rule = on(DATE), **fields: object) -> Event:  # noqa: B008
    return event("day", rule, topics=("labour",), **fields)


def told_after(office: Office, first: Catalogue) -> list[tuple[int, str, str]]:
    """What is mailed of the event once it is out of the data: on which day, to whom, how."""
    found = []
    office.work(TAKEN_OUT_AT - HOUR)
    office.publish(edition(after=first, when=TAKEN_OUT_AT))
    assert office.work(TAKEN_OUT_AT) == []  # reminders rest
    for instant in (TAKEN_OUT_AT + HOUR, *map(at, LOOKED_AT)):
        for mail in office.work(instant):
            if "no longer in the calendar" in words(mail):
                kind = "correction" if "Correction" in mail["Subject"] else "digest"
                found.append((instant.day, str(mail["To"]).partition("@")[0], kind))
    return sorted(found)


def test_exactly_those_who_were_told_are_told_once(open_office: MakeOffice) -> None:
    first = edition(dated())
    office = open_office(first, NOW)
    office.join(Choices("en"), "told@example.org")
    office.join(Choices("en", leads=(1,)), "welcomed@example.org")  # and not reminded yet
    office.join(Choices("en", ("cuba",)), "other@example.org")
    assert len(office.until(TOLD_AT)) == 1

    assert told_after(office, first) == [
        (9, "told", "correction"),
        (9, "welcomed", "correction"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_what_is_known(open_office: MakeOffice, language: str) -> None:
    name = Text({tag: f"May {tag}" for tag in LANGUAGES})
    first = edition(dated(name=name))
    office = open_office(first, NOW)
    office.join(Choices(language))
    office.until(TOLD_AT)
    office.publish(edition(after=first, when=TAKEN_OUT_AT))

    (mail,) = office.until(TAKEN_OUT_AT, TAKEN_OUT_AT + HOUR)

    phrases = catalog(language)
    assert f"May {language}" in mail["Subject"]
    gone = phrases.text("mail_date_gone", date="{}").replace("{}", "").strip()
    assert gone in words(mail)
    assert phrases.text("mail_taken_out") in words(mail)
    assert "2027" in words(mail)
    assert "text/calendar" not in str(mail)


def test_what_waits_is_not_sent(open_office: MakeOffice) -> None:
    first = edition(dated())
    office = open_office(first, NOW)
    office.join(Choices("en"))
    office.now = TOLD_AT
    office.tick()
    office.publish(edition(after=first, when=TOLD_AT))

    mails = office.until(TOLD_AT, TOLD_AT + HOUR, at("2027-03-12T09:00"))
    assert subjects(mails) == [CORRECTION]  # of what the welcome told


def test_of_a_date_that_is_over_nobody_is_told(open_office: MakeOffice) -> None:
    first = edition(dated(on("2027-03-08")))
    office = open_office(first, NOW)
    office.join(Choices("en"))
    office.join(MONTHLY, "monthly@example.org")
    assert len(office.until(at("2027-03-01T09:00"))) == 2

    assert told_after(office, first) == []


@pytest.mark.parametrize(
    ("found", "choices", "told"),
    [
        (dated(), WEEKLY, [(9, "reader", "correction")]),
        (dated(), MONTHLY, [(9, "reader", "correction")]),
        (
            dated(changes=(moved("2027-03-20", DATE),), rule=on("2027-03-20")),
            WEEKLY,
            [(9, "reader", "correction")],
        ),
        (dated(changes=(cancelled(DATE),)), WEEKLY, []),
        # The next digest comes in time.
        (dated(on("2027-03-20")), WEEKLY, [(15, "reader", "digest")]),
        # The first date of the series was told by the digest, others by the welcome.
        (dated(WEEKENDS), MONTHLY, [(9, "reader", "correction")]),
    ],
)
def test_readers_of_a_digest_are_told_once(
    open_office: MakeOffice,
    found: Event,
    choices: Choices,
    told: list[tuple[int, str, str]],
) -> None:
    first = edition(found)
    office = open_office(first, NOW)
    office.join(choices, "reader@example.org")
    office.until(at("2027-03-01T09:00"), at("2027-03-08T09:00"))

    assert told_after(office, first) == told


def test_a_reader_of_a_digest_is_told_which_date_is_no_more_in_a_series(
    open_office: MakeOffice,
) -> None:
    first = edition(dated(WEEKENDS))
    office = open_office(first, NOW)
    office.join(MONTHLY)
    office.until(at("2027-03-01T09:00"))
    without = dated(WEEKENDS, except_on=frozenset({day("2027-03-27")}))
    office.publish(edition(without, after=first, when=TAKEN_OUT_AT))

    (mail,) = office.until(TAKEN_OUT_AT, TAKEN_OUT_AT + HOUR)

    assert mail["Subject"] == CORRECTION
    assert "27–28 March 2027: this date is no longer in the calendar." in words(mail)


def test_who_joined_later_is_told_nothing_by_themselves(open_office: MakeOffice) -> None:
    first = edition(dated())
    office = open_office(first, NOW)
    office.work(TOLD_AT)
    office.now = TAKEN_OUT_AT - 2 * HOUR
    gone = edition(after=first, when=TAKEN_OUT_AT)
    office.publish(gone)
    office.join(WEEKLY)

    assert office.until(TAKEN_OUT_AT + HOUR, TAKEN_OUT_AT + 2 * DAY) == []


def test_files_that_are_put_back_reinstate_it_once(open_office: MakeOffice, tmp_path: Path) -> None:
    """Not by its id, which is taken for ever: data and revisions as they were."""
    data = SmallData(tmp_path)
    days = {"may-day": "yearly: 05-01", "day": f"on: {DATE}"}
    first = data.publish(text_of(days))
    office = open_office(first, NOW)
    office.join(Choices("en"))
    assert len(office.until(TOLD_AT)) == 1
    gone = data.publish(text_of({"may-day": "yearly: 05-01"}))
    assert gone.removed.keys() == {"seminar", "day"}
    office.publish(gone)
    assert subjects(office.until(TAKEN_OUT_AT, TAKEN_OUT_AT + HOUR)) == ["Correction: Day of day"]

    office.publish(first)

    later = TAKEN_OUT_AT + 2 * HOUR
    (mail,) = office.until(later, later + HOUR)
    assert "Reinstated: it is to take place after all" in words(mail)
    assert len(office.until(later + 2 * HOUR, at("2027-03-12T09:00"), at("2027-03-13T09:00"))) == 1


def test_a_shorter_id_is_not_taken_for_it() -> None:
    short, long = event("peace", on("2027-03-20")), event("peace-day", on(DATE))
    gone = edition(short, after=edition(short, long), when=TAKEN_OUT_AT)

    truth = Truths(gone, day("2027-03-09")).of("peace-day")

    assert truth is not None
    assert (truth.event.id, truth.text, truth.sequence) == ("peace-day", CANCELLED, 1)


def test_of_what_an_earlier_version_took_out_the_id_is_told(open_office: MakeOffice) -> None:
    first = edition(dated())
    office = open_office(first, NOW)
    office.join(Choices("en"))
    office.join(MONTHLY, "monthly@example.org")
    office.until(TOLD_AT)
    gone = edition(after=first, when=TAKEN_OUT_AT)
    (file,) = gone.revisions.values()
    office.publish(replace(gone, revisions={"made-up": replace(file, withdrawn={})}))

    mails = office.until(TAKEN_OUT_AT, TAKEN_OUT_AT + HOUR, TAKEN_OUT_AT + DAY)

    assert subjects(mails) == ["Correction: day"] * 2
    assert "13 March 2027: this date is no longer in the calendar." in words(mails[0])
