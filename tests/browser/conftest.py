"""The pages of the real data, served on a port of this machine as of a fixed day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from calendar_app.app import create_app
from calendar_app.config import read_settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator
from tests.factories import at
from tests.publishing import real_catalogue

NOW = at("2026-11-23T09:00")
Open = Callable[..., Page]
# What tests do and no page: the fixed clock is kept out of a frame, as any script is, and axe
# writes to that frame, where nobody reads.
OF_THE_TESTS = ("Blocked script execution in", "Failed to execute 'postMessage' on")


class Silent(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def served(now: datetime, catalogue: Catalogue | None = None) -> Iterator[str]:
    """Serve everything the application answers, of the real data if of no other; yield its
    address."""
    with listening(now, catalogue=catalogue) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def listening(
    now: datetime, public_url: str = "", catalogue: Catalogue | None = None
) -> Iterator[int]:
    """The same as a site of this address, over TLS with a certificate made on the spot; yield the
    port. Without an address it is http, and the address is where it listens."""
    tls = "adhoc" if public_url else None
    server = make_server(
        "127.0.0.1", 0, _not_yet, threaded=True, request_handler=Silent, ssl_context=tls
    )
    # The port comes first: the pages and the guard must know their own address.
    base_url = public_url or f"http://127.0.0.1:{server.port}"
    operator = Operator("Solidarity Committee", "post@calendar.example", sends_mail=True)
    editions = Editions(catalogue or real_catalogue(), lambda: now, base_url, operator)
    server.app = create_app(read_settings({"CALENDAR_BASE_URL": base_url}), editions)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _not_yet(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served(NOW) as base_url:
        yield base_url


def new_page(context: BrowserContext, complaints: list[str]) -> Page:
    """Return a page whose clock stands where the server's does; what it complains of in the
    console is added to the list."""
    page = context.new_page()

    def note(text: str) -> None:
        if not text.startswith(OF_THE_TESTS):
            complaints.append(f"{page.url}: {text}")

    page.on("console", lambda message: note(message.text))
    page.on("pageerror", lambda error: note(str(error)))
    page.clock.set_fixed_time(NOW)
    return page


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Return a function that opens a path; what it is given else is for the context: a width,
    a colour scheme. The reader's clock stands where the server's does. A page that complains in
    the console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(path: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        viewport = {"width": width, "height": height}
        context = browser.new_context(base_url=site, viewport=viewport, **options)
        contexts.append(context)
        page = new_page(context, complaints)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
