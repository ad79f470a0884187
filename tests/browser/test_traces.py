"""What a visit asks for and leaves behind."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Open
from tests.browser.kinds import pages

pytestmark = pytest.mark.browser
# What runs or styles; what search engines are told of an event is data and does neither.
PARTS = """document.querySelectorAll("script:not([type='application/ld+json'])").length
  + document.styleSheets.length"""


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
