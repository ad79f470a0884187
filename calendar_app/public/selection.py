"""The query of a public URL: strict ASCII, bounded, canonical.

A route names the options it takes. What trackers append is ignored, so that a shared link works;
anything else is refused. The same choice has one canonical text however it was written, so that
it is one resource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event
from calendar_app.feeds.alarms import Alarm
from calendar_app.words.languages import LANGUAGES

MAX_QUERY: Final = 1024
MAX_PARAMETERS: Final = 32  # a form sends one for each box that is ticked
MAX_ALARMS: Final = 3
MAX_COUNT: Final = 20
_NUMBER: Final = re.compile(r"[1-9][0-9]?", re.ASCII)


class Cancelled(StrEnum):
    """What becomes of cancelled dates: they say so, or are left out."""

    MARK = "mark"
    HIDE = "hide"


class Theme(StrEnum):
    """The colours of an embedded page; ``AUTO`` are those that the reader has chosen."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class BadParameter(ValueError):
    """A parameter that is not allowed here; ``options`` are the names of those that are."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(options)
        self.options = options


@dataclass(frozen=True, slots=True)
class Selection:
    """What a query chooses. The default, which is also what an empty query means, is everything."""

    topics: tuple[str, ...] = ()  # none: of any topic
    alarms: tuple[Alarm, ...] = ()
    cancelled: Cancelled = Cancelled.MARK
    languages: tuple[str, ...] = ()
    count: int = 0  # 0: as many as there are by themselves
    theme: Theme = Theme.AUTO

    @property
    def query(self) -> str:
        """The canonical text, empty for the default. Every character stands for itself in a URL."""
        given = {
            "topics": ",".join(self.topics),
            "alarm": ",".join(map(str, self.alarms)),
            "cancelled": self.cancelled if self.cancelled is not Cancelled.MARK else "",
            "languages": ",".join(self.languages),
            "count": str(self.count) if self.count else "",
            "theme": self.theme if self.theme is not Theme.AUTO else "",
        }
        return "&".join(f"{name}={value}" for name, value in given.items() if value)

    def below(self, tag: str) -> Selection:
        """The same for an address that is in a language: to ask for that one alone is to ask for
        nothing in particular."""
        return replace(self, languages=()) if self.languages == (tag,) else self

    def address(self, path: str) -> str:
        """The path with what was chosen."""
        return f"{path}?{self.query}" if self.query else path

    @property
    def alters_entries(self) -> bool:
        """Whether single entries of a feed are written otherwise, or not at all."""
        return bool(self.alarms) or self.cancelled is not Cancelled.MARK

    def includes(self, event: Event) -> bool:
        """Whether the event is of a chosen topic."""
        return not self.topics or not set(self.topics).isdisjoint(event.topics)


EVERYTHING: Final = Selection()


def read_selection(
    query: str, options: tuple[str, ...], catalogue: Catalogue, *, is_form: bool = False
) -> Selection:
    """What a query chooses where these options are allowed. A form may name a parameter several
    times or leave it empty, as browsers send what was ticked; else that is refused too.

    Raises BadParameter.
    """
    if not query:
        return EVERYTHING
    try:
        given = _parameters(query, options, is_form=is_form)
        values = {OPTIONS[name].field: OPTIONS[name].read(given[name], catalogue) for name in given}
    except ValueError as error:
        raise BadParameter(options) from error
    return Selection(**values)


def _parameters(query: str, options: tuple[str, ...], *, is_form: bool) -> dict[str, str]:
    """Raises ValueError for what is not allowed or too much."""
    if len(query) > MAX_QUERY:
        raise ValueError("too long")
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS):
        if name == "fbclid" or name.startswith("utm_"):
            continue
        if name not in options or (name in found and not is_form):
            raise ValueError("not allowed here")
        if value or not is_form:
            found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _topics(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Retired ones are dropped, but for a choice of nothing else, which is then without dates."""
    chosen = set(text.split(","))
    if not chosen <= catalogue.topics.keys():
        raise ValueError("an unknown topic")
    living = {id_ for id_ in chosen if not catalogue.topics[id_].is_retired}
    return tuple(sorted(living or chosen))


def _alarms(text: str, _: Catalogue) -> tuple[Alarm, ...]:
    found = {Alarm.parse(part) for part in text.split(",")}
    if len(found) > MAX_ALARMS:
        raise ValueError("too many alarms")
    return tuple(sorted(found))


def _languages(text: str, _: Catalogue) -> tuple[str, ...]:
    chosen = set(text.split(","))
    if not chosen <= LANGUAGES.keys():
        raise ValueError("an unknown language")
    return tuple(tag for tag in LANGUAGES if tag in chosen)


def _count(text: str, _: Catalogue) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > MAX_COUNT:
        raise ValueError("not a number that is allowed")
    return int(text)


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter that a route may allow; ``read`` raises ValueError for any other value."""

    field: str  # of Selection
    read: Callable[[str, Catalogue], Any]


OPTIONS: Final[Mapping[str, Option]] = MappingProxyType(
    {
        "topics": Option("topics", _topics),
        "alarm": Option("alarms", _alarms),
        "cancelled": Option("cancelled", lambda text, _: Cancelled(text)),
        "languages": Option("languages", _languages),
        "count": Option("count", _count),
        "theme": Option("theme", lambda text, _: Theme(text)),
    }
)
