"""Pages of what was moved, cancelled or corrected, which the real data hardly have."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import measures
from tests.browser.conftest import NOW, new_page, served
from tests.browser.kinds import LANGUAGES
from tests.browser.states import CHANGES, unsettled
from tests.browser.tour import WIDTHS, resize


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_became_of_a_date_does_not_lie_on_its_figure(browser: Browser, lang: str) -> None:
    found = {}
    complaints: list[str] = []
    with served(NOW, unsettled()) as base_url, browser.new_context(base_url=base_url) as context:
        page = new_page(context, complaints)
        for path in ("", *(f"events/{event}/" for event in CHANGES)):
            page.goto(f"/{lang}/{path}")
            for width in WIDTHS:
                resize(page, width)
                if overlapping := page.evaluate(measures.OVERLAPS):
                    found[path, width] = overlapping

    assert (found, complaints) == ({}, [])
