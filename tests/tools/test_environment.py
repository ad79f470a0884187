"""The ground the other tests stand on."""

from __future__ import annotations

import socket

import pytest
from playwright.sync_api import Browser


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(OSError, match="tests stay on this machine"):
        outward.connect(("192.0.2.1", 80))


def test_a_test_can_talk_to_a_server_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert client.getpeername() == server.getsockname()


@pytest.mark.browser
def test_the_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()

    page.set_content("<title>Календарь</title><h1 lang=ar dir=rtl>تقويم</h1>")

    assert page.title() == "Календарь"
    assert page.inner_text("h1") == "تقويم"
    page.close()
