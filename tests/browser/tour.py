"""A tour of a language: each kind of page is loaded once and measured in every way, since loading
is what takes long. What must be so, the tests say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import measures
from tests.browser.conftest import new_page
from tests.browser.kinds import every_kind

SCHEMES = ("light", "dark")
HEIGHT = 800
# From the widest to the narrowest; half of the first is for text of twice the size.
WIDTHS = (1280, 768, 640, 360, 320)
WIDE, HALF, PHONE, NARROW = 1280, 640, 360, 320
LEAST_TARGET = 44
MOST_UNEVEN = 4
# WCAG 2.2, 1.4.12: what a reader may set without losing anything.
SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""


@dataclass(frozen=True)
class Reading:
    """What there is to read, and how far down each heading is."""

    words: list[str]
    tops: list[float]


@dataclass
class Seen:
    """What was seen of one page; what is by width has only those where something is wrong."""

    parts: int
    kept: list[int]
    addresses: list[tuple[str, str]]
    names: dict[str, Any]
    ratios: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    wider: list[int] = field(default_factory=list)
    broken: dict[int, list[str]] = field(default_factory=dict)
    overlapping: dict[int, list[str]] = field(default_factory=dict)
    uneven: dict[int, list[str]] = field(default_factory=dict)
    wider_at_twice_the_size: bool = False
    small_targets: list[str] = field(default_factory=list)
    lost_in_space: list[str] = field(default_factory=list)
    styled: Reading | None = None
    bare: Reading | None = None
    display_of_main: str = ""
    nameless: list[str] = field(default_factory=list)


@dataclass
class Tour:
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    cookies: list[Any] = field(default_factory=list)
    pages: dict[str, Seen] = field(default_factory=dict)

    def found(self, what: Callable[[Seen], Any]) -> dict[str, Any]:
        """What there is of that on any page, by its path."""
        found = {path: what(seen) for path, seen in self.pages.items()}
        return {path: value for path, value in found.items() if value}


def take(browser: Browser, site: str, lang: str) -> Tour:
    tour = Tour()
    context = browser.new_context(base_url=site)
    page = new_page(context, tour.complaints)
    page.on("request", lambda request: tour.asked.append(request.url))
    for path in every_kind(lang):
        tour.pages[path] = look(page, path)
    tour.cookies += context.cookies()
    context.close()
    return tour


def look(page: Page, path: str) -> Seen:
    """Load the page and measure it, from the widest screen to the narrowest; what cannot be undone
    comes last."""
    resize(page, WIDE)
    page.goto(path)
    seen = Seen(**page.evaluate(measures.AT_ONCE))
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        seen.ratios[scheme] = page.evaluate(measures.RATIOS)
    for width in WIDTHS:
        resize(page, width)
        if width == HALF:
            look_at_twice_the_size(page, seen)
        else:
            look_at_width(page, width, seen)
    seen.styled = Reading(**page.evaluate(measures.READING))
    look_with_space(page, seen)
    look_without_style(page, seen)
    return seen


def look_at_width(page: Page, width: int, seen: Seen) -> None:
    found = page.evaluate(measures.AT_WIDTH)
    if found["width"] > width:
        seen.wider.append(width)
    if broken := found["broken"] + found["parted"] + found["cut"]:
        seen.broken[width] = broken
    if overlapping := found["overlaps"]:
        seen.overlapping[width] = overlapping
    if uneven := page.evaluate(measures.UNEVEN, MOST_UNEVEN):
        seen.uneven[width] = uneven
    if width == PHONE:
        seen.small_targets = page.evaluate(measures.SMALL_TARGETS, LEAST_TARGET)


def look_with_space(page: Page, seen: Seen) -> None:
    page.evaluate(measures.OWN_STYLE, SPACING)
    found = page.evaluate(measures.WITH_SPACE)
    if found["width"] > NARROW:
        seen.lost_in_space.append("wider than the screen")
    seen.lost_in_space += found["clipped"]
    page.evaluate(measures.OWN_STYLE, "")


def look_at_twice_the_size(page: Page, seen: Seen) -> None:
    page.evaluate(measures.FONT_SIZE, "200%")
    seen.wider_at_twice_the_size = page.evaluate(measures.WIDTH) > HALF
    page.evaluate(measures.FONT_SIZE, "")


def look_without_style(page: Page, seen: Seen) -> None:
    found = page.evaluate(measures.BARE)
    seen.bare = Reading(**found["reading"])
    seen.display_of_main = found["display_of_main"]
    seen.nameless = found["nameless"]


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
