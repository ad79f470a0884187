"""axe-core in a page: what it finds, and what it could not decide (WCAG 2.2 AA, best practice)."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parent.parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags},
    resultTypes: ["violations", "incomplete"],
  });
  const lines = kind => found[kind].flatMap(rule => rule.nodes.map(node =>
    [rule.id, node.target.join(" "), node.any.concat(node.all, node.none)
      .map(check => check.data && check.data.messageKey || "").filter(Boolean).join(" ")]));
  return {violations: lines("violations"), incomplete: lines("incomplete")};
}"""
# What axe cannot decide and other tests do. By rule, and by the reason it gives.
DECIDED_ELSEWHERE = {
    # A text that another element lies over, or that is drawn over the edge of its box: the links
    # stretched over tiles. test_every_page.py computes every ratio itself.
    ("color-contrast", "bgOverlap"),
    ("color-contrast", "elmPartiallyObscured"),
    ("color-contrast", "elmPartiallyObscuring"),
    # One digit in a tile.
    ("color-contrast", "shortTextContent"),
    # The coloured halves of a figure are gradients; no text lies on one.
    ("color-contrast", "bgGradient"),
    ("color-contrast", "pseudoContent"),
    # The preview of what others frame: nothing runs in it, axe neither. Its page is judged by
    # itself, as a page of its own.
    ("frame-tested", ""),
}


def bring(page: Page) -> None:
    """Put axe into every page that is opened from now on, which sends it to the browser once."""
    page.add_init_script(path=SOURCE)


def complaints(page: Page) -> list[str]:
    """Return what axe, which was brought, has against the page as it is shown now."""
    found = page.evaluate(RUN, TAGS)
    undecided = [
        line for line in found["incomplete"] if (line[0], line[2]) not in DECIDED_ELSEWHERE
    ]
    return [" ".join(line) for line in found["violations"]] + [
        f"undecided: {' '.join(line)}" for line in undecided
    ]
