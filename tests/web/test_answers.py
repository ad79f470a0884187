"""RFC 9110 in full for what a cache, a calendar program or a browser asks: conditions, codings."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.public.edition import Edition
from calendar_app.public.resources import Lifetime, Resource, accepts_gzip, finish
from calendar_app.web.answers import Answer, answer
from calendar_app.web.guard import WSGI
from tests.factories import at
from tests.web.asking import ask

CHANGED_AT = at("2026-11-23T21:00:07")
BODY = b"a day, a month, a year. " * 100
RESOURCE = finish(
    BODY,
    "text/html; charset=utf-8",
    Lifetime.PAGE,
    CHANGED_AT,
    extra=(("Content-Disposition", "inline"), ("Calendar-Edition", "e")),
)
PLAIN, SQUEEZED = RESOURCE.plain.etag, RESOURCE.gzip.etag if RESOURCE.gzip else ""
ON_TIME = "Mon, 23 Nov 2026 21:00:07 GMT"
EARLIER = "Mon, 23 Nov 2026 21:00:06 GMT"
LATER = "Mon, 23 Nov 2026 21:00:08 GMT"


def get(resource: Resource = RESOURCE, method: str = "GET", **conditions: str) -> Answer:
    environ = {f"HTTP_{name.upper()}": value for name, value in conditions.items()}
    return answer(resource, environ | {"REQUEST_METHOD": method})


def is_unchanged(**conditions: str) -> bool:
    status = get(**conditions).status
    assert status in {"200 OK", "304 Not Modified"}
    return status.startswith("304")


def test_the_validator_is_the_one_nginx_computes() -> None:
    seconds = int(CHANGED_AT.timestamp())

    assert f'"{seconds:x}-{len(BODY):x}"' == PLAIN
    assert SQUEEZED == f'"{seconds:x}-{len(gzip.compress(BODY, 9)):x}"'


def test_the_validator_has_that_form_everywhere(edition: Edition) -> None:
    for path in edition.paths():
        resource = edition.get(path)
        for variant in filter(None, (resource.plain, resource.gzip)):
            headers = dict(variant.headers)
            seconds = int(parsedate_to_datetime(headers["Last-Modified"]).timestamp())
            assert headers["ETag"] == variant.etag == f'"{seconds:x}-{len(variant.body):x}"'


@pytest.mark.parametrize(
    "tags",
    [
        PLAIN,
        f"W/{PLAIN}",
        f'"other", {PLAIN}',
        f'"other",{PLAIN},"third"',
        f'W/"other" , W/{PLAIN}',
        f", ,{PLAIN}",
        f'"with, a comma", {PLAIN}',
        f'"", {PLAIN}',
        "*",
        " * ",
    ],
)
def test_a_known_tag_is_not_sent_again(tags: str) -> None:
    assert is_unchanged(if_none_match=tags)


@pytest.mark.parametrize(
    "tags",
    [
        "",
        '"other"',
        PLAIN.strip('"'),
        PLAIN.upper(),
        f'"{PLAIN}',
        PLAIN.removesuffix('"'),
        f'"a {PLAIN[1:]}',
        '"*"',
        "**",
        "\xff\xfe",
        SQUEEZED,
    ],
)
def test_another_tag_gets_the_page(tags: str) -> None:
    assert not is_unchanged(if_none_match=tags)


@pytest.mark.parametrize(
    "date",
    [
        ON_TIME,
        LATER,
        "Fri, 01 Jan 2100 00:00:00 GMT",
        "Monday, 23-Nov-26 21:00:07 GMT",  # RFC 850
        "Mon Nov 23 21:00:07 2026",  # asctime()
    ],
)
def test_what_did_not_change_since_is_not_sent_again(date: str) -> None:
    assert is_unchanged(if_modified_since=date)


@pytest.mark.parametrize(
    "date",
    [
        EARLIER,
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "",
        "0",
        "yesterday",
        "2026-11-24T00:00:00Z",
        "Mon, 32 Nov 2026 21:00:07 GMT",
        "Mon, 23 Foo 2026 21:00:07 GMT",
        "Mon, 23 Nov 99999999999999999999 21:00:07 GMT",
        "Mon, 23 Nov 2026 21:00:07 +99999999999999999999",
        "\xff\0",
    ],
)
def test_what_changed_since_or_since_no_date_is_sent(date: str) -> None:
    assert not is_unchanged(if_modified_since=date)


@pytest.mark.property
@given(st.one_of(st.text(), st.from_regex(r"\w{3}, \d+ (Nov|Dec) \d+ \d+:\d+:\d+ [-+\w]+")))
def test_no_condition_is_an_error(text: str) -> None:
    for name in ("if_none_match", "if_modified_since", "accept_encoding"):
        assert get(**{name: text}).status in {"200 OK", "304 Not Modified"}


@pytest.mark.parametrize(
    ("tag", "date", "unchanged"),
    [(PLAIN, EARLIER, True), ('"other"', LATER, False), ("", LATER, False), ("*", EARLIER, True)],
)
def test_a_tag_goes_before_a_date(tag: str, date: str, unchanged: bool) -> None:
    assert is_unchanged(if_none_match=tag, if_modified_since=date) is unchanged


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unchanged_page_has_no_body_and_no_headers_of_one(method: str) -> None:
    status, headers, body = get(method=method, if_none_match=PLAIN)

    assert (status, body) == ("304 Not Modified", b"")
    assert dict(headers) == {
        "Cache-Control": "no-cache",
        "Calendar-Edition": "e",
        "ETag": PLAIN,
        "Last-Modified": ON_TIME,
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_head_is_get_without_the_body(coding: str) -> None:
    whole, head = get(accept_encoding=coding), get(method="HEAD", accept_encoding=coding)

    assert head == Answer(whole.status, whole.headers, b"")
    assert dict(head.headers)["Content-Length"] == str(len(whole.body))


def test_gzip_is_another_representation_with_its_own_tag() -> None:
    plain, squeezed = get(), get(accept_encoding="gzip")
    headers = dict(squeezed.headers)

    assert gzip.decompress(squeezed.body) == plain.body == BODY
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Length"] == str(len(squeezed.body))
    assert headers["ETag"] == SQUEEZED != PLAIN
    assert headers["Vary"] == dict(plain.headers)["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in dict(plain.headers)


def test_a_tag_is_compared_within_its_representation() -> None:
    assert is_unchanged(if_none_match=SQUEEZED, accept_encoding="gzip")
    assert not is_unchanged(if_none_match=PLAIN, accept_encoding="gzip")


def test_gzip_carries_no_time() -> None:
    assert get(accept_encoding="gzip").body[4:8] == bytes(4)


@pytest.mark.parametrize(
    "accept",
    [
        "gzip",
        "GZip",
        "x-gzip",
        "gzip, deflate, br, zstd",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "gzip;q=0.001",
        "gzip ; Q=1.000",
        "*",
        "*;q=0.5",
        "identity;q=0.5, *;q=0.7",
        "identity;q=0, gzip",
        "identity;q=0, *",
        ",,gzip,,",
    ],
)
def test_gzip_is_sent_to_who_takes_it(accept: str) -> None:
    assert accepts_gzip(accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "identity",
        "br, zstd",
        "gzip;q=0",
        "gzip;q=0.000",
        "gzip;q=0, *",
        "*, gzip;q=0",
        "*;q=0",
        "identity;q=0",
        "identity;q=1, gzip;q=0.5",
        "gzip;q=2",
        "gzip;q=-1",
        "gzip;q=0.0001",
        "gzip;q=x",
        "gzip;q",
        "gzip;level=9",
        "gzipped",
        "not gzip",
        "*gzip",
        "\xff",
        ";;;q=1",
    ],
)
def test_gzip_is_not_sent_to_anybody_else(accept: str | None) -> None:
    assert not accepts_gzip(accept)


@pytest.mark.parametrize("size", [0, 511, 512])
def test_what_is_tiny_is_not_compressed(size: int) -> None:
    resource = finish(b"a" * size, "text/plain", Lifetime.PAGE, CHANGED_AT)

    assert (resource.gzip is not None) is (size >= 512)


def test_a_picture_is_not_compressed() -> None:
    assert finish(b"a" * 1000, "image/png", Lifetime.ASSET, CHANGED_AT).gzip is None


def test_an_error_has_no_validator_and_heeds_no_condition() -> None:
    error = finish(BODY, "text/html", Lifetime.ERROR, None, status=404)
    wanted = get(error)

    assert wanted.status == "404 Not Found"
    assert {"ETag", "Last-Modified", "Vary"}.isdisjoint(dict(wanted.headers))
    for conditions in ({"if_none_match": "*"}, {"if_modified_since": LATER}):
        assert get(error, **conditions) == wanted
    assert get(error, accept_encoding="gzip") == wanted


def test_a_part_of_a_second_does_not_make_a_page_newer_than_its_date() -> None:
    resource = finish(BODY, "text/html", Lifetime.PAGE, CHANGED_AT + timedelta(microseconds=9))

    assert get(resource, if_modified_since=ON_TIME).status == "304 Not Modified"


def test_every_resource_is_compressed_that_gains_by_it(edition: Edition) -> None:
    for path in edition.paths():
        resource = edition.get(path)
        # A picture is compressed in itself.
        if len(resource.plain.body) >= 512 and not path.endswith(".png"):
            assert resource.gzip is not None, path
            assert len(resource.gzip.body) < len(resource.plain.body), path
            assert gzip.decompress(resource.gzip.body) == resource.plain.body, path


@pytest.mark.parametrize("path", ["/", "/en/", "/ar/calendar.ics", "/robots.txt"])
def test_a_second_visit_costs_no_body(stack: WSGI, path: str) -> None:
    first = ask(stack, path)
    again = ask(stack, path, headers={"If-None-Match": first.header("ETag")})
    since = ask(stack, path, headers={"If-Modified-Since": first.header("Last-Modified")})

    assert again.status == since.status == 304
    assert again.body == since.body == b""
    assert again.headers == since.headers
    assert re.fullmatch('"[0-9a-f]{8}-[0-9a-f]+"', again.header("ETag"))
    kept = {"Cache-Control", "Vary", "Content-Security-Policy", "Calendar-Edition"}
    assert {name: first.header(name) for name in kept}.items() <= dict(again.headers).items()
    assert {"Content-Type", "Content-Length"}.isdisjoint(dict(again.headers))
