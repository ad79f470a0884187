"""Texts that have broken feeds elsewhere: escaped and folded right, and read back by others."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.catalogue.texts import words
from calendar_app.core.events import Event, Place, Text, Topic
from calendar_app.words.languages import LANGUAGES
from tests.factories import WEEKENDS, cancelled, event, moved, on
from tests.feeds.contentlines import content_lines, physical_lines, read_calendar, vevents
from tests.feeds.readers import icalendar_texts, icaljs_texts
from tests.publishing import BASE_URL, feed, made_up, publish

UID = "day@calendar.invalid"
PAGE = f"{BASE_URL}/en/events/day/"
TORTURE = {
    "commas": "one, two,three ,four,,five",
    "semicolons": "one; two;three ;four;;five",
    "backslashes": r"C:\new\, \\server\nothing \; \n \N \\",
    "colons and quotes": 'DTSTART:20260101 "quoted" X;VALUE="DATE":1',
    "content lines": "END:VEVENT BEGIN:VEVENT END:VCALENDAR",
    "emoji": "Day 🏳️ 👩🏽‍🏭 👨‍👩‍👧‍👦 ✊🏿 " * 8,
    "Arabic with Latin names": "ملتقى «Patria» الثالث، نظّمه UPEC (هافانا)؛ 18–20 آذار/مارس 2024 "
    * 3,
    "Turkish i": "İzmir'de ılık bir ışık, IĞDIR ve Iğdır, İIıi " * 4,
    "Cyrillic": "Съезд; объявлен, но не проведён: ёЁ йЙ " * 5,
    "Vietnamese in NFC": "Ngày Quốc tế Đoàn kết với Nhân dân Palestine " * 3,
    "no space to fold at": "ж" * 2000,
    "two thousand characters": ("A word, and another; " * 100)[:2000],
    "wide spaces": "a\u00a0b\u2009c\u3000d \u00a0 e",
    "joiners": "می\u200cخواهم क्\u200dष",
    "html": "<b>bold</b> &amp; <script>alert(1)</script>",
    "percent and braces": "{n} %s {0} {{ page }} {% raw %}",
    "spaces at folds": " ".join(["x" * 12] * 90) + "  y   z",
}


def day(**fields: object) -> Event:
    return event("day", on("2026-05-01"), topics=("labour",), **fields)


def feed_of(*found: Event, topic: str = "Labour", path: str = "/en/events/day.ics") -> bytes:
    topics = {"labour": Topic("labour", Text({"en": topic}))}
    return feed(publish(made_up(*found, topics=topics)), path)


def assert_sound(body: bytes) -> None:
    """The bytes are content lines, none too long, none cut within a character."""
    for line in physical_lines(body):
        assert len(line) <= 75
        assert line.decode().strip("\r\n") == line.decode()
        assert b"\n" not in line
        assert b"\r" not in line
    assert len(read_calendar(body).inner) == 1
    assert len([line for line in content_lines(body) if line.name == "BEGIN"]) == 2


@pytest.mark.tools
@pytest.mark.parametrize("text", TORTURE.values(), ids=TORTURE)
def test_a_text_comes_back_from_every_reader(text: str, tmp_path: Path) -> None:
    text = text.strip()
    name, place = text[:200].strip(), Place(Text({"en": text}))
    body = feed_of(
        day(
            name=Text({"en": name}),
            summary=Text({"en": text}),
            note=Text({"en": f"{text}\n{text}"[:2000]}),
            place=place,
        ),
        topic=name,
    )

    assert_sound(body)
    expected = {
        "summary": name,
        "description": f"{text}\n\n{f'{text}{chr(10)}{text}'[:2000]}\n\n{PAGE}",
        "location": text,
        "categories": [name],
    }
    path = tmp_path / "feed.ics"
    path.write_bytes(body)
    assert icalendar_texts(body)["events"] == {UID: expected}
    assert icaljs_texts([path])[0]["events"] == {UID: expected}
    vevent = vevents(body)[UID]
    assert vevent.one("SUMMARY").text == name
    assert vevent.one("DESCRIPTION").text == expected["description"]
    assert vevent.one("LOCATION").text == text


@pytest.mark.parametrize("text", TORTURE.values(), ids=TORTURE)
def test_what_the_reader_takes_survives_as_it_is(text: str) -> None:
    # Whoever reads the data refuses what no calendar could show.
    assert words(2000, lines=True)(text) == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("one\rtwo", "control character U+000D; remove it"),
        ("one\r\ntwo", "control character U+000D; remove it"),
        ("one\u2028two", "invisible character U+2028; remove it"),
        ("one\x00two", "control character U+0000; remove it"),
        ("one\u202etwo", "invisible character U+202E; remove it"),
        ("a" * 5000, "5000 characters; write at most 2000"),
    ],
    ids=["lone CR", "CRLF", "line separator", "NUL", "override", "5,000 characters"],
)
def test_what_no_calendar_could_show_is_refused_by_the_reader(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        words(2000, lines=True)(text)


@pytest.mark.tools
@pytest.mark.parametrize("text", ["Word; and, \\ ", "ж", "دولة، ", "👩🏽‍🏭", "ıİ"])
def test_what_is_longer_than_the_reader_takes_is_folded_right_all_the_same(
    text: str, tmp_path: Path
) -> None:
    long = (text * 5000)[:5000].strip()
    body = feed_of(day(summary=Text({"en": long})))

    assert_sound(body)
    (tmp_path / "feed.ics").write_bytes(body)
    for read in (icalendar_texts(body), *icaljs_texts([tmp_path / "feed.ics"])):
        assert read["events"][UID]["description"] == f"{long}\n\n{PAGE}"


def test_a_line_break_is_written_as_one() -> None:
    body = feed_of(day(note=Text({"en": "First\nsecond"})))

    assert rb"First\nsecond\n\n" in body.replace(b"\r\n ", b"")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Meeting, for peace; against bases", "Days: Meeting – for peace – against bases"),
        (r"A\B \ C", "Days: A – B – C"),
        ("لقاء، من أجل السلام", "Days: لقاء، من أجل السلام"),
    ],
)
def test_the_name_of_a_calendar_needs_no_escape(name: str, shown: str) -> None:
    calendar = read_calendar(feed_of(day(name=Text({"en": name}))))

    assert calendar.one("NAME").value == calendar.one("X-WR-CALNAME").value == shown


def test_the_name_of_a_calendar_is_not_longer_than_outlook_takes() -> None:
    catalogue = made_up(day(name=Text({"en": "n" * 200})))
    calendar = replace(catalogue.calendar, name=Text({"en": "s" * 200}))
    found = publish(replace(catalogue, calendar=calendar))

    name = read_calendar(feed(found, "/en/events/day.ics")).one("NAME").value
    assert len(name) == 255
    assert name.endswith("n…")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_longest_summary_is_within_what_outlook_shows(tag: str) -> None:
    name = Text({tag: "м" * 200})
    counted = event(
        "day",
        WEEKENDS,
        name=name,
        counts_from=on("1026-01-01").when,
        since=date(2026, 1, 1),
        changes=(cancelled("2026-11-28"),),
    )
    body = feed_of(counted, path=f"/{tag}/events/day.ics")

    [summary] = [
        vevent.one("SUMMARY").text
        for uid, vevent in vevents(body).items()
        if uid.startswith("day-2026-11@")
    ]
    assert "1000" in summary
    assert 200 < len(summary) <= 255


def test_a_text_of_another_language_stands_in_for_a_missing_one() -> None:
    body = feed_of(day(name=Text({"ru": "Съезд"})), path="/ar/events/day.ics")

    assert vevents(body)[UID].one("SUMMARY").text == "Съезд"


def test_a_folded_summary_and_a_moved_date_leave_no_line_too_long() -> None:
    changed = event(
        "day",
        on("2026-05-01"),
        name=Text({tag: "ы," * 100 for tag in LANGUAGES}),
        changes=(moved("2026-05-01", "2026-12-30/2027-01-02"),),
    )
    for tag in LANGUAGES:
        assert_sound(feed_of(changed, path=f"/{tag}/events/day.ics"))


# Whatever a reader of the data would take, and more often what has a meaning in iCalendar.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"])
PIECES = st.one_of(st.sampled_from([*'\\;,:" nN', "END:VEVENT"]), CHARACTERS)


def texts(longest: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    pieces = st.one_of(PIECES, st.just("\n")) if lines else PIECES
    joined = st.lists(pieces, min_size=1, max_size=longest).map("".join)
    return joined.map(lambda text: unicodedata.normalize("NFC", text).strip()).filter(bool)


@pytest.mark.property
@given(texts(60), texts(300, lines=True), texts(60), texts(30))
def test_any_text_comes_back(name: str, note: str, place: str, topic: str) -> None:
    found = day(name=Text({"en": name}), note=Text({"en": note}), place=Place(Text({"en": place})))
    body = feed_of(found, topic=topic)

    assert_sound(body)
    vevent = vevents(body)[UID]
    assert vevent.one("SUMMARY").text == name
    assert vevent.one("DESCRIPTION").text == f"{note}\n\n{PAGE}"
    assert vevent.one("LOCATION").text == place
    assert vevent.one("CATEGORIES").text == topic
    assert icalendar_texts(body)["events"][UID] == {
        "summary": name,
        "description": f"{note}\n\n{PAGE}",
        "location": place,
        "categories": [topic],
    }


@pytest.mark.property
@pytest.mark.tools
@settings(max_examples=10)
@given(st.lists(st.tuples(texts(60), texts(300, lines=True)), min_size=20, max_size=40))
def test_any_text_comes_back_from_icaljs(found: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.ics" for number in range(len(found))]
        for path, (name, note) in zip(paths, found, strict=True):
            path.write_bytes(feed_of(day(name=Text({"en": name}), note=Text({"en": note}))))
        read = [one["events"][UID] for one in icaljs_texts(paths)]

    assert [(one["summary"], one["description"]) for one in read] == [
        (name, f"{note}\n\n{PAGE}") for name, note in found
    ]
