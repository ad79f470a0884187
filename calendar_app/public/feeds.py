"""The feeds: all dates, one topic, one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from calendar_app.feeds.ical import Frame, calendar_bytes
from calendar_app.public.blocks import Block
from calendar_app.public.qr import qr_png
from calendar_app.public.selection import Selection
from calendar_app.public.sites import NotFound, Site
from calendar_app.words.fallback import choose


def all_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """All dates, or those of the chosen topics."""
    topics = [site.catalogue.topics[id_].name for id_ in selection.topics]
    events = site.catalogue.events
    chosen = [id_ for id_ in events if selection.includes(events[id_])] if topics else events
    return _feed(site, place["lang"], "calendar", topics, chosen, selection)


def feed_code(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """The address of the feed, to be scanned from paper or from another screen."""
    return qr_png(selection.address(f"{site.base_url}/{place['lang']}/calendar.ics"))


def topic_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    topic = site.catalogue.topics[place["topic"]]
    path, events = f"topics/{topic.id}", [event.id for event in site.of_topic(topic.id)]
    return _feed(site, place["lang"], path, [topic.name], events, selection)


def event_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    event = site.catalogue.events[place["event"]]
    return _feed(site, place["lang"], f"events/{event.id}", [event.name], [event.id], selection)


def _feed(
    site: Site,
    tag: str,
    path: str,
    names: Iterable[Mapping[str, str]],
    events: Iterable[str],
    selection: Selection,
) -> bytes:
    """``names`` say what is chosen out of all. Raises NotFound when nothing of it has a day: an
    empty feed would clear calendars."""
    made: Iterable[Block] = map(site.blocks(tag).__getitem__, events)
    if selection.alters_entries:
        made = (block.chosen(selection) for block in made)
    blocks = [block for block in made if block.content]
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
        max(map(attrgetter("modified_at"), blocks)),
    )
    return calendar_bytes(frame, [block.content for block in blocks])
