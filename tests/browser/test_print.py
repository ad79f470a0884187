"""On paper: a year and a month are one page each, for the wall."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.browser.conftest import Open
from tests.browser.kinds import LANGUAGES

pytestmark = pytest.mark.browser
# 2024 is the fullest; the others are empty, this one, and those to come.
YEARS = (1998, 2024, 2026, 2027, 2028)
# Six weeks where they begin on Monday, and where on Saturday; and the fewest there are.
MONTHS = ("2026/11", "2027/10", "2027/02")
# In points, long side first.
PAPERS = {"A4": (842, 595), "Letter": (792, 612)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_is_one_page_and_lies_on_its_side(open_page: Open, lang: str) -> None:
    page = open_page("/")
    wrong = {}

    for path in [*(f"/{lang}/{year}/" for year in YEARS), *(f"/{lang}/{m}/" for m in MONTHS)]:
        page.goto(path)
        for paper, (width, height) in PAPERS.items():
            pdf = page.pdf(format=paper, prefer_css_page_size=True, print_background=True)
            sizes = [
                (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height)))
                for sheet in PdfReader(BytesIO(pdf)).pages
            ]
            if len(sizes) != 1 or max(abs(sizes[0][0] - width), abs(sizes[0][1] - height)) > 2:
                wrong[path, paper] = sizes

    assert wrong == {}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("lang", ["ru", "ar"])
def test_a_sheet_of_three_times_as_many_dates_is_one_page(
    open_page: Open, lang: str, paper: str
) -> None:
    page = open_page(f"/{lang}/2026/")

    # Three more in each month, every other one of two lines.
    page.evaluate(
        """() => {
          document.querySelector(".strip").classList.add("dense");
          const long = document.querySelector("tr:nth-child(11) li:last-child");
          for (const list of document.querySelectorAll(".strip ol"))
            list.append(...[1, 2, 3].map(() => long.cloneNode(true)));
        }"""
    )
    pdf = page.pdf(format=paper, prefer_css_page_size=True, print_background=True)

    assert page.locator(".strip li").count() == 18 + 36
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_without_printed_backgrounds_a_marked_day_still_shows(open_page: Open) -> None:
    page = open_page("/en/2026/")

    page.emulate_media(media="print")

    weights = page.evaluate(
        """() => [".strip td[data-t]", ".strip td.we:not([data-t])"].map(
          cell => getComputedStyle(document.querySelector(cell)).fontWeight)"""
    )
    assert weights == ["800", "400"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_on_the_sheet_is_the_address_of_the_feed(
    open_page: Open, site: str, tmp_path: Path, scheme: str
) -> None:
    page = open_page("/ar/2026/", color_scheme=scheme)
    picture = tmp_path / "code.png"

    page.locator(".head figure").screenshot(path=picture)

    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True
    )
    assert read.stdout.strip() == f"{site}/ar/calendar.ics"
