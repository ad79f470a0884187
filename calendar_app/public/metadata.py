"""What machines are told of the pages: events for search engines, the map of the site, whom to
tell of a hole in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from calendar_app.core.events import ChangedBy, ChangeKind, Place
from calendar_app.core.occurrences import Occurrence
from calendar_app.public.layout import alternates, default_path
from calendar_app.public.selection import Selection
from calendar_app.public.sites import NotFound, Site
from calendar_app.words.fallback import choose
from calendar_app.words.languages import LANGUAGES, Language
from calendar_app.words.presentation import Presenter

JsonObject = dict[str, object]
SECURITY_PATH: Final = "/.well-known/security.txt"
_SCHEMA: Final = "https://schema.org"
_SITEMAP_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
"""


def linked_data(
    occurrences: Iterable[Occurrence], presenter: Presenter, base_url: str
) -> JsonObject | None:
    """The occurrences that are known to the day as schema.org Events (JSON-LD 1.1), or nothing."""
    found = [
        _event(occurrence, presenter, base_url)
        for occurrence in occurrences
        if occurrence.when.is_exact
    ]
    return {"@context": _SCHEMA, "@graph": found} if found else None


def _event(occurrence: Occurrence, presenter: Presenter, base_url: str) -> JsonObject:
    event, language = occurrence.event, presenter.language
    name = choose(event.name, language)
    found: JsonObject = {
        "@type": "Event",
        "name": name.value,
        "startDate": occurrence.first.isoformat(),
        "endDate": occurrence.last.isoformat(),
        "url": base_url + presenter.path("events", event.id),
        "inLanguage": name.language.tag,
    }
    if event.summary:
        found["description"] = choose(event.summary, language).value
    if event.links:
        found["sameAs"] = [link.url for link in event.links]
    if occurrence.place:
        found["location"] = _location(occurrence.place, language)
    return found | _state(occurrence)


def _state(occurrence: Occurrence) -> JsonObject:
    """Whether it stands, was moved or is off. A date that we had wrong was not moved by anyone."""
    former: list[str] = []
    when = occurrence.scheduled
    for change in occurrence.changes:
        if change.kind is ChangeKind.MOVED and change.to is not None:
            if change.by is ChangedBy.ORGANISERS and when.first is not None:
                # As exact as it was: 2027-05 is a date of ISO 8601 too.
                former.append(str(when.ends[0] if when.ends else when).rstrip("~?%"))
            when = change.to
    state = "EventRescheduled" if former else "EventScheduled"
    if occurrence.is_cancelled:
        state = "EventCancelled"
    found: JsonObject = {"eventStatus": f"{_SCHEMA}/{state}"}
    if former:
        found["previousStartDate"] = former
    return found


def _location(place: Place, language: Language) -> JsonObject:
    found: JsonObject = {"@type": "Place", "name": choose(place.name, language).value}
    if place.country:
        found["address"] = {"@type": "PostalAddress", "addressCountry": place.country}
    if place.coordinates:
        latitude, longitude = place.coordinates
        found["geo"] = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return found


def sitemap(site: Site, paths: Iterable[str]) -> bytes:
    """The pages with the same page in every other language (sitemaps.org 0.9, with the xhtml:link
    of Google)."""
    changed_on = site.catalogue.changed_at.date()
    entries = (_entry(site.base_url, path, changed_on) for path in paths)
    return "".join((_SITEMAP_HEAD, *entries, "</urlset>\n")).encode()


def _entry(base_url: str, path: str, changed_on: date) -> str:
    own = f"/{next(iter(LANGUAGES))}/" if path == "/" else path
    links = [(language.tag, other) for language, other in alternates(own)]
    links.append(("x-default", default_path(own)))
    return "".join(
        (
            f"<url><loc>{escape(base_url + path)}</loc>",
            f"<lastmod>{changed_on.isoformat()}</lastmod>",
            *(_alternate(tag, base_url + other) for tag, other in links),
            "</url>\n",
        )
    )


def _alternate(tag: str, url: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{tag}" href={quoteattr(url)}/>'


def robots(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    # Google Calendar obeys robots.txt for feeds; everything here may be fetched.
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.base_url}/sitemap.xml\n".encode()


def security(site: Site, place: Mapping[str, str], _: Selection) -> bytes:
    """Whom to tell of a hole (RFC 9116). Raises NotFound when nobody can be told."""
    contact = contact_url(site.operator.contact)
    if not contact:
        raise NotFound
    return "".join(f"{line}\n" for line in _security_lines(site, contact)).encode()


def _security_lines(site: Site, contact: str) -> Iterator[str]:
    yield f"Contact: {contact}"
    yield f"Expires: {expires_on(site.today).isoformat()}T00:00:00Z"
    yield f"Preferred-Languages: {', '.join(LANGUAGES)}"
    yield f"Canonical: {site.base_url}{SECURITY_PATH}"


def contact_url(contact: str) -> str:
    """The contact as an address that a program can open, or nothing (RFC 9116 2.5.3).
    Raises ValueError for what the settings refuse."""
    if urlsplit(contact).scheme in {"https", "mailto"}:
        return contact
    name, at, host = contact.partition("@")
    return f"mailto:{contact}" if name and at and host and " " not in contact else ""


def expires_on(today: date) -> date:
    """The first of the month half a year ahead: less than a year (RFC 9116 2.5.5), and the same
    all month."""
    months = today.year * 12 + today.month - 1 + 6
    return date(months // 12, months % 12 + 1, 1)
