"""What a first-rate feed has, as far as HTTP is concerned, for all default feeds in all languages.

The numbers in the names are those of the specification of the feeds; the others are in
``tests.feeds.test_statements``.
"""

from __future__ import annotations

import re
from urllib.robotparser import RobotFileParser

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.feeds.alarms import MAX_DAYS
from calendar_app.public.edition import Edition
from calendar_app.public.editions import Editions
from calendar_app.public.shelf import MAX_ENTRIES
from calendar_app.public.sites import Operator
from calendar_app.web.front import Front
from calendar_app.web.guard import WSGI
from calendar_app.words.languages import LANGUAGES
from tests.feeds.contentlines import vevents
from tests.publishing import BASE_URL, real_feed_paths
from tests.publishing import edition as new_edition
from tests.web.asking import Reply, ask
from tests.web.conftest import MovableClock

FEEDS = real_feed_paths()
ALARM = "alarm=-7d@09:00"
# What programs are known to send, or to leave out; none of it changes an answer.
CLIENTS: dict[str, dict[str, str]] = {
    "nothing": {},
    "anything": {"Accept": "*/*"},
    "calendars": {"Accept": "text/calendar"},
    "something else": {"Accept": "application/x-unknown;q=0.1"},
    "a password": {"Authorization": "Basic dXNlcjpwYXNz"},
    "a scheme nobody knows": {"Authorization": "Unknown 123"},
    "Google": {"User-Agent": "Google-Calendar-Importer", "Accept": "text/calendar, text/plain"},
}


@pytest.fixture(params=LANGUAGES)
def mine(request: pytest.FixtureRequest) -> list[str]:
    """The feeds of one language."""
    return [path for path in FEEDS if path.startswith(f"/{request.param}/")]


@pytest.mark.parametrize("value", ["-1d", "0d@9:00", f"-{MAX_DAYS + 1}d@09:00", "", "1d@09:00"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_40_a_bad_alarm_is_refused_in_the_language_of_the_feed(
    stack: WSGI, edition: Edition, tag: str, value: str
) -> None:
    phrases = edition.site.presenter(tag).phrases
    for path in ("calendar.ics", "events/may-day.ics", "topics/peace.ics"):
        reply = ask(stack, f"/{tag}/{path}?alarm={value}")
        assert (reply.status, reply.header("Content-Type")) == (400, "text/plain; charset=utf-8")
        assert phrases.text("error_400_text") in reply.text
        assert phrases.text("allowed_alarms", days=MAX_DAYS) in reply.text


def test_40_no_alarm_changes_a_uid(stack: WSGI, mine: list[str]) -> None:
    for path in mine:
        plain, ringing = ask(stack, path).body, ask(stack, f"{path}?{ALARM}").body
        assert vevents(plain).keys() == vevents(ringing).keys(), path


def test_41_type_and_name_are_given_by_get_and_head(stack: WSGI, mine: list[str]) -> None:
    for path in mine:
        for method in ("GET", "HEAD"):
            reply = ask(stack, path, method)
            name = path.rpartition("/")[2]
            assert name.isascii()
            assert name.endswith(".ics")
            assert reply.header("Content-Type") == "text/calendar; charset=utf-8"
            assert reply.header("Content-Disposition") == f'inline; filename="{name}"'


@pytest.mark.parametrize("headers", CLIENTS.values(), ids=CLIENTS)
def test_42_no_program_is_turned_away(
    stack: WSGI, mine: list[str], headers: dict[str, str]
) -> None:
    for path in mine:
        assert ask(stack, path, headers=headers) == ask(stack, path)


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_43_a_feed_that_did_not_change_is_not_sent_again(
    stack: WSGI, mine: list[str], coding: str
) -> None:
    for path in mine:
        encoding = {"Accept-Encoding": coding}
        first = ask(stack, path, headers=encoding)
        assert first.header("Vary") == "Accept-Encoding"
        assert re.fullmatch(r"public, max-age=[1-9]\d+", first.header("Cache-Control"))
        for known in (
            {"If-None-Match": first.header("ETag")},
            {"If-Modified-Since": first.header("Last-Modified")},
        ):
            again = ask(stack, path, headers=encoding | known)
            assert (again.status, again.body) == (304, b"")
            assert again.header("ETag") == first.header("ETag")


def test_43_each_encoding_has_a_tag_of_its_own(stack: WSGI, mine: list[str]) -> None:
    for path in mine:
        tags = {
            ask(stack, path, headers={"Accept-Encoding": coding}).header("ETag")
            for coding in ("gzip", "identity")
        }
        assert len(tags) == 2, path


def test_44_a_feed_is_where_it_says_that_it_is(stack: WSGI, mine: list[str]) -> None:
    for path in mine:
        reply = ask(stack, path)
        assert reply.status == 200
        assert reply.header("Link") == f'<{path}>; rel="canonical"'
        assert not reply.has("Location")


def test_45_a_feed_in_memory_is_answered_whatever_breaks(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Flask, and with nothing that could be made anew."""

    def broken(*_: object) -> Reply:
        raise MemoryError

    editions = Editions(catalogue, MovableClock(), BASE_URL, Operator())
    front = Front(broken, editions)
    made = [editions.current().get(path) for path in FEEDS]
    monkeypatch.setattr(Edition, "_find", broken)

    for path, resource in zip(FEEDS, made, strict=True):
        assert ask(front, path).body == resource.plain.body


def test_45_a_feed_stays_in_memory_whatever_else_is_asked_for(catalogue: Catalogue) -> None:
    found = new_edition(catalogue)
    made = {path: found.get(path) for path in FEEDS}
    for minute in range(MAX_ENTRIES + 1):
        time = f"{minute // 60:02}:{minute % 60:02}"
        assert found.get("/en/events/may-day.ics", f"alarm=-1d@{time}").status == 200

    assert {path: found.finished(path) for path in FEEDS} == made


def test_46_robots_may_fetch_every_feed(stack: WSGI, mine: list[str]) -> None:
    robots = RobotFileParser()
    robots.parse(ask(stack, "/robots.txt").text.splitlines())

    for agent in ("Google-Calendar-Importer", "Googlebot", "*"):
        assert all(robots.can_fetch(agent, BASE_URL + path) for path in mine)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_47_both_schemes_are_offered(stack: WSGI, tag: str) -> None:
    page = ask(stack, f"/{tag}/subscribe/?topics=peace").text
    host = BASE_URL.partition("//")[2]

    for scheme in ("https", "webcal"):
        assert f"{scheme}://{host}/{tag}/calendar.ics?topics=peace" in page


def test_47_the_longest_address_is_short_enough_for_every_program(edition: Edition) -> None:
    topics = ",".join(edition.site.catalogue.living_topics)
    alarms = ",".join(f"-{MAX_DAYS}d@23:{minute}" for minute in (57, 58, 59))
    for tag in LANGUAGES:
        address = f"/{tag}/calendar.ics?topics={topics}&alarm={alarms}&cancelled=hide"
        path, _, query = address.partition("?")
        assert edition.get(path, query).status == 200
        assert len(BASE_URL + address) < 255
