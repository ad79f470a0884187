"""The gettext catalogs are complete and alike, and their forms are the ones CLDR asks for."""

from __future__ import annotations

import gettext
import unicodedata
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import calendar_app
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES

LOCALE = Path(calendar_app.__file__).parent / "locale"
CATEGORIES = ["zero", "one", "two", "few", "many", "other"]  # in the order of CLDR
EACH = pytest.mark.parametrize("tag", LANGUAGES)
NUMBERS = (0, 1, 2, 3, 4, 5, 11, 21, 22, 50, 75, 100, 101, 111)


def path_of(tag: str) -> Path:
    return LOCALE / tag / "LC_MESSAGES" / "messages.po"


@cache
def read(tag: str) -> Messages:
    with path_of(tag).open("rb") as file:
        return read_po(file, locale=tag, abort_invalid=True)


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else message.string


def messages(tag: str) -> list[Message]:
    return [message for message in read(tag) if message.id]


def shape(tag: str) -> list[tuple[str, bool]]:
    """The keys in their order, and which are counted; an ordinal's several messages are one."""
    return list(dict.fromkeys((key_of(message), message.pluralizable) for message in messages(tag)))


def categories(tag: str) -> list[str]:
    """The categories that whole numbers take, in the order in which gettext counts them."""
    plural_form = Locale.parse(LANGUAGES[tag].locale).plural_form
    used = {plural_form(n) for n in range(1001)}
    return [category for category in CATEGORIES if category in used]


def placeholders(form: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(form) if name is not None}


def test_there_is_a_catalog_for_each_language_and_no_other() -> None:
    assert {path.name for path in LOCALE.iterdir()} == set(LANGUAGES)


@EACH
def test_a_catalog_has_the_keys_of_the_english_one_in_the_same_order(tag: str) -> None:
    assert shape(tag) == shape("en")
    assert len(shape(tag)) > 200


@EACH
def test_a_catalog_has_no_entry_twice(tag: str) -> None:
    lines = path_of(tag).read_text(encoding="utf-8").splitlines()
    context, seen = "", []
    for line in lines:
        if line.startswith("msgctxt "):
            context = line
        elif line.startswith("msgid "):
            seen.append((context, line))
            context = ""

    assert len(seen) == len(set(seen)) == len(messages(tag)) + 1  # and the header


@EACH
def test_a_catalog_leaves_nothing_to_be_translated(tag: str) -> None:
    unfinished = [
        key_of(message)
        for message in messages(tag)
        if message.fuzzy or not all(form.strip() for form in forms_of(message))
    ]

    assert unfinished == []
    assert list(read(tag).obsolete) == []


@EACH
def test_a_phrase_is_plain_text(tag: str) -> None:
    for message in messages(tag):
        for form in forms_of(message):
            assert form == unicodedata.normalize("NFC", form.strip())
            assert [c for c in form if unicodedata.category(c) in {"Cc", "Cf"} or c in "<>&"] == []


@EACH
def test_a_catalog_carries_nothing_that_changes_by_itself(tag: str) -> None:
    text = path_of(tag).read_text(encoding="utf-8")

    assert "Date:" not in text
    assert "\n#: " not in text


@EACH
def test_translators_see_the_english_of_today(tag: str) -> None:
    english: dict[str, list[str]] = {}
    for message in messages("en"):
        english.setdefault(key_of(message), []).extend(forms_of(message))

    for message in messages(tag):
        comment = " ".join(message.auto_comments)
        if tag == "en":
            assert comment == ""
        else:
            assert comment.partition(": ")[0] in {"English", "English, in a mail"}
            assert comment.partition(": ")[2] == " | ".join(english[key_of(message)])


@EACH
def test_every_form_of_every_language_has_the_same_placeholders(tag: str) -> None:
    expected: dict[str, set[str]] = {}
    for message in messages("en"):
        expected[key_of(message)] = placeholders(forms_of(message)[-1])

    for message in messages(tag):
        key, forms = key_of(message), forms_of(message)
        names = categories(tag) if message.pluralizable else ["other"]
        for category, form in zip(names, forms, strict=True):
            may_be_left_out = {"n"} if category in {"zero", "one", "two"} else set()
            assert placeholders(form) | may_be_left_out == expected[key] | may_be_left_out, key


@EACH
def test_plural_forms_are_those_of_cldr(tag: str) -> None:
    plural_form = Locale.parse(LANGUAGES[tag].locale).plural_form
    index = gettext.c2py(read(tag).plural_expr)
    names = categories(tag)

    assert read(tag).num_plurals == len(names)
    assert [names[index(n)] for n in range(1001)] == [plural_form(n) for n in range(1001)]


@EACH
def test_an_ordinal_has_a_message_for_each_category_of_cldr(tag: str) -> None:
    ordinal_form = Locale.parse(LANGUAGES[tag].locale).ordinal_form
    expected = {f"ordinal-{ordinal_form(n)}" for n in range(1001)}
    contexts: dict[str, set[str]] = {}
    for message in messages(tag):
        if message.context:
            contexts.setdefault(key_of(message), set()).add(message.context)

    assert contexts == {"anniversary": expected}


