"""Where a line of a page must not end: inside a range of days, an ordinal or a short compound,
before a separator, after a number, an initial or a word of one letter; and where one may end in an
address, which browsers else cut anywhere, also within an id.

An id stands in an element of the class ``id``, which moves to the next line rather than being cut;
whoever copies it gets it as it is.
"""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

# Tags, and elements whose text is no running text or is copied as it is; they stay as they are.
# What is left to right in every language is an id or an address.
_AS_IS: Final = (
    r"<(?P<as_is>script|title|pre|code|option|bdi(?= dir=\"ltr\"))\b.*?</(?P=as_is)>|<[^>]*>"
)
# Browsers would end a line after the dash of "28–29", "82-я", "COVID-19" (UAX 14, BA and HY).
# No part of an address or of an ISO date.
_BEFORE: Final = r"(?<![\w./:@-])"
_AFTER: Final = r"(?![\w./:@-]*[\w/])"
_WHOLE: Final = rf"{_BEFORE}(?P<whole>\d{{1,4}}[–-]\w{{1,4}}){_AFTER}"  # noqa: RUF001
_SHORT: Final = rf"{_BEFORE}(?P<short>[^\W\d_]{{1,5}}-)(?=\w{{1,12}}{_AFTER})"
# "29 November", "23rd meeting", "100. yıl", "2026 года"; "V. I. Lenin"; "с Кубой"; "5 days · 82nd".
_NUMBER: Final = r"\d{1,3}(?:\.?º?|st|nd|rd|th)(?= [^\W\d_])|\d{4}(?= год)"
_INITIAL: Final = r"[^\W\d_a-zа-я]\.(?= [^\W\d_a-zа-я])"
_LETTER: Final = r"[авикосуАВИКОСУ](?= \w)"
_TIED: Final = rf"(?P<tied>{_BEFORE}(?:{_NUMBER}|{_INITIAL}|{_LETTER}) | (?=[·—] ))"
_PARTS: Final = re.compile(f"{_AS_IS}|{_WHOLE}|{_SHORT}|{_TIED}", re.DOTALL)
# The whole of one, a path, or a parameter by itself.
_ADDRESS: Final = re.compile(r"((?:(?:https?:/|(?<![\w<]))/|^\w+=)[^\s\"<>]+)")
# After a slash, but not the two at the beginning; before what parts names and parameters.
_MAY_END: Final = re.compile(r"(?<=[^:/]/)(?=\w)|(?<=\w)(?=[.?&]\w)|(?<=\w,)(?=\w)")
_NO_BREAK_SPACE: Final = "\u00a0"
_WORD_JOINER: Final = "\u2060"


def keep_together(html: str) -> str:
    """The page with what belongs together on one line, whatever the width.

    Ranges of days are what readers copy: nothing is put into them, they stand in an element.
    """
    return _PARTS.sub(_kept, html)


def _kept(part: re.Match[str]) -> str:
    if whole := part["whole"]:
        return f'<span class="u">{whole}</span>'
    if short := part["short"]:
        return short + _WORD_JOINER
    return part[0].replace(" ", _NO_BREAK_SPACE) if part["tied"] else part[0]


def with_breaks(text: str) -> Markup:
    """The text with marks in its addresses where a line may end; whoever copies it gets none."""
    words: list[str] = _ADDRESS.split(text)  # every second one is an address
    words[1::2] = map(_in_parts, words[1::2])
    return Markup().join(words)


def _in_parts(address: str) -> Markup:
    return Markup("<wbr>").join(map(_part, _MAY_END.split(address)))


def _part(text: str) -> str:
    """Whole as long as there is room, where browsers would end a line after a dash; not so the
    beginning, which a quotation mark may stand before."""
    is_cut = "-" in text and "/" not in text.rstrip("/")
    return Markup('<span class="id">{}</span>').format(text) if is_cut else text
