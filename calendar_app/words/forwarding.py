"""A date as people tell it to each other: with its weekdays, and as a text to pass on."""

from __future__ import annotations

from calendar_app.words.fallback import choose
from calendar_app.words.formatting import sentence_case
from calendar_app.words.languages import Language
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import OccurrenceView

# Who hears of more days than a week learns nothing from the names of two.
_MOST_DAYS = 7


def date_with_weekdays(view: OccurrenceView, language: Language) -> str:
    """As a line begins: ``Monday, 8 March 2027``."""
    first, last = view.occurrence.first, view.occurrence.last
    if not view.is_exact or (last - first).days >= _MOST_DAYS:
        return sentence_case(view.when, language)
    names = [language.weekdays[day.weekday()] for day in (first, last)]
    weekday = language.patterns.between.join(dict.fromkeys(names))
    text = language.patterns.with_weekday.format(weekday=weekday, date=view.when)
    return sentence_case(text, language)


def forward_text(view: OccurrenceView, presenter: Presenter, url: str) -> str:
    """Plain text without a personal link: when, whether it is firm, what, where, and where to read
    more."""
    language, place = presenter.language, view.occurrence.place
    lines = [
        date_with_weekdays(view, language),
        view.status,
        view.name.value,
        choose(place.name, language).value if place else "",
        url,
    ]
    return "\n".join(filter(None, lines))
