"""THE table of public resources. What is not in it does not exist: Flask registers its rules from
it, and whatever must visit everything (tests, sitemap, export) walks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

from calendar_app.feeds import atom, ical
from calendar_app.feeds.formats import FORMATS
from calendar_app.public import (
    agenda,
    changes,
    documents,
    embedding,
    events,
    feeds,
    layout,
    lists,
    metadata,
    months,
    openapi,
    subscribing,
    texts,
    topics,
    years,
)
from calendar_app.public.resources import Headers, Lifetime
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.words.languages import LANGUAGES

HTML: Final = "text/html; charset=utf-8"
PNG: Final = "image/png"
TEXT: Final = "text/plain; charset=utf-8"
XML: Final = "application/xml; charset=utf-8"
# Feeds, static files and the page for frames may be used by pages of other origins.
OPEN_HEADERS: Final[Headers] = (
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
CLOSED_HEADERS: Final[Headers] = (("Cross-Origin-Resource-Policy", "same-origin"),)
# What can be chosen of the feed of everything, and so of whatever leads to it.
FEED_OPTIONS: Final = ("topics", "alarm", "cancelled")
EMBED_OPTIONS: Final = ("topics", "count", "theme")
_ASSET_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
Producer = Callable[[Site, Mapping[str, str], Selection], bytes]
Condition = Callable[[Site, Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of resource. A pattern names its places in braces, as in
    ``/{lang}/events/{event}/``; each place has the values of ``places``, all of them together if
    ``is_there`` says so. ``options`` are the parameters that its query may have, by their names in
    ``selection.OPTIONS``."""

    name: str
    pattern: str
    produce: Producer
    content_type: str = HTML
    lifetime: Lifetime = Lifetime.PAGE
    headers: Headers = CLOSED_HEADERS
    options: tuple[str, ...] = ()
    is_listed: bool = True  # in the sitemap, as far as it is a page
    is_there: Condition = lambda site, place: True

    @property
    def is_page(self) -> bool:
        """Reached by forms and shown to readers; anything else is read by programs."""
        return self.content_type == HTML

    @property
    def is_for_programs(self) -> bool:
        """Dates and what became of them, in a form that other programs read."""
        return self.has_one_address and self.headers == OPEN_HEADERS

    @property
    def has_one_address(self) -> bool:
        """Whether it belongs to one language and, unlike a page, cannot name its canonical address
        in its own body."""
        return "lang" in self.place_names and not self.is_page

    @property
    def place_names(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.pattern)


def _feed(name: str, pattern: str, produce: Producer, *options: str) -> Route:
    return Route(name, pattern, produce, ical.CONTENT_TYPE, Lifetime.FEED, OPEN_HEADERS, options)


def _list(extension: str) -> Route:
    """A format that lists dates one by one."""
    found = FORMATS[extension]
    return Route(
        f"{found.name}-{extension}",
        f"/{{lang}}/{found.name}.{extension}",
        lists.list_of(extension),
        found.content_type,
        Lifetime.PAGE if found.depends_on_day else Lifetime.FEED,
        OPEN_HEADERS,
        found.options,
    )


