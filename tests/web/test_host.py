"""The Host header is one of our own addresses, and no answer is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calendar_app.app import create_app
from calendar_app.config import read_settings
from calendar_app.public.editions import Editions
from calendar_app.web.guard import WSGI, allowed_hosts
from tests.web.asking import Reply, ask

ONION = "http://" + "a" * 56 + ".onion"
LOOPBACK = {"CALENDAR_BASE_URL": "http://127.0.0.1:8000"}
PUBLIC = {
    "CALENDAR_BASE_URL": "https://calendar.example",
    "CALENDAR_ALTERNATE_URLS": f"{ONION}, https://Mirror.example:8443/",
}


WITH_MAIL = {
    "CALENDAR_SMTP_URL": "smtp://127.0.0.1:1",
    "CALENDAR_MAIL_FROM": "dates@example.org",
    "CALENDAR_OPERATOR_NAME": "A group",
    "CALENDAR_CONTACT": "mail@example.org",
}


def _common(reply: Reply) -> tuple[tuple[str, str], ...]:
    """All headers but the two that are about the way from one of our names to another."""
    told = {"Onion-Location", "Strict-Transport-Security"}
    return tuple(pair for pair in reply.headers if pair[0] not in told)


def stack_of(environment: dict[str, str], editions: Editions) -> WSGI:
    return create_app(read_settings(environment), editions)


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        (LOOPBACK, "127.0.0.1:8000"),
        (LOOPBACK, "localhost:8000"),
        (LOOPBACK, "LocalHost:8000"),
        (LOOPBACK, "[::1]:8000"),
        ({"CALENDAR_BASE_URL": "http://localhost"}, "127.0.0.1"),
        ({"CALENDAR_BASE_URL": "http://localhost"}, "[::1]:80"),
        ({"CALENDAR_BASE_URL": "http://[::1]:9000"}, "localhost:9000"),
        ({"CALENDAR_BASE_URL": "http://127.0.0.2:8000"}, "127.0.0.2:8000"),
        (PUBLIC, "calendar.example"),
        (PUBLIC, "CALENDAR.Example"),
        (PUBLIC, "calendar.example:443"),
        (PUBLIC, ONION.removeprefix("http://")),
        (PUBLIC, ONION.removeprefix("http://").upper()),
        (PUBLIC, ONION.removeprefix("http://") + ":80"),
        (PUBLIC, "mirror.example:8443"),
        ({"CALENDAR_BASE_URL": "https://calendar.example:443"}, "calendar.example"),
        ({"CALENDAR_BASE_URL": "HTTPS://Calendar.Example"}, "calendar.example"),
    ],
)
def test_our_own_addresses_are_answered(
    editions: Editions, environment: dict[str, str], host: str
) -> None:
    assert ask(stack_of(environment, editions), "/en/", HTTP_HOST=host).status == 200


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        (LOOPBACK, ""),
        (LOOPBACK, "127.0.0.1"),
        (LOOPBACK, "127.0.0.1:8001"),
        (LOOPBACK, "127.0.0.1:80000"),
        (LOOPBACK, "localhost.evil.example:8000"),
        (LOOPBACK, "127.0.0.1:8000,evil.example"),
        (LOOPBACK, "evil.example@127.0.0.1:8000"),
        (LOOPBACK, "127.0.0.1:8000/"),
        (LOOPBACK, " 127.0.0.1:8000"),
        (LOOPBACK, "0.0.0.0:8000"),
        (LOOPBACK, "::1:8000"),
        (PUBLIC, "evil.example"),
        (PUBLIC, "evil-calendar.example"),
        (PUBLIC, "calendar.example.evil.example"),
        (PUBLIC, "calendar.example."),
        (PUBLIC, "calendar.example:80"),
        (PUBLIC, "calendar.example:0443"),
        (PUBLIC, "mirror.example"),
        (PUBLIC, "localhost"),
        (PUBLIC, "127.0.0.1:8000"),
        (PUBLIC, "\xff"),
    ],
)
def test_any_other_is_refused_and_not_repeated(
    editions: Editions, environment: dict[str, str], host: str
) -> None:
    reply = ask(stack_of(environment, editions), "/en/", HTTP_HOST=host)

    assert (reply.status, reply.body) == (400, b"400 Bad Request\n")


def test_a_request_must_name_its_host(stack: WSGI) -> None:
    assert ask(stack, "/en/", without="HTTP_HOST").status == 400


@pytest.mark.parametrize("path", ["/", "/en/", "/en", "/tr/calendar.ics", "/ar/nothing/"])
def test_no_answer_depends_on_which_of_our_names_was_used(editions: Editions, path: str) -> None:
    stack = stack_of(PUBLIC, editions)
    hosts = sorted(allowed_hosts(read_settings(PUBLIC)))

    replies = [ask(stack, path, HTTP_HOST=host) for host in hosts]

    assert len(hosts) == 5
    assert len({(reply.status, reply.body, _common(reply)) for reply in replies}) == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example;proto=http"},
        {"HTTP_X_ORIGINAL_HOST": "evil.example"},
        {"SERVER_NAME": "evil.example", "SERVER_PORT": "81"},
        {"REQUEST_URI": "http://evil.example/en", "RAW_URI": "http://evil.example/en"},
        {"wsgi.url_scheme": "http"},
    ],
)
@pytest.mark.parametrize("path", ["/en", "/en/", "/nothing/"])
def test_what_else_names_a_host_is_ignored(
    stack: WSGI, variables: dict[str, str], path: str
) -> None:
    assert ask(stack, path, **variables) == ask(stack, path)


def test_the_names_of_this_machine_are_not_those_of_a_public_site() -> None:
    assert allowed_hosts(read_settings({"CALENDAR_BASE_URL": "https://calendar.example"})) == {
        "calendar.example",
        "calendar.example:443",
    }


@pytest.mark.parametrize(
    ("path", "host", "told"),
    [
        ("/ar/", "calendar.example", f"{ONION}/ar/"),
        ("/en/calendar.ics", "calendar.example", f"{ONION}/en/calendar.ics"),
        ("/ar/", ONION.removeprefix("http://"), None),
        ("/ar/nothing/", "calendar.example", None),
        ("/ar", "calendar.example", None),
        ("/healthz", "calendar.example", None),
        ("/en/confirm/aaa\r\nX-Evil: yes", "calendar.example", None),
        ("/en/confirm/token", "calendar.example", None),
    ],
)
def test_a_page_names_its_onion_address(
    path: str, host: str, told: str | None, editions: Editions, tmp_path: Path
) -> None:
    settings = PUBLIC | WITH_MAIL | {"CALENDAR_STATE_DIR": str(tmp_path)}
    reply = ask(stack_of(settings, editions), path, HTTP_HOST=host)

    assert (reply.status == 200) is (path not in ("/ar", "/ar/nothing/"))
    assert dict(reply.headers).get("Onion-Location") == told


@pytest.mark.parametrize("host", ["calendar.example", ONION.removeprefix("http://")])
def test_only_an_address_with_https_asks_for_it_from_now_on(host: str, editions: Editions) -> None:
    reply = ask(stack_of(PUBLIC, editions), "/ar/", HTTP_HOST=host)

    assert ("Strict-Transport-Security" in dict(reply.headers)) is (host == "calendar.example")


def test_a_missing_slash_leaves_nobody_at_another_address(editions: Editions) -> None:
    reply = ask(stack_of(PUBLIC, editions), "/ar", HTTP_HOST=ONION.removeprefix("http://"))

    assert (reply.status, dict(reply.headers)["Location"]) == (308, "/ar/")
