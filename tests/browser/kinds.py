"""One page of every kind, and of every state that looks different."""

from __future__ import annotations

LANGUAGES = ("en", "es", "ru", "tr", "ar")
# With the longest titles and the most tiles there are.
KINDS = (
    "/{lang}/",
    "/{lang}/events/cuba-solidarity-days/",  # coming, two days, a series
    "/{lang}/events/antiimperialist-week-2020/",  # over, moved, first and last day
    "/{lang}/events/imcwp-24/",  # a year only
    "/{lang}/events/imcwp-23/",  # three days
    "/{lang}/events/cuban-press-day/",  # background only
    "/{lang}/topics/meetings/",
    "/{lang}/topics/environment/",  # without any date
    "/{lang}/sources/",
    "/{lang}/sources/plan-23/",
    "/{lang}/about/",
    "/{lang}/privacy/",
)


def pages(*languages: str) -> list[str]:
    """Return the page of all languages and one of each kind in each of those given."""
    return ["/", *(kind.format(lang=lang) for lang in languages for kind in KINDS)]
