"""Months and years laid out in days: weeks as each language has them, every date in its place."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from icalendar import Calendar

from calendar_app.core.events import Status
from calendar_app.core.occurrences import Window
from calendar_app.public.edition import Edition
from calendar_app.words.languages import LANGUAGES
from tests.factories import cancelled, day, event, moved, on
from tests.pages.markup import Element, Tree, faults
from tests.publishing import BASE_URL, TODAY, edition, made_up, publish, real_catalogue

EACH = pytest.mark.parametrize("lang", LANGUAGES)


@cache
def published(today: date = TODAY) -> Edition:
    return edition(real_catalogue(), today)


def page(path: str, found: Edition | None = None) -> Element:
    resource = (found or published()).get(path)
    assert resource.status == 200, path
    return Tree(resource.plain.body.decode()).root


def classes(element: Element) -> list[str]:
    return element.attributes.get("class", "").split()


def table(root: Element) -> list[list[Element]]:
    """Return the cells of the body of the one table there is, row by row."""
    (body,) = root.all("tbody")
    return [row.children for row in body.children]


def days(root: Element) -> list[list[str]]:
    """Return the days of a month by weeks; nothing where another month is."""
    return [
        ["".join(time.text for time in cell.all("time")) for cell in row] for row in table(root)
    ]


def on_days(path: str, found: Edition | None = None) -> dict[str, list[str]]:
    """Return what a month has on each of its days, as links."""
    return {
        next(cell.all("time")).attributes["datetime"]: links
        for row in table(page(path, found))
        for cell in row
        if (links := [link.attributes["href"] for link in cell.all("a")])
    }


@EACH
def test_a_week_begins_and_ends_as_the_language_has_it(lang: str) -> None:
    root = page(f"/{lang}/2026/11/")
    language = LANGUAGES[lang]

    heads = [head.text.lower() for head in root.all("th")]

    week = [*language.weekdays, *language.weekdays][language.first_weekday :][:7]
    assert heads == [name.lower() for name in week]
    assert [head.attributes["scope"] for head in root.all("th")] == ["col"] * 7
    weekend = {
        date.fromisoformat(next(cell.all("time")).attributes["datetime"]).weekday()
        for row in table(root)
        for cell in row
        if "we" in classes(cell)
    }
    assert weekend == set(language.weekend)


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("/en/2026/11/", ["", "", "", "", "", "", "1"], ["30", "", "", "", "", "", ""]),
        ("/ar/2026/11/", ["", "1", "2", "3", "4", "5", "6"], ["28", "29", "30", "", "", "", ""]),
        ("/es/2027/02/", list("1234567"), ["22", "23", "24", "25", "26", "27", "28"]),
        ("/ru/2028/02/", ["", *"123456"], ["28", "29", "", "", "", "", ""]),
    ],
)
def test_a_month_stands_under_its_weekdays(path: str, first: list[str], last: list[str]) -> None:
    weeks = days(page(path))

    assert (weeks[0], weeks[-1]) == (first, last)
    assert all(len(week) == 7 for week in weeks)


@EACH
def test_a_year_has_every_day_once_under_its_weekday(lang: str) -> None:
    root = page(f"/{lang}/2028/")
    (head,) = (row for row in root.all("tr") if len(list(row.all("th"))) > 1)
    letters = [cell.text for cell in head.children[1:-1]]
    language = LANGUAGES[lang]

    rows = table(root)

    assert (len(letters), len(rows)) == (37, 12)
    for month, row in enumerate(rows, start=1):
        assert len(row) == 39
        found = {
            int(cell.text): letter
            for cell, letter in zip(row[1:-1], letters, strict=True)
            if cell.text
        }
        length = (date(2028, month, 28) + timedelta(days=4)).replace(day=1) - date(2028, month, 1)
        assert found == {
            n: language.weekdays_narrow[date(2028, month, n).weekday()]
            for n in range(1, length.days + 1)
        }


@EACH
@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_months_show_what_there_is_and_nothing_else(lang: str, year: int) -> None:
    expected: dict[str, set[str]] = {}
    for occurrence in real_catalogue().index.coming(date(year, 1, 1), date(year + 1, 1, 1)):
        for n in range((occurrence.last - occurrence.first).days + 1):
            at = occurrence.first + timedelta(days=n)
            if at.year == year:
                path = f"/{lang}/events/{occurrence.event.id}/"
                expected.setdefault(at.isoformat(), set()).add(path)

    found = {}
    for month in range(1, 13):
        found |= on_days(f"/{lang}/{year}/{month:02}/")

    assert {at: set(links) for at, links in found.items()} == expected


@EACH
def test_months_show_the_same_days_as_the_feed(lang: str) -> None:
    (calendar,) = Calendar.from_ical(published().get(f"/{lang}/calendar.ics").plain.body, True)
    days = set()
    for entry in calendar.walk("VEVENT"):
        first, end = entry["DTSTART"].dt, entry["DTEND"].dt
        # What comes every year is one entry, and the feed begins it long ago.
        years = range(2025, 2029) if "RRULE" in entry else [first.year]
        for year in years:
            start = first.replace(year=year)
            days |= {
                (start + timedelta(days=n), entry["URL"].removeprefix(BASE_URL))
                for n in range((end - first).days)
            }

    found = {
        (date.fromisoformat(at), link)
        for year in range(2025, 2029)
        for month in range(1, 13)
        for at, links in on_days(f"/{lang}/{year}/{month:02}/").items()
        for link in links
    }

    assert found == {(at, link) for at, link in days if 2025 <= at.year <= 2028}


def test_a_year_names_every_date_beside_its_month() -> None:
    for year in published().site.years:
        rows = table(page(f"/en/{year}/"))
        found = [
            (number, link.attributes["href"])
            for number, row in enumerate(rows, start=1)
            for link in row[-1].all("a")
        ]
        window = Window.years(year, year)
        for occurrence in real_catalogue().index.between(window):
            assert (occurrence.first.month, f"/en/events/{occurrence.event.id}/") in found


@pytest.mark.parametrize(("dates", "expected"), [(30, False), (31, True)])
def test_many_dates_are_printed_smaller(dates: int, *, expected: bool) -> None:
    days = [
        event(f"d{n}", on(f"2026-{n % 12 + 1:02}-05"), topics=("labour",)) for n in range(dates)
    ]

    (strip,) = page("/en/2026/", edition(publish(made_up(*days)))).all("table")

    assert ("dense" in classes(strip)) is expected


def test_what_lasts_over_the_turn_of_the_year_is_on_both_sheets() -> None:
    camp = event("camp", on("2026-12-30/2027-01-02"), topics=("labour",))
    found = edition(publish(made_up(camp)))

    assert list(on_days("/en/2026/12/", found)) == ["2026-12-30", "2026-12-31"]
    assert list(on_days("/en/2027/01/", found)) == ["2027-01-01", "2027-01-02"]
    assert table(page("/en/2026/", found))[11][-1].text.startswith("30–31 ")
    assert table(page("/en/2027/", found))[0][-1].text.startswith("1–2 ")


def test_what_is_once_a_year_gives_a_day_its_colour_before_a_series() -> None:
    (cell,) = (cell for row in table(page("/en/2026/11/")) for cell in row if "29" in cell.text)

    assert cell.attributes["data-t"] == "palestine"
    assert [p.attributes.get("data-t") for p in cell.all("p")] == [None, "cuba"]


def test_cancelled_and_moved_is_said_in_words_where_it_stands() -> None:
    talks = event("talks", on("2026-11-10"), topics=("labour",), changes=(cancelled("2026-11-10"),))
    march = event(
        "march", on("2026-11-12"), topics=("labour",), changes=(moved("2026-11-12", "2026-11-14"),)
    )
    found = edition(publish(made_up(talks, march)))

    for path in ("/en/2026/11/", "/en/2026/"):
        tags = [tag.text for row in table(page(path, found)) for c in row for tag in c.all("span")]
        assert tags == ["Cancelled", "Moved"], path
        assert faults(page(path, found)) == []
    assert list(on_days("/en/2026/11/", found)) == ["2026-11-10", "2026-11-14"]


def test_what_has_no_day_and_is_off_says_so_too() -> None:
    camp = event("camp", on("2026-11"), topics=("labour",), status=Status.CANCELLED)
    talks = event("talks", on("2026"), topics=("labour",), status=Status.CANCELLED)

    root = page("/en/2026/", edition(publish(made_up(camp, talks))))

    items = [li for li in root.all("li") if any("tag" in classes(span) for span in li.all("span"))]
    assert [li.text.rpartition(" ")[2] for li in items] == ["Cancelled", "Cancelled"]
    assert faults(root) == []


def test_what_has_no_day_stands_with_its_month_or_its_year() -> None:
    found = edition(
        publish(
            made_up(
                event("talks", on("2026-11"), topics=("labour",)),
                event("march", on("2026"), topics=("labour",)),
            )
        )
    )

    assert "/en/events/talks/" in [
        a.attributes["href"] for a in page("/en/2026/11/", found).all("a")
    ]
    year = page("/en/2026/", found)
    assert "In November 2026, day not known".lower() in table(year)[10][-1].text.lower()
    (undated,) = (ul for ul in year.all("ul") if "undated" in classes(ul))
    assert [link.attributes["href"] for link in undated.all("a")] == ["/en/events/march/"]


def test_an_empty_month_says_so() -> None:
    found = edition(publish(made_up(event("talks", on("2026-12-01"), topics=("labour",)))))

    assert "No date is known in this month." in page("/en/2026/11/", found).text


def test_today_is_marked_on_its_month_only() -> None:
    def current(path: str) -> list[str]:
        times = page(path).all("time")
        return [time.attributes["datetime"] for time in times if "aria-current" in time.attributes]

    assert current("/en/2026/11/") == ["2026-11-23"]
    assert current("/en/2026/12/") == []


@EACH
@pytest.mark.parametrize(
    "path",
    ["1997/", "2029/", "26/", "0000/", "2026/13/", "2026/00/", "2026/1/", "2024/12/", "2029/01/"],
)
def test_outside_its_bounds_there_is_no_sheet(lang: str, path: str) -> None:
    resource = published().get(f"/{lang}/{path}")

    assert resource.status == 404
    assert f'<html lang="{lang}"' in resource.plain.body.decode()


def test_the_years_go_from_the_first_entry_to_the_end_of_what_is_written_out() -> None:
    assert published().site.years == range(1998, 2029)
    assert published(day("2027-01-01")).site.years == range(1998, 2030)
    old = event("talks", on("1848-02-21"), topics=("labour",))
    assert edition(publish(made_up(old))).site.years == range(1926, 2029)


def test_one_turns_from_sheet_to_sheet() -> None:
    def steps(path: str) -> list[str]:
        (turn,) = (p for p in page(path).all("p") if "acts" in classes(p) and list(p.all("a")))
        return [link.attributes["href"] for link in turn.all("a")]

    assert steps("/en/2026/12/") == ["/en/2026/11/", "/en/2027/01/", "/en/2026/"]
    assert steps("/en/2025/01/") == ["/en/2025/02/", "/en/2025/"]
    assert steps("/en/2028/12/") == ["/en/2028/11/", "/en/2028/"]
    assert steps("/en/1998/") == ["/en/1999/"]
    assert steps("/en/2028/") == ["/en/2027/"]


def test_the_agenda_leads_to_past_years() -> None:
    years = [link.text for link in page("/en/").all("a") if link.text.isdecimal()]

    assert years == ["1998", "2009", "2019", "2020", "2021", "2022", "2023", "2024", "2025"]
