"""How the pages stand on screens of several widths, in both directions and both schemes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.kinds import LANGUAGES, pages

pytestmark = pytest.mark.browser
EACH = pytest.mark.parametrize("lang", LANGUAGES)
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])
WIDTHS = (320, 360, 768, 1280)
LEAST_TARGET = 44
# Targets that stand alone: not links in a line of text. A link stretched over its row or poster
# is as large as that.
SMALL_TARGETS = """least => [...document.querySelectorAll(
    ":is(main, header, footer) :is(a, button, summary, select, [type=email], label:has(input))")]
  .filter(a => !a.matches(".skip, .v *") && a.checkVisibility())
  .filter(a => !a.matches("a") || a.parentElement.textContent.trim() === a.textContent.trim())
  .map(a => {
    const stretched = getComputedStyle(a, "::after").position === "absolute";
    return [a, (stretched ? a.closest(".row, .poster") : a).getBoundingClientRect()];
  })
  .filter(([a, box]) => box.height < least || box.width < least)
  .map(([a, box]) => `${a.textContent.trim()}: ${box.width} x ${box.height}`)"""
# Words that begin on one line and end on the next.
BROKEN = r"""() => [...document.querySelectorAll("h1, h2, h3, dt, .b, .when, .d, .tag")]
  .filter(title => title.checkVisibility())
  .flatMap(title => {
    const words = document.createTreeWalker(title, NodeFilter.SHOW_TEXT), found = [];
    while (words.nextNode()) {
      for (const word of words.currentNode.data.matchAll(/[\p{L}\p{M}]+/gu)) {
        const range = document.createRange();
        range.setStart(words.currentNode, word.index);
        range.setEnd(words.currentNode, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        if (lines.size > 1) found.push(word[0]);
      }
    }
    return found;
  })"""
# Pictures that say nothing where they are not shown.
NAMELESS = """[...document.images].filter(image => !image.alt.trim()).map(image => image.src)"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3")]
  .filter(heading => heading.checkVisibility()).map(heading =>
  [heading.textContent.trim(), heading.getBoundingClientRect().top])"""


def box(page: Page, selector: str, n: int = 0) -> dict[str, Any]:
    """Return where the n-th of these is: x, y, width, height."""
    found = page.locator(selector).nth(n).bounding_box()
    assert found is not None
    return found


@EACH
def test_nothing_is_wider_than_the_screen_and_no_word_of_a_title_is_broken(
    open_page: Open, lang: str
) -> None:
    page = open_page("/")
    wider, broken = [], {}

    for path in pages(lang):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wider.append((path, width))
            if found := page.evaluate(BROKEN):
                broken[path, width] = found

    assert wider == []
    assert broken == {}


@EACH
def test_text_of_twice_the_size_still_fits(open_page: Open, lang: str) -> None:
    page = open_page("/", width=640)
    wider = []

    for path in pages(lang):
        page.goto(path)
        # As a reader's setting does: every size on the pages is relative to it.
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        if page.evaluate("document.documentElement.scrollWidth") > 640:
            wider.append(path)

    assert wider == []


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


@BOTH
def test_what_stands_alone_can_be_hit(open_page: Open, lang: str) -> None:
    page = open_page("/", width=360)
    small = {}

    for path in pages(lang):
        page.goto(path)
        small[path] = page.evaluate(SMALL_TARGETS, LEAST_TARGET)

    assert {path: found for path, found in small.items() if found} == {}


@BOTH
def test_without_style_sheet_and_pictures_every_word_is_there_in_the_same_order(
    open_page: Open, lang: str
) -> None:
    styled, bare = open_page("/", width=320), open_page("/", width=320)
    for files in ("**/*.css", "**/*.png", "**/*.svg"):
        bare.route(files, lambda route: route.fulfill(body="", content_type="text/css"))

    for path in pages(lang):
        for page in (styled, bare):
            page.goto(path)
            tops = [top for _, top in page.evaluate(HEADINGS)]
            assert len(tops) > 0, path
            assert tops == sorted(tops), path
        display = bare.evaluate("getComputedStyle(document.querySelector('main')).display")
        assert display == "block"
        seen = iter(bare.inner_text("body").split())
        assert [word for word in styled.inner_text("body").split() if word not in seen] == [], path
        assert bare.evaluate(NAMELESS) == [], path


@BOTH
def test_text_and_figures_do_not_lie_on_each_other(open_page: Open, lang: str) -> None:
    page = open_page("/")

    for path in [path for path in pages(lang) if "/events/" in path or path.count("/") == 2]:
        for width in WIDTHS:
            page.goto(path)
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(OVERLAPS) == [], (path, width)


# Lines of text in a poster, as drawn, against its figure.
OVERLAPS = """() => [...document.querySelectorAll(".poster")].flatMap(poster => {
  const figure = poster.querySelector(".m").getBoundingClientRect();
  const words = document.createTreeWalker(poster, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(words.currentNode);
    const isNumeral = words.currentNode.parentElement.matches(".n");
    const lies = !isNumeral && words.currentNode.data.trim() && [...range.getClientRects()].some(
      line => line.right > figure.left + 1 && line.left < figure.right - 1
        && line.bottom > figure.top + 6 && line.top < figure.bottom);
    if (lies) found.push(words.currentNode.data.trim());
  }
  return found;
})"""


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
