"""The HTML of mails in a browser, which forgives less than it seems: nothing is fetched, nothing is
wider than a telephone, and what is written can be told from what it is written on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from calendar_app.words.languages import LANGUAGES
from tests.mail.samples import CASES, html_of, mail, read

pytestmark = pytest.mark.browser
KINDS = [kind for kind, is_discreet in CASES if not is_discreet]
# Luminance as WCAG 2.2 defines it, of each text against the nearest background that is painted.
LEAST_CONTRAST = """() => {
  const channel = value =>
    (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const luminance = colour => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number);
    return .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  };
  const painted = element => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === "rgba(0, 0, 0, 0)" ? painted(element.parentElement) : colour;
  };
  const texts = [...document.body.querySelectorAll("*")].filter(
    element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return Math.min(...texts.map(element => {
    const [one, other] = [getComputedStyle(element).color, painted(element)].map(luminance);
    return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
  }));
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Return a page as wide as a small telephone that may fetch nothing."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    context.route("**/*", lambda route: pytest.fail(f"a mail asked for {route.request.url}"))
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_can_be_read_on_a_telephone_by_day_and_night(
    kind: str, tag: str, page: Page
) -> None:
    page.set_content(html_of(read(mail(kind, tag))))

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate(LEAST_CONTRAST) >= 7
