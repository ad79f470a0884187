"""Dates as plain text, to print or to be read aloud: no table, no line of signs, nothing that a
voice would stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from textwrap import fill
from typing import Final

from calendar_app.core.events import Status
from calendar_app.core.occurrences import Occurrence
from calendar_app.feeds.listing import Listing
from calendar_app.words.explanation import change_line
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import format_day, format_month, sentence_case

WIDTH: Final = 72


def text_bytes(listing: Listing) -> bytes:
    """The dates in their order, by month; at last those whose day is not known."""
    phrases, today = listing.presenter.phrases, listing.presenter.today
    language = listing.presenter.language
    head = [
        listing.name,
        listing.description,
        f"{phrases.text('choice_topics', topics=' · '.join(listing.chosen))}."
        if listing.chosen
        else "",
        f"{phrases.text('as_of', date=format_day(today, language))}.",
        listing.page,
    ]
    # Whoever hears it read aloud cannot tell an empty list from one that broke off.
    dates = list(_months(listing)) or [phrases.text("no_dates_for_choice")]
    paragraphs = [*(_filled(line) for line in head if line), *dates]
    return ("\n\n".join(paragraphs) + "\n").encode()


def _months(listing: Listing) -> Iterator[str]:
    language = listing.presenter.language
    today, until = listing.presenter.today, listing.coming_until
    coming = [found for found in listing.in_order if found.last >= today and found.first < until]
    dated = [found for found in coming if found.when.is_exact]
    undated = [found for found in listing.in_order if _can_come(found, today)]
    for (year, month), found in groupby(dated, lambda one: (one.first.year, one.first.month)):
        yield format_month(year, month, language, title=True)
        yield from (_entry(occurrence, listing) for occurrence in found)
    if undated:
        yield listing.presenter.phrases.text("still_possible")
        yield from (_entry(occurrence, listing) for occurrence in undated)


def _can_come(occurrence: Occurrence, today: date) -> bool:
    """Without a known day, and neither over nor off."""
    return not occurrence.when.is_exact and occurrence.last >= today and not occurrence.is_cancelled


def _entry(occurrence: Occurrence, listing: Listing) -> str:
    """When, what, where, and what is to be known: each from the beginning of a line."""
    presenter = listing.presenter
    view, language = presenter.view(occurrence), presenter.language
    day = occurrence.first
    is_day = occurrence.when.is_exact and day == occurrence.last
    when = format_day(day, language, weekday=True) if is_day else view.when
    place = occurrence.place
    is_tentative = occurrence.status is Status.TENTATIVE
    lines = [
        f"{sentence_case(when, language)}{f' ({view.relative})' if view.relative else ''}",
        presenter.headline(view),
        presenter.phrases.text("status_tentative") if is_tentative else "",
        presenter.phrases.text("context_only") if view.is_context else "",
        choose(place.name, language).value if place else "",
        *(change_line(found, presenter) for found in view.history),
        view.occasion.note.value if view.occasion and view.occasion.note else "",
    ]
    return "\n".join(_filled(line) for line in lines if line)


def _filled(text: str) -> str:
    """A line broken where it is too long, between words only: addresses stay whole."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
