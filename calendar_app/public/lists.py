"""The dates of a selection in every format that lists them one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calendar_app.core.occurrences import horizon, occurrences_of
from calendar_app.feeds.formats import FORMATS
from calendar_app.feeds.listing import Listing
from calendar_app.public.selection import Cancelled, Selection
from calendar_app.public.sites import Site
from calendar_app.words.fallback import choose


def list_of(extension: str) -> Callable[[Site, Mapping[str, str], Selection], bytes]:
    """The producer of a format. A list may be empty, for nobody's calendar is cleared by it."""
    found = FORMATS[extension]

    def produce(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
        source = f"/{place['lang']}/{found.name}.{extension}"
        return found.write(listing(site, place["lang"], selection, source))

    return produce


def listing(site: Site, tag: str, selection: Selection, source: str) -> Listing:
    """Each chosen event with its dates, in the order of the data; ``source`` is a path."""
    presenter, calendar = site.presenter(tag), site.catalogue.calendar
    window = horizon(site.today)
    is_hidden = selection.cancelled is Cancelled.HIDE
    dates = (
        (event, occurrences_of(event, window))
        for event in site.catalogue.events.values()
        if selection.includes(event)
    )
    shown = (
        (event, tuple(found for found in days if not (is_hidden and found.is_cancelled)))
        for event, days in dates
    )
    return Listing(
        choose(calendar.name, presenter.language).value,
        choose(calendar.summary, presenter.language).value,
        site.base_url + Selection(topics=selection.topics).address(presenter.path()),
        site.base_url + selection.address(source),
        site.base_url,
        window,
        site.coming_until,
        tuple((event, days) for event, days in shown if days),
        presenter,
        tuple(map(site.presenter, selection.languages)) or (presenter,),
        tuple(topic.name.value for topic in presenter.topics(selection.topics)),
        tuple(filter(selection.includes, site.catalogue.withdrawn.values())),
    )
