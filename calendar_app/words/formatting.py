"""Dates in words, each at its own precision, in the grammar of each language.

What comes back stands as inside a sentence and fits the placeholders of the catalogs; for the
head of a page or a line there is ``sentence_case``. Only ``relative_days`` and the qualifiers
need a catalog; everything else is the language table.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from calendar_app.core.precision import PartialDate, Precision
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import Language

_EN_DASH = "\u2013"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = frozenset({"L"}), frozenset({"R", "AL"})

# The qualifiers of EDTF (ISO 8601-2) and the phrases that say them.
_QUALIFIED = {
    "~": "date_approximate",
    "?": "date_uncertain",
    "%": "date_approximate_uncertain",
}


def format_day(day: date, language: Language, *, weekday: bool = False) -> str:
    """8 March 2026; with the weekday: Sunday, 8 March 2026."""
    text = _in_year(format_yearly(day.month, day.day, language), day.year, language)
    if not weekday:
        return text
    name = language.weekdays[day.weekday()]
    return language.patterns.with_weekday.format(weekday=name, date=text)


def format_yearly(month: int, day: int, language: Language) -> str:
    """8 March."""
    return _day_month(str(day), month, language)


def format_month(year: int, month: int, language: Language, *, title: bool = False) -> str:
    """March 2026, as inside a sentence; or as a title, which is shorter in Russian."""
    name = language.months[month - 1]
    if not title:
        return _in_year(name, year, language)
    text = language.patterns.month_title.format(month=name, year=year)
    return sentence_case(text, language)


def format_year(year: int, language: Language) -> str:
    """2026, with the word for year where a language wants it beside the number."""
    return language.patterns.year.format(year=year)


def format_range(first: date, last: date, language: Language) -> str:
    """28–29 November 2026; 28 February – 1 March 2026; one day where both ends are the same."""
    if first == last:
        return format_day(first, language)
    if (first.year, first.month) == (last.year, last.month):
        days = f"{first.day}{_EN_DASH}{last.day}"
        return _in_year(_day_month(days, first.month, language), first.year, language)
    if first.year == last.year:
        start = format_yearly(first.month, first.day, language)
    else:
        start = format_day(first, language)
    return start + language.patterns.between + format_day(last, language)


def format_partial(partial: PartialDate, language: Language) -> str:
    """A date with what is known of it, and in words what is not."""
    if partial.ends is not None:
        return _format_interval(*partial.ends, language)
    first, phrases = partial.first, catalog(language.tag)
    if first is None:
        return phrases.text("date_not_known")
    if partial.precision is Precision.YEAR:
        text = format_year(first.year, language)
    elif partial.precision is Precision.MONTH:
        text = format_month(first.year, first.month, language)
    else:
        text = format_day(first, language)
    qualified = _QUALIFIED.get(partial.qualifier)
    return phrases.text(qualified, date=text) if qualified else text


def relative_days(n: int, language: Language) -> str:
    """Today, tomorrow, in ``n`` days; yesterday, ``-n`` days ago."""
    phrases = catalog(language.tag)
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(n)
    if near is not None:
        return phrases.text(near)
    return phrases.count("in_n_days", n) if n > 0 else phrases.count("n_days_ago", -n)


def isolate(text: str, language: Language) -> str:
    """The text in bidi isolates (UAX #9 2.4), where a letter of it runs against the language.

    For plain text only: in a page ``<bdi>`` does the same. Text of one direction stays as it is,
    since the marks are bytes in a feed and some programs show them.
    """
    against = _LEFT_TO_RIGHT if language.direction == "rtl" else _RIGHT_TO_LEFT
    if any(unicodedata.bidirectional(character) in against for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def sentence_case(text: str, language: Language) -> str:
    """The text with a capital first letter; the Turkish i keeps its dot."""
    if language.tag == "tr" and text.startswith("i"):
        return "İ" + text[1:]
    return text[:1].upper() + text[1:]


def _day_month(days: str, month: int, language: Language) -> str:
    name = language.months_in_date[month - 1]
    return language.patterns.day_month.format(day=days, month=name)


def _in_year(text: str, year: int, language: Language) -> str:
    return language.patterns.with_year.format(date=text, year=year)


def _format_interval(start: PartialDate, end: PartialDate | None, language: Language) -> str:
    if end is None:
        return catalog(language.tag).text("date_open_end", date=format_partial(start, language))
    if start.is_exact and end.is_exact and start.first and end.last:
        return format_range(start.first, end.last, language)
    # With space around it, or it would seem to join the two words next to it only.
    between = f" {language.patterns.between.strip()} "
    return format_partial(start, language) + between + format_partial(end, language)
