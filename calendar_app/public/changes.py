"""What changed, as a page and as a feed for news readers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from calendar_app.feeds.atom import Entry, Feed, atom_bytes, tag
from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.words.changes import ChangesView, all_changes, lines
from calendar_app.words.formatting import format_month
from calendar_app.words.languages import Language

# More names than these are counted by nobody in a headline.
MOST_NAMED: Final = 3


def changes_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    """Everything, for what was told once keeps its address: by month and day, newest first."""
    presenter = site.presenter(place["lang"])
    title = presenter.phrases.text("nav_changes")
    page = Page(site, presenter, presenter.path("changes"), title)
    months = _by_month(all_changes(presenter), page.language)
    # The newest month of each year, which comes first on the page.
    years = {month["year"]: month["id"] for month in reversed(months)}
    return page_bytes("changes/page.html", page, months=months, years=[*reversed(years.items())])


def changes_feed(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    presenter = site.presenter(place["lang"])
    path = presenter.path("changes")
    domain = site.catalogue.calendar.uid_domain
    page = Page(site, presenter, path, presenter.phrases.text("nav_changes"))
    feed = Feed(
        tag(domain, path.strip("/")),
        f"{page.site_name}: {page.title}",
        page.site_name,
        page.language,
        f"{site.base_url}{path.rstrip('/')}.atom",
        page.canonical,
        site.catalogue.changed_at,
    )
    entries = [
        Entry(
            tag(domain, f"{path.strip('/')}/{view.id}"),
            f"{view.word}: {_names(view)}",
            view.at,
            site.base_url + (_own_page(view) or f"{path}#{view.id}"),
            list(lines(view, presenter)),
        )
        for view in all_changes(presenter)
    ]
    return atom_bytes(feed, entries)


def _by_month(views: list[ChangesView], language: Language) -> list[dict[str, object]]:
    months = groupby(views, key=lambda view: (view.at.year, view.at.month))
    return [
        {
            "id": f"m{year}-{month:02}",
            "year": year,
            "title": format_month(year, month, language, title=True),
            "views": list(found),
        }
        for (year, month), found in months
    ]


def _names(view: ChangesView) -> str:
    """What a headline names: the document, or the events as far as there are not too many."""
    if view.document:
        return view.document[1].value
    found = dict.fromkeys(c.name if isinstance(c.name, str) else c.name.value for c in view.changes)
    names = list(found)
    rest = " …" if len(names) > MOST_NAMED else ""
    return " · ".join(names[:MOST_NAMED]) + rest


def _own_page(view: ChangesView) -> str:
    """Of the event, where it is about one only."""
    paths = {change.path for change in view.changes}
    return paths.pop() if len(paths) == 1 else ""
