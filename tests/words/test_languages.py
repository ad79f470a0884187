"""The language table against CLDR, and which language a reader and a text get."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.events import EMPTY, Text
from calendar_app.words.languages import ARABIC, LANGUAGES, Language
from calendar_app.words.negotiation import choose, negotiate

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


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        (None, "en"),
        ("", "en"),
        ("ru", "ru"),
        ("RU", "ru"),
        ("es-MX", "es"),
        ("es-419,es;q=0.9", "es"),
        ("ar-EG;q=0.8, en;q=0.5", "ar"),
        ("ar;q=0.5,tr;q=0.9,ru;q=0.1", "tr"),
        ("tr ; q=0.7 , ru ; q=0.8", "ru"),
        ("de-DE,de;q=0.9,tr;q=0.3", "tr"),
        ("de,fr", "en"),
        ("es;q=0.5,ru;q=0.5", "es"),
        ("ru;q=0.5,es;q=0.5", "ru"),
        ("ru;q=0.2,es;q=0.5,ru;q=0.9", "ru"),
        ("tr;Q=1.000", "tr"),
        ("tr;q=0.", "en"),
        ("ru;q=0", "en"),
        ("ru;q=0, tr;q=0.001", "tr"),
        # A star is every language not named (RFC 9110 12.5.4).
        ("*", "en"),
        ("ru,*;q=0.1", "ru"),
        ("ru;q=0.1,*", "en"),
        ("en;q=0,*", "es"),
        ("de,*;q=0.5", "en"),
        ("*;q=0", "en"),
        ("tr;q=0.4,*;q=0", "tr"),
        # What cannot be read is skipped.
        ("ru;q=1.1", "en"),
        ("ru;q=0.1234", "en"),
        ("ru;q=-1,es", "es"),
        ("ru;q=nan,es", "es"),
        ("ru;level=1,tr", "tr"),
        (",,, ,tr,", "tr"),
        ("ru_RU", "en"),
        ("russian-language-please", "en"),
        ("ру", "en"),
        ("../../ru", "en"),
        ("ru\x00", "en"),
        ("ru\r\nX: y", "en"),
        ("tr;q=٠", "en"),
    ],
)
def test_negotiate_takes_the_language_liked_best(header: str | None, tag: str) -> None:
    assert negotiate(header).tag == tag


@pytest.mark.parametrize(
    "header",
    [
        "x" * 10_000,
        "ru," * 3_333,
        "-a" * 5_000,
        " " * 10_000,
        "a-" * 5_000,
        "ru;q=0." + "0" * 9_993,
    ],
)
def test_negotiate_is_quick_whatever_is_sent(header: str) -> None:
    begun = time.perf_counter()

    negotiate(header)

    assert time.perf_counter() - begun < 0.1


def test_negotiate_reads_no_further_than_a_browser_would_write() -> None:
    others = ",".join(["de"] * 31)

    assert negotiate(f"{others},ru").tag == "ru"
    assert negotiate(f"{others},de,ru").tag == "en"


@given(st.text(alphabet=st.sampled_from("enrutsar*-;,=q01. \t") | st.characters()))
def test_negotiate_always_answers_with_a_language_of_ours(header: str) -> None:
    assert negotiate(header) in LANGUAGES.values()


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
