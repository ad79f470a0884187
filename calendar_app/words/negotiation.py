"""Which language: of the pages for a browser, and of a text for a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from calendar_app.words.languages import ENGLISH, LANGUAGES, Language

# RFC 9110 12.5.4 and 12.4.2: a language range or `*`, then an optional weight.
_RANGE = re.compile(
    r"[ \t]*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*[ \t]*"
    r"(?:;[ \t]*[Qq]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?"
)
# A browser sends a handful; more is noise, and work that anybody could ask for.
_MAX_RANGES = 32
_UNWANTED = (0.0, 0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A text and the language it is in, which need not be the reader's: mark it up by this one."""

    value: str
    language: Language


def negotiate(accept_language: str | None) -> Language:
    """The language of ours that an Accept-Language header likes best, else English.

    A region counts as its language (RFC 4647 3.4: ``es-MX`` is served Spanish); what cannot be
    read is skipped; of two that are liked equally the one named first wins.
    """
    wishes: dict[str, tuple[float, int]] = {}
    ranges = (accept_language or "").split(",", _MAX_RANGES)[:_MAX_RANGES]
    for position, text in enumerate(ranges):
        match = _RANGE.fullmatch(text)
        if match is not None:
            primary = match[1].lower()
            wish = (float(match[2] or 1), -position)
            wishes[primary] = max(wish, wishes.get(primary, _UNWANTED))
    others = wishes.get("*", _UNWANTED)
    best = max(LANGUAGES.values(), key=lambda language: wishes.get(language.tag, others))
    return best if wishes.get(best.tag, others)[0] > 0 else ENGLISH


def choose(text: Mapping[str, str], language: Language) -> Chosen:
    """The text in the reader's language, else in English, else in the first one there is."""
    for tag in (language.tag, ENGLISH.tag, *text):
        if tag in text:
            return Chosen(text[tag], LANGUAGES[tag])
    raise ValueError("a text without any language")
