"""The cache in front of Flask: taken out, nothing changes but speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.validate import validator

import pytest

from calendar_app.app import create_flask
from calendar_app.config import Settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.public.edition import Edition
from calendar_app.public.editions import Editions
from calendar_app.public.routes import paths
from calendar_app.public.sites import Operator
from calendar_app.web.answers import Environ
from calendar_app.web.front import Front
from calendar_app.web.guard import WSGI, Guard
from tests.publishing import BASE_URL
from tests.web.asking import METHODS, ask
from tests.web.conftest import MovableClock

NOT_FOUND = ["/nothing/", "/de/", "/en", "/en/events/nothing.ics", "/healthz", "/readyz", "//en/"]


class Counted:
    """An application that counts how often it is asked."""

    def __init__(self, app: WSGI) -> None:
        self.app = app
        self.calls = 0

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.calls += 1
        return self.app(environ, start_response)


@pytest.fixture
def behind(catalogue: Catalogue) -> tuple[Counted, Editions]:
    editions = Editions(catalogue, MovableClock(), BASE_URL, Operator())
    return Counted(create_flask(editions)), editions


@pytest.fixture
def flask(behind: tuple[Counted, Editions]) -> Counted:
    return behind[0]


@pytest.fixture
def front(behind: tuple[Counted, Editions]) -> Front:
    return Front(*behind)


@pytest.fixture(scope="module")
def everything(editions: Editions) -> tuple[Counted, Editions]:
    """As behind, with an edition that stays, for who asks for all there is."""
    return Counted(create_flask(editions)), editions


def conditions(headers: dict[str, str]) -> list[dict[str, str]]:
    """Return header sets that a visitor may send who has seen these headers before."""
    etag, modified = headers.get("ETag", '"none"'), headers.get("Last-Modified", "never")
    return [
        {},
        {"Accept-Encoding": "gzip"},
        {"If-None-Match": etag},
        {"If-None-Match": etag, "Accept-Encoding": "gzip"},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-Modified-Since": modified},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"Range": "bytes=0-4", "Cookie": "a=b"},
    ]


def test_nothing_changes_with_the_cache_taken_out(
    edition: Edition, settings: Settings, everything: tuple[Counted, Editions]
) -> None:
    with_front, without = Guard(Front(*everything), settings), Guard(everything[0], settings)
    for path in [*(path for _, path in paths(edition.site)), *NOT_FOUND]:
        known = dict(ask(without, path).headers)
        for headers in conditions(known):
            for method in ("GET", "HEAD"):
                request = path, method, headers
                assert ask(with_front, *request) == ask(without, *request), request


@pytest.mark.parametrize("path", ["/en/", "/en/calendar.ics", "/nothing/"])
@pytest.mark.parametrize("method", [*METHODS[2:], "get", "head"])
def test_other_methods_are_flasks_affair(
    settings: Settings, flask: Counted, front: Front, path: str, method: str
) -> None:
    ask(front, path)

    assert ask(Guard(front, settings), path, method) == ask(Guard(flask, settings), path, method)


def test_a_second_visit_does_not_enter_flask(
    edition: Edition, everything: tuple[Counted, Editions]
) -> None:
    flask, front = everything[0], Front(*everything)
    found = [path for _, path in paths(edition.site) if ask(front, path).status == 200]
    flask.calls = 0

    for path in found:
        for headers in conditions({}):
            ask(front, path, headers=headers)
            ask(front, path, "HEAD", headers)

    assert flask.calls == 0


def test_a_second_visit_to_what_was_chosen_does_not_enter_flask(
    settings: Settings, flask: Counted, front: Front
) -> None:
    target = "/en/calendar.ics?topics=cuba,peace"
    for headers in conditions(dict(ask(front, target).headers)):
        assert ask(Guard(front, settings), target, headers=headers) == ask(
            Guard(flask, settings), target, headers=headers
        )
    flask.calls = 0

    assert ask(front, target).status == 200
    assert flask.calls == 0


def test_an_answer_of_the_cache_is_a_list_of_one_piece(front: Front) -> None:
    """granian hands on anything but a list bit by bit, at several times the cost."""
    ask(front, "/en/")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/en/", "QUERY_STRING": ""}
    answered = front(environ, lambda *_: None)

    assert isinstance(answered, list)
    assert len(answered) == 1


@pytest.mark.parametrize("path", ["/nothing/", "/en/?utm_source=a", "/en/?x", "/healthz"])
def test_what_is_no_resource_is_always_asked_anew(flask: Counted, front: Front, path: str) -> None:
    for _ in range(3):
        ask(front, path)

    assert flask.calls == 3


def test_nothing_is_kept_that_a_visitor_makes_up(
    flask: Counted, front: Front, behind: tuple[Counted, Editions]
) -> None:
    edition = behind[1].current()
    for number in range(200):
        for target in ("/x{}/", "/en/events/x{}/", "/en/x{}.ics", "/en/?utm_source={}", "//en/{}"):
            ask(front, target.format(number))

    assert [path for path in edition._finished if path != "/en/"] == []


def test_a_new_day_is_a_new_edition_for_the_cache_too(catalogue: Catalogue) -> None:
    clock = MovableClock()
    editions = Editions(catalogue, clock, BASE_URL, Operator())
    flask = Counted(create_flask(editions))
    front = Front(flask, editions)
    before = ask(front, "/en/")
    clock.now = clock.now.replace(day=3)

    after = ask(front, "/en/")

    assert flask.calls == 2
    assert after.header("Calendar-Edition") != before.header("Calendar-Edition")
    assert after.body != before.body


def test_the_stack_keeps_to_the_interface_of_servers(stack: WSGI) -> None:
    """PEP 3333, as the checker of the standard library sees it."""
    checked = validator(stack)
    first = ask(checked, "/en/")

    ask(checked, "/en/", headers={"If-None-Match": first.header("ETag")})
    for method in METHODS:
        for target in ("/en/calendar.ics", "/nothing/", "/healthz", "/en", "/en/?no"):
            ask(checked, target, method)
    for refused in ({"HTTP_HOST": "x"}, {"CONTENT_LENGTH": "9999"}):
        ask(checked, "/en/", **refused)
