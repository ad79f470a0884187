"""The language table against CLDR, and which language a reader and a text get."""

from __future__ import annotations

from itertools import pairwise

import pytest
from babel import Locale
from babel.core import get_global

from calendar_app.core.events import EMPTY, Text
from calendar_app.words.fallback import choose
from calendar_app.words.languages import ARABIC, LANGUAGES, Language

EACH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


def cldr(names: dict[int, str]) -> tuple[str, ...]:
    return tuple(names[number] for number in sorted(names))


def test_the_languages_stand_in_the_order_in_which_they_are_offered() -> None:
    assert [(tag, language.endonym) for tag, language in LANGUAGES.items()] == [
        ("en", "English"),
        ("es", "Español"),
        ("ru", "Русский"),
        ("tr", "Türkçe"),
        ("ar", "العربية"),
    ]


@EACH
def test_the_territory_is_the_likely_one(language: Language) -> None:
    likely = get_global("likely_subtags")[language.locale.replace("en_GB", "en")]

    assert language.territory == ("GB" if language.tag == "en" else likely.rpartition("_")[2])


@EACH
def test_the_names_of_days_agree_with_cldr(language: Language) -> None:
    days = Locale.parse(language.locale).days["stand-alone"]

    assert language.weekdays == cldr(days["wide"])
    assert language.weekdays_short == cldr(days["abbreviated"])
    assert language.weekdays_narrow == cldr(days["narrow"])


@EACH
def test_the_names_of_months_agree_with_cldr(language: Language) -> None:
    months = Locale.parse(language.locale).months
    names, in_date = cldr(months["stand-alone"]["wide"]), cldr(months["format"]["wide"])
    if language is ARABIC:
        levantine = cldr(Locale.parse("ar_LB").months["format"]["wide"])
        names = in_date = tuple(f"{a}/{b}" for a, b in zip(levantine, names, strict=True))

    assert (language.months, language.months_in_date) == (names, in_date)


@EACH
def test_the_direction_agrees_with_cldr(language: Language) -> None:
    assert language.direction == Locale.parse(language.locale).text_direction


@EACH
def test_the_week_is_that_of_most_readers(language: Language) -> None:
    arabic = (5, frozenset({4, 5}))
    others = (0, frozenset({5, 6}))

    assert (language.first_weekday, language.weekend) == (arabic if language is ARABIC else others)


@EACH
def test_choose_takes_the_language_of_the_reader(language: Language) -> None:
    text = Text({tag: f"in {tag}" for tag in LANGUAGES})

    chosen = choose(text, language)

    assert (chosen.value, chosen.language) == (f"in {language.tag}", language)


def test_choose_falls_back_to_english_and_says_so() -> None:
    text = Text({"ru": "Мир", "en": "Peace"})

    chosen = choose(text, ARABIC)

    assert (chosen.value, chosen.language.tag, chosen.language.direction) == ("Peace", "en", "ltr")


def test_choose_falls_back_to_the_first_there_is_where_english_is_missing() -> None:
    text = Text({"tr": "Barış", "ru": "Мир"})

    chosen = choose(text, ARABIC)

    assert (chosen.value, chosen.language.tag) == ("Barış", "tr")


def test_choose_refuses_a_text_without_any_language() -> None:
    with pytest.raises(ValueError, match="without any language"):
        choose(EMPTY, ARABIC)


@EACH
def test_a_language_names_seven_days_and_twelve_months(language: Language) -> None:
    lengths = [len(language.months), len(language.months_in_date)]
    lengths += [len(language.weekdays), len(language.weekdays_short)]

    assert lengths == [12, 12, 7, 7]
    assert all(a != b for a, b in pairwise(language.months))
