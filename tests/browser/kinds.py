"""One page of every kind, and of every state that looks different."""

from __future__ import annotations

from calendar_app.public.routes import HTML, ROUTES, paths
from tests.publishing import edition, real_catalogue

LANGUAGES = ("en", "es", "ru", "tr", "ar")
# With the longest titles and the most tiles there are.
KINDS = (
    "/{lang}/",
    "/{lang}/2024/",  # the fullest year
    "/{lang}/2026/11/",  # two actions on one day
    "/{lang}/events/cuba-solidarity-days/",  # coming, two days, a series
    "/{lang}/events/antiimperialist-week-2020/",  # over, moved, first and last day
    "/{lang}/events/imcwp-24/",  # a year only
    "/{lang}/events/imcwp-23/",  # three days
    "/{lang}/events/cuban-press-day/",  # background only
    "/{lang}/topics/meetings/",
    "/{lang}/topics/environment/",  # without any date
    "/{lang}/sources/",
    "/{lang}/sources/plan-23/",
    "/{lang}/changes/",
    "/{lang}/subscribe/",
    "/{lang}/about/",
    "/{lang}/privacy/",
    "/{lang}/accessibility/",
    "/{lang}/?topics=cuba,peace",  # chosen
    "/{lang}/?topics=environment",  # chosen, and nothing comes
    "/{lang}/subscribe/mail/",
    "/{lang}/confirm/token",
    "/{lang}/manage/token/{lang}.cuba.7_1.America~Havana.9d",
    "/{lang}/unsubscribe/token",
)


def pages(*languages: str) -> list[str]:
    """Return the page of all languages and one of each kind in each of those given."""
    return ["/", *(kind.format(lang=lang) for lang in languages for kind in KINDS)]


def every_kind(lang: str) -> list[str]:
    """Return the above and one page, the last, of every route there is in the language."""
    routes = {
        route.name: path
        for route, path in paths(edition(real_catalogue()).site)
        if route.content_type == HTML and path.startswith(f"/{lang}/")
    }
    assert len(routes) >= len([route for route in ROUTES if route.content_type == HTML]) - 1
    return list(dict.fromkeys([*pages(lang), *routes.values()]))
