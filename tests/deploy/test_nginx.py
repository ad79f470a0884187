"""nginx with the shipped configuration answers as the application does, every address alike."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from calendar_app.catalogue.pairs import read_pair, revised
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.cli import main
from calendar_app.feeds.wire import wire_digest
from calendar_app.public.errors import failure
from calendar_app.web import guard
from tests.architecture.sources import ROOT
from tests.publishing import EVENTS, PUBLISHED_AT
from tests.web.serving import PATIENCE, free_port, serving, stop, wait_until

SHIPPED = ROOT / "deploy" / "nginx.conf"
NOW = "2026-12-02T09:00Z"
# What belongs to the server or the connection, not to the answer.
OF_THE_SERVER = {"date", "server", "connection", "keep-alive"}
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Whole(HTTPConnection):
    """Sends a request in one piece; a server may answer and close before it reads the body."""

    def _send_output(self, message_body: bytes | None = None, encode_chunked: bool = False) -> None:
        self.send(b"\r\n".join((*self._buffer, b"", message_body or b"")))
        self._buffer.clear()


class Pair:
    """The application and nginx before it, asked alike."""

    def __init__(self, application: int, nginx: int) -> None:
        self.host = f"127.0.0.1:{application}"
        self._application = Whole("127.0.0.1", application, timeout=PATIENCE)
        self._nginx = Whole("127.0.0.1", nginx, timeout=PATIENCE)

    def nginx(self, path: str, method: str = "GET", **more: object) -> Answer:
        return self._ask(self._nginx, path, method, **more)

    def same(self, path: str, method: str = "GET", **more: object) -> Answer:
        """Return what both answer; a difference is a failure."""
        ours = self._ask(self._application, path, method, **more)
        theirs = self._ask(self._nginx, path, method, **more)
        assert (path, more, theirs) == (path, more, ours)
        return ours

    def close(self) -> None:
        self._application.close()
        self._nginx.close()

    def _ask(
        self,
        connection: HTTPConnection,
        path: str,
        method: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        connection.request(method, path, body, {"Host": self.host} | dict(headers or {}))
        response = connection.getresponse()
        found = [(name.lower(), value) for name, value in response.getheaders()]
        kept = {name: value for name, value in found if name not in OF_THE_SERVER}
        assert len(kept) == len([name for name, _ in found if name not in OF_THE_SERVER]), found
        answer = Answer(response.status, kept, response.read())
        if body is not None:
            connection.close()
        return answer


def shipped(log: Path, application: int, port: int, root: Path) -> str:
    """The shipped file with the lines of the operator changed, and nothing else; the ports are
    those of application and nginx. The level of the log is not the operator's choice."""
    text = SHIPPED.read_text(encoding="utf-8")
    level = re.search(r"error_log \S+ (\w+);", text)
    assert level
    changes = {
        "server": f"127.0.0.1:{application}",
        "listen": f"127.0.0.1:{port}",
        "server_name": "127.0.0.1",
        "root": str(root),
        "error_log": f"{log}/errors.log {level[1]}",
    }
    lines = text.splitlines()
    own = [number for number, line in enumerate(lines) if re.search(r"; +# YOURS: ", line)]
    found = [lines[number].split()[0] for number in own]
    assert found == list(changes)
    for number, name in zip(own, found, strict=True):
        lines[number] = f"{name} {changes[name]};"
    return "\n".join(lines)


def start_nginx(folder: Path, site: str, events: str = "") -> subprocess.Popen[bytes]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.fail("nginx is missing; run: apt-get install nginx-light", pytrace=False)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    main_file = folder / "main.conf"
    main_file.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log;\nevents {{ {events} }}\n"
        f"http {{\n{temporary}include {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    command = [program, "-e", folder / "nginx.log", "-p", folder, "-c", main_file]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    return subprocess.Popen(command, start_new_session=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real data and revisions of a fixed instant."""
    folder = tmp_path_factory.mktemp("deploy")
    events = folder / "events.yaml"
    shutil.copy(EVENTS, events)
    new = revised(read_pair([events]), wire_digest(), PUBLISHED_AT)
    (folder / "revisions.yaml").write_bytes(write_revisions(*new.values()))
    return folder


