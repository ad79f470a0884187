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
from calendar_app.public.resources import Lifetime, Resource, compressed, finish
from calendar_app.public.routes import (
    CLOSED_HEADERS,
    HTML,
    Route,
    content_type,
    paths,
    places,
    resolve,
)
from calendar_app.public.selection import BadParameter, Selection, read_selection
from calendar_app.public.shelf import Shelf
from calendar_app.public.sites import NotFound, Operator, Site

EDITION_HEADER: Final = "Calendar-Edition"
# More than that is made when it is asked for, so that an edit is not long in coming into force.
MAX_AHEAD: Final = 400


class Edition:
    """All public resources of a catalogue as of a day, made when first asked for."""

    def __init__(
        self, catalogue: Catalogue, today: date, base_url: str, operator: Operator
    ) -> None:
        self.site = Site(catalogue, today, base_url, operator)
        self.id = f"{catalogue.edition_id}.{today:%Y%m%d}"
        self._places = {name: frozenset(values) for name, values in places(self.site).items()}
        # Only what exists is kept, so what has no query is bounded by the table of routes.
        self._finished: dict[str, Resource] = {}
        self._chosen = Shelf()

    @classmethod
    def after(cls, before: Edition, catalogue: Catalogue, today: date) -> Edition:
        """The next one, with all made that is likely to be asked for."""
        edition = cls(catalogue, today, before.site.base_url, before.site.operator)
        edition.site.keep_blocks_of(before.site)
        for path, query in before._asked()[:MAX_AHEAD]:
            edition.get(path, query)
        return edition

    def get(self, path: str, query: str = "") -> Resource:
        """The resource at a path, or the page that says why there is none."""
        try:
            return self.finished(path, query) or self._find(path, query)
        except BadParameter as error:
            return compressed(errors.bad_parameter(self.site, path, error.options))
        except NotFound as error:
            return compressed(errors.not_found(self.site, path, error.sentence))

    def finished(self, path: str, query: str = "") -> Resource | None:
        """The resource, if it has been asked for before and the query is canonical."""
        return self._chosen.get((path, query)) if query else self._finished.get(path)

    def _asked(self) -> list[tuple[str, str]]:
        """What has been asked for, first the feeds, which are asked for again and again."""
        asked = [*((path, "") for path in self._finished.copy()), *self._chosen.keys()]
        return sorted(asked, key=lambda one: not one[0].endswith(".ics"))

    def paths(self) -> Iterator[str]:
        """Every path that is answered with 200."""
        for _, path in paths(self.site):
            if self.get(path).status == 200:
                yield path

    def _find(self, path: str, query: str) -> Resource:
        """Made now, or kept under the canonical query, whatever this one is."""
        found = resolve(path)
        if found is None:
            return self._with_slash(path, query)
        selection = self._select(*found, query)
        resource = self.finished(path, selection.query)
        if resource is None:
            resource = self._make(path, *found, selection)
            if selection.query:
                self._chosen.put((path, selection.query), resource)
            else:
                self._finished[path] = resource
        return resource

    def _make(
        self, path: str, route: Route, place: Mapping[str, str], selection: Selection
    ) -> Resource:
        return finish(
            route.produce(self.site, place, selection),
            content_type(route, place),
            route.lifetime,
            self._last_modified(route),
            extra=(*route.headers, *self._named(route, path, selection)),
        )

    def _with_slash(self, path: str, query: str) -> Resource:
        """A permanent redirect where only the slash at the end is missing (RFC 9110 15.4.9)."""
        found = resolve(f"{path}/")
        if found is None:
            raise NotFound
        selection = self._select(*found, query)
        return moved(selection.address(f"{path}/"))

    def _select(self, route: Route, place: Mapping[str, str], query: str) -> Selection:
        """What is chosen at a place that is there. Raises NotFound or BadParameter."""
        is_known = all(value in self._places[name] for name, value in place.items())
        if not is_known or not route.is_there(self.site, place):
            raise NotFound
        catalogue = self.site.catalogue
        selection = read_selection(query, route.options, catalogue, is_form=route.is_page)
        return selection.below(place.get("lang", ""))

    def _named(self, route: Route, path: str, selection: Selection) -> Iterator[tuple[str, str]]:
        if route.lifetime is not Lifetime.ASSET:
            yield EDITION_HEADER, self.id
        if path.endswith((".ics", ".csv")):
            name = path.rsplit("/", 1)[-1]
            yield "Content-Disposition", f'inline; filename="{name}"'
        if route.has_one_address:
            # RFC 6596. Relative too: a mirror and an onion address serve the same bytes.
            yield "Link", f'<{selection.address(path)}>; rel="canonical"'

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


def moved(address: str) -> Resource:
    """A permanent redirect that keeps the method. The address is relative, so that who came by
    another of ours stays there."""
    headers = (("Location", address), *CLOSED_HEADERS)
    return finish(b"", HTML, Lifetime.ERROR, None, status=308, extra=headers)
