"""The whole way of a reader on a site that the world can reach: with scripts and a mouse, and with
neither. Only there the ways through the servers of others are offered."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pypdf import PdfReader

from tests.browser.conftest import NOW, listening
from tests.conftest import launch

pytestmark = pytest.mark.browser
PUBLIC = "https://calendar.example"
HOST = "calendar.example"
OTHERS = {
    "google": "https://calendar.google.com/calendar/render?cid=",
    "outlook": "https://outlook.live.com/calendar/0/addfromweb?url=",
    "office": "https://outlook.office.com/calendar/0/addfromweb?url=",
}
MOST_TABS = 120
Act = Callable[[Page, Locator, str], None]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(NOW, PUBLIC) as found:
        yield found


@pytest.fixture(scope="module")
def public_browser(browser: Browser, port: int) -> Iterator[Browser]:
    """A browser for which the public name is this machine, and no other name is anywhere."""
    rules = f"MAP {HOST} 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    started = launch(browser.browser_type, f"--host-resolver-rules={rules}")
    yield started
    started.close()


def click(page: Page, place: Locator, key: str) -> None:
    place.click()


def press(page: Page, place: Locator, key: str) -> None:
    """Go there with Tab and press the key."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if place.evaluate("place => place === document.activeElement"):
            page.keyboard.press(key)
            return
    pytest.fail(f"Tab does not lead to {place}")


def feed_of(link: str) -> str:
    """Return the address of the feed that a link hands to a calendar."""
    given = parse_qs(urlsplit(link).query)
    address = given.get("cid", given.get("url", [link]))[0]
    scheme, _, rest = address.partition(":")
    assert scheme in {"https", "webcal", "webcals"}
    return f"https:{rest}"


def fetched(port: int, address: str) -> tuple[str, bytes]:
    """Return the type and the bytes of what is at a public address."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == PUBLIC
    # The certificate was made a moment ago, and nobody vouches for it.
    context = ssl._create_unverified_context()  # noqa: S323
    connection = HTTPSConnection("127.0.0.1", port, context=context)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Host": HOST})
    answer = connection.getresponse()
    found = answer.headers["Content-Type"], answer.read()
    connection.close()
    assert answer.status == 200
    return found


def read_code(picture: Path) -> str:
    """Return what a camera would read from a picture."""
    command = ["zbarimg", "--quiet", "--raw", picture]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    ("scripts", "act", "scheme"),
    [(True, click, "light"), (False, press, "dark")],
    ids=["scripts", "keyboard, no scripts, by night"],
)
def test_from_the_next_date_into_every_calendar_and_onto_paper(
    public_browser: Browser,
    port: int,
    tmp_path: Path,
    lang: str,
    scripts: bool,
    act: Act,
    scheme: Literal["light", "dark"],
) -> None:
    context = public_browser.new_context(
        base_url=PUBLIC, ignore_https_errors=True, java_script_enabled=scripts, color_scheme=scheme
    )
    asked: list[tuple[str, str | None]] = []

    def note(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(body="")

    for prefix in OTHERS.values():
        context.route(f"{prefix.partition('?')[0]}?*", note)
    page = context.new_page()
    page.goto(f"/{lang}/")

    # The next date is in view; of the topics one is chosen; its event is opened and printed.
    expect(page.locator(".poster h2").first).to_be_in_viewport()
    act(page, page.locator(".tools summary"), "Enter")
    act(page, page.locator(".opts [value=cuba]"), "Space")
    act(page, page.locator(".tools button"), "Enter")
    expect(page).to_have_url(f"{PUBLIC}/{lang}/?topics=cuba")
    act(page, page.locator(".poster h2 a"), "Enter")
    expect(page).to_have_url(f"{PUBLIC}/{lang}/events/cuba-solidarity-days/")
    address = page.locator("#add ~ div code").inner_text()
    assert fetched(port, address)[1].count(b"\r\nUID:cuba-solidarity-days-") > 12
    sheets = PdfReader(BytesIO(page.pdf(format="A4"))).pages
    assert 1 <= len(sheets) <= 3

    # From there to the place to subscribe, with the same topic.
    act(page, page.locator(".top [href$='/subscribe/']"), "Enter")
    act(page, page.locator("[value=cuba]"), "Space")
    act(page, page.locator("form button"), "Enter")
    expect(page).to_have_url(f"{PUBLIC}/{lang}/subscribe/?topics=cuba#how")
    ways = page.locator("#how + div .ways")
    shown = page.locator("#address").inner_text()
    assert shown == f"{PUBLIC}/{lang}/calendar.ics?topics=cuba"
    content_type, feed = fetched(port, shown)
    assert (content_type, feed[:15]) == ("text/calendar; charset=utf-8", b"BEGIN:VCALENDAR")
    hrefs = [link.get_attribute("href") or "" for link in ways.locator("a[href*=':']").all()]
    assert [feed_of(href) for href in hrefs] == [shown] * 5
    for prefix in OTHERS.values():
        act(page, ways.locator(f"a[href^='{prefix}']"), "Enter")
        page.wait_for_url(f"{prefix}*")
        page.go_back()
    assert [(feed_of(url), referer) for url, referer in asked] == [(shown, None)] * 3

    # The code is read from the screen, with what lies around it; the file and the news are fetched.
    code = page.locator(".qr")
    code.scroll_into_view_if_needed()
    expect(code).to_have_js_property("complete", True)
    picture = tmp_path / "code.png"
    page.screenshot(path=picture)
    assert read_code(picture) == shown
    path = ways.locator("[download]").get_attribute("href")
    assert f"{PUBLIC}{path}" == shown
    news = ways.locator("[href*='agenda.atom']").get_attribute("href")
    assert fetched(port, f"{PUBLIC}{news}")[0] == "application/atom+xml; charset=utf-8"
    mail = ways.locator("[href*=mail]")
    expect(mail).to_have_attribute("href", f"/{lang}/subscribe/mail/?topics=cuba")
    context.close()
