"""The documents in which the dates are named: all of them, and each point by point."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_app.core.events import Document, Event
from calendar_app.public.layout import Page, page_bytes, partial_date, shown
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.words.explanation import rule_in_words, source_view
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import isolate
from calendar_app.words.languages import LANGUAGES


def sources_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    presenter = site.presenter(place["lang"])
    title = presenter.phrases.text("nav_sources")
    tagline = presenter.phrases.text("site_tagline")
    page = Page(site, presenter, presenter.path("sources"), title, tagline)
    documents = [
        (document_facts(document, page), len(_citing(document, site)))
        for document in site.catalogue.documents.values()
    ]
    return page_bytes("sources/list.html", page, documents=documents)


def document_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    """A document point by point, with what became of each."""
    document = site.catalogue.documents[place["document"]]
    presenter = site.presenter(place["lang"])
    name, title = (choose(text, presenter.language) for text in (document.name, document.title))
    page = Page(site, presenter, presenter.path("sources", document.id), name.value, title.value)
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
        "sources/document.html",
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


def document_facts(document: Document, page: Page) -> dict[str, object]:
    language, path = page.language, page.presenter.path
    given = {
        "adopted_on": {"date": partial_date(document.adopted, language)},
        "published_on": {"date": partial_date(document.published, language)},
        "period": {"period": partial_date(document.period, language)},
        "languages_read": {
            "languages": ", ".join(LANGUAGES[tag].endonym for tag in document.languages)
        },
    }
    related = {"follows_document": document.follows, "edition_of": document.republishes}
    links = [
        (path("sources", id_), page.text(key, document=_name(id_, page)))
        for key, id_ in related.items()
        if id_
    ]
    if document.url:
        links.append((document.url, page.text("open_document")))
    return {
        "document": document,
        "path": path("sources", document.id),
        "name": choose(document.name, language),
        "title": choose(document.title, language),
        "note": shown(document.note, language),
        "lines": [
            page.text(key, **values) for key, values in given.items() if any(values.values())
        ],
        "links": links,
    }


def _name(document: str, page: Page) -> str:
    """For the middle of a sentence."""
    name = choose(page.site.catalogue.documents[document].name, page.language)
    return isolate(name.value, page.language)


def _citing(document: Document, site: Site) -> list[Event]:
    return [
        event
        for event in site.catalogue.events.values()
        if any(source.document == document.id for source in event.sources)
    ]
