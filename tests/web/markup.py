"""What a browser would do with a page by itself: everything it loads, runs, sends or follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]
# Attributes whose address a browser fetches or sends to, wherever they stand.
FETCHED = (
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "manifest",
    "ping",
    "poster",
    "src",
)
FETCHED_LINKS = {"icon", "manifest", "modulepreload", "prefetch", "preload", "stylesheet"}
NOT_HERE = {
    "applet",
    "base",
    "embed",
    "frame",
    "iframe",
    "math",
    "object",
    "script",
    "style",
    "svg",
}


@dataclass
class Page(HTMLParser):
    elements: list[tuple[str, Attributes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for found, attributes in self.elements if found == tag]

    @property
    def fetched(self) -> list[str]:
        """Addresses that are asked for without a click, or that a form sends to."""
        found = [
            value
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name in FETCHED or name.startswith(("srcset", "imagesrcset", "xlink"))
        ]
        links = (link for link in self.all("link") if FETCHED_LINKS & set(link["rel"].split()))
        return found + [link["href"] for link in links]

    @property
    def active(self) -> list[str]:
        """What the policy forbids: elements and attributes that run or style in place."""
        named = [
            tag
            for tag, attributes in self.elements
            # A script of this type is data and never runs (HTML, the script element, "data block").
            if tag in NOT_HERE and attributes.get("type") != "application/ld+json"
        ]
        inline = [
            name
            for _, attributes in self.elements
            for name in attributes
            if name == "style" or name.startswith("on") or name == "http-equiv"
        ]
        return named + inline


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page
