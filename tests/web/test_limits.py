"""What the server itself must stand: too much, too slow, and what is no HTTP at all."""

from __future__ import annotations

import json
import re
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from calendar_app.cli.serve import BLOCKING_THREADS
from calendar_app.web.bodies import MOST_AT_ONCE
from tests.small_data import SmallData
from tests.web.serving import Server, serving

CLOSE = "Connection: close\r\n\r\n"
MANY = 50


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    small = SmallData(folder)
    settings = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_NOW": "2026-12-02T09:00Z"}
    # A server's variables must not come into a request, however they are called.
    stray = {"HTTP_IF_NONE_MATCH": "*", "QUERY_STRING": "x=y", "CONTENT_LENGTH": "1"}
    with serving(folder, settings | stray) as running:
        yield running
        assert "Traceback" not in running.log


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site with forms."""
    folder = tmp_path_factory.mktemp("mailing")
    settings = {"CALENDAR_EVENTS": str(SmallData(folder).events), "CALENDAR_MAIL": "on"}
    with serving(folder, settings) as running:
        yield running


def host(server: Server) -> str:
    return f"Host: 127.0.0.1:{server.port}\r\n"


def answers(server: Server, request: str) -> list[int]:
    """Return the status of each answer to a request, or to what was hidden in it."""
    found = server.send(request.encode("latin-1"))
    return [int(status) for status in re.findall(rb"^HTTP/1\.[01] (\d+) ", found, re.M)]


def test_the_servers_own_variables_are_no_part_of_a_request(server: Server) -> None:
    assert server.get("/en/").status == 200
    assert server.get("/en/?x=y").status == 400


def test_the_server_tells_its_name_and_no_version(server: Server) -> None:
    headers = server.get("/en/").headers

    assert headers["server"] == "granian"
    assert {name.lower() for name in headers}.isdisjoint({"x-powered-by", "via", "set-cookie"})


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /en/ HTTP/1.1", 200),
        ("GET /en/ HTTP/1.0", 200),
        (f"GET /{'a' * 2048} HTTP/1.1", 414),
        (f"GET /en/?{'a' * 30_000} HTTP/1.1", 414),
        (f"GET /{'a' * 100_000} HTTP/1.1", 431),
        ("GET /%00 HTTP/1.1", 404),
        ("GET /en%0d%0aX-A:%20b HTTP/1.1", 404),
        ("GET /static/..%2f..%2fapp.py HTTP/1.1", 404),
        ("GET //en/ HTTP/1.1", 404),
        ("GET /\\evil.example HTTP/1.1", 404),
        ("GET /%zz HTTP/1.1", 404),
        ("TRACE /en/ HTTP/1.1", 405),
        ("OPTIONS * HTTP/1.1", 404),
        ("BREW /en/ HTTP/1.1", 405),
        ("GET  HTTP/1.1", 400),
        ("GET /en/ HTTP/9.9", 400),
        ("\x16\x03\x01\x02", 400),
    ],
)
def test_a_request_line_is_answered_once(server: Server, line: str, status: int) -> None:
    assert answers(server, f"{line}\r\n{host(server)}{CLOSE}") == [status]


def test_an_address_in_the_request_line_is_not_repeated(server: Server) -> None:
    request = f"GET http://evil.example/en HTTP/1.1\r\n{host(server)}{CLOSE}"

    found = server.send(request.encode()).decode()

    assert "evil" not in found
    assert "location: /en/\r\n" in found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (f"X-A: {'a' * 20_000}\r\n", 200),
        (f"X-A: {'a' * 200_000}\r\n", 431),
        ("".join(f"X-{n}: {'a' * 1000}\r\n" for n in range(90)), 431),
        ("".join(f"X-{n}: a\r\n" for n in range(50)), 200),
        ("".join(f"X-{n}: a\r\n" for n in range(2000)), 431),
        ("X-A: a\r\n b\r\n", 400),
        ("X-A : a\r\n", 400),
        ("no colon\r\n", 400),
        ("X-A: \0\r\n", 400),
        ("X-A: \xff\xfe\r\n", 200),
        ("Cookie: a=b\r\nCookie: c=d\r\n", 200),
    ],
)
def test_headers_have_a_measure(server: Server, headers: str, status: int) -> None:
    request = f"GET /en/ HTTP/1.1\r\n{host(server)}{headers}{CLOSE}"

    assert answers(server, request) == [status]


@pytest.mark.parametrize("hosts", ["", "Host: evil.example\r\n", "Host: a\r\nHost: a\r\n"])
def test_a_host_that_is_not_ours_is_refused(server: Server, hosts: str) -> None:
    assert answers(server, f"GET /en/ HTTP/1.1\r\n{hosts}{CLOSE}") == [400]


@pytest.mark.parametrize("second", ["evil.example", "127.0.0.1:{port}"])
def test_two_hosts_are_one_too_many(server: Server, second: str) -> None:
    other = f"Host: {second.format(port=server.port)}\r\n"

    assert answers(server, f"GET /en/ HTTP/1.1\r\n{host(server)}{other}{CLOSE}") == [400]
    assert answers(server, f"GET /en/ HTTP/1.1\r\n{other}{host(server)}{CLOSE}") == [400]


HIDDEN = "GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: 5\r\n", "a=b&c", 405),
        ("Content-Length: 8193\r\n", "", 413),
        (f"Content-Length: {10**12}\r\n", "", 413),
        (f"Content-Length: {10**30}\r\n", "", 400),
        ("Content-Length: -1\r\n", "", 400),
        ("Content-Length: 1\r\nContent-Length: 2\r\n", HIDDEN, 400),
        ("Content-Length: 1, 2\r\n", HIDDEN, 400),
        ("Transfer-Encoding: chunked\r\n", "5\r\na=b&c\r\n0\r\n\r\n", 411),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", f"0\r\n\r\n{HIDDEN}", 411),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", f"0\r\n\r\n{HIDDEN}", 411),
        ("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 411),
        ("Transfer-Encoding: chunked, gzip\r\n", f"0\r\n\r\n{HIDDEN}", 400),
        ("Transfer-Encoding: xchunked\r\n", f"0\r\n\r\n{HIDDEN}", 400),
        ("Expect: 100-continue\r\nContent-Length: 99999\r\n", "", 413),
    ],
)
def test_a_body_has_one_known_length_and_hides_no_request(
    server: Server, headers: str, body: str, status: int
) -> None:
    request = f"POST /en/ HTTP/1.1\r\n{host(server)}{headers}{CLOSE}{body}"

    assert answers(server, request) == [status]


def test_a_body_that_nobody_reads_is_not_the_next_request(server: Server) -> None:
    first = f"GET /en/ HTTP/1.1\r\n{host(server)}Content-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}"
    second = f"GET /nothing/ HTTP/1.1\r\n{host(server)}{CLOSE}"

    assert answers(server, first + second) == [200, 404]


def test_another_protocol_is_not_taken_up(server: Server) -> None:
    upgrade = "Upgrade: websocket\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13\r\n"

    assert answers(server, f"GET /en/ HTTP/1.1\r\n{host(server)}{upgrade}{CLOSE}") == [200]


def opened(server: Server, stack: ExitStack, data: str) -> socket.socket:
    """Open a connection, send what there is and leave it at that."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    stack.enter_context(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.sendall(data.encode())
    return connection


