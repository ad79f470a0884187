"""Getting the dates into a calendar: with and without scripts, with and without a mouse."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.factories import at

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])
SCRIPTED = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
LINKS = "#how + div .ways a:not([href*=atom], [href*=mail])"


def feed(page: Page, link: str) -> bytes:
    """Fetch what a calendar app would, given a link of this page."""
    parts = urlsplit(link)
    if parts.scheme:
        assert parts.scheme in {"http", "webcal"}
        link = parts._replace(scheme="http").geturl()
    answer = page.request.get(link)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return answer.body()


@BOTH
@SCRIPTED
def test_topics_are_ticked_and_every_link_leads_to_them(
    open_page: Open, lang: str, scripts: bool
) -> None:
    page = open_page(f"/{lang}/", width=360, height=640, java_script_enabled=scripts)

    page.locator(".tools a.b").click()
    page.get_by_role("checkbox").nth(4).check()
    page.locator("label[data-t=palestine]").click()
    page.locator("form .b:not(summary)").click()

    expect(page.locator("#how")).to_be_in_viewport()
    expect(page.locator("[role=status]").first).to_be_in_viewport()
    links = [link.get_attribute("href") or "" for link in page.locator(LINKS).all()]
    shown = page.locator("#address").inner_text()
    assert shown.endswith(f"/{lang}/calendar.ics?topics=cuba,palestine")
    found = {feed(page, link) for link in (*links, shown)}
    assert len(links) == 3
    assert len(found) == 1
    assert found.pop().count(b"\r\nUID:") > 13
    page.locator(".ways [href*=mail]").click()
    ticked = page.locator("[name=topics]:checked")
    assert {box.get_attribute("value") for box in ticked.all()} == {"cuba", "palestine"}


@BOTH
def test_a_keyboard_is_enough(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/subscribe/")

    page.locator("[value=cuba]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator("[value=cuba]")).to_be_checked()
    assert page.url.endswith("/subscribe/?topics=cuba#how")
    page.locator("#help + div summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".steps").first).to_be_visible()


@BOTH
def test_the_link_is_copied(open_page: Open, site: str, lang: str) -> None:
    page = open_page(f"/{lang}/subscribe/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)

    page.locator("[data-copy]").click()

    expect(page.locator("[data-copy] + [role=status]")).to_have_text(
        page.locator("[data-copy]").get_attribute("data-done") or ""
    )
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/{lang}/calendar.ics"


@BOTH
def test_of_an_event_the_link_and_the_text_to_forward_are_copied(
    open_page: Open, site: str, lang: str
) -> None:
    page = open_page(f"/{lang}/events/palestine-day/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)

    copied = []
    for button in page.locator("[data-copy]").all():
        button.click()
        expect(button.locator("+ [role=status]")).not_to_be_empty()
        copied.append(page.evaluate("navigator.clipboard.readText()"))

    link, text = copied
    assert link == f"{site}/{lang}/events/palestine-day.ics"
    assert text == page.locator("pre").text_content()
    assert text.endswith(f"\n{site}/{lang}/events/palestine-day/")


def test_what_is_selected_is_copied_as_it_is_however_it_is_broken_into_lines(
    open_page: Open, site: str
) -> None:
    """Where there is no clipboard to write to, the button selects and copies as a reader does."""
    page = open_page("/en/events/cuba-solidarity-days/", width=320)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")

    copied = []
    for button in page.locator("[data-copy]").all():
        button.click()
        expect(button.locator("+ [role=status]")).to_have_text("Copied")
        copied.append(page.evaluate("navigator.clipboard.readText()"))

    link, text = copied
    assert link == f"{site}/en/events/cuba-solidarity-days.ics"
    assert text == page.locator("pre").text_content()
    assert page.locator("pre .id").count() == page.locator("code .id").count() == 1


def test_without_scripts_no_button_promises_to_copy(open_page: Open) -> None:
    page = open_page("/en/subscribe/", java_script_enabled=False)

    expect(page.locator("[data-copy]")).to_be_hidden()
    expect(page.locator("#address")).to_be_visible()


@pytest.mark.parametrize(
    ("now", "label"),
    [
        ("2026-11-23T09:00", "Next · in 5 days"),
        ("2026-11-24T01:00", "Next · in 4 days"),
        ("2026-11-27T12:00", "Next · tomorrow"),
        ("2026-11-28T12:00", "Next · today"),
        ("2026-12-24T12:00", "Next"),
    ],
)
def test_days_are_counted_by_the_date_of_the_reader(open_page: Open, now: str, label: str) -> None:
    page = open_page("/en/about/", timezone_id="UTC")

    page.clock.set_fixed_time(at(now))
    page.goto("/en/")

    expect(page.locator(".poster .when").first).to_have_text(label)


def test_the_date_of_the_reader_is_that_of_the_place(open_page: Open) -> None:
    """In the evening in Greenwich it is tomorrow in Tokyo."""
    page = open_page("/ar/about/", timezone_id="Asia/Tokyo")

    page.clock.set_fixed_time(at("2026-11-25T20:00"))
    page.goto("/ar/")

    expect(page.locator(".poster .when").first).to_contain_text("بعد يومين")
