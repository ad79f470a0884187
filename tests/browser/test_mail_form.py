"""The form of reminders in a browser: what is typed stays, and the zone is the reader's own."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("lang", ["en", "ar"])


@pytest.mark.parametrize(
    ("own", "chosen"),
    [
        ("Asia/Beirut", "Asia/Beirut"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        # What browsers say that hide where their reader is.
        ("UTC", "UTC"),
        ("Atlantic/Reykjavik", "UTC"),
    ],
)
def test_a_new_form_takes_the_zone_of_the_browser_unless_that_says_nothing(
    open_page: Open, own: str, chosen: str
) -> None:
    page = open_page("/en/subscribe/mail/", timezone_id=own)

    assert page.locator("#zone").input_value() == chosen
    label = page.locator("#zone option:checked").text_content() if chosen != "UTC" else "UTC"
    expect(page.locator("[data-sending]")).to_have_text(f"Mails leave at 9:00, time zone: {label}.")


def test_a_zone_that_was_chosen_stays(open_page: Open) -> None:
    page = open_page("/en/manage/token/en..7_1.UTC.9", timezone_id="Asia/Beirut")

    assert page.locator("#zone").input_value() == "UTC"


def test_every_zone_that_a_browser_may_name_is_on_the_list(open_page: Open) -> None:
    page = open_page("/en/subscribe/mail/")

    missing = page.evaluate(
        """() => {
          const names = [...document.querySelector("#zone").options].flatMap(
            ({ value, dataset }) => [value, ...(dataset.also ?? "").split(" ")]);
          return Intl.supportedValuesOf("timeZone").filter((name) => !names.includes(name));
        }"""
    )
    assert [name for name in missing if not name.startswith("Etc/")] == []


@BOTH
@pytest.mark.parametrize("has_script", [True, False])
def test_what_was_typed_stays_when_something_is_wrong(
    open_page: Open, lang: str, has_script: bool
) -> None:
    page = open_page(f"/{lang}/subscribe/mail/", java_script_enabled=has_script, width=360)

    # What the browser itself would ask for is left to the page.
    page.locator("[name=do][value=show]").click()
    expect(page).to_have_url(re.compile(f"/{lang}/subscribe/mail/$"))
    page.locator("#address").fill("name@example.org")
    page.locator("[name=topics][value=peace]").uncheck()
    page.locator("summary").first.click()
    page.locator("#hour").select_option("7")
    page.locator("[name=times][value=monthly]").check()
    page.locator("[name=do][value=show]").click()

    expect(page.locator("#address")).to_have_value("name@example.org")
    expect(page.locator("[name=topics][value=peace]")).not_to_be_checked()
    expect(page.locator("[name=topics][value=cuba]")).to_be_checked()
    expect(page.locator("[name=times][value=monthly]")).to_be_checked()
    expect(page.locator("#hour")).to_have_value("7")
    expect(page.locator("#preview")).to_be_visible()


@BOTH
@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize(
    ("path", "typed_in", "pressed"),
    [
        ("subscribe/mail/", "#address", "send"),
        ("manage/token/en..7_1.UTC.9", "#topics input", "change"),
    ],
)
def test_enter_presses_the_button_that_the_form_is_for(
    open_page: Open, lang: str, has_script: bool, path: str, typed_in: str, pressed: str
) -> None:
    page = open_page(f"/{lang}/{path}", java_script_enabled=has_script)
    page.route("**/*", lambda route: route.fulfill(status=202, body="taken"))
    if pressed == "send":
        page.locator("#address").fill("name@example.org")
        page.locator("#consent").check()

    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator(typed_in).first.press("Enter")

    assert parse_qs(sent.value.post_data)["do"] == [pressed]
