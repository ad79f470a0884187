"""An edition: one catalogue on one day. It turns a path into a finished resource and keeps it.

A server holds one edition at a time and changes to the next all at once, so that no reader ever
sees half of two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from calendar_app import RELEASED_AT
from calendar_app.core.catalogue import Catalogue
from calendar_app.public import errors
from calendar_app.public.resources import Lifetime, Resource, finish
from calendar_app.public.routes import (
    CLOSED_HEADERS,
    HTML,
    Route,
    content_type,
    paths,
    places,
    resolve,
)
from calendar_app.public.selection import BadParameter, check_query
from calendar_app.public.sites import NotFound, Operator, Site

EDITION_HEADER: Final = "Calendar-Edition"


class Edition:
    """All public resources of a catalogue as of a day, made when first asked for."""

    def __init__(
        self, catalogue: Catalogue, today: date, base_url: str, operator: Operator
    ) -> None:
        self.site = Site(catalogue, today, base_url, operator)
        self.id = f"{catalogue.edition_id}.{today:%Y%m%d}"
        self._places = {name: frozenset(values) for name, values in places(catalogue).items()}
        self._finished: dict[str, Resource] = {}

    def get(self, path: str, query: str = "") -> Resource:
        """The resource at a path, or the page that says why there is none."""
        try:
            if query:
                check_query(query)
            found = self._finished.get(path)
            if found is None:
                # Only what exists is kept, so what is kept is bounded by the table.
                found = self._finished[path] = self._make(path)
            return found
        except BadParameter:
            return errors.bad_parameter(self.site, path)
        except NotFound as error:
            return errors.not_found(self.site, path, error.sentence)

    def finished(self, path: str) -> Resource | None:
        """The resource, if it has been asked for before."""
        return self._finished.get(path)

    def paths(self) -> Iterator[str]:
        """Every path that is answered with 200."""
        for _, path in paths(self.site.catalogue):
            if self.get(path).status == 200:
                yield path

    def _make(self, path: str) -> Resource:
        found = resolve(path)
        if found is None:
            return self._with_slash(path)
        route, place = found
        self._check(place)
        body = route.produce(self.site, place)
        return finish(
            body,
            content_type(route, place),
            route.lifetime,
            self._last_modified(route),
            extra=(*route.headers, *self._named(route, path)),
        )

    def _with_slash(self, path: str) -> Resource:
        """A permanent redirect where only the slash at the end is missing (RFC 9110 15.4.9)."""
        found = resolve(f"{path}/")
        if found is None:
            raise NotFound
        self._check(found[1])
        # Relative, so that who came by another of our addresses stays there.
        location = ("Location", f"{path}/")
        return finish(
            b"", HTML, Lifetime.ERROR, None, status=308, extra=(location, *CLOSED_HEADERS)
        )

    def _check(self, place: Mapping[str, str]) -> None:
        for name, value in place.items():
            if value not in self._places[name]:
                raise NotFound

    def _named(self, route: Route, path: str) -> Iterator[tuple[str, str]]:
        if route.lifetime is not Lifetime.ASSET:
            yield EDITION_HEADER, self.id
        if path.endswith(".ics"):
            name = path.rsplit("/", 1)[-1]
            yield "Content-Disposition", f'inline; filename="{name}"'

    def _last_modified(self, route: Route) -> datetime:
        """Grows whenever the bytes may change: with the release, the data, and the day or, for
        feeds, the year."""
        if route.lifetime is Lifetime.ASSET:
            return RELEASED_AT
        today = self.site.today
        begun_on = date(today.year, 1, 1) if route.lifetime is Lifetime.FEED else today
        begun_at = max(RELEASED_AT, datetime.combine(begun_on, time(), UTC))
        # Data may come into force long after they were revised; so many seconds tell them apart.
        number = timedelta(seconds=self.site.catalogue.number)
        return max(begun_at + number, self.site.catalogue.changed_at)
