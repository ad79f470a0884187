"""The phrases of pages and mails, read from the gettext catalogs in ``locale/``.

A msgid is a key, not an English sentence, so English is a catalog like the others and a phrase
may be reworded without touching the code. Plural forms follow CLDR; ordinals, for which gettext
has no form, are one message for each CLDR category, in the context ``ordinal-<category>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from calendar_app.words.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class Catalog:
    """The phrases of one language. An unknown key, or a placeholder left out, is a KeyError."""

    messages: GNUTranslations
    locale: Locale

    def text(self, key: str, **values: object) -> str:
        """The phrase, with its placeholders filled."""
        return self.messages.gettext(key).format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The phrase in the plural form that ``n`` takes; it may name ``{n}``."""
        return self.messages.ngettext(key, key, n).format(n=n, **values)

    def ordinal(self, key: str, n: int) -> str:
        """The phrase in the form of the ``n``-th."""
        category = self.locale.ordinal_form(n)
        return self.messages.pgettext(f"ordinal-{category}", key).format(n=n)


class _Unknown(NullTranslations):
    """Asked last, for what no catalog holds; gettext itself would show the key to the reader."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1)

    def pgettext(self, context: str, message: str) -> str:
        raise KeyError(f"{message} ({context})")


@cache
def catalog(tag: str) -> Catalog:
    """The catalog of a language in the table, read once."""
    language = LANGUAGES[tag]
    path = files("calendar_app") / "locale" / language.tag / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        phrases = read_po(file, locale=language.tag, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, phrases)
    compiled.seek(0)
    messages = GNUTranslations(compiled)
    messages.add_fallback(_Unknown())
    return Catalog(messages, Locale.parse(language.locale))
