"""A year on one sheet: a line for each month, its days in columns of weekdays.

With 37 columns every month begins under its own weekday, so that what comes on weekends draws
a pattern. On paper it is a wall calendar of one page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice
from typing import Final

from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.months import month_path, weekdays
from calendar_app.public.selection import Selection
from calendar_app.public.sheets import Day, days_in_month, days_of_month
from calendar_app.public.sites import Site
from calendar_app.words.formatting import sentence_case
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import OccurrenceView, TopicView

# A month of 31 days that begins on the last day of a week.
COLUMNS: Final = 37
# With more dates than this the sheet is printed in smaller type, to stay one page.
MANY_DATES: Final = 30


@dataclass(frozen=True, slots=True)
class MonthLine:
    """``path`` is empty where the month has no page; ``days`` are COLUMNS cells. ``dates`` are
    days of the month in words with what is on them."""

    name: str
    path: str
    days: tuple[Day | None, ...]
    dates: tuple[tuple[str, OccurrenceView], ...]
    undated: tuple[OccurrenceView, ...]


def year_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    year = int(place["year"])
    presenter = site.presenter(place["lang"])
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    views = presenter.views(site.catalogue.index.coming(first, end))
    title = presenter.phrases.text("year_sheet_title", year=place["year"])
    page = Page(site, presenter, presenter.path(place["year"]), title)
    undated = presenter.views(site.undated_between(first, end))
    months = [_line(date(year, month, 1), views, undated, page) for month in range(1, 13)]
    return page_bytes(
        "year/page.html",
        page,
        year=place["year"],
        weekdays=list(islice(cycle(weekdays(page.language)), COLUMNS)),
        months=months,
        is_dense=sum(len(month.dates) + len(month.undated) for month in months) > MANY_DATES,
        undated=[view for view in undated if _month_of(view) is None],
        topics=_key(views),
        steps=_steps(year, presenter, site.years),
    )


def past_years(site: Site, presenter: Presenter) -> list[tuple[str, str]]:
    """The last year and those in which something was that comes once, each by path and number."""
    last = site.today.year - 1
    found = {year for year in site.catalogue.one_off_years if year in site.years and year < last}
    return [(presenter.path(str(year)), str(year)) for year in sorted(found | {last})]


def _line(
    first: date, views: list[OccurrenceView], undated: list[OccurrenceView], page: Page
) -> MonthLine:
    language = page.language
    days = days_of_month(first.year, first.month, views, language)
    before = (first.weekday() - language.first_weekday) % 7
    after = COLUMNS - before - len(days)
    here = [
        view
        for view in views
        if view.occurrence.first <= days[-1].on and view.occurrence.last >= first
    ]
    return MonthLine(
        sentence_case(language.months[first.month - 1], language),
        month_path(page.presenter, first) if first.year in page.site.written_years else "",
        (None,) * before + tuple(days) + (None,) * after,
        tuple((days_in_month(view, days), view) for view in here),
        tuple(view for view in undated if _month_of(view) == first.month),
    )


def _month_of(view: OccurrenceView) -> int | None:
    """The month of what is known to the month."""
    first, last = view.occurrence.first, view.occurrence.last
    return first.month if (first.year, first.month) == (last.year, last.month) else None


def _key(views: list[OccurrenceView]) -> list[TopicView]:
    """The topics whose colours are on the sheet."""
    found = {view.topics[0].id: view.topics[0] for view in views if view.topics}
    return [found[id_] for id_ in sorted(found)]


def _steps(year: int, presenter: Presenter, years: range) -> list[tuple[str, str]]:
    """The years around, each by its path and number."""
    return [(presenter.path(str(y)), str(y)) for y in (year - 1, year + 1) if y in years]
