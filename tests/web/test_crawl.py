"""A visit to everything: what a reader can reach from the front page by following links."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from babel.messages.pofile import read_po

from calendar_app.public.edition import Edition
from calendar_app.public.routes import HTML, paths
from calendar_app.web.guard import WSGI
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.architecture.sources import ROOT
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL
from tests.web.asking import Reply, ask

# Shorter phrases can be the same in two languages and mean it.
SHORTEST_PHRASE = 12
LOCALE = ROOT / "calendar_app" / "locale"


@pytest.fixture(scope="module")
def visited(stack: WSGI) -> dict[str, Reply]:
    """Return the answer of every address within the site that a link or a form leads to."""
    found: dict[str, Reply] = {}
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = answer = ask(stack, address)
        if dict(answer.headers).get("Content-Type") == HTML:
            waiting += _links(address, Tree(answer.text).root)
    return found


def test_no_link_is_broken(visited: dict[str, Reply]) -> None:
    assert len(visited) > 200
    assert {to: reply.status for to, reply in visited.items() if reply.status != 200} == {}


def test_every_page_can_be_reached(visited: dict[str, Reply], edition: Edition) -> None:
    there = {path for route, path in paths(edition.site) if route.content_type == HTML}

    assert there - {address.partition("?")[0] for address in visited} == set()


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_phrase_is_left_in_another_language(visited: dict[str, Reply], tag: str) -> None:
    left = defaultdict(set)

    for address, reply in visited.items():
        if address.startswith(f"/{tag}/") and dict(reply.headers).get("Content-Type") == HTML:
            for text in _texts(Tree(reply.text).root, tag, tag):
                if text in _foreign_phrases(tag):
                    left[text].add(address)

    assert left == {}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_says_in_its_language_what_is_wrong_with_a_parameter(
    stack: WSGI, edition: Edition, tag: str
) -> None:
    title = catalog(tag).text("error_400_title")

    for route, path in paths(edition.site):
        if route.content_type == HTML and path.startswith(f"/{tag}/"):
            answer = ask(stack, f"{path}?nothing=1")
            root = Tree(answer.text).root
            assert answer.status == 400, path
            assert next(root.all("html")).attributes["lang"] == tag, path
            assert next(root.all("h1")).text == title, path


def _links(address: str, root: Element) -> list[str]:
    targets = [
        element.attributes[name]
        for element in root.all()
        for name in ("href", "src", "action")
        if name in element.attributes
    ]
    found = (urlsplit(urljoin(BASE_URL + address, unescape(target))) for target in targets)
    return [
        link.path + (f"?{link.query}" if link.query else "")
        for link in found
        if f"{link.scheme}://{link.netloc}" == BASE_URL
    ]


def _texts(element: Element, of_page: str, tag: str) -> list[str]:
    """The texts that claim, by the nearest ``lang``, to be in the language of the page."""
    tag = element.attributes.get("lang", tag)
    own = [" ".join(text.split()) for text in element.words] if tag == of_page else []
    return [*own, *(text for child in element.children for text in _texts(child, of_page, tag))]


@cache
def _foreign_phrases(tag: str) -> frozenset[str]:
    own = _phrases(tag)
    return frozenset().union(*(_phrases(other) for other in LANGUAGES if other != tag)) - own


@cache
def _phrases(tag: str) -> frozenset[str]:
    """The phrases of a catalog that stand on a page as they are."""
    with (LOCALE / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = read_po(file, locale=tag)
    texts = [text for message in messages if message.id for text in _strings(message.string)]
    return frozenset(
        text for text in texts if len(text) >= SHORTEST_PHRASE and not re.search(r"\{\w+\}", text)
    )


def _strings(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_a_phrase_in_another_language_would_be_seen() -> None:
    root = Tree(f"<p>{catalog('es').text('upcoming_actions')}</p>").root

    assert set(_texts(root, "en", "en")) & _foreign_phrases("en")