DATES_SHOWN = {
    "en": "0 dates shown, 1 date shown, 2 dates shown, 3 dates shown, 4 dates shown, "
    "5 dates shown, 11 dates shown, 21 dates shown, 22 dates shown, 50 dates shown, "
    "75 dates shown, 100 dates shown, 101 dates shown, 111 dates shown",
    "es": "Se muestran 0 fechas, Se muestra 1 fecha, Se muestran 2 fechas, Se muestran 3 fechas, "
    "Se muestran 4 fechas, Se muestran 5 fechas, Se muestran 11 fechas, Se muestran 21 fechas, "
    "Se muestran 22 fechas, Se muestran 50 fechas, Se muestran 75 fechas, "
    "Se muestran 100 fechas, Se muestran 101 fechas, Se muestran 111 fechas",
    "ru": "Показано 0 дат, Показана 1 дата, Показаны 2 даты, Показаны 3 даты, Показаны 4 даты, "
    "Показано 5 дат, Показано 11 дат, Показана 21 дата, Показаны 22 даты, Показано 50 дат, "
    "Показано 75 дат, Показано 100 дат, Показана 101 дата, Показано 111 дат",
    "tr": "0 tarih gösteriliyor, 1 tarih gösteriliyor, 2 tarih gösteriliyor, "
    "3 tarih gösteriliyor, 4 tarih gösteriliyor, 5 tarih gösteriliyor, 11 tarih gösteriliyor, "
    "21 tarih gösteriliyor, 22 tarih gösteriliyor, 50 tarih gösteriliyor, "
    "75 tarih gösteriliyor, 100 tarih gösteriliyor, 101 tarih gösteriliyor, "
    "111 tarih gösteriliyor",
    "ar": "لا مواعيد معروضة, موعد واحد معروض, موعدان معروضان, 3 مواعيد معروضة, 4 مواعيد معروضة, "
    "5 مواعيد معروضة, 11 موعدًا معروضًا, 21 موعدًا معروضًا, 22 موعدًا معروضًا, "
    "50 موعدًا معروضًا, 75 موعدًا معروضًا, 100 موعد معروض, 101 موعد معروض, 111 موعدًا معروضًا",
}

ANNIVERSARIES = {
    "en": "0th 1st 2nd 3rd 4th 5th 11th 21st 22nd 50th 75th 100th 101st 111th",
    "es": "0.º 1.º 2.º 3.º 4.º 5.º 11.º 21.º 22.º 50.º 75.º 100.º 101.º 111.º",
    "ru": "0-я 1-я 2-я 3-я 4-я 5-я 11-я 21-я 22-я 50-я 75-я 100-я 101-я 111-я",
    "tr": "0. 1. 2. 3. 4. 5. 11. 21. 22. 50. 75. 100. 101. 111.",
    "ar": "الـ0 الـ1 الـ2 الـ3 الـ4 الـ5 الـ11 الـ21 الـ22 الـ50 الـ75 الـ100 الـ101 الـ111",
}
IN_A_PHRASE = {
    "en": "{} anniversary",
    "es": "{} aniversario",
    "ru": "{} годовщина",
    "tr": "{} yıl dönümü",
    "ar": "الذكرى {}",
}


@EACH
def test_count_in_words(tag: str) -> None:
    phrases = [catalog(tag).count("n_dates_shown", n) for n in NUMBERS]

    assert phrases == DATES_SHOWN[tag].split(", ")


@EACH
def test_ordinal_in_words(tag: str) -> None:
    phrases = [catalog(tag).ordinal("anniversary", n) for n in NUMBERS]

    assert phrases == [IN_A_PHRASE[tag].format(n) for n in ANNIVERSARIES[tag].split()]


def test_text_fills_its_placeholders() -> None:
    phrase = catalog("ru").text("moved_from_to", old="24 мая", new="5 октября")

    assert phrase == "Дата изменена: было 24 мая, стало 5 октября"


def test_what_a_value_holds_is_not_read_as_a_placeholder() -> None:
    phrase = catalog("en").text("also_called", aliases="{n} {0.__class__} %s")

    assert phrase == "Also called: {n} {0.__class__} %s"


@EACH
def test_an_unknown_key_is_an_error_and_is_never_shown(tag: str) -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        catalog(tag).text("no_such_key")
    with pytest.raises(KeyError, match="no_such_key"):
        catalog(tag).count("no_such_key", 1)
    with pytest.raises(KeyError, match="no_such_key"):
        catalog(tag).ordinal("no_such_key", 1)


def test_a_placeholder_left_out_is_an_error() -> None:
    with pytest.raises(KeyError, match="date"):
        catalog("en").text("last_verified")


@pytest.mark.parametrize("tag", ["de", "EN", "", "../en", "en/../en"])
def test_only_languages_in_the_table_have_a_catalog(tag: str) -> None:
    with pytest.raises(KeyError):
        catalog(tag)


def test_a_catalog_is_read_once() -> None:
    assert catalog("tr") is catalog("tr")
