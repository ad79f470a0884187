"""The feeds: all dates, one topic, one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calendar_app.core.events import Event
from calendar_app.feeds.ical import Frame, calendar_bytes
from calendar_app.public.sites import NotFound, Site
from calendar_app.words.fallback import choose


def all_feed(site: Site, place: Mapping[str, str]) -> bytes:
    language = site.presenter(place["lang"]).language
    name = choose(site.catalogue.calendar.name, language).value
    return _feed(site, place["lang"], site.catalogue.events.values(), name, "calendar.ics", "")


def topic_feed(site: Site, place: Mapping[str, str]) -> bytes:
    topic = site.catalogue.topics[place["topic"]]
    events = site.of_topic(topic.id)
    name = _named(site, place["lang"], topic.name)
    path = f"topics/{topic.id}"
    return _feed(site, place["lang"], events, name, f"{path}.ics", f"{path}/")


def event_feed(site: Site, place: Mapping[str, str]) -> bytes:
    event = site.catalogue.events[place["event"]]
    path = f"events/{event.id}"
    name = _named(site, place["lang"], event.name)
    return _feed(site, place["lang"], [event], name, f"{path}.ics", f"{path}/")


def _named(site: Site, language: str, text: Mapping[str, str]) -> str:
    presenter = site.presenter(language)
    calendar = choose(site.catalogue.calendar.name, presenter.language).value
    return f"{calendar}: {choose(text, presenter.language).value}"


def _feed(
    site: Site, language: str, events: Iterable[Event], name: str, source: str, page: str
) -> bytes:
    """Raises NotFound when nothing selected has a day: an empty feed would clear calendars."""
    chosen = [event for event in events if site.block(event.id, language)]
    if not chosen:
        raise NotFound("topic_no_feed")
    frame = Frame(
        name,
        choose(site.catalogue.calendar.summary, site.presenter(language).language).value,
        f"{site.base_url}/{language}/{page}",
        f"{site.base_url}/{language}/{source}",
        site.catalogue.calendar.accent,
        language,
        max(site.catalogue.modified_at(event.id, language) for event in chosen),
    )
    return calendar_bytes(frame, [site.block(event.id, language) for event in chosen])
