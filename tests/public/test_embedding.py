"""What stands in frames of other pages, and the code that puts it there."""

from __future__ import annotations

from datetime import date
from html import unescape
from urllib.parse import urlsplit

import pytest

from calendar_app.words.languages import LANGUAGES
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL, edition, real_catalogue

EACH = pytest.mark.parametrize("lang", LANGUAGES)
MOST_BYTES = 8 * 1024


def page(path: str, query: str = "") -> Element:
    return Tree(text(path, query)).root


def text(path: str, query: str = "", today: date | None = None) -> str:
    found = edition(real_catalogue(), *([today] if today else [])).get(path, query)
    assert found.status == 200
    return found.plain.body.decode()


@EACH
@pytest.mark.parametrize("query", ["", "topics=cuba&theme=dark"])
def test_a_frame_has_five_dates_and_opens_links_outside_of_it(lang: str, query: str) -> None:
    root = page(f"/{lang}/embed/", query)

    assert len(list(root.all("article"))) == 5
    for link in root.all("a"):
        assert link.attributes["target"] == "_blank"
        assert link.attributes["rel"] == "noopener"
    assert list(root.all("form", "script", "iframe", "nav")) == []


@EACH
def test_a_frame_is_small(lang: str) -> None:
    found = edition(real_catalogue()).get(f"/{lang}/embed/", "count=20")

    assert found.gzip is not None
    assert len(found.gzip.body) <= MOST_BYTES
    assert len(text(f"/{lang}/embed/").encode()) <= MOST_BYTES


def test_a_frame_has_as_many_dates_of_the_topics_as_are_chosen() -> None:
    root = page("/en/embed/", "topics=cuba,women&count=3")

    assert [article.attributes["data-t"] for article in root.all("article")] == ["cuba"] * 3
    assert next(root.all("a")).attributes["href"] == "/en/?topics=cuba,women"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_told_to_the_style_sheet_and_to_the_browser(theme: str) -> None:
    root = page("/en/embed/", f"theme={theme}")

    assert next(root.all("html")).attributes["data-theme"] == theme
    metas = {m.attributes.get("name"): m.attributes.get("content") for m in root.all("meta")}
    assert (metas["color-scheme"], metas["robots"]) == (theme, "noindex")


def test_a_choice_without_dates_says_so() -> None:
    assert (
        "There are no upcoming dates for this choice."
        in page("/en/embed/", "topics=environment").text
    )


@EACH
def test_the_code_frames_what_was_chosen_and_the_preview_is_the_same(lang: str) -> None:
    root = page(f"/{lang}/embed/code/", "topics=cuba&topics=women&count=3&theme=dark")

    code = Tree(next(root.all("code")).copied).root
    frame, preview = next(code.all("iframe")).attributes, next(root.all("iframe")).attributes

    assert frame.pop("style") == "width: 100%; border: 0"
    source = f"/{lang}/embed/?topics=cuba,women&count=3&theme=dark"
    assert frame["src"] == BASE_URL + source
    assert preview == frame | {"src": source}
    assert edition(real_catalogue()).get(*urlsplit(source)[2:4]).status == 200
    assert frame["title"] == unescape(frame["title"])
    ticked = [box.attributes["value"] for box in root.all("input") if "checked" in box.attributes]
    assert ticked == ["cuba", "women", "3", "dark"] or ticked == ["women", "cuba", "3", "dark"]


def test_the_form_begins_with_five_dates_in_the_colours_of_the_reader() -> None:
    root = page("/en/embed/code/")

    ticked = [box.attributes["value"] for box in root.all("input") if "checked" in box.attributes]
    assert ticked == ["", "auto"]
    assert 'src="https://calendar.example/en/embed/"' in next(root.all("code")).copied
