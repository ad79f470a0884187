"""The choice of topics on a page: boxes that need no script, and the way out of what is ticked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from calendar_app.public.layout import Page
from calendar_app.words.views import TopicView

DATES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A box to tick: the topic, its dates in the next 12 months, the first of them in words;
    ``without`` is the address of the page with this box no longer ticked."""

    topic: TopicView
    count: int
    dates: str
    is_chosen: bool
    without: str


def topic_choices(page: Page) -> list[TopicChoice]:
    """Every topic that is still in use."""
    site, presenter, selection = page.site, page.presenter, page.selection
    found = []
    for topic in presenter.topics(page.site.catalogue.living_topics):
        coming = [o for o in site.coming if topic.id in o.event.topics]
        held = [occurrence for occurrence in coming if not occurrence.is_cancelled]
        dates = " · ".join(map(presenter.when, held[:DATES_SHOWN]))
        rest = replace(selection, topics=tuple(t for t in selection.topics if t != topic.id))
        is_chosen = topic.id in selection.topics
        without = rest.address(page.path)
        found.append(TopicChoice(topic, len(coming), dates, is_chosen, without))
    return found
