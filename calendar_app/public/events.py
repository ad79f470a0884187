"""One event: now or next, how often, its dates, why it is here, how to add and to forward it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calendar_app.core.events import Event
from calendar_app.core.occurrences import Occurrence
from calendar_app.public.layout import Page, page_bytes, shown
from calendar_app.public.metadata import linked_data
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.public.ways import Ways
from calendar_app.words.explanation import (
    document_sources,
    public_sources,
    rule_in_words,
)
from calendar_app.words.fallback import Chosen, choose
from calendar_app.words.formatting import format_day
from calendar_app.words.forwarding import forward_text

MAX_DATES: Final = 6
STALE_DAYS: Final = 365


def event_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    """One event: now or next, the rule, the dates, why it is here, a text to forward."""
    event = site.catalogue.events[place["event"]]
    presenter = site.presenter(place["lang"])
    name, summary = choose(event.name, presenter.language), shown(event.summary, presenter.language)
    description = summary.value if summary else ""
    page = Page(site, presenter, presenter.path("events", event.id), name.value, description)
    return page_bytes(
        "event/page.html",
        page,
        event=event,
        summary=summary,
        is_foreign=any(text.language is not page.language for text in (name, summary) if text),
        ways=_ways(event, page),
        neighbours=presenter.views(_neighbours(event, site)),
        **_what(event, page),
        **_dates(event, page),
        **_why(event, page),
    )


def _what(event: Event, page: Page) -> dict[str, object]:
    return {
        "rule": rule_in_words(event, page.presenter),
        "aliases": event.aliases.get(page.language.tag, ()),
        "whole": _whole(event, page),
        "place": page.presenter.place(event.place) if event.place else None,
        "links": [(link.url, shown(link.name, page.language)) for link in event.links],
    }


def _dates(event: Event, page: Page) -> dict[str, object]:
    """The date that stands for the event; what else is to come; what is over, latest first."""
    site, presenter = page.site, page.presenter
    head = site.head(event)
    coming, past = (
        [one for one in dates if one.id != head.id][:MAX_DATES] for dates in site.dates(event)
    )
    view = presenter.view(head)
    return {
        "head": view,
        "coming": presenter.views(coming),
        "past": presenter.views(past),
        "linked_data": linked_data([head, *coming], presenter, site.base_url),
        "forward": forward_text(view, presenter, page.canonical),
    }


def _why(event: Event, page: Page) -> dict[str, object]:
    verified_on = event.verified_on
    return {
        "documents": document_sources(event, page.presenter),
        "publications": public_sources(event, page.presenter),
        "note": shown(event.note, page.language),
        "verified": format_day(verified_on, page.language) if verified_on else "",
        "is_stale": bool(verified_on and (page.site.today - verified_on).days > STALE_DAYS),
    }


def _neighbours(event: Event, site: Site) -> list[Occurrence]:
    """The next date of anything else, for reading on."""
    seen = {event.id}
    found = []
    for occurrence in site.coming:
        if occurrence.event.id not in seen and not occurrence.event.is_context:
            seen.add(occurrence.event.id)
            found.append(occurrence)
    return found[:2]


def _ways(event: Event, page: Page) -> Ways | None:
    """None where it has no day: there is no feed then. None either where nothing of it takes place:
    the feed stays for those who have it, but nobody new is told to keep the day free."""
    coming, past = page.site.dates(event)
    is_off = all(occurrence.is_cancelled for occurrence in coming or past)
    if is_off or not page.site.blocks(page.language.tag)[event.id].content:
        return None
    return Ways(page.site.base_url, f"{page.path.rstrip('/')}.ics", page.title)


def _whole(event: Event, page: Page) -> tuple[str, Chosen] | None:
    """The larger event that this one belongs to: its page and name."""
    if event.part_of is None:
        return None
    name = choose(page.site.catalogue.events[event.part_of].name, page.language)
    return page.presenter.path("events", event.part_of), name
