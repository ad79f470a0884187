"""What machines are told of the pages agrees with what readers are shown."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.events import Change, ChangedBy, ChangeKind, Event, Link, Place, Text, Topic
from calendar_app.core.precision import PartialDate
from calendar_app.public.edition import Edition
from calendar_app.public.events import MAX_DATES
from calendar_app.public.layout import STATIC
from calendar_app.public.metadata import contact_url, expires_on
from calendar_app.public.routes import paths
from calendar_app.public.sites import Operator
from calendar_app.words.languages import LANGUAGES
from tests.factories import day, event, on
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL, TODAY, edition, made_up, publish, real_catalogue

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
YEARS = range(TODAY.year - 1, TODAY.year + 3)
LEAP_DAY = date(2028, 2, 29)
PAGES = [
    path
    for route, path in paths(edition(real_catalogue()).site)
    if route.is_page and route.is_listed
]
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])


@cache
def published() -> Edition:
    return edition(real_catalogue())


@cache
def page(path: str) -> Element:
    return tree(published(), path)


def tree(found: Edition, path: str) -> Element:
    return Tree(found.get(path).plain.body.decode()).root


def linked(root: Element) -> list[dict[str, Any]]:
    """Return the events of which a page tells machines."""
    scripts = [e for e in root.all("script") if e.attributes.get("type") == "application/ld+json"]
    return [found for script in scripts for found in json.loads(script.words[0])["@graph"]]


def told(made: Event) -> dict[str, Any]:
    """Return what machines are told of a made-up event in English."""
    found = edition(publish(made_up(made)))
    (one,) = linked(tree(found, f"/en/events/{made.id}/"))
    return one


def changed(kind: ChangeKind, to: str = "", by: ChangedBy = ChangedBy.ORGANISERS) -> Change:
    return Change(day("2027-05-04"), kind, by, PartialDate.parse(to) if to else None)


def seminar(*changes: Change, **values: Any) -> Event:
    return event("seminar", on("2027-05-04/2027-05-05"), changes=changes, **values)


def state(found: dict[str, Any]) -> tuple[str, str, str, Any]:
    status = found["eventStatus"].removeprefix("https://schema.org/")
    return status, found["startDate"], found["endDate"], found.get("previousStartDate")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], ("EventScheduled", "2027-05-04", "2027-05-05", None)),
        (
            [changed(ChangeKind.MOVED, "2027-06-01/2027-06-02")],
            ("EventRescheduled", "2027-06-01", "2027-06-02", ["2027-05-04"]),
        ),
        (
            [changed(ChangeKind.MOVED, "2027-06"), changed(ChangeKind.MOVED, "2027-06-09")],
            ("EventRescheduled", "2027-06-09", "2027-06-09", ["2027-05-04", "2027-06"]),
        ),
        (
            # Nobody moved it; we had it wrong.
            [changed(ChangeKind.MOVED, "2027-06-01", ChangedBy.US)],
            ("EventScheduled", "2027-06-01", "2027-06-01", None),
        ),
        (
            [changed(ChangeKind.CANCELLED)],
            ("EventCancelled", "2027-05-04", "2027-05-05", None),
        ),
        (
            [changed(ChangeKind.MOVED, "2027-06-01"), changed(ChangeKind.CANCELLED)],
            ("EventCancelled", "2027-06-01", "2027-06-01", ["2027-05-04"]),
        ),
        (
            [changed(ChangeKind.CANCELLED), changed(ChangeKind.REINSTATED)],
            ("EventScheduled", "2027-05-04", "2027-05-05", None),
        ),
    ],
)
def test_an_event_is_told_in_its_state(changes: list[Change], expected: tuple[str, ...]) -> None:
    assert state(told(seminar(*changes))) == expected


def test_what_is_not_known_is_not_made_up() -> None:
    assert told(seminar()).keys() == {
        "@type",
        "name",
        "startDate",
        "endDate",
        "eventStatus",
        "url",
        "inLanguage",
    }


def test_place_text_and_links_are_told() -> None:
    place = Place(Text({"en": "Havana, Cuba"}), "CU", (23.13, -82.38))
    links = (Link("https://example.org/seminar"),)

    found = told(seminar(place=place, links=links, summary=Text({"en": "Two days."})))

    assert found["location"] == {
        "@type": "Place",
        "name": "Havana, Cuba",
        "address": {"@type": "PostalAddress", "addressCountry": "CU"},
        "geo": {"@type": "GeoCoordinates", "latitude": 23.13, "longitude": -82.38},
    }
    assert found["sameAs"] == ["https://example.org/seminar"]
    assert found["description"] == "Two days."
    assert found["url"] == f"{BASE_URL}/en/events/seminar/"


def test_a_text_in_another_language_is_told_as_what_it_is() -> None:
    found = edition(publish(made_up(seminar(name=Text({"en": "Seminar"})))))

    (one,) = linked(tree(found, "/ar/events/seminar/"))

    assert (one["name"], one["inLanguage"]) == ("Seminar", "en")


@pytest.mark.parametrize("when", ["2027", "2027-05", "2027-05-04~", "unknown"])
def test_what_is_not_known_to_the_day_is_no_event_of_a_machine(when: str) -> None:
    found = edition(publish(made_up(event("talks", on(when)))))

    assert linked(tree(found, "/en/events/talks/")) == []


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60))
def test_no_name_can_leave_the_data(name: str) -> None:
    """Not even with ``</script>``, ``<!--`` or a line separator (S54)."""
    hostile = f"</script><!--\u2028&{name}"
    found = edition(publish(made_up(seminar(name=Text({"en": hostile})))))

    body = found.get("/en/events/seminar/").plain.body.decode()
    data = body.partition('<script type="application/ld+json">')[2].partition("</script>")[0]

    assert not set("<>&\u2028\u2029") & set(data)
    assert json.loads(data)["@graph"][0]["name"] == hostile


@BOTH
def test_page_linked_data_json_and_feed_have_the_same_dates(lang: str) -> None:
    found = published()
    events = json.loads(found.get(f"/{lang}/calendar.json").plain.body)["events"]
    assert [one["id"] for one in events] == list(found.site.catalogue.events)
    for one in events:
        path = f"/{lang}/events/{one['id']}"
        dates = _known_to_the_day(one)
        root = page(f"{path}/")
        assert [*_shown(root)] == _stand_out(dates), path
        assert [(e["startDate"], e["endDate"]) for e in linked(root)] == _stand_out(dates), path
        feed = found.get(f"{path}.ics")
        assert _in_feed(feed.plain.body if feed.status == 200 else b"", one["id"]) == dates, path


def _known_to_the_day(event: dict[str, Any]) -> list[tuple[str, str]]:
    exact = (date for date in event["dates"] if date["precision"] in {"day", "interval"})
    return sorted((date["first"], date["last"]) for date in exact)


def _stand_out(dates: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what an event stands for: what is now or next and those after it, else the last."""
    coming = [(first, last) for first, last in dates if last >= TODAY.isoformat()]
    return coming[: 1 + MAX_DATES] or dates[-1:]


