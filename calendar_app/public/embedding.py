"""The next dates for the pages of others: what stands in their frame, and the code for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from calendar_app.public.filters import topic_choices
from calendar_app.public.layout import Page, page_bytes
from calendar_app.public.selection import Selection, Theme
from calendar_app.public.sites import Site

DATES: Final = 5  # unless a number is chosen
COUNTS: Final = (3, 5, 10, 20)
HEIGHT: Final = 480
# Nothing runs in the frame and it is told nothing of the page around; its links may open.
_CODE: Final = Markup(
    '<iframe src="{src}" title="{title}" width="400" height="{height}" loading="lazy" '
    'referrerpolicy="no-referrer" sandbox="allow-popups allow-popups-to-escape-sandbox"{style}>'
    "</iframe>"
)
# Not in the preview: our own policy allows no style in place.
_FULL_WIDTH: Final = Markup(' style="width: 100%; border: 0"')


def embed_page(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """The next dates without anything around them; their links open by themselves."""
    presenter = site.presenter(place["lang"])
    page = Page(
        site, presenter, presenter.path("embed"), presenter.phrases.text("upcoming_actions")
    )
    found = [o for o in site.coming if selection.includes(o.event) and not o.event.is_context]
    return page_bytes(
        "embed/page.html",
        page,
        theme=selection.theme.value,
        all_dates=Selection(topics=selection.topics).address(presenter.path()),
        views=presenter.views(found[: selection.count or DATES]),
    )


def embed_code_page(site: Site, place: Mapping[str, str], selection: Selection) -> bytes:
    """What to choose, the code for it, and how it will look."""
    presenter = site.presenter(place["lang"])
    title = presenter.phrases.text("embed_title")
    lead = presenter.phrases.text("embed_lead")
    page = Page(site, presenter, presenter.path("embed", "code"), title, lead, selection)
    path = selection.address(presenter.path("embed"))
    return page_bytes(
        "embed/code.html",
        page,
        topics=topic_choices(page),
        counts=[(count if count != DATES else "", count) for count in COUNTS],
        count=selection.count or DATES,
        themes=[(theme.value, page.text(f"theme_{theme.value}")) for theme in Theme],
        theme=selection.theme.value,
        code=_code(site.base_url + path, page, _FULL_WIDTH),
        preview=_code(path, page, Markup()),
    )


def _code(src: str, page: Page, style: Markup) -> Markup:
    return _CODE.format(src=src, title=page.site_name, height=HEIGHT, style=style)
