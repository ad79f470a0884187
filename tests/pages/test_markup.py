"""The markup of every page: well formed, outlined, labelled, and without a dead link."""

from __future__ import annotations

import unicodedata
from functools import cache
from urllib.parse import urldefrag

import pytest

from calendar_app.core.precision import PartialDate
from calendar_app.public import errors
from calendar_app.public.edition import Edition
from calendar_app.public.resources import Resource
from calendar_app.public.routes import paths
from calendar_app.words.languages import LANGUAGES
from tests.pages.markup import Element, Tree, faults
from tests.publishing import BASE_URL, edition, real_catalogue

PAGES = [path for _, path in paths(edition(real_catalogue()).site) if path.endswith("/")]
ERRORS = ["/en/nothing/", "/ar/nothing/", "/ru/?nothing=1"]
EACH = pytest.mark.parametrize("path", PAGES)
SCRIPTS = {"en": "LATIN", "es": "LATIN", "ru": "CYRILLIC", "tr": "LATIN", "ar": "ARABIC"}


@cache
def published() -> Edition:
    return edition(real_catalogue())


@cache
def page(path: str) -> Element:
    before, _, query = path.partition("?")
    return tree(published().get(before, query))


def tree(resource: Resource) -> Element:
    return Tree(resource.plain.body.decode()).root


@EACH
def test_a_page_is_without_fault(path: str) -> None:
    assert faults(page(path)) == []


@pytest.mark.parametrize("path", ERRORS)
def test_a_page_that_says_why_is_without_fault(path: str) -> None:
    assert faults(page(path)) == []


def test_a_refused_method_and_a_failure_are_without_fault() -> None:
    refused = errors.method_not_allowed(published().site, "/es/", "GET, HEAD")

    for resource in (refused, errors.failure(400), errors.failure(500), errors.failure(503)):
        assert faults(tree(resource)) == []


def test_only_a_failure_of_ours_is_said_to_pass() -> None:
    said = {status: len(list(tree(errors.failure(status)).all("p"))) for status in (400, 500, 503)}

    assert said == {400: 0, 500: len(LANGUAGES), 503: len(LANGUAGES)}


@EACH
def test_a_link_leads_to_a_page_and_a_place_on_it(path: str) -> None:
    dead = []
    for link in page(path).all("a"):
        address = link.attributes["href"].removeprefix(BASE_URL)
        if not address.startswith("/"):
            continue
        target, fragment = urldefrag(address)
        if published().get(*target.split("?")).status != 200:
            dead.append(address)
        elif fragment and fragment not in {e.attributes.get("id") for e in page(target).all()}:
            dead.append(address)

    assert dead == []


@EACH
def test_a_page_says_its_language_and_has_one_in_every_other(path: str) -> None:
    root = next(page(path).all("html")).attributes
    alternates = {
        link.attributes["hreflang"]: link.attributes["href"].removeprefix(BASE_URL)
        for link in page(path).all("link")
        if "hreflang" in link.attributes
    }

    assert (root["lang"], root["dir"]) == (
        ("en", "ltr") if path == "/" else (path[1:3], LANGUAGES[path[1:3]].direction)
    )
    assert set(alternates) == {*LANGUAGES, "x-default"}
    assert {published().get(alternate).status for alternate in alternates.values()} == {200}
    assert path == "/" or alternates[path[1:3]] == path


@EACH
def test_a_time_is_one_that_a_machine_can_read(path: str) -> None:
    for time in page(path).all("time"):
        # A day, a month or a year: never an interval, never unknown.
        assert PartialDate.parse(time.attributes["datetime"]).ends is None


@EACH
def test_text_in_another_script_says_its_language(path: str) -> None:
    """Each text is in the script of the language around it; names of sources are in ``bdi``."""
    assert list(_foreign(page(path), "en", path)) == []


def _foreign(element: Element, tag: str, path: str) -> list[str]:
    tag = element.attributes.get("lang", tag)
    if element.tag in {"bdi", "code", "pre", "link", "meta", "script", "title"}:
        return []
    found = [
        text for text in element.words if _scripts(text) and SCRIPTS[tag] not in _scripts(text)
    ]
    return found + [text for child in element.children for text in _foreign(child, tag, path)]


def _scripts(text: str) -> set[str]:
    """The scripts of its letters, as Unicode names them: LATIN, CYRILLIC, ARABIC."""
    return {unicodedata.name(letter).split()[0] for letter in text if letter.isalpha()}


def test_a_text_in_a_script_of_another_language_would_be_seen() -> None:
    root = Tree('<p lang="tr">Kuba</p><p lang="ru">Kuba</p><p lang="en">Куба</p><p>كوبا</p>').root

    assert _foreign(root, "ru", "") == ["Kuba", "Куба", "كوبا"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<h1>a</h1><main></main><p id=a>b</p><p id=a>c</p>", "id a stands 2 times"),
        ("<h1>a</h1><main></main><a href=#b>c</a>", "a link leads to #b, which is not there"),
        ("<h1>a</h1><main></main><h3>b</h3>", "a level of headings is left out: [1, 3]"),
        ("<h2>a</h2><main></main>", "not one h1 that comes first: [2]"),
        ("<h1>a</h1>", "not one main"),
        ("<h1>a</h1><main></main><section></section>", "<section> has no name"),
        ("<h1>a</h1><main></main><p><i aria-hidden=true>b</i></p>", "<p {}> says nothing"),
        ("<h1>a</h1><main></main><ol></ol>", "<ol> is empty"),
        ("<h1>a</h1><main></main><p>b<p></p></p>", "<p {}> says nothing"),
    ],
)
def test_a_fault_would_be_seen(text: str, fault: str) -> None:
    assert faults(Tree(text).root)[0] == fault


def test_what_is_not_closed_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="not closed"):
        Tree("<main><h1>a</h1>")
