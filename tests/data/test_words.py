"""How the texts of the data are written: one usage in each language, the same as in the dates that
the program writes itself."""

from __future__ import annotations

import re
import unicodedata

import pytest

from calendar_app.words.languages import ARABIC, LANGUAGES
from tests.data.texts import Written, all_texts
from tests.publishing import real_catalogue

TEXTS = list(all_texts(real_catalogue()))
# Opening and closing; an apostrophe is straight in all five.
QUOTES = {"en": "“”", "es": "«»", "ru": "«»", "tr": "“”", "ar": "«»"}
ALL_QUOTES = set('"“”„‟«»‹›‘’‚‛`´″′')
APOSTROPHES = {"en": r"[A-Za-z]'", "tr": r"\w'\w"}
# What each language has beside its letters and Latin digits.
MARKS = {
    "en": " ,.;:/()–-'",
    "es": " ,.;:/()–-",
    "ru": " ,.;:/()–—-",
    "tr": " ,.;:/()–-'",
    "ar": " ،.؛:/()–-ًٌٍَُِّْ",
}
# Proper names, organisations, spelled-out titles and abbreviations in the letters of others.
LATIN = re.compile("[A-Za-zÀ-ɏ]+")
OWN_LATIN = {
    "ru": {"II", "III", "VIII", "COVID", "May", "Day", "The", "Left", "Chapter", "SolidNet", "B"},
    "ar": {"The", "Left", "Chapter", "May", "Day"},
}
# The October Revolution is called by one of the two names of the month.
FIXED_NAMES = ("ثورة أكتوبر",)
# With a capital letter this is the name of the holiday, not a day of the month.
HOLIDAYS = {"Марта"}
# Particles that are written together with the word.
PREFIXES = "(?:[وف]?[بكل]?(?:ال)?)"


def of(language: str) -> list[Written]:
    return [text for text in TEXTS if text.language == language]


def test_there_are_texts_in_every_language() -> None:
    numbers = {language: len(of(language)) for language in LANGUAGES}
    assert min(numbers.values()) > 230
    assert max(numbers.values()) - min(numbers.values()) < 20  # some have more aliases


def test_every_text_is_in_nfc() -> None:
    assert [text for text in TEXTS if not unicodedata.is_normalized("NFC", text.value)] == []


def test_every_digit_is_a_latin_one() -> None:
    assert [text for text in TEXTS if re.search(r"[^\D0-9]", text.value)] == []


def test_no_blank_is_doubled_or_stands_where_it_should_not() -> None:
    wrong = re.compile(r"\s\s|^\s|\s$|\s[,.;:،؛)»”]|[(«“]\s|[^\S ]")
    assert [text for text in TEXTS if wrong.search(text.value)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotation_marks_are_those_of_the_language(language: str) -> None:
    opening, closing = tuple(QUOTES[language])
    for text in of(language):
        value = re.sub(APOSTROPHES.get(language, "(?!)"), "", text.value)
        assert set(value) & ALL_QUOTES <= {opening, closing}, text
        assert re.sub(f"[^{opening}{closing}]", "", value) == (opening + closing) * value.count(
            opening
        ), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_are_those_of_the_language(language: str) -> None:
    allowed = set(MARKS[language]) | set(QUOTES[language])
    for text in of(language):
        marks = {c for c in text.value if not c.isalpha() and c not in "0123456789"}
        assert marks <= allowed, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_has_an_en_dash(language: str) -> None:
    for text in of(language):
        assert not re.search(r"[0-9] ?[-—−] ?[0-9]", text.value), text
        # Between two numbers without blanks; one beside a word stands alone only in Turkish.
        tight = re.findall(r"\S–\S", text.value)
        assert all(one[0].isdigit() and one[2].isdigit() for one in tight) or language == "tr", text
        assert " –" not in text.value, text


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_letters_are_those_of_the_language(language: str) -> None:
    for text in of(language):
        assert set(LATIN.findall(text.value)) <= OWN_LATIN[language], text


def test_no_word_mixes_two_scripts() -> None:
    for text in TEXTS:
        for word in re.findall(r"[^\W\d_]+", text.value):
            scripts = {unicodedata.name(letter).split()[0] for letter in word}
            assert len(scripts - {"COMBINING"}) == 1, (text, word)


@pytest.mark.parametrize("month", ARABIC.months)
def test_arabic_months_have_both_names(month: str) -> None:
    levantine, gregorian = month.split("/")
    for text in of("ar"):
        value = text.value
        for name in FIXED_NAMES:
            value = value.replace(name, "")
        found = re.findall(rf"(?<!\w){PREFIXES}{levantine}(?!\w)", value)
        assert len(found) == value.count(month), text
        alone = re.findall(rf"(?<!\w){PREFIXES}{gregorian}(?!\w)", value.replace(month, ""))
        assert alone == [], text


@pytest.mark.parametrize("language", ["en", "es", "ru", "tr"])
def test_months_are_written_as_in_generated_dates(language: str) -> None:
    own = LANGUAGES[language]
    names = {*own.months, *own.months_in_date}
    for text in of(language):
        for word in re.findall(r"\b[0-9]{1,2} (?:de )?([^\W\d_]{3,})", text.value):
            if word.lower() in {name.lower() for name in names}:
                assert word in names | HOLIDAYS, text


def test_apostrophes_keep_turkish_endings_apart() -> None:
    for text in of("tr"):
        for ending in re.findall(r"[0-9]'(\w+)", text.value):
            assert ending == ending.lower(), text
        assert not re.search(r"\b(19|20)[0-9]{2}(de|da|te|ta|den|dan)\b", text.value), text


def test_a_sentence_ends_with_a_full_stop_and_a_name_does_not() -> None:
    for text in TEXTS:
        is_sentence = text.where.endswith((".summary", ".note", ".says"))
        assert text.value.endswith(".") == is_sentence, text
