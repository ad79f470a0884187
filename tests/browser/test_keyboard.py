"""The pages without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
EACH = pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/ar/",
        "/ar/events/cuba-solidarity-days/",
        "/en/sources/plan-23/",
        "/en/about/",
        "/en/2026/",
        "/ar/subscribe/",
        "/en/changes/",
    ],
)
# Where the focus is: its place among everything that can have it, and how it shows.
FOCUS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, summary")]
    .filter(element => element.checkVisibility());
  const shown = getComputedStyle(document.activeElement);
  const box = document.activeElement.getBoundingClientRect();
  return {
    place: all.indexOf(document.activeElement),
    count: all.length,
    outline: shown.outlineStyle === "none" ? 0 : parseFloat(shown.outlineWidth),
    inView: box.width > 1 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def steps(page: Page) -> list[dict[str, int]]:
    """Return where the focus is after each press of Tab, until it leaves the page."""
    found = []
    while not found or found[-1]["place"] != found[-1]["count"] - 1:
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUS))
        assert len(found) <= found[-1]["count"]
    return found


@EACH
def test_tab_goes_through_every_link_in_its_order_and_shows_where_it_is(
    open_page: Open, path: str
) -> None:
    found = steps(open_page(path))

    assert [step["place"] for step in found] == list(range(found[0]["count"]))
    assert all(step["outline"] >= 3 for step in found)
    assert all(step["inView"] for step in found)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_first_stop_skips_to_the_content(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.locator("main a").first).to_be_focused()
