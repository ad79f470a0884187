"""The agenda of some topics: what it shows, what it is called, and the way out of it."""

from __future__ import annotations

from functools import cache

import pytest

from calendar_app.core.events import Text, Topic
from calendar_app.public.edition import Edition
from calendar_app.words.catalogs import catalog
from calendar_app.words.formatting import isolate
from calendar_app.words.languages import LANGUAGES
from tests.factories import event
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL, edition, made_up, publish, real_catalogue


@cache
def published() -> Edition:
    return edition(real_catalogue())


@cache
def page(path: str) -> Element:
    before, _, query = path.partition("?")
    resource = published().get(before, query)
    assert resource.status == 200
    return Tree(resource.plain.body.decode()).root


def events(root: Element) -> set[str]:
    """Return the ids of the events that are shown."""
    links = (link for article in root.all("article") for link in article.all("a"))
    return {link.attributes["href"].split("/")[3] for link in links}


def status(root: Element) -> str:
    (found,) = (e for e in root.all("p") if e.attributes.get("role") == "status")
    return found.text


def ways_out(root: Element) -> dict[str, str]:
    """Return what takes a topic out again, by its words."""
    (found,) = (e for e in root.all("ul") if "chosen" in e.attributes.get("class", ""))
    return {link.text: link.attributes["href"] for link in found.all("a")}


def heads(root: Element, tag: str, **attributes: str) -> list[Element]:
    return [e for e in root.all(tag) if attributes.items() <= e.attributes.items()]


def test_only_what_is_of_a_chosen_topic_is_shown() -> None:
    topics = {id_: set(one.topics) for id_, one in published().site.catalogue.events.items()}

    chosen, everything = events(page("/en/?topics=cuba,peace")), events(page("/en/"))

    assert chosen == {id_ for id_ in everything if topics[id_] & {"cuba", "peace"}}
    assert chosen != everything


def test_the_number_of_dates_is_said() -> None:
    root = page("/en/?topics=women")

    assert len(list(root.all("article"))) == 1
    assert status(root) == "1 date shown"


def test_what_a_form_sends_is_the_same_page() -> None:
    sent = published().get("/en/", "topics=peace&topics=cuba")

    assert sent == published().get("/en/", "topics=cuba,peace")


def test_a_choice_is_another_view_of_the_page_of_everything() -> None:
    root = page("/en/?topics=cuba")

    (canonical,) = heads(root, "link", rel="canonical")
    (robots,) = heads(root, "meta", name="robots")
    assert canonical.attributes["href"] == f"{BASE_URL}/en/"
    assert robots.attributes["content"] == "noindex,follow"
    assert [e for e in root.all("link") if "hreflang" in e.attributes] == []
    assert heads(page("/en/"), "meta", name="robots") == []


def test_the_calendar_of_a_choice_is_of_that_choice() -> None:
    (feed,) = heads(page("/en/?topics=cuba,peace"), "link", type="text/calendar")

    assert feed.attributes["href"] == f"{BASE_URL}/en/calendar.ics?topics=cuba,peace"


def test_another_language_keeps_the_choice() -> None:
    (langs,) = heads(page("/en/?topics=cuba"), "nav", **{"class": "langs"})

    found = [link.attributes["href"] for link in langs.all("a")]
    assert found == [f"/{tag}/?topics=cuba" for tag in LANGUAGES]


def test_each_topic_can_be_taken_out_again() -> None:
    assert ways_out(page("/en/?topics=cuba,peace")) == {
        "Peace and disarmament": "/en/?topics=cuba",
        "Solidarity with Cuba": "/en/?topics=peace",
        "All topics": "/en/",
    }
    assert ways_out(page("/en/?topics=cuba"))["Solidarity with Cuba"] == "/en/"


def test_what_is_chosen_is_ticked() -> None:
    boxes = list(page("/en/?topics=cuba,peace").all("input"))

    ticked = [box.attributes["value"] for box in boxes if "checked" in box.attributes]
    assert len(boxes) == len(published().site.catalogue.topics)
    assert ticked == ["peace", "cuba"]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_choice_without_dates_shows_the_next_ones(tag: str) -> None:
    root = page(f"/{tag}/?topics=environment")

    assert status(root) == catalog(tag).text("no_dates_for_choice")
    coming = published().site.coming[:3]
    assert len(list(root.all("article"))) == len(coming)
    assert events(root) == {occurrence.event.id for occurrence in coming}


def test_an_unknown_topic_is_refused_with_what_is_allowed() -> None:
    refused = published().get("/en/", "topics=nothing")

    assert refused.status == 400
    assert "topics=" in refused.plain.body.decode()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_may_be_chosen_is_listed_so_that_it_can_be_copied(lang: str) -> None:
    """Nothing is put into an id that looks like a compound of words."""
    ids = ("8-march", "self-rule", "veb-forum")
    topics = {id_: Topic(id_, Text({"en": id_})) for id_ in ids}
    found = edition(publish(made_up(event(topics=ids), topics=topics)))

    agenda = found.get(f"/{lang}/", "chosen=everything")
    feed = found.get(f"/{lang}/calendar.ics", "chosen=everything")
    root = Tree(agenda.plain.body.decode()).root
    (listed,) = (bdi for bdi in root.all("bdi") if bdi.attributes == {"dir": "ltr"})

    assert (agenda.status, feed.status) == (400, 400)
    assert listed.copied == ", ".join(ids)
    words = catalog(lang).text("allowed_several")
    values = isolate(listed.copied, LANGUAGES[lang])
    line = f"topics=8-march,self-rule – {words} {values}"  # noqa: RUF001
    assert line in feed.plain.body.decode().splitlines()
