"""A month as a table of weeks, and the same as a list."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from datetime import date
from typing import Final

from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Selection
from calendar_app.public.sheets import Day, days_of_month
from calendar_app.public.sites import Site
from calendar_app.words.formatting import format_month, sentence_case
from calendar_app.words.languages import Language
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import OccurrenceView

_SINCE: Final = 2025
# As they stand in an address.
NUMBERS: Final = tuple(f"{month:02}" for month in range(1, 13))


def is_there(site: Site, place: Mapping[str, str]) -> bool:
    """From the first year that ever had them, for their addresses stay; of any year before the
    sheet is enough."""
    written = site.written_years
    return min(_SINCE, written.start) <= int(place["year"]) < written.stop


def month_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    year, month = int(place["year"]), int(place["month"])
    presenter = site.presenter(place["lang"])
    language = presenter.language
    first, end = date(year, month, 1), _month_after(year, month)
    views = presenter.views(site.catalogue.index.coming(first, end))
    title = format_month(year, month, language, title=True)
    page = Page(site, presenter, month_path(presenter, first), title)
    return page_bytes(
        "month/page.html",
        page,
        title_of_dates=page.text("month_title", month=format_month(year, month, language)),
        weekdays=weekdays(language),
        weeks=_weeks(first, views, language),
        views=views,
        undated=presenter.views(site.undated_between(first, end)),
        steps=_steps(first, page),
    )


def month_path(presenter: Presenter, day: date) -> str:
    """The page of the month in which the day is."""
    return presenter.path(f"{day.year:04}", f"{day.month:02}")


def weekdays(language: Language) -> list[tuple[str, str]]:
    """Each by its name and its letter, in the order of the week."""
    order = Calendar(language.first_weekday).iterweekdays()
    return [
        (sentence_case(language.weekdays[n], language), language.weekdays_narrow[n]) for n in order
    ]


def _weeks(first: date, views: list[OccurrenceView], language: Language) -> list[list[Day | None]]:
    """The days by weeks; nothing where another month is."""
    by_date = {day.on: day for day in days_of_month(first.year, first.month, views, language)}
    weeks = Calendar(language.first_weekday).monthdatescalendar(first.year, first.month)
    return [[by_date.get(day) for day in week] for week in weeks]


def _steps(first: date, page: Page) -> list[tuple[str, str]]:
    """Where one may turn from here: the months around, and the year; each by its path and name."""
    around = (_month_before(first), _month_after(first.year, first.month))
    steps = [
        (
            month_path(page.presenter, day),
            format_month(day.year, day.month, page.language, title=True),
        )
        for day in around
        if day.year in page.site.written_years
    ]
    year = f"{first.year:04}"
    return [*steps, (page.presenter.path(year), page.text("whole_year", year=year))]


def _month_before(first: date) -> date:
    return date(first.year - 1, 12, 1) if first.month == 1 else first.replace(month=first.month - 1)


def _month_after(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
