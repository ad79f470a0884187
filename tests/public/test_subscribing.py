"""The place to choose: what is ticked goes into every link, and every link leads to that feed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from calendar_app.public.edition import Edition
from calendar_app.public.selection import EVERYTHING
from calendar_app.public.sites import Operator
from calendar_app.public.subscribing import subscribe_page
from calendar_app.public.ways import Ways
from calendar_app.words.languages import LANGUAGES
from tests.pages.markup import Element, Tree
from tests.public.test_qr import decoded
from tests.publishing import BASE_URL, TODAY, edition, real_catalogue

EACH = pytest.mark.parametrize("lang", LANGUAGES)
CHOICES = ("", "topics=cuba", "topics=palestine,cuba", "topics=palestine&topics=cuba")
GOOGLE_TAKES_FEWER = 256


def page(path: str, query: str = "", base_url: str = BASE_URL) -> Element:
    found = Edition(real_catalogue(), TODAY, base_url, Operator()).get(path, query)
    assert found.status == 200
    return Tree(found.plain.body.decode()).root


def links(root: Element) -> list[str]:
    """Return where the ways lead."""
    ways = next(e for e in root.all("ul") if e.attributes.get("class") == "ways")
    return [link.attributes["href"] for link in ways.all("a")]


def hrefs(root: Element) -> list[str]:
    """Return where those ways lead that are ways of the feed."""
    return [link for link in links(root) if "agenda.atom" not in link]


def address(root: Element) -> str:
    return next(root.all("code")).copied


def fed(link: str) -> str:
    """Return the address of the feed to which a link of the page leads."""
    given = parse_qs(urlsplit(link).query)
    link = given.get("cid", given.get("url", [link]))[0]
    scheme, _, rest = link.partition("://")
    return f"https://{rest}" if scheme in {"webcal", "webcals", "https"} else BASE_URL + link


@EACH
@pytest.mark.parametrize("query", CHOICES)
def test_every_way_leads_to_the_feed_of_the_choice(lang: str, query: str) -> None:
    root = page(f"/{lang}/subscribe/", query)
    shown = urlsplit(address(root))

    assert {fed(link) for link in hrefs(root)} == {shown.geturl()}
    assert len(hrefs(root)) == 6
    found = edition(real_catalogue()).get(shown.path, shown.query)
    assert found.plain.body.startswith(b"BEGIN:VCALENDAR\r\n")
    source = shown.geturl().encode()
    assert b"SOURCE;VALUE=URI:" + source in found.plain.body.replace(b"\r\n ", b"")


@pytest.mark.parametrize("query", CHOICES)
def test_a_camera_reads_the_address_that_is_shown(query: str, tmp_path: Path) -> None:
    root = page("/ar/subscribe/", query)
    source = urlsplit(next(root.all("img")).attributes["src"])

    image = tmp_path / "code.png"
    image.write_bytes(edition(real_catalogue()).get(source.path, source.query).plain.body)

    assert decoded(image) == address(root)


@EACH
@pytest.mark.parametrize("query", ["", "topics=cuba&alarm=-1d@18:00", "topics=environment"])
def test_news_of_the_topics_are_offered_even_where_there_is_no_feed(lang: str, query: str) -> None:
    root = page(f"/{lang}/subscribe/", query)

    news = urlsplit(next(a for a in links(root) if "agenda.atom" in a))

    assert news.query == query.partition("&")[0]
    assert edition(real_catalogue()).get(news.path, news.query).status == 200


def test_another_language_keeps_the_choice() -> None:
    for path in ("/en/subscribe/", "/en/embed/code/"):
        addresses = {a.attributes["href"] for a in page(path, "topics=women,cuba").all("a")}
        assert f"{path.replace('en', 'ar', 1)}?topics=cuba,women" in addresses


def test_what_is_chosen_is_ticked_and_said() -> None:
    root = page("/en/subscribe/", "topics=palestine&topics=cuba")

    ticked = [box.attributes["value"] for box in root.all("input") if "checked" in box.attributes]
    assert ticked == ["cuba", "palestine"]
    status = next(e for e in root.all("p") if e.attributes.get("role") == "status")
    assert status.text == (
        "Chosen: Solidarity with Cuba · Solidarity with Palestine · 14 dates in the next 12 months"
    )


def test_a_topic_tells_how_many_dates_it_has_and_the_next_three() -> None:
    labels = {
        label.attributes["data-t"]: label.text
        for label in page("/en/subscribe/").all("label")
        if "data-t" in label.attributes
    }

    assert labels["cuba"] == (
        "Solidarity with Cuba 13 dates in the next 12 months. "
        "Next: 28–29 November 2026 · 26–27 December 2026 · 30–31 January 2027"
    )
    assert labels["environment"].endswith("0 dates in the next 12 months.")


@EACH
def test_a_choice_without_any_date_says_that_there_is_no_feed(lang: str) -> None:
    root = page(f"/{lang}/subscribe/", "topics=environment")
    phrases = edition(real_catalogue()).site.presenter(lang).phrases

    assert list(root.all("code")) == []
    assert phrases.text("topic_no_feed") in next(root.all("main")).text


@pytest.mark.parametrize(
    ("base_url", "is_public"),
    [
        ("https://calendar.example", True),
        ("https://calendar.example:8443", True),
        ("https://93.184.216.34", True),
        ("http://calendar.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://127.0.0.1", False),
        ("https://[::1]", False),
        ("https://192.168.1.2", False),
        ("https://localhost", False),
        ("https://calendar.local", False),
        ("https://abcdefghijklmnop.onion", False),
    ],
)
def test_google_and_microsoft_are_offered_only_what_they_can_fetch(
    base_url: str, is_public: bool
) -> None:
    assert Ways(base_url, "/en/calendar.ics", "Days").is_public is is_public
    links = hrefs(page("/en/subscribe/", base_url=base_url))
    hosts = {urlsplit(link).hostname for link in links}
    others = {"calendar.google.com", "outlook.live.com", "outlook.office.com"}
    assert hosts & others == (others if is_public else set())


def test_links_keep_every_character_of_the_address() -> None:
    ways = Ways("https://calendar.example", "/ar/calendar.ics?topics=a,b", "أيام")

    assert ways.google == (
        "https://calendar.google.com/calendar/render"
        "?cid=webcal%3A%2F%2Fcalendar.example%2Far%2Fcalendar.ics%3Ftopics%3Da%2Cb"
    )
    assert ways.outlook == (
        "https://outlook.live.com/calendar/0/addfromweb"
        "?url=https%3A%2F%2Fcalendar.example%2Far%2Fcalendar.ics%3Ftopics%3Da%2Cb"
        "&name=%D8%A3%D9%8A%D8%A7%D9%85"
    )
    assert ways.office == ways.outlook.replace("live.com", "office.com")
    assert ways.webcals == "webcals://calendar.example/ar/calendar.ics?topics=a,b"
    assert Ways("http://x.onion", "/en/calendar.ics", "").webcals.startswith("webcal://")


@EACH
def test_every_topic_at_once_is_an_address_that_google_takes(lang: str) -> None:
    every = "&".join(f"topics={topic}" for topic in real_catalogue().topics)

    assert len(address(page(f"/{lang}/subscribe/", every))) < GOOGLE_TAKES_FEWER


def test_mail_is_offered_only_where_it_is_sent() -> None:
    site = replace(edition(real_catalogue()).site, operator=Operator(sends_mail=True))
    place = {"lang": "en"}

    with_mail = Tree(subscribe_page(site, place, EVERYTHING).decode()).root
    assert "/en/subscribe/mail/" in hrefs(with_mail)
    assert "E-mail reminders are not offered here" not in next(with_mail.all("main")).text
    without = page("/en/subscribe/")
    assert "/en/subscribe/mail/" not in hrefs(without)
    assert "E-mail reminders are not offered here" in next(without.all("main")).text


@EACH
def test_the_steps_are_in_order_and_none_is_missing(lang: str) -> None:
    steps = [len(list(ol.all("li"))) for ol in page(f"/{lang}/subscribe/").all("ol")]

    assert steps == [3, 3, 3, 3, 3, 3, 2]


def test_alarms_and_what_becomes_of_cancelled_dates_go_into_every_link() -> None:
    root = page(
        "/ru/subscribe/", "topics=cuba&alarm=-1d%4018%3A00&alarm=-7d%4009%3A00&cancelled=hide"
    )

    assert address(root) == (
        f"{BASE_URL}/ru/calendar.ics?topics=cuba&alarm=-7d@09:00,-1d@18:00&cancelled=hide"
    )
    assert {fed(link) for link in hrefs(root)} == {address(root)}
    ticked = [box.attributes["value"] for box in root.all("input") if "checked" in box.attributes]
    assert ticked == ["cuba", "-7d@09:00", "-1d@18:00", "hide"]
    assert "open" in next(root.all("details")).attributes


@EACH
def test_everything_ticked_at_once_is_an_address(lang: str) -> None:
    root = page(f"/{lang}/subscribe/")
    boxes = [box.attributes for box in root.all("input")]
    every = urlencode([(box["name"], box["value"]) for box in boxes])

    found = address(page(f"/{lang}/subscribe/", every))

    assert len(found) < GOOGLE_TAKES_FEWER
    assert found.count(",") == len(boxes) - 3
