"""Every kind of page, on screens of several widths, in both directions and both schemes, with the
settings of readers, and with nothing but its words. Each is loaded once; see ``tour``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.kinds import LANGUAGES
from tests.browser.tour import SCHEMES, Reading, Seen, Tour, take

pytestmark = pytest.mark.browser
EACH = pytest.mark.parametrize("lang", LANGUAGES)
Take = Callable[[str], Tour]
# WCAG 2.2, 1.4.3
LEAST_RATIO = 4.5


@pytest.fixture(scope="module")
def tour(browser: Browser, site: str) -> Take:
    return cache(partial(take, browser, site))


@EACH
def test_nothing_is_wider_than_the_screen(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.wider) == {}


@EACH
def test_no_word_of_a_title_and_no_short_compound_is_broken(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.broken) == {}


@EACH
def test_text_and_figures_do_not_lie_on_each_other(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.overlapping) == {}


@EACH
def test_the_words_of_a_menu_are_as_far_from_one_another_however_short_they_are(
    tour: Take, lang: str
) -> None:
    assert tour(lang).found(lambda page: page.uneven) == {}


@EACH
def test_text_of_twice_the_size_still_fits(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.wider_at_twice_the_size) == {}


@EACH
def test_more_space_between_letters_and_lines_loses_nothing(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.lost_in_space) == {}


@EACH
def test_what_stands_alone_can_be_hit(tour: Take, lang: str) -> None:
    assert tour(lang).found(lambda page: page.small_targets) == {}


@EACH
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_its_ground(tour: Take, lang: str, scheme: str) -> None:
    def faint(page: Seen) -> list[tuple[str, float]]:
        return [found for found in page.ratios[scheme] if found[1] < LEAST_RATIO]

    assert tour(lang).found(lambda page: len(page.ratios[scheme]) <= 10) == {}
    assert tour(lang).found(faint) == {}


@EACH
def test_without_style_sheet_and_pictures_every_word_is_there_in_the_same_order(
    tour: Take, lang: str
) -> None:
    def missing(page: Seen) -> list[str]:
        seen = iter(page.bare.words)
        return [word for word in page.styled.words if word not in seen]

    def disordered(page: Seen) -> list[Reading]:
        both = [page.styled, page.bare]
        return [one for one in both if not one.tops or one.tops != sorted(one.tops)]

    found = tour(lang).found
    assert found(missing) == {}
    assert found(disordered) == {}
    assert found(lambda page: page.display_of_main != "block") == {}
    assert found(lambda page: page.nameless) == {}


@EACH
def test_an_address_reads_from_left_to_right(tour: Take, lang: str) -> None:
    def wrong(page: Seen) -> list[str]:
        return [text for text, direction in page.addresses if direction != "ltr"]

    assert sum(len(page.addresses) for page in tour(lang).pages.values()) > 5
    assert tour(lang).found(wrong) == {}


def test_a_name_in_latin_letters_reads_from_left_to_right_in_arabic(tour: Take) -> None:
    assert sum(page.names["seen"] for page in tour("ar").pages.values()) > 20
    assert tour("ar").found(lambda page: page.names["wrong"]) == {}


@EACH
def test_a_visit_asks_nobody_else_and_leaves_nothing(tour: Take, site: str, lang: str) -> None:
    seen = tour(lang)

    assert {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in seen.asked} == {site}
    assert seen.cookies == []
    assert seen.found(lambda page: page.kept != [0, 0]) == {}
    assert seen.found(lambda page: page.parts > 2) == {}


@EACH
def test_no_page_complains(tour: Take, lang: str) -> None:
    """Whatever the content security policy reports is in the console as well."""
    assert tour(lang).complaints == []
