"""Pages of what was moved, cancelled or corrected, which the real data hardly have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from calendar_app.core.events import Text
from tests.browser import measures
from tests.browser.conftest import NOW, new_page, served
from tests.browser.kinds import LANGUAGES
from tests.browser.states import CHANGES, unsettled
from tests.browser.tour import WIDTHS, resize
from tests.factories import cancelled, event, on
from tests.publishing import made_up, publish


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


@pytest.mark.parametrize("path", ["/en/2026/12/", "/en/2026/"])
def test_a_cancelled_date_is_struck_out_in_a_table_and_stays_so(
    browser: Browser, path: str
) -> None:
    """Alone on its day, or beside one that takes place."""
    on_the_10th, on_the_12th = on("2026-12-10"), on("2026-12-12")
    alone = event("talks", on_the_12th, topics=("labour",), changes=(cancelled("2026-12-12"),))
    beside = replace(alone, id="camp", rule=on_the_10th, changes=(cancelled("2026-12-10"),))
    stands = event("march", on_the_10th, topics=("labour",), name=Text({"en": "March"}))
    complaints: list[str] = []
    catalogue = publish(made_up(alone, beside, stands))
    with served(NOW, catalogue) as base_url, browser.new_context(base_url=base_url) as context:
        page = new_page(context, complaints)
        page.goto(path)
        found = {}
        for link in page.locator("td a").all():
            link.hover()
            href = str(link.get_attribute("href"))
            found[href] = link.evaluate("link => getComputedStyle(link).textDecorationLine")

    assert found == {
        "/en/events/camp/": "line-through",
        "/en/events/march/": "underline",
        "/en/events/talks/": "line-through",
    }
    assert complaints == []
