"""What a reader comes for, step by step, in a language of either direction."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])


@BOTH
def test_from_the_root_to_the_point_of_the_document_and_back(open_page: Open, lang: str) -> None:
    page = open_page("/", width=360, height=640)

    page.locator(f".choices [hreflang={lang}]").click()
    expect(page).to_have_url(re.compile(f"/{lang}/$"))
    name = page.locator(".poster h2").first.inner_text()
    page.locator(".poster h2 a").first.click()
    expect(page.locator("h1")).to_have_text(re.sub(r"\s+", " ", name))
    event = page.url
    page.locator("#why + dl dt a").first.click()
    point = page.locator(".point:has(h2:target)")
    expect(point).to_be_in_viewport()
    expect(point.get_by_role("link", name=name)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(event)


@BOTH
@pytest.mark.parametrize("scripts", [True, False])
def test_topics_are_chosen_and_taken_out_again(open_page: Open, lang: str, scripts: bool) -> None:
    page = open_page(f"/{lang}/", width=360, height=640, java_script_enabled=scripts)

    page.locator(".tools summary").click()
    for topic in ("cuba", "peace"):
        page.locator(f".opts [data-t={topic}]").click()
    page.locator(".tools button").click()
    expect(page).to_have_url(re.compile(f"/{lang}/\\?topics=peace&topics=cuba$"))
    expect(page.locator(".row[data-t=labour]")).to_have_count(0)
    page.locator(".chosen a").first.click()
    expect(page).to_have_url(re.compile(f"/{lang}/\\?topics=cuba$"))
    page.locator(".chosen a").last.click()

    expect(page).to_have_url(re.compile(f"/{lang}/$"))
    expect(page.locator(".row[data-t=labour]")).not_to_have_count(0)


@BOTH
def test_on_a_phone_the_menu_leads_to_every_page(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/", width=320, height=568)

    page.locator(".to-menu").click()
    expect(page.locator("#menu")).to_be_in_viewport()
    page.locator("#menu [href$='/sources/']").click()

    expect(page).to_have_url(re.compile(f"/{lang}/sources/$"))


@BOTH
def test_from_a_topic_to_a_calendar(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/")

    page.locator(".topics [data-t=cuba] a").click()
    expect(page).to_have_url(re.compile(f"/{lang}/topics/cuba/$"))
    address = page.locator("#add ~ div code").inner_text()
    path = page.locator("[download]").get_attribute("href")
    assert path.startswith("/")  # through an onion address or a mirror it stays there
    assert address.endswith(path)
    subscribe = page.locator("#add ~ div a.b").first.get_attribute("href")
    assert subscribe == address.replace("http:", "webcal:")
    answer = page.request.get(address)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.body().startswith(b"BEGIN:VCALENDAR\r\n")


@BOTH
def test_the_button_of_an_event_leads_to_the_ways_into_a_calendar(
    open_page: Open, lang: str
) -> None:
    page = open_page(f"/{lang}/events/cuba-solidarity-days/", width=360, height=640)

    page.locator(".poster .b").click()

    expect(page.locator("#add")).to_be_in_viewport()


@BOTH
def test_another_language_keeps_the_page(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/sources/plan-23/")

    page.locator(".langs [hreflang=ru]").click()

    expect(page).to_have_url(re.compile("/ru/sources/plan-23/$"))
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_a_page_that_is_not_there_shows_the_way_on(open_page: Open) -> None:
    page = open_page("/en/")

    # The browser itself notes a 404 in the console, so the page is asked for beside it.
    answer = page.request.get("/tr/nothing/")

    assert answer.status == 404
    assert 'href="/tr/"' in answer.text()