def _openapi(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    feeds = ((r.pattern, r.content_type, r.options) for r in ROUTES if r.is_for_programs)
    return openapi.openapi_bytes(feeds, site.catalogue, site.base_url)


def _sitemap(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    # A topic that was retired keeps its address for whoever has it, and nobody is led there.
    on_offer = {**places(site), "topic": site.catalogue.living_topics}
    every = _paths(site, on_offer)
    pages = (path for route, path in every if route.is_page and route.is_listed)
    return metadata.sitemap(site, pages)


def _asset(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    return layout.assets()[place["asset"]].read_bytes()


ROUTES: Final[tuple[Route, ...]] = (
    Route("languages", "/", agenda.languages_page),
    Route("agenda", "/{lang}/", agenda.agenda_page, options=("topics",)),
    Route("year", "/{lang}/{year}/", years.year_page),
    Route("month", "/{lang}/{year}/{month}/", months.month_page, is_there=months.is_there),
    Route("event", "/{lang}/events/{event}/", events.event_page),
    Route("topic", "/{lang}/topics/{topic}/", topics.topic_page),
    Route("sources", "/{lang}/sources/", documents.sources_page),
    Route("document", "/{lang}/sources/{document}/", documents.document_page),
    Route("changes", "/{lang}/changes/", changes.changes_page),
    Route("subscribe", "/{lang}/subscribe/", subscribing.subscribe_page, options=FEED_OPTIONS),
    Route(
        "embed",
        "/{lang}/embed/",
        embedding.embed_page,
        headers=OPEN_HEADERS,
        options=EMBED_OPTIONS,
        is_listed=False,
    ),
    Route("embed-code", "/{lang}/embed/code/", embedding.embed_code_page, options=EMBED_OPTIONS),
    Route("about", "/{lang}/about/", texts.about_page),
    Route("privacy", "/{lang}/privacy/", texts.privacy_page),
    Route("accessibility", "/{lang}/accessibility/", texts.accessibility_page),
    _feed("feed", "/{lang}/calendar.ics", feeds.all_feed, *FEED_OPTIONS),
    _feed("topic-feed", "/{lang}/topics/{topic}.ics", feeds.topic_feed, "alarm", "cancelled"),
    _feed("event-feed", "/{lang}/events/{event}.ics", feeds.event_feed, "alarm", "cancelled"),
    Route(
        "changes-feed",
        "/{lang}/changes.atom",
        changes.changes_feed,
        atom.CONTENT_TYPE,
        Lifetime.FEED,
        OPEN_HEADERS,
    ),
    *map(_list, FORMATS),
    Route("openapi", "/openapi.json", _openapi, openapi.CONTENT_TYPE, headers=OPEN_HEADERS),
    Route("qr", "/{lang}/calendar.png", feeds.feed_code, PNG, Lifetime.FEED, options=FEED_OPTIONS),
    Route("sitemap", "/sitemap.xml", _sitemap, XML, headers=OPEN_HEADERS),
    Route("robots", "/robots.txt", metadata.robots, TEXT, headers=OPEN_HEADERS),
    Route("security", metadata.SECURITY_PATH, metadata.security, TEXT, headers=OPEN_HEADERS),
    Route("asset", "/static/{asset}", _asset, "", Lifetime.ASSET, OPEN_HEADERS),
)


def places(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Every value that each place of a pattern can take."""
    catalogue = site.catalogue
    return {
        "lang": tuple(LANGUAGES),
        "event": tuple(catalogue.events),
        "topic": tuple(catalogue.topics),
        "document": tuple(catalogue.documents),
        "year": tuple(map(str, site.years)),
        "month": months.NUMBERS,
        "asset": tuple(layout.assets()),
    }


def paths(site: Site) -> Iterator[tuple[Route, str]]:
    """Every path there is. A feed without any day is among them and is not found all the same."""
    return _paths(site, places(site))


def _paths(site: Site, values: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Route, str]]:
    for route in ROUTES:
        names = route.place_names
        for chosen in product(*(values[name] for name in names)):
            place = dict(zip(names, chosen, strict=True))
            if route.is_there(site, place):
                yield route, route.pattern.format_map(place)


def resolve(path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path and what stands in its places, whether or not that exists."""
    for route, pattern in _compiled():
        match = pattern.fullmatch(path)
        if match:
            return route, match.groupdict()
    return None


def content_type(route: Route, place: Mapping[str, str]) -> str:
    if route.content_type:
        return route.content_type
    name = place["asset"]
    return _ASSET_TYPES[name[name.rindex(".") :]]


@cache
def _compiled() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    return tuple((route, re.compile(_placeholders(route.pattern), re.ASCII)) for route in ROUTES)


def _placeholders(pattern: str) -> str:
    parts = re.split(r"\{(\w+)\}", pattern)
    literal, names = parts[::2], parts[1::2]
    allowed = {"asset": r"[a-z0-9.-]{1,80}", "year": "[0-9]{4}", "month": "[0-9]{2}"}
    found = re.escape(literal[0])
    for name, text in zip(names, literal[1:], strict=True):
        found += f"(?P<{name}>{allowed.get(name, '[a-z0-9-]{1,64}')})" + re.escape(text)
    return found