def _shown(root: Element) -> Iterator[tuple[str, str]]:
    """Yield first and last day of what stands for the event and of what comes after it."""
    lists = [e for e in root.all("section") if e.attributes["aria-labelledby"] == "coming"]
    posters = [e for e in root.all("article") if "poster" in e.attributes["class"].split()]
    for article in [*posters, *(row for found in lists for row in found.all("article"))]:
        days = [time.attributes["datetime"] for time in article.all("time")]
        if days and len(days[0]) == len("2026-11-28"):
            yield days[0], days[-1]


def _in_feed(body: bytes, event: str) -> list[tuple[str, str]]:
    """Return the dates of a feed; of the one entry with a rule, those in the years of the site."""
    entries = icalendar.Calendar.from_ical(body).walk("VEVENT") if body else []
    found = []
    for entry in entries:
        start = entry["DTSTART"].dt
        last = entry["DTEND"].dt - timedelta(days=1) if "DTEND" in entry else start
        if "RRULE" in entry:
            assert str(entry["RRULE"].to_ical(), "ascii") == "FREQ=YEARLY", event
            days = [start.replace(year=year) for year in YEARS]
            found += [(day.isoformat(), day.isoformat()) for day in days]
        else:
            found.append((start.isoformat(), last.isoformat()))
    return sorted(found)


def test_the_sitemap_has_every_page_and_each_in_every_language() -> None:
    root = ElementTree.fromstring(published().get("/sitemap.xml").plain.body)  # noqa: S314 - ours
    found = {
        url.findtext(f"{SITEMAP}loc", "").removeprefix(BASE_URL): {
            link.attrib["hreflang"]: link.attrib["href"].removeprefix(BASE_URL)
            for link in url.iter(f"{XHTML}link")
        }
        for url in root
    }

    assert list(found) == PAGES
    for path in PAGES:
        assert found[path] == hreflang(page(path)), path
        assert path in found[path].values()
        # Reciprocal: whatever it names as itself in another language says the same.
        assert all(found[other] == found[path] for other in found[path].values())


