"""Atom (RFC 4287): what must be there is there, ids stay, and there is an end to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from calendar_app.feeds.atom import MAX_ENTRIES, Entry, Feed, atom_bytes, tag
from calendar_app.words.languages import LANGUAGES
from tests.pages.test_changes import everything
from tests.publishing import BASE_URL, LATER, edition, publish

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ID = "tag:a.example,2026:en/x"
FEED = Feed(ID, "T", "A", LANGUAGES["en"], "https://a/x", "https://a/", LATER)


def parse(text: str | bytes) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own bytes


def entries(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    yield from root.iter(f"{ATOM}entry")


def one(root: ElementTree.Element, name: str) -> str:
    """Return the text of the one child of this name."""
    (found,) = root.findall(f"{ATOM}{name}")
    return found.text or ""


def changes(lang: str = "en") -> ElementTree.Element:
    resource = edition(everything()).get(f"/{lang}/changes.atom")
    assert resource.status == 200
    return parse(resource.plain.body)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_changes_have_what_every_feed_must_have(lang: str) -> None:
    root = changes(lang)

    assert root.tag == f"{ATOM}feed"
    assert root.get(XML_LANG) == lang
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{BASE_URL}/{lang}/changes.atom",
        "alternate": f"{BASE_URL}/{lang}/changes/",
    }
    for element in (root, *entries(root)):
        assert one(element, "id").startswith(f"tag:calendar.invalid,2026:{lang}/changes")
        assert one(element, "title")
        assert datetime.fromisoformat(one(element, "updated")).tzinfo is not None
    assert one(root.findall(f"{ATOM}author")[0], "name")
    ids = [one(entry, "id") for entry in entries(root)]
    assert len(ids) == len(set(ids)) == 9


def test_the_newest_comes_first_and_gives_the_feed_its_instant() -> None:
    root = changes()
    instants = [one(entry, "updated") for entry in entries(root)]

    assert instants == sorted(instants, reverse=True)
    assert one(root, "updated") == instants[0] == "2026-12-10T08:00:00Z"


def test_an_entry_leads_to_the_event_or_to_its_place_in_the_list() -> None:
    page = edition(everything()).get("/en/changes/").plain.body.decode()

    for entry in entries(changes()):
        (link,) = entry.findall(f"{ATOM}link")
        path = (link.get("href") or "").removeprefix(BASE_URL)
        assert edition(everything()).get(path.partition("#")[0]).status == 200
        fragment = path.partition("#")[2]
        assert not fragment or f'id="{fragment}"' in page


def test_the_content_says_its_language_and_direction_and_is_markup_once_unescaped() -> None:
    (content,) = next(entries(changes("ar"))).findall(f"{ATOM}content")

    assert content.get("type") == "html"
    inner = parse(content.text or "")
    assert (inner.get("lang"), inner.get("dir")) == ("ar", "rtl")
    assert {child.tag for child in inner} == {"p"}


def test_what_was_told_once_keeps_its_id() -> None:
    again = publish(everything(), everything(), LATER)

    before = [one(entry, "id") for entry in entries(changes())]
    root = parse(edition(again).get("/en/changes.atom").plain.body)
    after = [one(entry, "id") for entry in entries(root)]

    assert after[-len(before) :] == before


def test_markup_in_a_text_stays_text() -> None:
    entry = Entry(f"{ID}/1", "<b> & co", LATER, "https://a/?a&b", ["<i>1 & 2</i>"])

    root = parse(atom_bytes(FEED, [entry]))

    found = next(entries(root))
    assert one(found, "title") == "<b> & co"
    assert parse(one(found, "content"))[0].text == "<i>1 & 2</i>"


def test_a_feed_has_an_end() -> None:
    many = [
        Entry(f"{ID}/{n}", "T", LATER + timedelta(hours=n), "https://a/", [])
        for n in range(MAX_ENTRIES + 5)
    ]

    root = parse(atom_bytes(FEED, many))

    assert [one(entry, "id") for entry in entries(root)][:1] == [many[-1].id]
    assert len(list(entries(root))) == MAX_ENTRIES


def test_a_feed_without_entries_still_has_its_instant() -> None:
    assert one(parse(atom_bytes(FEED, [])), "updated") == "2026-12-24T12:00:00Z"


def test_an_id_is_a_tag() -> None:
    assert tag("calendar.invalid", "en/changes") == "tag:calendar.invalid,2026:en/changes"
