"""The next dates in the frame of a page of another origin."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


@pytest.fixture
def other_page(open_page: Open) -> Iterator[str]:
    """A page of another origin with the code from our own page in it; its address."""
    code = open_page("/ar/embed/code/?topics=cuba&theme=dark").locator("#iframe").inner_text()
    document = f"<!doctype html><html lang=en><title>Other</title><h1>Other</h1>{code}".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            # As strict as a page can be that frames others.
            self.send_header("Cross-Origin-Embedder-Policy", "unsafe-none")
            self.end_headers()
            self.wfile.write(document if self.path == "/" else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    # By another name than our own site, so that it is not even the same site.
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_frame_in_a_page_of_another_origin_has_its_style(
    open_page: Open, other_page: str
) -> None:
    page = open_page(other_page)

    frame = page.frame_locator("iframe")

    expect(frame.locator("article")).to_have_count(5)
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    # Dark, as chosen, in a browser that is light; and a tile in the colour of its topic.
    expect(frame.locator("body")).to_have_css("background-color", "rgb(20, 18, 15)")
    expect(frame.locator(".days time").first).to_have_css("background-color", "rgb(255, 205, 28)")
    with page.context.expect_page() as opened:
        frame.locator("h2 a").first.click()
    expect(opened.value.locator("h1")).to_be_visible()
    assert opened.value.evaluate("opener") is None
    assert opened.value.evaluate("document.referrer") == ""


def test_no_other_page_of_the_site_can_be_framed(open_page: Open, site: str) -> None:
    page = open_page("/en/embed/code/")
    answers = {
        path: page.request.get(path).headers
        for path in ("/en/embed/", "/en/", "/en/embed/code/", "/en/subscribe/", "/en/calendar.ics")
    }

    open_to_others = [
        path
        for path, headers in answers.items()
        if "frame-ancestors *" in headers["content-security-policy"]
    ]
    assert open_to_others == ["/en/embed/"]
