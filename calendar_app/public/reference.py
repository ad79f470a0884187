"""The pages one looks things up in: events, topics, documents, and what this site is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from calendar_app.core.events import Document, Event, Place
from calendar_app.core.occurrences import Occurrence
from calendar_app.public.layout import Page, page_bytes, partial_date, shown
from calendar_app.public.sites import Site
from calendar_app.words.explanation import (
    document_sources,
    public_sources,
    rule_in_words,
    source_view,
)
from calendar_app.words.formatting import format_day
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.negotiation import choose
from calendar_app.words.presentation import OccurrenceView

MAX_DATES: Final = 6
STALE_DAYS: Final = 365
_ABOUT: Final = ("about_1", "about_2", "about_3", "about_4", "about_5", "about_report")
_PRIVACY: Final = ("privacy_1", "privacy_2", "privacy_3", "privacy_4", "privacy_5")


def event_page(site: Site, place: Mapping[str, str]) -> bytes:
    """One event: now or next, the rule, the dates, why it is here, a text to forward."""
    event = site.catalogue.events[place["event"]]
    presenter = site.presenter(place["lang"])
    language = presenter.language
    name = choose(event.name, language)
    page = Page(site, presenter, presenter.path("events", event.id), name.value)
    coming, past = site.dates(event)
    head = presenter.view(site.head(event))
    return page_bytes(
        "event.html",
        page,
        event=event,
        name=name,
        head=head,
        rule=rule_in_words(event, presenter),
        summary=shown(event.summary, language),
        note=shown(event.note, language),
        aliases=event.aliases.get(language.tag, ()),
        coming=presenter.views(coming[1 : MAX_DATES + 1]),
        past=presenter.views((past if coming else past[1:])[:MAX_DATES]),
        documents=document_sources(event, presenter),
        publications=public_sources(event, presenter),
        place=_place(event.place, page),
        links=[(link.url, shown(link.name, language)) for link in event.links],
        verified=format_day(event.verified_on, language) if event.verified_on else "",
        is_stale=bool(event.verified_on and (site.today - event.verified_on).days > STALE_DAYS),
        feed=_event_feed(event, page),
        forward=_forward(head, page),
        neighbours=presenter.views(_neighbours(event, site)),
    )


def topic_page(site: Site, place: Mapping[str, str]) -> bytes:
    """A topic with its dates, or a sentence that none is known; then what it asks without one."""
    topic = site.catalogue.topics[place["topic"]]
    presenter = site.presenter(place["lang"])
    name = choose(topic.name, presenter.language)
    page = Page(site, presenter, presenter.path("topics", topic.id), name.value)
    coming = [o for o in site.coming if topic.id in o.event.topics]
    events = [(event, choose(event.name, page.language)) for event in site.of_topic(topic.id)]
    has_feed = any(site.block(event.id, page.language.tag) for event, _ in events)
    return page_bytes(
        "topic.html",
        page,
        topic=topic,
        name=name,
        coming=presenter.views(coming),
        events=[(presenter.path("events", event.id), chosen) for event, chosen in events],
        undated=_undated_points(topic.id, page),
        feed=f"{site.base_url}/{page.language.tag}/topics/{topic.id}.ics" if has_feed else "",
    )


def sources_page(site: Site, place: Mapping[str, str]) -> bytes:
    presenter = site.presenter(place["lang"])
    title = presenter.phrases.text("nav_sources")
    page = Page(site, presenter, presenter.path("sources"), title)
    documents = [
        (document_facts(document, page), len(_citing(document, site)))
        for document in site.catalogue.documents.values()
    ]
    return page_bytes("sources.html", page, documents=documents)


def document_page(site: Site, place: Mapping[str, str]) -> bytes:
    """A document point by point, with what became of each."""
    document = site.catalogue.documents[place["document"]]
    presenter = site.presenter(place["lang"])
    name = choose(document.name, presenter.language)
    page = Page(site, presenter, presenter.path("sources", document.id), name.value)
    cited: dict[int | None, list[dict[str, object]]] = {}
    for event in _citing(document, site):
        for source in event.sources:
            if source.document == document.id:
                view = presenter.view(site.head(event))
                cited.setdefault(source.point, []).append(
                    {
                        "view": view,
                        "rule": rule_in_words(event, presenter),
                        "source": source_view(source, presenter),
                    }
                )
    return page_bytes(
        "document.html",
        page,
        facts=document_facts(document, page),
        cited=cited,
        points=[
            (
                point,
                choose(point.name, page.language),
                shown(point.undated, page.language),
                presenter.topics(point.topics),
            )
            for point in document.points
        ],
    )


def about_page(site: Site, place: Mapping[str, str]) -> bytes:
    return _text_page(site, place, "about", _ABOUT, operator=site.operator)


def privacy_page(site: Site, place: Mapping[str, str]) -> bytes:
    return _text_page(site, place, "privacy", _PRIVACY, operator=None)


def document_facts(document: Document, page: Page) -> dict[str, object]:
    language, documents = page.language, page.site.catalogue.documents
    related = {}
    for field in ("follows", "republishes"):
        other = getattr(document, field)
        if other:
            related[field] = (
                page.presenter.path("sources", other),
                choose(documents[other].name, language),
            )
    return {
        "document": document,
        "path": page.presenter.path("sources", document.id),
        "name": choose(document.name, language),
        "title": choose(document.title, language),
        "adopted": partial_date(document.adopted, language),
        "published": partial_date(document.published, language),
        "period": partial_date(document.period, language),
        "note": shown(document.note, language),
        "languages": ", ".join(LANGUAGES[tag].endonym for tag in document.languages),
        "related": related,
    }


def _text_page(
    site: Site, place: Mapping[str, str], name: str, paragraphs: tuple[str, ...], operator: object
) -> bytes:
    presenter = site.presenter(place["lang"])
    title = presenter.phrases.text(f"nav_{name}")
    page = Page(site, presenter, presenter.path(name), title)
    return page_bytes("text.html", page, paragraphs=paragraphs, operator=operator)


def _citing(document: Document, site: Site) -> list[Event]:
    return [
        event
        for event in site.catalogue.events.values()
        if any(source.document == document.id for source in event.sources)
    ]


def _undated_points(topic: str, page: Page) -> list[dict[str, object]]:
    """What documents ask of a topic without a day: whole points, or the undated part of one."""
    cited = {
        (source.document, source.point)
        for event in page.site.catalogue.events.values()
        for source in event.sources
    }
    return [
        {
            "text": choose(point.undated or point.name, page.language),
            "number": point.number,
            "document": choose(document.name, page.language),
            "path": f"{page.presenter.path('sources', document.id)}#p{point.number}",
        }
        for document in page.site.catalogue.documents.values()
        for point in document.points
        if topic in point.topics and (point.undated or (document.id, point.number) not in cited)
    ]


def _neighbours(event: Event, site: Site) -> list[Occurrence]:
    """The next date of anything else, for reading on."""
    seen = {event.id}
    found = []
    for occurrence in site.coming:
        if occurrence.event.id not in seen and not occurrence.event.is_context:
            seen.add(occurrence.event.id)
            found.append(occurrence)
    return found[:2]


def _event_feed(event: Event, page: Page) -> str:
    tag = page.language.tag
    has_feed = bool(page.site.block(event.id, tag))
    return f"{page.site.base_url}/{tag}/events/{event.id}.ics" if has_feed else ""


def _place(place: Place | None, page: Page) -> dict[str, object] | None:
    if place is None:
        return None
    map_url = ""
    if place.coordinates:
        latitude, longitude = place.coordinates
        map_url = (
            f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=12/"
            + quote(f"{latitude}/{longitude}")
        )
    return {"name": choose(place.name, page.language), "map": map_url}


def _forward(view: OccurrenceView, page: Page) -> str:
    """Plain text without a personal link: when, what, where to read more."""
    return "\n".join([view.when, view.name.value, page.canonical])
