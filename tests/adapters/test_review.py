"""What is missing in a language, and what native readers are asked to check."""

from __future__ import annotations

from calendar_app.catalogue.reader import read_catalogue
from calendar_app.catalogue.review import MissingText, ReviewMark, missing_texts, review_marks
from calendar_app.core.catalogue import Catalogue
from tests.adapters.samples import CALENDAR, DAY, GOOD, TOPICS

COMPLETE = "{en: a, es: b, ru: c, tr: d, ar: e}"


def _read(content: str) -> Catalogue:
    return read_catalogue({"events.yaml": content.encode()})[0]


def test_a_text_in_five_languages_misses_nothing() -> None:
    content = (CALENDAR + TOPICS + "events:\n" + DAY).replace("{en: Calendar, ar: تقويم}", COMPLETE)
    for word in ("Dates", "Peace", "Work", "Old", "Day"):
        content = content.replace(f"{{en: {word}}}", COMPLETE)

    assert list(missing_texts(_read(content))) == []


def test_each_missing_language_is_named_once() -> None:
    missing = list(missing_texts(_read(GOOD)))

    assert len(missing) == len(set(missing))
    assert missing[:4] == [
        MissingText("calendar", "", "name", "es"),
        MissingText("calendar", "", "name", "ru"),
        MissingText("calendar", "", "name", "tr"),
        MissingText("calendar", "", "summary", "es"),
    ]
    assert [found.language for found in missing if found[:3] == ("events", "once", "name")] == [
        *("en", "es", "tr", "ar")
    ]


def test_every_text_is_looked_at_and_a_field_that_is_not_there_is_not_missing() -> None:
    fields = {found[:3] for found in missing_texts(_read(GOOD)) if found.language == "es"}

    assert fields == {
        ("calendar", "", "name"),
        ("calendar", "", "summary"),
        ("documents", "plan", "name"),
        ("documents", "plan", "title"),
        ("documents", "plan", "note"),
        ("points", "plan.7", "name"),
        ("points", "plan.7", "undated"),
        ("points", "plan.12", "name"),
        ("documents", "later", "name"),
        ("documents", "later", "title"),
        ("documents", "edition", "name"),
        ("documents", "edition", "title"),
        ("topics", "peace", "name"),
        ("topics", "work", "name"),
        ("topics", "old", "name"),
        ("events", "day", "name"),
        ("events", "weekend", "name"),
        ("events", "weekend", "changes.1.says"),
        ("events", "weekend", "occasions.1.note"),
        ("events", "weekend", "occasions.1.place.name"),
        ("events", "weekend", "summary"),
        ("events", "weekend", "note"),
        ("events", "weekend", "place.name"),
        ("events", "weekend", "links.1.name"),
        ("events", "weekend", "sources.1.says"),
        ("events", "fridays", "name"),
        ("events", "once", "name"),
    }


def test_marks_for_native_readers_in_the_order_of_the_data() -> None:
    assert list(review_marks(_read(GOOD))) == [
        ReviewMark("documents", "plan", "ru", "two remarks"),
        ReviewMark("points", "plan.7", "tr", "a remark"),
        ReviewMark("topics", "peace", "ar", "a remark"),
        ReviewMark("events", "weekend", "es", "look at it"),
    ]
