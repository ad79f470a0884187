"""What a reader is told of a date on different days: now, over, moved, not known, not verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from calendar_app.core.events import Change, ChangedBy, Link, Occasion, Place, Status, Text
from calendar_app.public.edition import Edition
from calendar_app.words.catalogs import catalog
from tests.factories import WEEKENDS, cancelled, day, event, moved, on, reinstated
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL, TODAY, edition, made_up, publish, real_catalogue


@cache
def published(today: date) -> Edition:
    return edition(real_catalogue(), today)


def page(path: str, today: str = TODAY.isoformat()) -> Element:
    return Tree(published(day(today)).get(path).plain.body.decode()).root


def marked(root: Element, name: str) -> list[Element]:
    """Return what is of a class."""
    return [e for e in root.all() if name in e.attributes.get("class", "").split()]


def posters(path: str, today: str = TODAY.isoformat()) -> list[Element]:
    return marked(page(path, today), "poster")


def labels(path: str, today: str = TODAY.isoformat()) -> list[str]:
    """Return what stands over the large dates."""
    return [marked(poster, "when")[0].text for poster in posters(path, today)]


def tags(root: Element) -> list[str]:
    return [tag.text for tag in marked(root, "tag")]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-27", ["Next · tomorrow", "Next · in 2 days"]),
        ("2026-11-28", ["Now, until 29 November", "Next · tomorrow"]),
        ("2026-11-29", ["Now, until 29 November", "Today"]),
        ("2026-11-30", ["Next · in 26 days"]),
        ("2020-10-07", ["Now, until 10 October"]),
        ("2027-01-01", ["Next · in 29 days"]),
    ],
)
def test_what_is_now_comes_first(today: str, expected: list[str]) -> None:
    assert labels("/en/", today) == expected


@pytest.mark.parametrize("lang", ["es", "ru", "tr", "ar"])
def test_now_is_said_in_every_language(lang: str) -> None:
    two_days, one_day = labels(f"/{lang}/", "2026-11-29")

    assert "29" in two_days
    assert not any(character.isdigit() for character in one_day)


def test_the_page_of_languages_shows_the_same_action_in_each() -> None:
    root = page("/", "2026-11-29")

    choices = [li.text for li in marked(root, "choices")[0].all("li")]

    assert [choice.split()[0] for choice in choices] == [
        "English",
        "Español",
        "Русский",
        "Türkçe",
        "العربية",
    ]
    assert choices[0] == (
        "English Now, until 29 November International Days of Solidarity with Cuba "
        "28–29 November 2026"
    )


def test_what_is_over_does_not_look_like_what_is_to_come() -> None:
    (over,) = posters("/en/events/guantanamo-seminar-8/")
    (coming,) = posters("/en/events/cuba-solidarity-days/")

    assert "past" in over.attributes["class"].split()
    assert "past" not in coming.attributes["class"].split()
    assert marked(over, "when")[0].text == "Past date"
    assert tags(over) == ["Was held"]
    assert [link.text for link in coming.all("a")] == ["Add to calendar"]
    assert list(over.all("a")) == []


def test_a_moved_date_keeps_the_old_one_and_says_who_moved_it() -> None:
    (poster,) = posters("/en/events/antiimperialist-week-2020/")

    assert [time.attributes["datetime"] for time in poster.all("time")] == [
        "2020-10-05",
        "2020-10-10",
    ]
    assert tags(poster) == ["Moved"]
    assert [old.text for old in poster.all("s")] == ["25–31 May 2020"]
    assert "Moved by the organisers" in poster.text


def test_of_several_changes_the_last_one_is_the_state_and_the_others_are_told() -> None:
    changes = (
        moved("2027-05-01", "2027-05-02"),
        moved("2027-05-01", "2027-05-08"),
        cancelled("2027-05-01"),
        reinstated("2027-05-01"),
    )
    found = edition(publish(made_up(event(topics=("labour",), changes=changes))))

    root = Tree(found.get("/en/events/may-day/").plain.body.decode()).root
    poster, *_ = marked(root, "poster")

    assert tags(poster) == ["Scheduled"]
    told = [line.text for line in poster.all("p") if line.attributes.get("class") == "s"]
    assert told == [
        "Reinstated by the organisers: it is to take place after all",
        "Cancelled by the organisers",
        "2 May 2027 Moved by the organisers",
        "1 May 2027 Moved by the organisers",
    ]
    assert [old.text for old in poster.all("s")] == ["2 May 2027", "1 May 2027"]


def test_what_is_off_is_called_so_once_and_nobody_is_told_to_add_it() -> None:
    off = event("talks", on("2026-12-04"), topics=("labour",), changes=(cancelled("2026-12-04"),))
    withdrawn = event("camp", on("2026-12-05"), topics=("labour",), status=Status.CANCELLED)
    found = edition(publish(made_up(off, withdrawn)))

    for id_ in ("talks", "camp"):
        root = Tree(found.get(f"/en/events/{id_}/").plain.body.decode()).root
        (poster,) = marked(root, "poster")
        assert marked(poster, "when")[0].text == "Cancelled"
        assert tags(poster) == []
        assert [h2.text for h2 in root.all("h2") if "calendar" in h2.text] == []
        assert [a for a in root.all("a") if ".ics" in a.attributes["href"]] == []
        feed = found.get(f"/en/events/{id_}.ics")  # for those who have it
        assert (feed.status, b"SUMMARY:CANCELLED: " in feed.plain.body) == (200, True)


def test_of_a_series_the_date_that_is_off_is_not_offered_but_the_next_one_is() -> None:
    off = event(topics=("labour",), changes=(cancelled("2027-05-01"),))
    found = edition(publish(made_up(off)))

    root = Tree(found.get("/en/events/may-day/").plain.body.decode()).root
    (poster,) = marked(root, "poster")
    (turn,) = marked(root, "turn")

    assert marked(poster, "when")[0].text == "Cancelled"
    assert list(poster.all("a")) == []
    assert [a.text for a in turn.all("a")][1] == "Next date: 1 May 2028"
    assert "How to add to a calendar" in [h2.text for h2 in root.all("h2")]


def test_a_correction_of_ours_is_not_put_down_to_the_organisers() -> None:
    ours = moved("2027-05-01", "2027-05-02", ChangedBy.US)
    found = edition(publish(made_up(event(topics=("labour",), changes=(ours,)))))

    poster, *_ = marked(Tree(found.get("/en/events/may-day/").plain.body.decode()).root, "poster")

    assert tags(poster) == ["Corrected"]
    assert "We corrected the date; the error was ours" in poster.text
    assert "organisers" not in poster.text


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("womens-day", ["Previous date: 8 March 2026", "Next date: 8 March 2028"]),
        (
            "cuba-solidarity-days",
            ["Previous date: 24–25 October 2026", "Next date: 26–27 December 2026"],
        ),
        ("guantanamo-seminar-8", []),
    ],
)
def test_one_goes_from_a_date_to_those_before_and_after(id_: str, expected: list[str]) -> None:
    root = page(f"/en/events/{id_}/")

    links = [link for turn in marked(root, "turn") for link in turn.all("a")]

    assert [link.text for link in links] == expected
    places = {e.attributes["id"]: e.text for e in root.all("li") if "id" in e.attributes}
    for link in links:
        date = link.text.partition(": ")[2]
        assert date in places[link.attributes["href"].removeprefix("#")]


@pytest.mark.parametrize(
    ("id_", "expected"),
    [("imcwp-24", ("2024", "2024")), ("icr-2009", ("2009-12", "December 2009"))],
)
def test_what_is_not_known_to_the_day_does_not_look_like_a_day(
    id_: str, expected: tuple[str, str]
) -> None:
    (days,) = marked(posters(f"/en/events/{id_}/")[0], "days")

    assert "open" in days.attributes["class"].split()
    assert [(time.attributes["datetime"], time.text) for time in days.all("time")] == [expected]


def test_that_no_report_was_found_is_said() -> None:
    assert tags(posters("/en/events/imcwp-24/")[0]) == ["We found no report that it was held."]


def test_background_is_marked_as_such_wherever_it_stands() -> None:
    assert tags(posters("/en/events/cuban-press-day/")[0]) == ["Background only"]
    rows = [row for row in marked(page("/en/"), "row") if "Cuban Press Day" in row.text]
    assert [tags(row) for row in rows] == [["Background only"]]


@pytest.mark.parametrize(("today", "is_stale"), [("2027-11-22", False), ("2027-11-23", True)])
def test_what_was_not_verified_for_a_year_says_so(today: str, is_stale: bool) -> None:
    found = tags(page("/en/events/womens-day/", today))

    assert ("Not verified for more than 12 months" in found) is is_stale


def test_a_date_that_may_still_come_is_at_the_end_of_the_agenda() -> None:
    catalogue = publish(made_up(event("talks", on("2027"), topics=("labour",))))

    root = Tree(edition(catalogue).get("/en/").plain.body.decode()).root
    (row,) = marked(root, "row")

    assert "In 2027, day not known" in row.text
    assert [h2.text for h2 in root.all("h2")][0] == "Still to come, day not known"


def test_what_is_particular_to_this_year_stands_with_its_date_wherever_that_is() -> None:
    occasion = Occasion(
        day("2027-05-01"),
        Text({"en": "Bread and roses"}),
        (Link("https://theme.example/", Text({"en": "The call"})),),
        Place(Text({"en": "Havana"}), "CU", (23.13, -82.38)),
    )
    found = edition(publish(made_up(event(topics=("labour",), occasions=(occasion,)))))

    (head,) = marked(Tree(found.get("/en/events/may-day/").plain.body.decode()).root, "next")
    agenda = Tree(found.get("/en/").plain.body.decode()).root

    for root in (head, agenda):
        links = {a.text: a.attributes["href"] for a in root.all("a")}
        assert links["The call"] == "https://theme.example/"
        assert links["Show on a map (OpenStreetMap)"].endswith("#map=12/23.13/-82.38")
        assert "This time: Bread and roses" in root.text
        assert "Place: Havana" in root.text


def test_a_text_in_another_language_is_marked_and_the_page_says_so() -> None:
    named = event("talks", on("2027-05-04"), topics=("labour",), name=Text({"en": "Talks"}))

    root = Tree(edition(publish(made_up(named))).get("/ar/events/talks/").plain.body.decode()).root
    name = next(next(root.all("h1")).all("bdi"))

    assert (name.text, name.attributes) == ("Talks", {"lang": "en", "dir": "ltr"})
    assert catalog("ar").text("text_in_other_language") in root.text


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        (
            "palestine-day",
            [
                "Sunday, 29 November 2026",
                "International Day of Solidarity with the Palestinian People",
            ],
        ),
        (
            "cuba-solidarity-days",
            [
                "Saturday – Sunday, 28–29 November 2026",
                "International Days of Solidarity with Cuba",
            ],
        ),
        (
            "guantanamo-seminar-8",
            [
                "Saturday – Sunday, 4–5 May 2024",
                "8th International Seminar for Peace and the Abolition of Foreign Military Bases",
                "Guantánamo, Cuba",
            ],
        ),
    ],
)
def test_the_text_to_forward_says_when_what_and_where_to_read_on(
    id_: str, expected: list[str]
) -> None:
    (text,) = page(f"/en/events/{id_}/").all("pre")

    assert text.copied.split("\n") == [*expected, f"{BASE_URL}/en/events/{id_}/"]


WALK = event("walk", WEEKENDS, since=day("2026-08-01"), topics=("labour",))


def stand_out(*changes: Change, until: str = "") -> tuple[str, list[str], list[str]]:
    """Return of a walk on every last weekend what stands for it, what comes and what is over."""
    walk = replace(WALK, changes=changes, until=day(until) if until else None)
    found = edition(publish(made_up(walk)))
    root = Tree(found.get("/en/events/walk/").plain.body.decode()).root
    (poster,) = marked(root, "poster")
    lists = {e.attributes["aria-labelledby"]: e for e in root.all("section")}
    coming, past = (
        [next(row.all("time")).attributes["datetime"] for row in lists[of].all("article")]
        if of in lists
        else []
        for of in ("coming", "past")
    )
    return next(poster.all("time")).attributes["datetime"], coming, past


def test_a_date_moved_to_a_month_stands_where_it_belongs() -> None:
    head, coming, past = stand_out(moved("2026-09-26", "2026-12"), moved("2026-08-29", "2026-03"))

    assert head == "2026-11-28"
    assert coming[:3] == ["2026-12", "2026-12-26", "2027-01-30"]
    assert past == ["2026-10-24", "2026-03"]


def test_a_day_stands_for_an_event_before_a_month_that_may_begin_earlier() -> None:
    head, coming, _ = stand_out(moved("2026-09-26", "2026-11"))

    assert (head, coming[:2]) == ("2026-11-28", ["2026-11", "2026-12-26"])


def test_what_was_last_stands_for_a_series_that_is_over() -> None:
    head, coming, past = stand_out(moved("2026-09-26", "2026-03"), until="2026-10-31")

    assert (head, coming, past) == ("2026-10-24", [], ["2026-08-29", "2026-03"])


def test_what_is_known_to_the_month_stands_for_an_event_that_has_no_day_to_come() -> None:
    head, coming, past = stand_out(moved("2026-09-26", "2027-03"), until="2026-10-31")

    assert (head, coming, past) == ("2027-03", [], ["2026-10-24", "2026-08-29"])


def test_the_place_is_that_of_the_date_that_stands_for_the_event() -> None:
    havana, lisbon = Place(Text({"en": "Havana"})), Place(Text({"en": "Lisbon"}))
    occasions = (Occasion(day("2026-11-28"), place=lisbon),)
    found = edition(publish(made_up(replace(WALK, place=havana, occasions=occasions))))
    root = Tree(found.get("/en/events/walk/").plain.body.decode()).root

    (text,) = root.all("pre")
    assert text.copied.split("\n")[-2] == "Lisbon"
