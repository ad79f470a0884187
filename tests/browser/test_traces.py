"""What a visit asks for, weighs and leaves behind."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import Open
from tests.browser.kinds import LANGUAGES, pages

pytestmark = pytest.mark.browser
MOST_BYTES = 20 * 1024
MOST_REQUESTS = 4
# What runs or styles; what search engines are told of an event is data and does neither.
PARTS = """document.querySelectorAll("script:not([type='application/ld+json'])").length
  + document.styleSheets.length"""
OWN_FILES = """() => [...document.querySelectorAll("[rel=stylesheet], [rel=icon], script[src]")]
  .map(file => file.href ?? file.src)"""


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_visit_asks_nobody_else_and_leaves_nothing(open_page: Open, site: str, lang: str) -> None:
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    for path in pages(lang):
        page.goto(path)
        # The fixture fails on whatever the content security policy reports in the console.
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate(PARTS) <= 2

    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in asked} == {site}
    assert page.context.cookies() == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_view_is_light(open_page: Open, lang: str) -> None:
    page = open_page("/")

    # The settings come uncompressed, since a token led there; they are opened from a mail.
    for path in (path for path in pages(lang) if "/manage/" not in path):
        page.goto(path)
        urls = [page.url, *page.evaluate(OWN_FILES)]
        weight = sum(map(_weight, urls))
        assert len(urls) <= MOST_REQUESTS
        assert weight <= MOST_BYTES, f"{path}: {weight}"


def _weight(url: str) -> int:
    """Bytes on the wire, compressed as the browser would have it."""
    request = Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    with urlopen(request) as answer:  # noqa: S310
        return len(answer.read())
