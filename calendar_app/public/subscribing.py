"""The one place to choose: which topics, then by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calendar_app.feeds.alarms import Alarm
from calendar_app.public.filters import topic_choices
from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Cancelled, Selection
from calendar_app.public.sites import Site
from calendar_app.public.ways import Ways
from calendar_app.words.formatting import isolate

# As many as an address may have, so that no choice of them is refused.
ALARMS: Final = (Alarm(-7, 9, 0), Alarm(-1, 18, 0), Alarm(0, 9, 0))
# Calendar programs by name, with the number of steps.
_HELP: Final = (
    ("help_apple", "help_apple", 3),
    ("way_android", "help_android", 3),
    ("way_google", "help_google", 3),
    ("help_thunderbird", "help_thunderbird", 3),
    ("help_outlook", "help_outlook", 3),
    ("help_gnome", "help_gnome", 3),
    ("help_kde", "help_kde", 2),
)


def subscribe_page(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """What is chosen, and every way for it; the links carry the choice."""
    presenter = site.presenter(place["lang"])
    path, title = presenter.path("subscribe"), presenter.phrases.text("nav_subscribe")
    lead = presenter.phrases.text("subscribe_lead")
    page = Page(site, presenter, path, title, lead, selection)
    choices = topic_choices(page)
    names = [isolate(c.topic.name.value, page.language) for c in choices if c.is_chosen]
    return page_bytes(
        "subscribe/page.html",
        page,
        selection=selection,
        hides=selection.cancelled is Cancelled.HIDE,
        topics=choices,
        chosen_topics=" · ".join(names) or page.text("all_topics"),
        count=sum(selection.includes(occurrence.event) for occurrence in site.coming),
        alarms=[(alarm, _alarm(alarm, page), alarm in selection.alarms) for alarm in ALARMS],
        ways=_ways(page, selection),
        qr=selection.address(f"/{place['lang']}/calendar.png"),
        atom=Selection(topics=selection.topics).address(f"/{place['lang']}/agenda.atom"),
        mail=selection.address(presenter.path("subscribe", "mail")),
        help=_help(page),
        embed=Selection(topics=selection.topics).address(presenter.path("embed", "code")),
    )


def _ways(page: Page, selection: Selection) -> Ways | None:
    """None where nothing that is chosen has a day: there is no feed then."""
    site, tag = page.site, page.language.tag
    blocks = site.blocks(tag)
    chosen = filter(selection.includes, site.catalogue.events.values())
    if not any(blocks[event.id].chosen(selection).content for event in chosen):
        return None
    return Ways(site.base_url, selection.address(f"/{tag}/calendar.ics"), page.site_name)


def _alarm(alarm: Alarm, page: Page) -> str:
    time = f"{alarm.hour}:{alarm.minute:02}"
    if alarm.days == 0:
        return page.text("alarm_day", time=time)
    return page.presenter.phrases.count("alarm_days_before", -alarm.days, time=time)


def _help(page: Page) -> list[tuple[str, list[str]]]:
    scheme = page.site.base_url.partition(":")[0]
    return [
        (page.text(title), [page.text(f"{key}_{n}", scheme=scheme) for n in range(1, steps + 1)])
        for title, key, steps in _HELP
    ]
