"""Every kind of page against axe-core: WCAG 2.2 A and AA, and what it calls best practice.

With each change one of each kind per language, in schemes and widths that take turns; the whole
matrix is slow.
"""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page

from tests.browser.axe import bring, complaints
from tests.browser.conftest import Open
from tests.browser.kinds import LANGUAGES, every_kind

pytestmark = pytest.mark.browser
SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_page_is_open_to_everyone(open_page: Open, lang: str) -> None:
    turns = [_page(open_page, scheme, width) for scheme, width in product(SCHEMES, WIDTHS)]
    begin = LANGUAGES.index(lang)
    found = {}

    for number, path in enumerate(every_kind(lang), start=begin):
        page = turns[number % len(turns)]
        found[path] = _complaints(page, path)

    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_matrix(open_page: Open, lang: str, scheme: str, width: int) -> None:
    page = _page(open_page, scheme, width)

    found = {path: _complaints(page, path) for path in every_kind(lang)}

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_fault_would_be_seen(open_page: Open) -> None:
    page = _page(open_page, "light", 1280)
    page.goto("/en/about/")

    page.evaluate("document.querySelector('main p').style.color = '#eee'")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    found = complaints(page)

    assert {line.split()[0] for line in found} == {"button-name", "color-contrast"}


def _page(open_page: Open, scheme: str, width: int) -> Page:
    page = open_page("/", width=width, color_scheme=scheme)
    bring(page)
    return page


def _complaints(page: Page, path: str) -> list[str]:
    page.goto(path)
    return complaints(page)
