"""The choice of topics on a page: a form that needs no script, and what it has chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calendar_app.public.layout import Page
from calendar_app.words.views import TopicView


@dataclass(frozen=True, slots=True)
class TopicBox:
    """A topic to tick, with the number of its dates; ``without`` is this page without it."""

    topic: TopicView
    count: int
    is_chosen: bool
    without: str


def topic_boxes(page: Page) -> list[TopicBox]:
    """Every topic that is still in use."""
    site, selection = page.site, page.selection
    living = (topic.id for topic in site.catalogue.topics.values() if not topic.is_retired)
    found = []
    for topic in page.presenter.topics(living):
        rest = tuple(id_ for id_ in selection.topics if id_ != topic.id)
        found.append(
            TopicBox(
                topic,
                sum(topic.id in occurrence.event.topics for occurrence in site.coming),
                topic.id in selection.topics,
                replace(selection, topics=rest).address(page.path),
            )
        )
    return found