def test_nobody_is_led_to_a_topic_that_was_retired() -> None:
    topics = {id_: Topic(id_, Text({"en": id_}), id_ == "old") for id_ in ("labour", "old")}
    found = edition(publish(made_up(event(topics=("labour",)), topics=topics)))
    sitemap = found.get("/sitemap.xml").plain.body.decode()

    assert found.get("/en/topics/old/").status == 200
    assert "/topics/old/" not in sitemap
    assert sitemap.count("<loc>" + BASE_URL + "/en/topics/labour/") == 1
    assert "/topics/old/" not in found.get("/en/").plain.body.decode()


def test_the_sitemap_is_within_the_limits() -> None:
    body = published().get("/sitemap.xml").plain.body

    assert body.count(b"<loc>") <= 50_000
    assert len(body) <= 50 * 1024 * 1024


def hreflang(root: Element) -> dict[str, str]:
    return {
        link.attributes["hreflang"]: link.attributes["href"].removeprefix(BASE_URL)
        for link in root.all("link")
        if "hreflang" in link.attributes
    }


def test_robots_are_shown_the_sitemap() -> None:
    text = published().get("/robots.txt").plain.body.decode()

    assert f"Sitemap: {BASE_URL}/sitemap.xml" in text.splitlines()


def open_graph(root: Element) -> list[tuple[str, str]]:
    return [
        (e.attributes["property"].removeprefix("og:"), e.attributes["content"])
        for e in root.all("meta")
        if "property" in e.attributes
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_page_says_what_to_show_of_it_elsewhere(tag: str) -> None:
    root = page(f"/{tag}/events/may-day/")
    found = dict(open_graph(root))

    assert found["title"] == next(root.all("h1")).text
    assert found["url"] == f"{BASE_URL}/{tag}/events/may-day/"
    assert found["description"]
    locales = {value for name, value in open_graph(root) if name.startswith("locale")}
    assert locales == {f"{one.tag}_{one.territory}" for one in LANGUAGES.values()}
    assert found["locale"].startswith(tag)


@pytest.mark.parametrize("path", ["/", *(f"/{tag}/" for tag in LANGUAGES)])
def test_the_picture_of_a_page_is_there_and_of_the_size_that_is_said(path: str) -> None:
    found = dict(open_graph(page(path)))
    image = urlsplit(found["image"])
    answer = published().get(image.path)

    assert f"{image.scheme}://{image.netloc}" == BASE_URL
    assert (answer.status, dict(answer.plain.headers)["Content-Type"]) == (200, "image/png")
    # PNG (ISO/IEC 15948): width and height are the first of the first chunk.
    size = struct.unpack(">II", answer.plain.body[16:24])
    assert size == (int(found["image:width"]), int(found["image:height"])) == (1200, 630)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_picture_is_light(tag: str) -> None:
    assert (STATIC / f"share-{tag}.png").stat().st_size <= 30 * 1024


@pytest.mark.parametrize(
    ("contact", "url"),
    [
        ("post@example.org", "mailto:post@example.org"),
        ("mailto:post@example.org", "mailto:post@example.org"),
        ("https://example.org/contact", "https://example.org/contact"),
        ("http://example.org/contact", ""),
        ("ask at the office", ""),
        ("ask @ the office", ""),
        ("", ""),
    ],
)
def test_whom_to_tell_of_a_hole_is_an_address_or_nobody(contact: str, url: str) -> None:
    assert contact_url(contact) == url
    found = Edition(real_catalogue(), TODAY, BASE_URL, Operator("", contact))
    answer = found.get("/.well-known/security.txt")
    if not url:
        assert answer.status == 404
        return
    lines = answer.plain.body.decode().splitlines()
    assert lines == [
        f"Contact: {url}",
        "Expires: 2027-05-01T00:00:00Z",
        "Preferred-Languages: en, es, ru, tr, ar",
        f"Canonical: {BASE_URL}/.well-known/security.txt",
    ]


@given(st.dates(date(2000, 1, 1), date(2990, 1, 1)) | st.just(LEAP_DAY))
def test_it_holds_for_months_and_less_than_a_year(today: date) -> None:
    assert 150 < (expires_on(today) - today).days < 365
    assert expires_on(today) == expires_on(today.replace(day=1))