@pytest.fixture(scope="module")
def pair(folder: Path) -> Iterator[Pair]:
    settings = {"CALENDAR_EVENTS": str(folder / "events.yaml"), "CALENDAR_NOW": NOW}
    settings["CALENDAR_MAIL"] = "off"  # the export and the server say alike whether there is mail
    with serving(folder, settings) as server:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", lambda _: None)  # the disk need not be waited for
            environment = {"CALENDAR_BASE_URL": server.base_url} | settings
            done = CliRunner(env=environment).invoke(main, ["export", str(folder / "public")])
        assert done.exit_code == 0, done.output
        port = free_port()
        process = start_nginx(folder, shipped(folder, server.port, port, folder / "public"))
        found = Pair(server.port, port)
        try:
            wait_until(lambda: process.poll() is not None or _is_up(found), "nginx answers")
            assert process.poll() is None, (folder / "nginx.log").read_text()
            yield found
        finally:
            found.close()
            stop(process)
    assert (folder / "errors.log").read_text() == ""


def _is_up(pair: Pair) -> bool:
    try:
        return pair.nginx("/robots.txt").status == 200
    except OSError:
        pair.close()
        return False


@contextmanager
def nginx_alone(
    folder: Path, application: int, port: int, root: Path, events: str = ""
) -> Iterator[Pair]:
    """Before whatever is at the port of the application."""
    process = start_nginx(folder, shipped(folder, application, port, root), events)
    alone = Pair(port, port)
    try:
        wait_until(lambda: _answers(alone), "nginx answers")
        yield alone
    finally:
        alone.close()
        stop(process)


def _answers(pair: Pair) -> bool:
    """Whatever it is."""
    try:
        return pair.nginx("/metrics").status == 404
    except OSError:
        pair.close()
        return False


