"""Text as readers set it: with more space, and each run in its own direction."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open
from tests.browser.kinds import every_kind, pages

pytestmark = pytest.mark.browser
# WCAG 2.2, 1.4.12: what a reader may set without losing anything.
SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
# Words whose box ends before they do, and is closed.
CLIPPED = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter(box => box.checkVisibility() && !box.closest(".skip, .v, [aria-hidden]"))
  .filter(box => [...box.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .filter(box => ["hidden", "clip"].includes(getComputedStyle(box).overflowX))
  .filter(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
  .map(box => box.textContent.trim())"""
# What reads from left to right in every language: addresses, for people and for machines.
ADDRESSES = """() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (words.nextNode()) {
    const text = words.currentNode.data.trim();
    if (!/^(https?|webcal|mailto):|^[a-z0-9.-]+@[a-z0-9.-]+$|^[/][a-z]/.test(text)) continue;
    found.push([text, getComputedStyle(words.currentNode.parentElement).direction]);
  }
  return found;
}"""
# A name in Latin letters within Arabic: where its first and its last letter are drawn, and the
# bracket or full stop that belongs to it.
NAMES = r"""() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const at = (node, index) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect();
  };
  const wrong = [];
  let seen = 0;
  while (words.nextNode()) {
    const node = words.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".v, .skip")) continue;
    for (const match of node.data.matchAll(/[A-Za-z][A-Za-z .'-]*[A-Za-z]/g)) {
      const first = at(node, match.index), last = at(node, match.index + match[0].length - 1);
      if (first.top !== last.top || !first.width) continue;
      seen += 1;
      if (first.left >= last.left) wrong.push(match[0]);
    }
  }
  return {seen, wrong};
}"""


@pytest.mark.parametrize("lang", ["en", "ru", "ar"])
def test_more_space_between_letters_and_lines_loses_nothing(open_page: Open, lang: str) -> None:
    page = open_page("/", width=320, bypass_csp=True)
    lost = {}

    for path in every_kind(lang):
        page.goto(path)
        page.add_style_tag(content=SPACING)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            lost[path] = ["wider than the screen"]
        elif clipped := page.evaluate(CLIPPED):
            lost[path] = clipped

    assert lost == {}


def test_an_address_reads_from_left_to_right_in_arabic(open_page: Open) -> None:
    page = open_page("/")
    found: list[tuple[str, str]] = []

    for path in every_kind("ar"):
        page.goto(path)
        found += page.evaluate(ADDRESSES)

    assert len(found) > 5
    assert [text for text, direction in found if direction != "ltr"] == []


def test_a_name_in_latin_letters_reads_from_left_to_right_in_arabic(open_page: Open) -> None:
    page = open_page("/")
    seen, wrong = 0, []

    for path in pages("ar"):
        page.goto(path)
        found = page.evaluate(NAMES)
        seen += found["seen"]
        wrong += found["wrong"]

    assert seen > 20
    assert wrong == []
