"""Time zones by country and city, in the words of CLDR, for a list to choose from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from calendar_app.words.languages import Language


@cache
def zone_labels(language: Language) -> tuple[tuple[str, str], ...]:
    """The IANA name and the label of each zone that is one of its own, in order of the labels.
    Older names of a zone are left out."""
    locale = Locale.parse(language.locale)
    labels = (
        (name, f"{locale.territories[country]} ({_city(name, locale)})")
        for country, name in _zones()
    )
    return tuple(sorted(labels, key=lambda pair: (pair[1].casefold(), pair[0])))


def zone_label(name: str, language: Language) -> str:
    """The name itself, if it is not on the list."""
    return dict(zone_labels(language)).get(name, name)


@cache
def other_names() -> Mapping[str, tuple[str, ...]]:
    """By the name of a zone on the list the names for it that are not; some browsers still say
    Asia/Calcutta for Asia/Kolkata."""
    listed = {name for _, name in _zones()}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for other, name in sorted(get_global("zone_aliases").items()):
        if name in listed and other not in listed:
            found[name].append(other)
    return {name: tuple(others) for name, others in found.items()}


def _city(name: str, locale: Locale) -> str:
    return str(get_timezone_location(name, locale=locale, return_city=True))


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """Country and name, from the table that comes with the zones."""
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    lines = (line.split("\t") for line in table.read_text("utf-8").splitlines())
    return tuple((line[0], line[2]) for line in lines if not line[0].startswith("#"))
