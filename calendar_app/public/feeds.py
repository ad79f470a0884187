"""The feeds: all dates, one topic, one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calendar_app.core.events import Event
from calendar_app.feeds.ical import Frame, calendar_bytes
from calendar_app.public.qr import qr_png
from calendar_app.public.selection import Selection
from calendar_app.public.sites import NotFound, Site
from calendar_app.words.fallback import choose


def all_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """All dates, or those of the chosen topics."""
    topics = [site.catalogue.topics[id_].name for id_ in selection.topics]
    events = filter(selection.includes, site.catalogue.events.values())
    return _feed(site, place["lang"], "calendar", topics, events, selection)


def feed_code(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """The address of the feed, to be scanned from paper or from another screen."""
    return qr_png(selection.address(f"{site.base_url}/{place['lang']}/calendar.ics"))


def topic_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    topic = site.catalogue.topics[place["topic"]]
    path, events = f"topics/{topic.id}", site.of_topic(topic.id)
    return _feed(site, place["lang"], path, [topic.name], events, selection)


def event_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    event = site.catalogue.events[place["event"]]
    return _feed(site, place["lang"], f"events/{event.id}", [event.name], [event], selection)


def _feed(
    site: Site,
    tag: str,
    path: str,
    names: Iterable[Mapping[str, str]],
    events: Iterable[Event],
    selection: Selection,
) -> bytes:
    """``names`` say what is chosen out of all. Raises NotFound when nothing of it has a day: an
    empty feed would clear calendars."""
    made = site.blocks(tag)
    chosen = [made[event.id].chosen(selection) for event in events]
    blocks = [block for block in chosen if block.content]
    if not blocks:
        raise NotFound("topic_no_feed")
    presenter = site.presenter(tag)
    calendar = site.catalogue.calendar
    name = choose(calendar.name, presenter.language).value
    parts = " · ".join(choose(part, presenter.language).value for part in names)
    page = presenter.path() if path == "calendar" else presenter.path(path)
    frame = Frame(
        f"{name}: {parts}" if parts else name,
        choose(calendar.summary, presenter.language).value,
        site.base_url + Selection(topics=selection.topics).address(page),
        site.base_url + selection.address(f"/{tag}/{path}.ics"),
        calendar.accent,
        tag,
        max(block.modified_at for block in blocks),
    )
    return calendar_bytes(frame, [block.content for block in blocks])
