"""The feeds: all dates, one topic, one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from calendar_app.feeds.ical import Frame, calendar_bytes
from calendar_app.public.blocks import Blocks, Written
from calendar_app.public.qr import qr_png
from calendar_app.public.selection import Selection
from calendar_app.public.sites import NotFound, Site
from calendar_app.words.fallback import choose


def all_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """All dates, or those of the chosen topics."""
    blocks, events = site.blocks(place["lang"]), site.catalogue.events
    topics = [site.catalogue.topics[id_].name for id_ in selection.topics]
    made: Iterable[Written] = blocks.runs()
    if topics or selection.alters_entries:
        chosen = (id_ for id_, event in events.items() if selection.includes(event))
        made = _blocks(blocks, chosen, selection)
    return _feed(site, place["lang"], "calendar", topics, made, selection)


def feed_code(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """The address of the feed, to be scanned from paper or from another screen."""
    return qr_png(selection.address(f"{site.base_url}/{place['lang']}/calendar.ics"))


def topic_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    topic = site.catalogue.topics[place["topic"]]
    path, events = f"topics/{topic.id}", (event.id for event in site.of_topic(topic.id))
    made = _blocks(site.blocks(place["lang"]), events, selection)
    return _feed(site, place["lang"], path, [topic.name], made, selection)


def event_feed(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    event = site.catalogue.events[place["event"]]
    made = _blocks(site.blocks(place["lang"]), [event.id], selection)
    return _feed(site, place["lang"], f"events/{event.id}", [event.name], made, selection)


def _blocks(blocks: Blocks, events: Iterable[str], selection: Selection) -> Iterator[Written]:
    """Of each event, with what the options make of it."""
    for event in events:
        block = blocks[event]
        yield block.chosen(selection) if selection.alters_entries else block


def _feed(
    site: Site,
    tag: str,
    path: str,
    names: Iterable[Mapping[str, str]],
    made: Iterable[Written],
    selection: Selection,
) -> bytes:
    """``names`` say what is chosen out of all. Raises NotFound when nothing of it has a day: an
    empty feed would clear calendars."""
    dated = [written for written in made if written.content]
    if not dated:
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
        max(written.modified_at for written in dated),
    )
    return calendar_bytes(frame, [written.content for written in dated])
