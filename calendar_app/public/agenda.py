"""Upcoming actions: the page of all languages, and the agenda of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from calendar_app.core.occurrences import Occurrence
from calendar_app.public.filters import topic_choices
from calendar_app.public.layout import Page, asset_path, page_bytes
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.public.ways import Ways
from calendar_app.public.years import past_years
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import format_month
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.rendering import render
from calendar_app.words.typography import keep_together
from calendar_app.words.views import OccurrenceView

NEXT_DATES: Final = 3


def languages_page(site: Site, _: Mapping[str, str], __: Selection) -> bytes:
    """One page for all: each language by its own name, with the next action in it."""
    lead = _lead(site.coming)[:1]
    choices = [
        {
            "language": language,
            "name": choose(site.catalogue.calendar.name, language).value,
            "phrases": site.presenter(tag).phrases,
            "view": next(iter(site.presenter(tag).views(lead)), None),
        }
        for tag, language in LANGUAGES.items()
    ]
    values = {"base_url": site.base_url, "choices": choices, "asset": asset_path}
    return keep_together(render("languages/page.html", **values)).encode()


def agenda_page(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """What is now, the next one large, then a year by month; then what has no day yet."""
    presenter = site.presenter(place["lang"])
    summary = choose(site.catalogue.calendar.summary, presenter.language)
    title = presenter.phrases.text("upcoming_actions")
    page = Page(site, presenter, presenter.path(), title, summary.value, selection)
    coming = [found for found in site.coming if selection.includes(found.event)]
    undated = [found for found in _still_possible(site) if selection.includes(found.event)]
    lead = _lead(coming)
    rest = [occurrence for occurrence in coming if occurrence not in lead]
    return page_bytes(
        "agenda/page.html",
        page,
        lead=presenter.views(lead),
        months=months(presenter.views(rest), page),
        undated=presenter.views(undated),
        count=len(coming) + len(undated),
        instead=[] if coming or undated else presenter.views(site.coming[:NEXT_DATES]),
        topics=topic_choices(page),
        summary=summary,
        subscribe=selection.address(presenter.path("subscribe")),
        ways=_ways(coming, page),
        past_years=past_years(site, presenter),
    )


def _still_possible(site: Site) -> Iterator[Occurrence]:
    """What has no day, as long as it can still come."""
    for occurrence in site.catalogue.undated:
        if occurrence.last >= site.today and not occurrence.is_cancelled:
            yield occurrence


def _ways(coming: list[Occurrence], page: Page) -> Ways:
    """Into what is shown; into everything where nothing that was chosen has a day."""
    path = page.presenter.path() + "calendar.ics"
    chosen = page.selection.address(path) if coming else path
    return Ways(page.site.base_url, chosen, page.site_name)


def months(views: list[OccurrenceView], page: Page) -> list[dict[str, object]]:
    """The views by the month in which they begin; what runs already comes under its first day."""
    found: list[dict[str, object]] = []
    year = page.site.today.year
    for (at_year, month), group in groupby(
        views, key=lambda view: (view.occurrence.first.year, view.occurrence.first.month)
    ):
        found.append(
            {
                "id": f"m{at_year}-{month:02}",
                "title": format_month(at_year, month, page.language, title=True),
                "year": at_year if at_year != year else None,
                "views": list(group),
            }
        )
        year = at_year
    return found


def _lead(coming: list[Occurrence]) -> list[Occurrence]:
    """The next action, or what is now, and one more that falls on the same days."""
    real = [o for o in coming if not o.event.is_context and not o.is_cancelled]
    return [o for o in real if o.first <= real[0].last][:2]
