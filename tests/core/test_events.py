"""Events are values; a text is one text in several languages."""

from __future__ import annotations

from calendar_app.core.events import EMPTY, Text
from calendar_app.core.precision import PartialDate
from tests.factories import day, event


def test_a_text_is_a_value() -> None:
    words = {"en": "peace", "ru": "мир"}
    text = Text(words)

    words["en"] = "war"

    assert text == {"ru": "мир", "en": "peace"}
    assert hash(text) == hash(Text({"ru": "мир", "en": "peace"}))
    assert (text["ru"], list(text), len(text)) == ("мир", ["en", "ru"], 2)
    assert repr(text) == "Text({'en': 'peace', 'ru': 'мир'})"


def test_an_empty_text_says_nothing() -> None:
    assert not EMPTY
    assert EMPTY.get("en") is None


def test_an_event_begins_with_what_it_counts_from_unless_it_says_otherwise() -> None:
    origin = PartialDate.parse("1945-05")

    assert event().begins_on is None
    assert event(counts_from=origin).begins_on == day("1945-05-01")
    assert event(counts_from=origin, since=day("2020-01-01")).begins_on == day("2020-01-01")
