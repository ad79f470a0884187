"""Every address there is, by every method, and every way to be refused, against one table."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple

import pytest

from calendar_app.app import create_app, create_flask
from calendar_app.config import read_settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.public.edition import Edition
from calendar_app.public.editions import Editions
from calendar_app.public.routes import ROUTES, Route, paths
from calendar_app.public.sites import Operator
from calendar_app.web.forms import RULES
from calendar_app.web.guard import MAX_BODY, MAX_TARGET, WSGI
from tests.publishing import BASE_URL
from tests.small_data import DAYS, SmallData, text_of
from tests.web.asking import METHODS, Reply, ask
from tests.web.conftest import MovableClock
from tests.web.markup import read

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
CSV = "text/csv; charset=utf-8"
JSON = "application/json; charset=utf-8"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
CLOSED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
    "browsing-topics=()",
}
TRANSPORT = {"Strict-Transport-Security": "max-age=63072000"}
OURS = {"Cross-Origin-Resource-Policy": "same-origin"}
ANYBODYS = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
FRAMED = {"Content-Security-Policy": POLICY.replace("ancestors 'none'", "ancestors *")}
PAGE = {"Content-Type": HTML, "Cache-Control": "no-cache"} | OURS
FEED = {"Content-Type": CALENDAR, "Cache-Control": "public, max-age=3600"} | ANYBODYS
# A route that is not here fails until somebody has thought about its headers.
ROUTE_HEADERS = {
    "languages": PAGE,
    "agenda": PAGE,
    "year": PAGE,
    "month": PAGE,
    "event": PAGE,
    "topic": PAGE,
    "sources": PAGE,
    "document": PAGE,
    "changes": PAGE,
    "subscribe": PAGE,
    "embed": {"Content-Type": HTML, "Cache-Control": "no-cache"} | ANYBODYS | FRAMED,
    "embed-code": PAGE,
    "about": PAGE,
    "privacy": PAGE,
    "accessibility": PAGE,
    "feed": FEED,
    "topic-feed": FEED,
    "event-feed": FEED,
    "changes-feed": FEED | {"Content-Type": "application/atom+xml; charset=utf-8"},
    "calendar-json": {"Content-Type": JSON, "Cache-Control": "public, max-age=3600"} | ANYBODYS,
    "calendar-csv": {"Content-Type": CSV, "Cache-Control": "public, max-age=3600"} | ANYBODYS,
    "calendar-txt": {"Content-Type": PLAIN, "Cache-Control": "no-cache"} | ANYBODYS,
    "agenda-atom": {"Content-Type": ATOM, "Cache-Control": "no-cache"} | ANYBODYS,
    "openapi": {"Content-Type": JSON, "Cache-Control": "no-cache"} | ANYBODYS,
    "qr": {"Content-Type": "image/png", "Cache-Control": "public, max-age=3600"} | OURS,
    "sitemap": {"Content-Type": XML, "Cache-Control": "no-cache"} | ANYBODYS,
    "robots": {"Content-Type": PLAIN, "Cache-Control": "no-cache"} | ANYBODYS,
    "security": {"Content-Type": PLAIN, "Cache-Control": "no-cache"} | ANYBODYS,
    "asset": {"Cache-Control": "public, max-age=31536000, immutable"} | ANYBODYS,
}
ASSET_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
}
# Names the words of JSON-LD; nobody fetches it.
VOCABULARY = "https://schema.org"
FOR_PROGRAMS = (".ics", ".txt", ".json", ".csv", ".atom", ".png")
VALIDATORS = ("Calendar-Edition", "ETag", "Last-Modified")
MARK = "zz-from-the-client"
# What a client may send beside the address; none of it may matter or come back.
CHATTER = {
    "Accept": MARK,
    "Accept-Language": f"ar, {MARK}",
    "Cookie": f"session={MARK}",
    "Forwarded": f"host={MARK}",
    "Origin": f"https://{MARK}.example",
    "Range": "bytes=0-9",
    "Referer": f"https://{MARK}.example/",
    "User-Agent": MARK,
    "X-Forwarded-For": MARK,
    "X-Forwarded-Host": f"{MARK}.example",
    "X-Forwarded-Prefix": f"/{MARK}",
    "X-Forwarded-Proto": "http",
    "X-HTTP-Method-Override": "DELETE",
    "X-Original-URL": f"/{MARK}",
}


class Refused(NamedTuple):
    """A request that gets no resource, and the status that says so."""

    target: str
    status: int
    kind: str = HTML
    method: str = "GET"
    environ: dict[str, str] = {}  # noqa: RUF012 - never changed
    extra: dict[str, str] = {}  # noqa: RUF012


REFUSED = {
    "unknown path": Refused(f"/{MARK}", 404),
    "unknown path below a language": Refused(f"/ru/{MARK}/", 404),
    "unknown language": Refused("/de/", 404),
    "unknown language, file": Refused("/de/calendar.ics", 404, PLAIN),
    "unknown event": Refused(f"/es/events/{MARK}/", 404),
    "unknown event, feed": Refused(f"/es/events/{MARK}.ics", 404, PLAIN),
    "unknown topic": Refused(f"/tr/topics/{MARK}/", 404),
    "unknown document": Refused(f"/ar/sources/{MARK}/", 404),
    "unknown file": Refused(f"/static/{MARK}.css", 404),
    "source code": Refused("/static/../app.py", 404),
    "id that is none": Refused("/en/events/%3Cscript%3E/", 404),
    "two slashes": Refused("//en/", 404),
    "other host in the path": Refused(f"//{MARK}.example/en", 404),
    "backslash": Refused(f"/\\{MARK}.example", 404),
    "line break": Refused(f"/en\r\nSet-Cookie: {MARK}", 404),
    "zero": Refused("/en/\0", 404),
    "not UTF-8": Refused("/en/\xff", 404),
    "asterisk": Refused("*", 404, method="OPTIONS"),
    "topic without a day": Refused("/en/topics/silent.ics", 404, PLAIN),
    "removed event": Refused("/en/events/may-day/", 410),
    "removed event, feed": Refused("/en/events/may-day.ics", 410, PLAIN),
    "parameter": Refused(f"/en/?{MARK}={MARK}", 400),
    "parameter, feed": Refused(f"/en/calendar.ics?{MARK}", 400, PLAIN),
    "parameter after ours": Refused(f"/en/?utm_source=a&{MARK}", 400),
    "parameter that is not text": Refused("/en/?%FF%00", 400),
    "query too long": Refused(f"/en/?utm_source={'a' * 1024}", 400),
    "topic that is none": Refused(f"/en/calendar.ics?topics={MARK}", 400, PLAIN),
    "topic that is none, page": Refused(f"/ar/?topics={MARK}", 400),
    "topics twice": Refused("/en/calendar.ics?topics=labour&topics=silent", 400, PLAIN),
    "topics without a day": Refused("/en/calendar.ics?topics=silent", 404, PLAIN),
    "other host": Refused("/en/", 400, PLAIN, environ={"HTTP_HOST": f"{MARK}.example"}),
    "body without a length": Refused(
        "/en/", 411, PLAIN, "POST", {"HTTP_TRANSFER_ENCODING": "chunked"}
    ),
    "body too large": Refused("/en/", 413, PLAIN, "POST", {"CONTENT_LENGTH": str(MAX_BODY + 1)}),
    "body far too large": Refused("/en/", 413, PLAIN, "POST", {"CONTENT_LENGTH": "9" * 4000}),
    "length that is none": Refused("/en/", 400, PLAIN, "POST", {"CONTENT_LENGTH": "٣"}),
    "length below zero": Refused("/en/", 400, PLAIN, "POST", {"CONTENT_LENGTH": "-1"}),
    "address too long": Refused("/" + "a" * MAX_TARGET, 414, PLAIN),
    "health, by post": Refused("/healthz", 405, method="POST", extra={"Allow": "GET, HEAD"}),
    "method of our own": Refused("/en/", 405, method="BREW", extra={"Allow": "GET, HEAD"}),
}


@pytest.fixture(scope="module")
def small_stack(tmp_path_factory: pytest.TempPathFactory) -> WSGI:
    """May Day was published and taken out; the topic `silent` has no date."""
    small = SmallData(tmp_path_factory.mktemp("small"))
    left = {id_: when for id_, when in DAYS.items() if id_ != "may-day"}
    catalogue = small.publish(text_of(left))
    editions = Editions(catalogue, MovableClock(), BASE_URL, Operator())
    return create_app(read_settings({"CALENDAR_BASE_URL": BASE_URL}), editions)


def at_route(edition: Edition, route: Route) -> list[str]:
    return [path for found, path in paths(edition.site) if found is route]


def is_empty_feed(edition: Edition, path: str) -> bool:
    return path.endswith(".ics") and edition.get(path).status == 404


def wanted_headers(route: Route, path: str) -> dict[str, str]:
    found = ROUTE_HEADERS[route.name] | {"Vary": "Accept-Encoding"}
    if route.name == "asset":
        found["Content-Type"] = ASSET_TYPES[path.rpartition(".")[2]]
    if path.endswith((".ics", ".csv")):
        found["Content-Disposition"] = f'inline; filename="{path.rpartition("/")[2]}"'
    if route.has_one_address:
        found["Link"] = f'<{path}>; rel="canonical"'
    return found


def check(reply: Reply, wanted: dict[str, str], *present: str) -> None:
    """The headers are these and no others: no cookie, nothing of the software, no version."""
    names = [name for name, _ in reply.headers]
    everything = CLOSED | TRANSPORT | wanted
    assert sorted(names) == sorted([*everything, "Content-Length", *present])
    assert {name: reply.header(name) for name in everything} == everything
    assert MARK not in str(reply.headers)
    assert MARK.encode() not in reply.body


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_resource_is_answered_with_its_headers_and_no_others(
    stack: WSGI, edition: Edition, route: Route, method: str
) -> None:
    present = VALIDATORS[1:] if route.name == "asset" else VALIDATORS
    for path in at_route(edition, route):
        reply = ask(stack, path, method, CHATTER)
        if is_empty_feed(edition, path):
            assert reply.status == 404
            continue
        body = ask(stack, path).body
        assert reply.status == 200
        assert reply.header("Content-Length") == str(len(body))
        assert reply.body == (b"" if method == "HEAD" else body)
        check(reply, wanted_headers(route, path), *present)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.parametrize("method", METHODS[2:])
def test_a_resource_is_only_read(stack: WSGI, edition: Edition, route: Route, method: str) -> None:
    for path in at_route(edition, route):
        reply = ask(stack, path, method, CHATTER)
        kind = PLAIN if path.endswith(FOR_PROGRAMS) else HTML
        assert reply.status == 405, path
        assert reply.header("Content-Length") == str(len(reply.body))
        check(
            reply,
            {"Content-Type": kind, "Cache-Control": "no-store", "Allow": "GET, HEAD"} | OURS,
        )


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_closed_and_repeats_nothing(small_stack: WSGI, refused: Refused) -> None:
    reply = ask(small_stack, refused.target, refused.method, CHATTER, **refused.environ)

    assert reply.status == refused.status
    assert reply.header("Content-Length") == str(len(reply.body)) != "0"
    wanted = {"Content-Type": refused.kind, "Cache-Control": "no-store"} | OURS | refused.extra
    if refused.kind == HTML and refused.status != 405:
        wanted |= {"Vary": "Accept-Encoding"}
    check(reply, wanted)


@pytest.mark.parametrize("name", ["unknown event", "removed event", "parameter"])
def test_a_refusal_on_a_page_is_compressed_for_who_asks(small_stack: WSGI, name: str) -> None:
    target = REFUSED[name].target

    small = ask(small_stack, target, headers={"Accept-Encoding": "gzip"})

    assert small.header("Content-Encoding") == "gzip"
    assert gzip.decompress(small.body) == ask(small_stack, target).body
    assert len(small.body) * 2 < len(ask(small_stack, target).body)


@pytest.mark.parametrize("name", [name for name, one in REFUSED.items() if one.method == "GET"])
def test_a_refusal_of_head_has_the_same_headers(small_stack: WSGI, name: str) -> None:
    refused = REFUSED[name]
    get = ask(small_stack, refused.target, "GET", **refused.environ)
    head = ask(small_stack, refused.target, "HEAD", **refused.environ)

    assert head == Reply(get.status, get.headers, b"")


@pytest.mark.parametrize(
    ("path", "language"),
    [("/ar/nothing/", "ar"), ("/nothing/", "en"), ("/zh/", "en"), ("/tr", "tr")],
)
def test_a_page_that_does_not_exist_speaks_the_language_of_its_address(
    small_stack: WSGI, path: str, language: str
) -> None:
    reply = ask(small_stack, f"{path}?no=no")

    assert f'<html lang="{language}"' in reply.text


def test_a_missing_page_shows_the_next_dates(small_stack: WSGI) -> None:
    assert "/en/events/seminar/" in ask(small_stack, "/en/events/nothing/").text


@pytest.mark.parametrize("query", ["?utm_source=a&utm_medium=b", "?fbclid=c", "?", "?&&"])
def test_what_trackers_append_is_ignored(stack: WSGI, query: str) -> None:
    assert ask(stack, f"/en/{query}") == ask(stack, "/en/")


@pytest.mark.parametrize("path", ["/en", "/en/events/may-day", "/ru/sources", "/tr/topics/peace"])
def test_a_missing_slash_is_added_and_no_host_named(stack: WSGI, path: str) -> None:
    reply = ask(stack, path, headers=CHATTER)

    assert reply.status == 308
    wanted = {"Content-Type": HTML, "Cache-Control": "no-store", "Location": f"{path}/"}
    check(reply, wanted | OURS)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_never_kept(stack: WSGI, path: str, method: str) -> None:
    reply = ask(stack, path, method, CHATTER)

    assert reply.status == 200
    check(reply, {"Content-Type": "application/json", "Cache-Control": "no-store"} | OURS)


def _fails(*_: object) -> None:
    raise RuntimeError(MARK)


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        ("calendar_app.public.edition.Edition._make", HTML),
        ("calendar_app.public.errors.not_found", HTML),
        ("calendar_app.web.pages.answer", PLAIN),
        ("calendar_app.public.editions.Editions.current", PLAIN),
    ],
)
def test_a_failure_is_closed_and_tells_nothing(
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
    kind: str,
) -> None:
    editions = Editions(catalogue, MovableClock(), BASE_URL, Operator())
    stack = create_app(read_settings({"CALENDAR_BASE_URL": BASE_URL}), editions)
    monkeypatch.setattr(broken, _fails)

    reply = ask(stack, "/de/" if "not_found" in broken else "/en/", headers=CHATTER)

    assert reply.status == 500
    check(reply, {"Content-Type": kind, "Cache-Control": "no-store"} | OURS)
    assert "RuntimeError" in caplog.text


def test_strict_transport_is_asked_for_where_there_is_one(editions: Editions) -> None:
    settings = read_settings({})
    stack = create_app(settings, editions)

    for path in ("/en/", "/nothing/", "/healthz"):
        reply = ask(stack, path, HTTP_HOST="127.0.0.1:8000")
        assert not reply.has("Strict-Transport-Security")
        assert reply.header("Content-Security-Policy") == POLICY


def test_flask_holds_the_table_and_the_forms_and_nothing_else(editions: Editions) -> None:
    rules = list(create_flask(editions).url_map.iter_rules())

    known = {re.sub(r"\{(\w+)\}", r"<\1>", route.pattern) for route in ROUTES}
    forms = set(RULES)
    assert {rule.rule for rule in rules} == known | forms
    for rule in rules:
        allowed = {"GET", "HEAD", "POST"} if rule.rule in forms else {"GET", "HEAD"}
        assert rule.methods == allowed, rule.rule
    assert len(rules) == len(ROUTES) + len(RULES)


def bodies(edition: Edition, ending: str) -> Iterator[tuple[str, str]]:
    for path in edition.paths():
        if path.endswith(ending):
            yield path, edition.get(path).plain.body.decode()


def is_own(address: str) -> bool:
    """On this site; where other sites are named, with the site in front."""
    own = BASE_URL.partition(":")[2]
    return address.startswith(
        tuple(f"{scheme}:{own}/" for scheme in ("https", "webcal", "webcals"))
    ) or (address.startswith(("/", "#")) and not address.startswith("//"))


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_in_place(edition: Edition) -> None:
    for path, text in bodies(edition, "/"):
        page = read(text)
        assert page.active == [], path
        assert [address for address in page.fetched if not is_own(address)] == [], path


def test_links_to_elsewhere_carry_nothing_of_the_reader(edition: Edition) -> None:
    for path, text in bodies(edition, "/"):
        for link in read(text).all("a"):
            if not is_own(link["href"]) and not link["href"].startswith("mailto:"):
                assert link["href"].startswith(("https://", "http://")), path
                assert {"noopener", "noreferrer"} <= set(link.get("rel", "").split()), path


def test_no_other_address_stands_in_a_page(edition: Edition) -> None:
    for path, text in bodies(edition, "/"):
        page = read(text)
        linked = {link["href"] for link in page.all("a") if "noopener" in link.get("rel", "")}
        whole = text.replace("&amp;", "&").replace("<wbr>", "")
        named = re.findall(r"\w+://[^\s\"'<>]+", whole)
        foreign = {found for found in named if not is_own(found)}
        assert {found for found in foreign if not found.startswith(VOCABULARY)} <= linked, path
        assert all(is_own(link["href"]) for link in page.all("link")), path


def test_no_other_address_stands_in_a_feed(edition: Edition) -> None:
    for path, text in bodies(edition, ".ics"):
        unfolded = re.sub("\r\n[ \t]", "", text).replace("\\n", "\n")
        named = re.findall(r"\w+://[^\s\\;]+", unfolded)
        assert named, path
        assert [found for found in named if not is_own(found)] == [], path


def test_styles_and_pictures_load_nothing(edition: Edition) -> None:
    for ending in (".css", ".svg"):
        for path, text in bodies(edition, ending):
            assert not re.search(r"@import|url\(|href=|<script|<image|<use", text), path


@pytest.mark.parametrize("name", CHATTER)
@pytest.mark.parametrize("path", ["/", "/en/", "/ru/calendar.ics", "/ar/nothing/", "/en/?x"])
def test_no_header_of_a_reader_changes_a_byte(stack: WSGI, name: str, path: str) -> None:
    assert ask(stack, path, headers={name: CHATTER[name]}) == ask(stack, path)


def test_the_phrase_of_a_status_is_the_usual_one(small_stack: WSGI) -> None:
    reply = ask(small_stack, "/en/", HTTP_HOST="")

    assert reply.text == f"400 {HTTPStatus(400).phrase}\n"