@pytest.mark.parametrize("coding", [{}, GZIP], ids=["plain", "gzip"])
def test_every_address_is_answered_alike(pair: Pair, folder: Path, coding: dict[str, str]) -> None:
    # An export has a file for every address there is: tests/public/test_export.py.
    exported = json.loads((folder / "public" / "manifest.json").read_bytes())["files"]
    pair.close()  # the application waits ten seconds for a request, and that may have taken longer
    assert len(exported) > 700
    for path in (entry["path"] for entry in exported):
        answer = pair.same(path, headers=coding)
        assert answer.status == 200, path
        # The application would refuse this, so the answer is from a file.
        assert pair.nginx(path, headers=coding | {"Host": "other.example"}) == answer
        assert pair.same(path, "HEAD", headers=coding).body == b""
        modified = answer.headers["last-modified"]
        for condition in (
            {"If-None-Match": answer.headers["etag"]},
            {"If-None-Match": f'"other", W/{answer.headers["etag"]}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": modified},
            {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
        ):
            unchanged = pair.same(path, headers=coding | condition)
            assert (unchanged.status, unchanged.body) == (304, b""), (path, condition)
        for condition in (
            {"If-None-Match": '"other"'},
            {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
            {"Range": "bytes=0-9"},
        ):
            assert pair.same(path, headers=coding | condition) == answer


@pytest.mark.parametrize("path", ["/en/", "/ru/calendar.ics", "/en/changes.atom"])
def test_conditions_for_what_changes_something_are_passed_over_by_both(
    pair: Pair, path: str
) -> None:
    answer = pair.same(path)
    for condition in (
        {"If-Match": '"other"'},
        {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Match": f"GET {path}"},
    ):
        assert pair.same(path, headers=condition) == answer


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en", 308),
        ("/ar/events/may-day", 308),
        ("/nothing/", 404),
        ("/tr/nothing.ics", 404),
        ("/en/topics/ideas.html", 404),
        ("/en/index.html", 404),
        ("/en/index.html.gz", 404),
        ("/en/calendar.ics.gz", 404),
        ("/manifest.json", 404),
        ("/unavailable.html", 404),
        ("/static/", 404),
        ("/-", 404),
        ("//en/", 404),
        ("/en//", 404),
        ("/en/../ar/calendar.ics", 404),
        ("/en/?x=1", 400),
        ("/en/calendar.ics?x=1", 400),
        ("/en/?utm_source=letter", 200),
        ("/en/calendar.ics?", 200),
        ("/healthz", 200),
    ],
)
def test_what_is_no_file_is_the_affair_of_the_application(
    pair: Pair, path: str, status: int
) -> None:
    assert pair.same(path).status == status


@pytest.mark.parametrize("path", ["/en/", "/ru/calendar.ics", "/nothing/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_forms_and_other_methods_are_the_affair_of_the_application(
    pair: Pair, method: str, path: str
) -> None:
    assert pair.same(path, method, body=b"a=1").status in {404, 405}


def test_a_body_that_is_too_large_is_refused_by_the_application(pair: Pair) -> None:
    assert pair.same("/en/", "POST", body=b"a" * 9000).status == 413


@pytest.mark.parametrize("path", ["/en/subscribe/mail", "/en/subscribe/mail/", "/en/"])
def test_where_a_network_is_counted_it_is_handed_on(tmp_path: Path, path: str) -> None:
    """With the slash at the end and without; nowhere else."""
    heard, port = socket.create_server(("127.0.0.1", 0)), free_port()
    with (
        nginx_alone(tmp_path, heard.getsockname()[1], port, tmp_path / "public"),
        socket.create_connection(("127.0.0.1", port), PATIENCE) as asking,
        heard,
    ):
        headers = "Host: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\n"
        asking.sendall(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
        heard.settimeout(PATIENCE)
        with heard.accept()[0] as passed_on:
            found = passed_on.recv(4096).decode()

    named = re.findall(r"^X-Forwarded-For: (.*)\r$", found, re.M)
    assert named == (["127.0.0.1"] if "mail" in path else [])


def test_what_a_client_makes_up_about_itself_is_not_handed_on(pair: Pair) -> None:
    made_up = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "192.0.2.1",
        "Forwarded": "host=evil.example",
    }

    assert pair.same("/en", headers=made_up) == pair.same("/en")


def test_the_security_headers_are_those_of_the_guard(pair: Pair) -> None:
    sent = pair.nginx("/en/").headers

    for name, value in guard.SECURITY_HEADERS:
        assert sent[name.lower()] == value
    name, value = guard._STRICT_TRANSPORT
    assert name.lower() not in sent
    assert f'https "{value}";' in SHIPPED.read_text(encoding="utf-8")
    assert f"add_header {name} $calendar_strict_transport;" in SHIPPED.read_text(encoding="utf-8")


def test_a_new_export_needs_no_reload(pair: Pair, folder: Path) -> None:
    site = folder / "public"
    target = site.readlink()
    other = folder / f"{target}.9"
    shutil.copytree(folder / target, other)
    (other / "en" / "index.html").write_bytes(b"new")
    link = folder / "link"
    link.symlink_to(other.name)
    link.replace(site)
    try:
        wait_until(lambda: pair.nginx("/en/").body == b"new", "nginx sees the new export")
        assert pair.nginx("/en/").headers["calendar-edition"] in target.name
    finally:
        link.symlink_to(target)
        link.replace(site)
        wait_until(lambda: pair.nginx("/en/").body != b"new", "nginx sees the export of before")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_while_the_application_is_away_that_is_said_and_files_are_served(
    pair: Pair, folder: Path, tmp_path: Path, method: str
) -> None:
    nobody = free_port()
    with nginx_alone(tmp_path, nobody, free_port(), folder / "public") as alone:
        answer = alone.nginx("/en/subscribe/mail/", method, body=b"a=1" * (method == "POST"))
        page = alone.nginx("/en/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "300")
    assert answer.body == failure(503).plain.body
    wanted = (*failure(503).plain.headers, *guard.SECURITY_HEADERS)
    for name, value in wanted:
        assert answer.headers[name.lower()] == value
    assert page == pair.nginx("/en/")
    assert (tmp_path / "errors.log").read_text() == ""


def test_nobody_is_written_down_who_comes_when_there_are_too_many(tmp_path: Path) -> None:
    """nginx would name the client and what was asked for, tokens included."""
    # One listens and one is for who asks, so none is left to ask the application.
    few = "worker_connections 2;"
    with nginx_alone(tmp_path, free_port(), free_port(), tmp_path / "public", few) as alone:
        for path in ("/en/confirm/canary", "/en/subscribe/mail/"):
            assert alone.nginx(path, "POST", body=b"a=canary").status == 500

    assert (tmp_path / "errors.log").read_text() == ""
    assert "canary" not in (tmp_path / "nginx.log").read_text()


def test_nothing_about_readers_is_written(pair: Pair, folder: Path) -> None:
    before = {path.name for path in folder.rglob("*")}
    for path in ("/en/", "/nothing/", "/en/?x=1"):
        pair.same(path)

    assert {path.name for path in folder.rglob("*")} == before
    assert not list(folder.rglob("*access*log*"))
    assert (folder / "errors.log").read_text() == ""
