"""How single pages stand on a screen. What is so of all of them is in ``test_every_page``."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.kinds import LANGUAGES

pytestmark = pytest.mark.browser
EACH = pytest.mark.parametrize("lang", LANGUAGES)


def box(page: Page, selector: str, n: int = 0) -> dict[str, Any]:
    """Return where the n-th of these is: x, y, width, height."""
    found = page.locator(selector).nth(n).bounding_box()
    assert found is not None
    return found


@EACH
@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 640)])
def test_the_next_action_is_on_the_first_screen_of_a_phone(
    open_page: Open, lang: str, width: int, height: int
) -> None:
    page = open_page(f"/{lang}/", width=width, height=height)

    title = box(page, ".poster h2")

    assert title["y"] + title["height"] <= height


def test_every_language_is_on_the_first_screen_of_a_phone(open_page: Open) -> None:
    page = open_page("/", width=320, height=480)

    for lang in LANGUAGES:
        expect(page.locator(f".langs [hreflang={lang}]")).to_be_in_viewport(ratio=1)


@EACH
def test_language_and_direction_are_said(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/")

    root = page.locator("html")

    expect(root).to_have_attribute("lang", lang)
    expect(root).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
    assert page.evaluate("getComputedStyle(document.body).direction") == root.get_attribute("dir")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_in_arabic_is_the_mirror_image(open_page: Open, width: int) -> None:
    for lang, first, second in (("en", 0, 1), ("ar", 1, 0)):
        page = open_page(f"/{lang}/", width=width)

        days = ".poster:first-child time"
        assert box(page, days, first)["x"] < box(page, days, second)["x"]
        tiles = ".row:first-child:has(time + time) time"
        assert box(page, tiles, first)["x"] < box(page, tiles, second)["x"]
        brand, figure = box(page, ".brand"), box(page, ".poster .m")
        begins_left = brand["x"] < width / 2
        assert begins_left is (lang == "en")
        assert (figure["x"] + figure["width"] / 2 > width / 2) is begins_left


def test_a_print_is_black_on_white_and_leaves_out_what_only_works_on_a_screen(
    open_page: Open,
) -> None:
    page = open_page("/en/events/cuba-solidarity-days/", color_scheme="dark")

    page.emulate_media(media="print")

    for selector in (".top", ".foot", ".poster .b", ".ways"):
        expect(page.locator(selector).first).to_be_hidden()
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.why dd a'), '::after').content"
    ).startswith('" http')


def test_forced_colours_keep_the_words_and_drop_the_figures(open_page: Open) -> None:
    page = open_page("/en/", forced_colors="active")

    expect(page.locator(".m").first).to_be_hidden()
    expect(page.locator(".poster h2").first).to_be_visible()
    border = page.evaluate("getComputedStyle(document.querySelector('.poster')).borderTopWidth")
    assert border == "1px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_of_the_reader_is_followed(open_page: Open, scheme: str) -> None:
    page = open_page("/en/", color_scheme=scheme)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper == {"light": "rgb(251, 249, 244)", "dark": "rgb(20, 18, 15)"}[scheme]
