"""Which of its languages a text is shown in, when it need not have the reader's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calendar_app.words.languages import ENGLISH, LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Chosen:
    """A text and the language it is in, which need not be the reader's: mark it up by this one."""

    value: str
    language: Language


def choose(text: Mapping[str, str], language: Language) -> Chosen:
    """The text in the reader's language, else in English, else in the first one there is."""
    for tag in (language.tag, ENGLISH.tag, *text):
        if tag in text:
            return Chosen(text[tag], LANGUAGES[tag])
    raise ValueError("a text without any language")
