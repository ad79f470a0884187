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
    "math",
    "object",
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
        named = [tag for tag, _ in self.elements if tag in NOT_HERE]
        named += ["script" for script in self.all("script") if not _is_a_file_or_data(script)]
        named += ["iframe" for frame in self.all("iframe") if not _is_shut(frame)]
        inline = [
            name
            for _, attributes in self.elements
            for name in attributes
            if name == "style" or name.startswith("on") or name == "http-equiv"
        ]
        return named + inline


def _is_a_file_or_data(script: Attributes) -> bool:
    """A file of the site that waits for the page, or data, which nothing runs."""
    is_file = script.get("src", "").startswith("/static/") and "defer" in script
    return is_file or script == {"type": "application/ld+json"}


def _is_shut(frame: Attributes) -> bool:
    """Nothing runs in it, and it is told nothing of the page around."""
    allowed = set(frame.get("sandbox", "allow-scripts").split())
    return allowed == {"allow-popups", "allow-popups-to-escape-sandbox"} and (
        frame.get("referrerpolicy") == "no-referrer"
    )


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page
