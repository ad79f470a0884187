"""What makes an entry the same entry for ever: UID, wire form and digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from calendar_app.core.events import Document, Event, Link, Place, Text, Topic
from calendar_app.core.rules import Yearly


class Form(StrEnum):
    """How an event goes over the wire; it only ever goes from rule to expanded."""

    RULE = "rule"
    EXPANDED = "expanded"


def uid(occurrence: str, uid_domain: str) -> str:
    """RFC 5545 3.8.4.7; ``occurrence`` is an occurrence id, or an event id in the rule form."""
    return f"{occurrence}@{uid_domain}"


def natural_form(event: Event) -> Form:
    """RULE for a plain annual day; anything more is right in every client only when expanded:
    ``YEARLY`` from 29 February gives 1 March in ical.js, and exceptions differ by client."""
    is_plain = (
        isinstance(event.rule, Yearly)
        and (event.rule.month, event.rule.day) != (2, 29)
        and event.counts_from is None
        and event.until is None
        and not event.except_on
        and not event.changes
    )
    return Form.RULE if is_plain else Form.EXPANDED


def text_digest(
    event: Event,
    language: str,
    topics: Mapping[str, Topic],
    documents: Mapping[str, Document],
) -> str:
    """Over all of the event, but its dates, that a calendar shows in one language; also over its
    links, and the occasions of a plain annual day, which none shows. Digests are stored: without
    these all would be others, and all events read again. With them, whoever changes a link has
    LAST-MODIFIED grow and one event read again for nothing."""
    cited = [
        (source.point, documents[source.document]) for source in event.sources if source.document
    ]
    return digest(
        [
            _in(language, [event.name, event.summary, event.note]),
            _place(language, event.place),
            _in(language, [topics[topic].name for topic in event.topics]),
            _links(language, event.links),
            [
                [point, _in(language, [document.name]), document.known_since.isoformat()]
                for point, document in cited
            ],
            [
                [
                    occasion.occurrence.isoformat(),
                    _in(language, [occasion.note]),
                    _place(language, occasion.place),
                    _links(language, occasion.links),
                ]
                for occasion in event.occasions
            ],
            str(event.counts_from or ""),
            event.is_context,
        ]
    )


def digest(value: Any) -> str:
    """Twelve bytes of SHA-256 over canonical JSON, in hexadecimal."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _in(language: str, texts: Iterable[Text]) -> list[Any]:
    # A text missing in the language is shown in another one, so any of them counts.
    return [text.get(language) or sorted(text.items()) for text in texts]


def _place(language: str, place: Place | None) -> list[Any]:
    return [_in(language, [place.name]), place.coordinates] if place else []


def _links(language: str, links: Iterable[Link]) -> list[Any]:
    return [[link.url, _in(language, [link.name])] for link in links]
