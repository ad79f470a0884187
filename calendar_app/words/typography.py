"""Where a line of a page must not end: inside a range of days or an ordinal."""

from __future__ import annotations

import re
from typing import Final

# Tags, and elements whose text is no running text or is copied as it is; they stay as they are.
# Of what is left, "28–29" and "82-я": browsers would end a line after the dash (UAX 14, BA and HY).
_PARTS: Final = re.compile(
    r"<(?P<as_is>script|title|pre|code|option)\b.*?</(?P=as_is)>"
    r"|<[^>]*>"
    r"|(?<![\w./:@-])(?P<whole>\d{1,4}[–-]\w{1,4})(?![\w./:@-]*[\w/])",  # noqa: RUF001
    re.DOTALL,
)


def keep_together(html: str) -> str:
    """The page with its ranges and ordinals each on one line, whatever the width."""
    return _PARTS.sub(_kept, html)


def _kept(part: re.Match[str]) -> str:
    whole = part["whole"]
    return f'<span class="u">{whole}</span>' if whole else part[0]
