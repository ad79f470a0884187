"""What a digest tells: the days to come, what changed since the last one, what has no day yet."""

from __future__ import annotations

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event, Text, Topic
from calendar_app.remind.history import History
from calendar_app.remind.overviews import Known, known_without_digest, overview
from calendar_app.remind.truths import Truths
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.factories import at, cancelled, day, event, moved, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import words

PERIOD, MONDAY = "2027-W10", "2027-03-08"  # the week from Monday, 8 March 2027
LAST_WEEK = at("2027-03-03T10:00")
TOPICS = {id_: Topic(id_, Text({"en": id_.capitalize()})) for id_ in ("labour", "cuba")}


def dated(id_: str, date: str, *topics: str, **fields: object) -> Event:
    name = Text(dict.fromkeys(LANGUAGES, id_.capitalize()))
    return event(id_, on(date), name=name, topics=topics or ("labour",), **fields)


def edition(*changes: object) -> Catalogue:
    found = [
        dated("inside", "2027-03-10"),
        dated("later", "2027-03-20", changes=changes),
        dated("vague", "2027-05"),
        dated("gone", "2027-02"),
        dated("other", "2027-03-11", "cuba"),
    ]
    return made_up(*found, topics=TOPICS)


FIRST = publish(edition())
EDITED = publish(edition(moved("2027-03-20", "2027-03-27")), FIRST, LAST_WEEK)
READER = Choices("en", ("labour",), leads=(), digest=Digest.WEEKLY, zone="Europe/Berlin")


def told(
    catalogue: Catalogue, today: str = MONDAY, until: str = "2027-03-01T00:00"
) -> list[list[str]] | None:
    """The events of each section, for whom knows all changes until then."""
    truths, history = Truths(catalogue, day(today)), History.of(catalogue, day(today))
    found = overview(truths, history, READER, PERIOD, Known(at(until)))
    if found is None:
        return None
    return [
        [occurrence.event.id for occurrence in found.dates],
        [change.event.id for change in found.changes],
        [occurrence.event.id for occurrence in found.inexact],
    ]


def test_each_section_has_what_belongs_there_of_the_topics_chosen() -> None:
    assert told(EDITED) == [["inside"], ["later"], ["vague"]]


def test_a_late_digest_tells_what_is_left() -> None:
    assert told(EDITED, "2027-03-11") == [[], ["later"], ["vague"]]


def test_who_never_had_a_digest_is_told_what_changed_in_the_period_before() -> None:
    assert known_without_digest(PERIOD) == at("2027-03-01T00:00")
    assert known_without_digest("2027-03") == at("2027-01-29T00:00")


@pytest.mark.parametrize(
    ("until", "changes"),
    [("2027-03-03T09:59", ["later"]), ("2027-03-03T10:00", []), ("2026-01-01T00:00", ["later"])],
)
def test_a_change_is_told_to_whom_does_not_know_it(until: str, changes: list[str]) -> None:
    assert told(EDITED, until=until) == [["inside"], changes, ["vague"]]


def test_what_changed_after_its_day_is_told_by_a_late_digest_and_no_reason_to_send_one() -> None:
    edited = publish(edition(cancelled("2027-03-20")), FIRST, at("2027-03-09T10:00"))

    assert told(edited, "2027-03-09") == [["inside"], ["later"], ["vague"]]
    assert told(edited, "2027-03-11") is None


def test_what_has_no_day_is_no_reason_to_write() -> None:
    assert told(publish(made_up(dated("vague", "2027-05")))) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_is_mailed_with_its_three_sections(open_office: MakeOffice, language: str) -> None:
    office = open_office(FIRST, at("2027-03-02T10:00"))
    office.join(Choices(language, ("labour",), (), digest=Digest.WEEKLY, zone="Europe/Berlin"))
    office.now = LAST_WEEK
    office.publish(EDITED)
    office.work()

    (mail,) = office.until(at("2027-03-03T11:00"), at("2027-03-08T08:00"))

    text, phrases = words(mail), catalog(language)
    heads = [phrases.text(key) for key in ("mail_digest_changes", "mail_digest_inexact")]
    places = [text.index(part) for part in ("Inside", heads[0], "Later", heads[1], "Vague")]
    assert places == sorted(places)
    assert ("Gone" in text, "Other" in text) == (False, False)
    html = mail.get_body(("html",))
    assert html is not None
    assert all(part in html.get_content() for part in ("Inside", *heads, "Later", "Vague"))
    assert office.until(at("2027-03-08T08:15"), at("2027-03-14T08:00")) == []
