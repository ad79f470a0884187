"""What a digest tells: the days to come, what changed since the last one, what has no day yet."""

from __future__ import annotations

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event, Text, Topic
from calendar_app.remind.overviews import overview
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


def told(catalogue: Catalogue, today: str = MONDAY) -> list[list[str]] | None:
    """The events of each section."""
    found = overview(catalogue, READER, PERIOD, day(today))
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


@pytest.mark.parametrize("edited_at", ["2027-02-28T10:00", "2027-03-08T10:00"])
def test_what_changed_before_or_after_is_told_in_another_digest(edited_at: str) -> None:
    edited = publish(edition(cancelled("2027-03-20")), FIRST, at(edited_at))

    assert told(edited) == [["inside"], [], ["vague"]]


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
