"""Every text against what lies behind it, as the browser has computed both (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open
from tests.browser.kinds import pages

pytestmark = pytest.mark.browser
LEAST = 4.5
# The ratio of each text, with the text; backgrounds of the pages are plain colours.
RATIOS = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const channel = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = colour => {
    const [red, green, blue] = numbers(colour).map(value => channel(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = element => {
    const colour = getComputedStyle(element).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || element.closest(".skip")) continue;
    const [a, b] = [getComputedStyle(element).color, behind(element)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([words.currentNode.data.trim(), ratio]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_text_stands_out_from_its_ground(open_page: Open, lang: str, scheme: str) -> None:
    page = open_page("/", color_scheme=scheme)
    faint = {}

    for path in pages(lang):
        page.goto(path)
        ratios = page.evaluate(RATIOS)
        assert len(ratios) > 10
        faint[path] = [found for found in ratios if found[1] < LEAST]

    assert {path: found for path, found in faint.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_of_the_reader_is_followed(open_page: Open, scheme: str) -> None:
    page = open_page("/en/", color_scheme=scheme)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper == {"light": "rgb(251, 249, 244)", "dark": "rgb(20, 18, 15)"}[scheme]