@pytest.mark.parametrize(
    "data",
    [
        "",
        "GET /en/ HT",
        "GET /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-A: ",
        "POST /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 8000\r\n\r\na=",
        "POST /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
        "GET /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n" * 20,
    ],
    ids=["silent", "in the line", "in the headers", "in the body", "in a chunk", "never reading"],
)
def test_many_who_stop_half_way_do_not_keep_others_waiting(server: Server, data: str) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            opened(server, stack, data.format(port=server.port))
        begun_at = time.monotonic()
        for path in ("/en/", "/ar/calendar.ics", "/healthz"):
            assert server.get(path).status == 200
        assert time.monotonic() - begun_at < 2


def stalled(server: Server, stack: ExitStack) -> socket.socket:
    """Somebody who sends half a form."""
    request = "POST /en/subscribe/mail/ HTTP/1.1\r\n" + host(server)
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return opened(server, stack, f"{request}{kind}Content-Length: 100\r\n\r\na")


def test_who_sends_half_a_form_keeps_nobody_from_the_pages(mailing: Server) -> None:
    with ExitStack() as stack:
        waiting = [stalled(mailing, stack) for _ in range(2 * BLOCKING_THREADS)]
        for path in ("/", "/en/", "/healthz", "/en/subscribe/mail/"):
            begun_at = time.monotonic()
            assert mailing.get(path).status in (200, 302)
            assert time.monotonic() - begun_at < 2
        refused = select.select(waiting, [], [], 0)[0]
        assert len(refused) == len(waiting) - MOST_AT_ONCE
        assert refused[0].recv(12) == b"HTTP/1.1 503"


@pytest.mark.slow
def test_who_does_not_finish_is_hung_up_on(server: Server) -> None:
    with ExitStack() as stack:
        connection = opened(server, stack, "GET /en/ HTTP/1.1\r\nX-A: ")
        begun_at = time.monotonic()

        assert connection.recv(1) == b""
        assert 5 < time.monotonic() - begun_at < 15


def test_after_all_that_it_is_well(server: Server) -> None:
    assert json.loads(server.get("/readyz").body)["status"] == "ready"
