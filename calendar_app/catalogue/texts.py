"""The texts of ``events.yaml``: by language, normalised, and free of what a reader cannot see.

Each refuses what it cannot take with a ValueError that reads ``problem; remedy``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, Field

from calendar_app.catalogue.yamltree import restored, shown
from calendar_app.core.events import Text
from calendar_app.words.languages import LANGUAGES

Language = Literal["en", "es", "ru", "tr", "ar"]
if get_args(Language) != tuple(LANGUAGES):
    raise TypeError("catalogue.texts.Language and words.languages.LANGUAGES differ")

# Unicode categories of what is not text: controls, formats, surrogates, unassigned, private,
# ends of lines. Among the formats are the explicit directions, which make one text read as
# another; the two joiners are letters' own business.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
_NOT_WORDS: Final = frozenset({"null", "true", "false"})


def visible(text: str, *, lines: bool = False) -> str:
    """The text, if nothing in it is hidden."""
    text = restored(text)
    if not text.isprintable():
        for character in text:
            kind = unicodedata.category(character)
            if kind not in _INVISIBLE or character in _JOINERS or (lines and character == "\n"):
                continue
            if character == "\n":
                raise ValueError("a line break; write the text on one line")
            name = "control" if kind == "Cc" else "invisible"
            raise ValueError(f"{name} character U+{ord(character):04X}; remove it")
    return text


def words(limit: int, *, lines: bool = False, without: str = "") -> Callable[[str], str]:
    """Reads words for people: of some length, in NFC, with letters."""

    def read(text: str) -> str:
        if not text.strip():
            raise ValueError("nothing is written here; write it, or take the line out")
        if len(text) > limit:
            raise ValueError(f"{len(text)} characters; write at most {limit}")
        text = visible(unicodedata.normalize("NFC", text).strip(), lines=lines)
        if text in _NOT_WORDS or not any(map(str.isalpha, text)):
            raise ValueError(f"'{shown(text)}' has no words; write some, or take the line out")
        if found := sorted(set(without) & set(text)):
            raise ValueError(f"the character {found[0]} may not stand here; write it without")
        return text

    return read


def _known_language(tag: str) -> str:
    if tag not in LANGUAGES:
        raise ValueError(f"unknown language; write one of {', '.join(LANGUAGES)}")
    return tag


def _spoken(texts: dict[str, str]) -> Text:
    if not texts:
        raise ValueError("no text in any language; write at least one, such as en: and the text")
    return Text(texts)


_Tag = Annotated[str, AfterValidator(_known_language)]


def _texts(limit: int, *, lines: bool = False, without: str = "") -> Any:
    one = Annotated[
        str,
        AfterValidator(words(limit, lines=lines, without=without)),
        Field(json_schema_extra={"maxLength": limit}),
    ]
    return Annotated[dict[_Tag, one], AfterValidator(_spoken)]


# Calendar clients read the name of a calendar as it stands, so it has nothing to escape.
SiteName = _texts(200, without=",;\\")
Name = _texts(200)
Sentence = _texts(1000)
Paragraphs = _texts(2000, lines=True)
Aliases = dict[_Tag, list[Annotated[str, AfterValidator(words(200))]]]
