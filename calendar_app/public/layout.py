"""What every page has around its content: language, title, links between languages, freshness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from calendar_app.core.events import Document
from calendar_app.core.precision import PartialDate
from calendar_app.public.selection import EVERYTHING, Selection
from calendar_app.public.sites import Site
from calendar_app.words.fallback import Chosen, choose
from calendar_app.words.formatting import format_day, format_partial, isolate, sentence_case
from calendar_app.words.languages import ENGLISH, LANGUAGES, Language
from calendar_app.words.presentation import Presenter
from calendar_app.words.rendering import render
from calendar_app.words.typography import keep_together

STATIC: Final = Path(__file__).parent.parent / "static"


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language. ``path`` is its own, the same in every language but the tag.

    A page of which something was chosen is another view of the page of everything, which is the
    canonical one.
    """

    site: Site
    presenter: Presenter
    path: str
    title: str
    description: str = ""
    selection: Selection = EVERYTHING

    @property
    def language(self) -> Language:
        return self.presenter.language

    @property
    def canonical(self) -> str:
        return self.site.base_url + self.path

    @property
    def alternates(self) -> list[tuple[Language, str]]:
        return alternates(self.path)

    @property
    def languages(self) -> list[tuple[Language, str]]:
        """The same page with the same choice in each language."""
        return [(language, self.selection.address(path)) for language, path in self.alternates]

    @property
    def default_path(self) -> str:
        return default_path(self.path)

    @property
    def feed(self) -> str:
        """The calendar of all dates."""
        return f"{self.site.base_url}{self.presenter.path()}calendar.ics"

    @property
    def site_name(self) -> str:
        return choose(self.site.catalogue.calendar.name, self.language).value

    @property
    def today(self) -> str:
        return format_day(self.site.today, self.language)

    @property
    def near_days(self) -> str:
        """The words for today, tomorrow and on, for a script that knows the reader's own date."""
        return "|".join(self.presenter.near_days)

    def is_at(self, path: str) -> bool:
        """Whether a link to this path leads nowhere else."""
        return self.path == path

    def text(self, key: str, **values: object) -> str:
        return self.presenter.phrases.text(key, **values)

    def count(self, key: str, n: int) -> str:
        return self.presenter.phrases.count(key, n)

    def sentence(self, text: str) -> str:
        """A text that begins a line."""
        return sentence_case(text, self.language)

    @property
    def freshness(self) -> tuple[str, ...]:
        """The newest document, and the day on which something was last verified."""
        document = newest_document(self.site)
        verified = [e.verified_on for e in self.site.catalogue.events.values() if e.verified_on]
        if document is None or not verified:
            return ()
        name = isolate(choose(document.name, self.language).value, self.language)
        date = format_day(max(verified), self.language)
        return self.text("newest_document", document=name), self.text("last_verified", date=date)


def page_bytes(template: str, page: Page, **values: object) -> bytes:
    """Renders a template of ``templates/`` with what every page has and its own values."""
    common: dict[str, object] = {"ways": None, "asset": asset_path, "lang": page.language}
    return keep_together(render(template, **(common | values), page=page)).encode()


def alternates(path: str) -> list[tuple[Language, str]]:
    """The path of a page in each language, its own included."""
    rest = path.split("/", 2)[2]
    return [(language, f"/{language.tag}/{rest}") for language in LANGUAGES.values()]


def default_path(path: str) -> str:
    """For readers of none of the five languages."""
    rest = path.split("/", 2)[2]
    return f"/{ENGLISH.tag}/{rest}" if rest else "/"


def newest_document(site: Site) -> Document | None:
    documents = site.catalogue.documents.values()
    return max(documents, key=lambda document: document.known_since, default=None)


def partial_date(date: PartialDate | None, language: Language) -> str:
    return format_partial(date, language) if date is not None else ""


def shown(text: Mapping[str, str] | None, language: Language) -> Chosen | None:
    return choose(text, language) if text else None


@cache
def assets() -> Mapping[str, Path]:
    """The static files by a name that changes with their bytes, so that they may be kept for
    ever."""
    found = {}
    for path in sorted(STATIC.iterdir()):
        digest = sha256(path.read_bytes()).hexdigest()[:12]
        found[f"{path.stem}-{digest}{path.suffix}"] = path
    return found


def asset_path(name: str) -> str:
    return next(f"/static/{key}" for key, path in assets().items() if path.name == name)
