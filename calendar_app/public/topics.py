"""A topic: its dates, and what documents ask of it without one."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Selection
from calendar_app.public.sites import Site
from calendar_app.public.ways import Ways
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import sentence_case


def topic_page(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    """A topic with its dates, or a sentence that none is known; then what it asks without one."""
    topic = site.catalogue.topics[place["topic"]]
    presenter = site.presenter(place["lang"])
    name = choose(topic.name, presenter.language)
    coming = [o for o in site.coming if topic.id in o.event.topics]
    description = sentence_case(
        presenter.phrases.count("n_dates_12_months", len(coming)), presenter.language
    )
    page = Page(site, presenter, presenter.path("topics", topic.id), name.value, description)
    heads = sorted(map(site.head, site.of_topic(topic.id)), key=lambda head: head.first)
    has_feed = any(site.blocks(page.language.tag)[head.event.id].content for head in heads)
    return page_bytes(
        "topic/page.html",
        page,
        topic=topic,
        name=name,
        coming=presenter.views(coming),
        all_dates=presenter.views(reversed(heads)),
        undated=_undated_points(topic.id, page),
        more=Selection(topics=(topic.id,)).address(presenter.path("subscribe")),
        ways=Ways(site.base_url, f"{page.path.rstrip('/')}.ics", name.value) if has_feed else None,
    )


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
