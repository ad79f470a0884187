"""Atom feeds (RFC 4287), for news readers: the frame, entries, and ids that stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final
from xml.etree import ElementTree

from calendar_app.words.languages import Language

CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
MAX_ENTRIES: Final = 100
_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 4151 wants a day on which the name was ours; it never changes, or every id would.
_NAMED_IN: Final = "2026"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news. ``lines`` are its plain text; ``link`` is the page to read more."""

    id: str
    title: str
    updated: datetime
    link: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Feed:
    """What the entries have around them. ``source`` is the address of the feed itself, ``link``
    that of its page; ``updated`` is for a feed without entries."""

    id: str
    title: str
    author: str
    language: Language
    source: str
    link: str
    updated: datetime


def tag(uid_domain: str, name: str) -> str:
    """The id of a feed or an entry (RFC 4151): ``tag:calendar.invalid,2026:en/changes``."""
    return f"tag:{uid_domain},{_NAMED_IN}:{name}"


def atom_bytes(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """The feed with its newest entries, of which at most MAX_ENTRIES are kept."""
    kept = sorted(entries, key=lambda entry: entry.updated, reverse=True)[:MAX_ENTRIES]
    root = ElementTree.Element("feed", {"xmlns": _ATOM, _LANG: feed.language.tag})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _instant(kept[0].updated if kept else feed.updated))
    _text(ElementTree.SubElement(root, "author"), "name", feed.author)
    _link(root, "self", feed.source, CONTENT_TYPE.partition(";")[0])
    _link(root, "alternate", feed.link, "text/html")
    for entry in kept:
        _entry(root, entry, feed.language)
    # Indented, since people look at feeds when something is wrong.
    ElementTree.indent(root, "")
    written: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def _entry(root: ElementTree.Element, entry: Entry, language: Language) -> None:
    element = ElementTree.SubElement(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _instant(entry.updated))
    _link(element, "alternate", entry.link, "text/html")
    lines = "".join(f"<p>{escape(line)}</p>" for line in entry.lines)
    # A reader shows entries of many feeds side by side, so the direction is said here too.
    html = f'<div lang="{language.tag}" dir="{language.direction}">{lines}</div>'
    _text(element, "content", html, type="html")


def _text(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})


def _instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
