"""What a first-rate feed has, statement by statement, over every feed of the real data.

The numbers in the names are those of the specification of the feeds; 35 and 49 are in
``test_oracles``, 25 in ``test_changes``, and 40 to 47, which concern HTTP, in
``tests.web.test_feed_statements``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
import webcolors
from icalendar import Calendar

from calendar_app.core.identity import Form
from calendar_app.core.occurrences import Window, expand, horizon
from calendar_app.core.rules import last_weekend
from calendar_app.feeds.colours import TOPIC_COLOURS
from calendar_app.public.edition import Edition
from calendar_app.public.sites import Operator
from calendar_app.words.languages import LANGUAGES
from tests.feeds.contentlines import Component, physical_lines, read_calendar, vevents
from tests.publishing import (
    BASE_URL,
    PUBLISHED_AT,
    TODAY,
    edition,
    feed,
    feeds,
    real_catalogue,
)

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = {"all": "/calendar.ics", "topic": "/topics/", "event": "/events/"}
DOMAIN = "solidarity-calendar.invalid"
TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "CATEGORIES", "NAME", "X-WR-CALNAME", "X-WR-CALDESC"}
# What a VEVENT of the default form may hold; nothing else is in a feed.
ALLOWED = {
    *("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "RRULE"),
    *("SUMMARY", "DESCRIPTION", "URL", "LOCATION", "GEO", "CATEGORIES", "COLOR", "STATUS", "CLASS"),
    *("TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
}
HASHES = """
import json
from hashlib import sha256
from tests.publishing import edition, feeds, real_catalogue
found = feeds(edition(real_catalogue()))
print(json.dumps({path: sha256(body).hexdigest() for path, body in found}))
"""


class Feed(NamedTuple):
    path: str
    body: bytes
    calendar: Component

    @property
    def vevents(self) -> list[Component]:
        return self.calendar.inner


@cache
def all_feeds() -> tuple[Feed, ...]:
    found = feeds(edition(real_catalogue()))
    return tuple(Feed(path, body, read_calendar(body)) for path, body in found)


@pytest.fixture(params=[(kind, tag) for kind in KINDS for tag in LANGUAGES], ids="-".join)
def sample(request: pytest.FixtureRequest) -> list[Feed]:
    """The feeds of one kind in one language."""
    kind, tag = request.param
    found = [one for one in all_feeds() if one.path.startswith(f"/{tag}{KINDS[kind]}")]
    assert len(found) == {"all": 1, "topic": 8, "event": 21}[kind]
    return found


def each(sample: Iterable[Feed]) -> Iterator[Component]:
    return (vevent for one in sample for vevent in one.vevents)


# Bytes


def test_01_only_crlf_ends_a_line(sample: list[Feed]) -> None:
    for one in sample:
        assert one.body.endswith(b"END:VCALENDAR\r\n")
        assert one.body.count(b"\r") == one.body.count(b"\n") == one.body.count(b"\r\n")
        assert b"" not in physical_lines(one.body)


def test_02_no_line_is_longer_than_75_octets(sample: list[Feed]) -> None:
    longest = max(len(line) for one in sample for line in physical_lines(one.body))
    assert 60 < longest <= 75


def test_03_every_line_is_utf_8_by_itself(sample: list[Feed]) -> None:
    for one in sample:
        for line in physical_lines(one.body):
            assert line.decode()


def test_04_no_byte_order_mark_and_no_control_or_bidi_characters(sample: list[Feed]) -> None:
    for one in sample:
        text = one.body.decode().replace("\r\n", "")
        assert {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}} == set()


def test_05_texts_are_escaped(sample: list[Feed]) -> None:
    for one in sample:
        for component in (one.calendar, *one.vevents):
            for line in component.lines:
                if line.name in TEXTS:
                    # Between several categories there is a comma that separates them.
                    unescaped = set("\\;" if line.name == "CATEGORIES" else "\\;,")
                    assert not set(re.sub(r"\\[\\;,n]", "", line.value)) & unescaped


def test_06_texts_are_in_nfc_and_come_back_as_they_went(sample: list[Feed]) -> None:
    for one in sample:
        assert unicodedata.is_normalized("NFC", one.body.decode())
        assert Calendar.from_ical(one.body).to_ical() == one.body


def test_07_the_same_data_give_the_same_bytes(sample: list[Feed]) -> None:
    # On another day of the year, too: no clock, no relative words.
    again = edition_of(date(2026, 2, 28))
    for one in sample:
        assert again.get(*one.path.split("?")).plain.body == one.body


def test_07_another_process_gives_the_same_bytes() -> None:
    environment = dict(os.environ) | {"PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", HASHES]
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert json.loads(found.stdout) == {
        one.path: sha256(one.body).hexdigest() for one in all_feeds()
    }


# Calendar


def test_08_version_and_a_fixed_prodid_for_each_language(sample: list[Feed]) -> None:
    for one in sample:
        tag = one.path[1:3].upper()
        assert one.calendar.lines[0] == ("VERSION", {}, "2.0")
        assert one.calendar.one("PRODID").value == f"-//solidarity-calendar//feed 1//{tag}"


def test_09_both_names_are_equal_short_and_need_no_escape(sample: list[Feed]) -> None:
    names = [one.calendar.one("NAME").value for one in sample]
    assert names == [one.calendar.one("X-WR-CALNAME").value for one in sample]
    assert len(set(names)) == len(names)
    for name in names:
        assert 0 < len(name) <= 255
        assert not set(name) & set(",;\\")


def test_10_both_descriptions_are_equal(sample: list[Feed]) -> None:
    for one in sample:
        description = one.calendar.one("DESCRIPTION")
        assert description.text == one.calendar.one("X-WR-CALDESC").text != ""


def test_11_the_refresh_interval_has_its_type_and_is_given_twice(sample: list[Feed]) -> None:
    for one in sample:
        interval = one.calendar.one("REFRESH-INTERVAL")
        assert interval.parameters == {"VALUE": "DURATION"}
        assert interval.value == one.calendar.one("X-PUBLISHED-TTL").value == "PT12H"


def test_12_source_is_the_feed_itself_and_url_its_page(sample: list[Feed]) -> None:
    found = edition(real_catalogue())
    for one in sample:
        source, url = one.calendar.one("SOURCE"), one.calendar.one("URL")
        assert source.parameters == {"VALUE": "URI"}
        path, _, query = one.path.partition("?")
        page = path.removesuffix("calendar.ics").replace(".ics", "/")
        topics = re.search("topics=[a-z,]+", query)
        address = f"{page}?{topics[0]}" if topics else page
        assert source.value == BASE_URL + one.path
        assert url.value == BASE_URL + address
        assert found.get(*address.split("?")).status == 200


def test_13_the_colour_has_a_css_name_and_its_value(sample: list[Feed]) -> None:
    for one in sample:
        name, value = (one.calendar.one(key).value for key in ("COLOR", "X-APPLE-CALENDAR-COLOR"))
        assert webcolors.name_to_hex(name).upper() == value


def test_13_an_entry_has_the_colour_of_its_first_topic_by_its_css_name(sample: list[Feed]) -> None:
    for one in sample:
        colours = {
            topic.name[one.path[1:3]]: TOPIC_COLOURS[id_]
            for id_, topic in real_catalogue().topics.items()
        }
        for vevent in one.vevents:
            first = re.split(r"(?<!\\),", vevent.one("CATEGORIES").value)[0]
            assert vevent.one("COLOR").value == colours[first.replace("\\,", ",")]


def test_14_the_calendar_has_no_uid(sample: list[Feed]) -> None:
    assert not any(one.calendar.has("UID") for one in sample)


def test_15_there_is_no_method(sample: list[Feed]) -> None:
    assert not any(one.calendar.has("METHOD") for one in sample)


def test_16_there_is_no_time_zone(sample: list[Feed]) -> None:
    for one in sample:
        assert {component.name for component in one.calendar.inner} == {"VEVENT"}
        assert b"TZID" not in one.body
        assert b"X-WR-TIMEZONE" not in one.body


def test_17_the_calendar_was_modified_with_its_last_event(sample: list[Feed]) -> None:
    for one in sample:
        assert one.calendar.one("CALSCALE").value == "GREGORIAN"
        modified = one.calendar.one("LAST-MODIFIED").instant
        assert modified == max(vevent.one("LAST-MODIFIED").instant for vevent in one.vevents)


def test_18_no_feed_is_empty(sample: list[Feed]) -> None:
    assert all(one.vevents for one in sample)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "topics/environment",
        "topics/selfdet",
        "events/cyprus-50",
        "events/imcwp-1998",
        "events/icr-2009",
        "events/imcwp-24",
    ],
)
def test_18_what_has_no_day_has_no_feed_but_a_sentence(tag: str, name: str) -> None:
    found = edition(real_catalogue())
    resource = found.get(f"/{tag}/{name}.ics")
    assert resource.status == 404
    assert found.site.presenter(tag).phrases.text("topic_no_feed") in resource.plain.body.decode()
    assert found.get(f"/{tag}/{name}/").status == 200


# Events


def test_19_uid_stamp_and_start_stand_once(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert vevent.one("UID")
        assert vevent.one("DTSTART")
        assert vevent.one("DTSTAMP").instant == PUBLISHED_AT
        assert {line.name for line in vevent.lines} <= ALLOWED
        assert len({line.name for line in vevent.lines}) == len(vevent.lines)


def test_20_a_uid_is_short_and_names_the_occurrence(sample: list[Feed]) -> None:
    revisions = real_catalogue().event_revisions
    for vevent in each(sample):
        name, _, domain = vevent.one("UID").value.partition("@")
        assert domain == DOMAIN
        assert len(name) < 200
        assert name.isascii()
        is_rule = name in revisions and revisions[name].form is Form.RULE
        assert vevent.has("RRULE") == is_rule


def test_20_a_uid_is_the_same_in_all_languages_and_feeds() -> None:
    by_language = {
        tag: {
            vevent.one("UID").value: vevent.one("DTSTART").value
            for one in all_feeds()
            if one.path.startswith(f"/{tag}/")
            for vevent in one.vevents
        }
        for tag in LANGUAGES
    }
    assert all(uids == by_language["en"] for uids in by_language.values())
    for tag in LANGUAGES:
        assert set(vevents(feed(real_catalogue(), f"/{tag}/calendar.ics"))) == set(by_language[tag])


def test_20_an_event_has_the_same_bytes_in_every_feed_of_a_language() -> None:
    for tag in LANGUAGES:
        [whole] = [one.body for one in all_feeds() if one.path == f"/{tag}/calendar.ics"]
        for one in all_feeds():
            if one.path.startswith(f"/{tag}/events/"):
                block = one.body[one.body.index(b"BEGIN:VEVENT") : -len(b"END:VCALENDAR\r\n")]
                assert block in whole


def test_21_no_two_events_share_a_uid(sample: list[Feed]) -> None:
    for one in sample:
        uids = [vevent.one("UID").value for vevent in one.vevents]
        assert len(set(uids)) == len(uids)


def test_22_start_and_end_are_days_and_the_end_is_exclusive(sample: list[Feed]) -> None:
    for vevent in each(sample):
        start, end = vevent.one("DTSTART"), vevent.one("DTEND")
        assert start.parameters == end.parameters == {"VALUE": "DATE"}
        assert start.day < end.day


@pytest.mark.parametrize(
    ("uid", "start", "end"),
    [
        ("womens-day", "19700308", "19700309"),
        ("lenin-centenary", "20240121", "20240122"),
        ("guantanamo-seminar-8", "20240504", "20240506"),
        ("antiimperialist-week-2020", "20201005", "20201011"),
        ("cuba-solidarity-days-2026-11", "20261128", "20261130"),
        ("victory-day-2026", "20260509", "20260510"),
    ],
)
def test_23_how_long_it_lasts(uid: str, start: str, end: str) -> None:
    vevent = vevents(feed(real_catalogue()))[f"{uid}@{DOMAIN}"]
    assert (vevent.one("DTSTART").value, vevent.one("DTEND").value) == (start, end)


def test_24_the_stamp_is_the_instant_of_the_last_revision(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert vevent.one("DTSTAMP").value == vevent.one("LAST-MODIFIED").value


def test_26_nothing_is_modified_before_it_is_created(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert vevent.one("CREATED").instant <= vevent.one("LAST-MODIFIED").instant


def test_27_a_summary_is_one_short_line_without_language(sample: list[Feed]) -> None:
    for vevent in each(sample):
        summary = vevent.one("SUMMARY")
        assert summary.parameters == {}
        assert 0 < len(summary.text.strip()) <= 255
        assert "\n" not in summary.text


def test_28_a_description_is_plain_says_why_and_ends_with_the_page(sample: list[Feed]) -> None:
    for vevent in each(sample):
        description = vevent.one("DESCRIPTION").text
        assert not re.search("<[a-z/!]|&[a-z]+;", description)
        assert description.endswith(f"\n{vevent.one('URL').value}")
        assert len(description.split("\n\n")) >= 3  # what it is, what to know of it, why
        assert not vevent.has("X-ALT-DESC")


def test_29_addresses_are_absolute_and_https(sample: list[Feed]) -> None:
    for one in sample:
        for vevent in one.vevents:
            assert vevent.one("URL").value.startswith(f"{BASE_URL}{one.path[:3]}/events/")
        assert b"http:" not in one.body


def test_29_addresses_are_those_of_the_site_even_without_tls() -> None:
    found = Edition(real_catalogue(), TODAY, "http://127.0.0.1:8000", Operator())
    body = found.get("/en/events/may-day.ics").plain.body
    assert vevents(body)[f"may-day@{DOMAIN}"].one("URL").value == (
        "http://127.0.0.1:8000/en/events/may-day/"
    )


def test_30_an_entry_takes_no_time_and_is_public_and_certain(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert vevent.one("TRANSP").value == "TRANSPARENT"
        assert vevent.one("X-MICROSOFT-CDO-BUSYSTATUS").value == "FREE"
        assert vevent.one("CLASS").value == "PUBLIC"
        assert vevent.one("STATUS").value == "CONFIRMED"


def test_31_categories_are_the_topics_in_the_language_of_the_feed(sample: list[Feed]) -> None:
    catalogue = real_catalogue()
    for one in sample:
        names = {topic.name[one.path[1:3]] for topic in catalogue.topics.values()}
        for vevent in one.vevents:
            values = re.split(r"(?<!\\),", vevent.one("CATEGORIES").value)
            assert {value.replace("\\,", ",") for value in values} <= names


def test_32_there_is_no_image_link_or_concept(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert not {"IMAGE", "LINK", "CONCEPT", "ATTACH"} & {line.name for line in vevent.lines}


# Recurrence


def test_33_the_only_rule_is_yearly_and_begins_with_an_instance(sample: list[Feed]) -> None:
    events = real_catalogue().events
    for vevent in each(sample):
        if vevent.has("RRULE"):
            assert vevent.one("RRULE").value == "FREQ=YEARLY"
            start = vevent.one("DTSTART").day
            event = events[vevent.one("UID").value.partition("@")[0]]
            assert event.rule.starts(start, start + timedelta(days=1)) == [start]


def test_34_there_are_no_single_dates_exceptions_and_overrides(sample: list[Feed]) -> None:
    for vevent in each(sample):
        assert not {"RDATE", "EXDATE", "RECURRENCE-ID"} & {line.name for line in vevent.lines}


@pytest.mark.parametrize(
    ("month", "saturday"),
    [
        ("2024-08", 24),  # these seven end on a Saturday
        ("2024-11", 23),
        ("2025-05", 24),
        ("2026-01", 24),
        ("2026-02", 21),
        ("2026-10", 24),
        ("2027-07", 24),
        ("2026-11", 28),  # an ordinary one
        ("2026-12", 26),
    ],
)
def test_36_the_last_weekend_is_the_last_sunday_and_the_day_before(
    month: str, saturday: int
) -> None:
    year, number = map(int, month.split("-"))
    body = feed(real_catalogue(), "/en/topics/cuba.ics", date(year, 6, 15))
    vevent = vevents(body)[f"cuba-solidarity-days-{month}@{DOMAIN}"]
    assert vevent.one("DTSTART").day == date(year, number, saturday) == last_weekend(year, number)
    assert vevent.one("DTEND").day == date(year, number, saturday + 2)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("year", [2023, 2024, 2026, 2030])
def test_37_the_turn_of_the_year_drops_a_year_and_adds_one(tag: str, year: int) -> None:
    eve, morning = edition_of(date(year, 12, 31)), edition_of(date(year + 1, 1, 1))
    for path in (f"/{tag}/calendar.ics", f"/{tag}/topics/cuba.ics", f"/{tag}/topics/memory.ics"):
        before, after = blocks(eve.get(path).plain.body), blocks(morning.get(path).plain.body)
        assert {before[uid] == after[uid] for uid in before.keys() & after.keys()} == {True}
        dropped, added = before.keys() - after.keys(), after.keys() - before.keys()
        assert {start_of(before[uid]).year for uid in dropped} <= {year - 1}
        assert {start_of(after[uid]).year for uid in added} == {year + 3}
        assert frame(eve.get(path).plain.body) == frame(morning.get(path).plain.body)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 6, 15), date(2026, 12, 31)])
def test_37_every_day_of_a_year_gives_the_same_feed(day: date) -> None:
    catalogue = real_catalogue()
    assert feed(catalogue, "/ar/calendar.ics", day) == feed(catalogue, "/ar/calendar.ics")


@pytest.mark.parametrize(
    ("tag", "summary"),
    [
        ("en", "Victory Day (81st anniversary)"),
        ("es", "Día de la Victoria (81.º aniversario)"),
        ("ru", "День Победы (81-я годовщина)"),
        ("tr", "9 Mayıs Zafer Günü (81. yıl dönümü)"),
        ("ar", "يوم النصر (الذكرى الـ81)"),
    ],
)
def test_38_ordinals_are_right_in_every_language(tag: str, summary: str) -> None:
    vevent = vevents(feed(real_catalogue(), f"/{tag}/events/victory-day.ics"))[
        f"victory-day-2026@{DOMAIN}"
    ]
    assert vevent.one("SUMMARY").text == summary


def test_38_no_ordinal_comes_from_a_rule(sample: list[Feed]) -> None:
    events = real_catalogue().events
    for one in sample:
        for vevent in one.vevents:
            if vevent.has("RRULE"):
                event = events[vevent.one("UID").value.partition("@")[0]]
                assert vevent.one("SUMMARY").text == event.name[one.path[1:3]]


def test_39_there_are_no_alarms(sample: list[Feed]) -> None:
    assert not any(vevent.inner for vevent in each(sample))


def test_48_the_largest_feed_is_far_below_a_megabyte() -> None:
    assert max(len(one.body) for one in all_feeds()) < 250_000


def test_a_feed_has_every_occurrence_of_the_horizon_and_every_one_off(sample: list[Feed]) -> None:
    catalogue, revisions = real_catalogue(), real_catalogue().event_revisions
    for one in sample:
        expected = set()
        for event in catalogue.events.values():
            is_chosen = (
                f"/events/{event.id}." in one.path
                or any(f"/topics/{topic}." in one.path for topic in event.topics)
                or one.path.endswith("/calendar.ics")
            )
            span = horizon(TODAY) if event.rule.is_recurring else Window(date.min, date.max)
            if is_chosen and revisions[event.id].form is Form.RULE:
                expected.add(f"{event.id}@{DOMAIN}")
            elif is_chosen:
                expected |= {f"{found.id}@{DOMAIN}" for found in expand(event, span)}
        assert set(vevents(one.body)) == expected


@cache
def edition_of(day: date) -> Edition:
    return edition(real_catalogue(), day)


def blocks(body: bytes) -> dict[str, bytes]:
    """The bytes of each VEVENT by its UID."""
    found = re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", body, re.DOTALL)
    uids = [re.search(rb"\r\nUID:(.*?)\r\n(?! )", one.replace(b"\r\n ", b"")) for one in found]
    return {uid[1].decode(): one for uid, one in zip(uids, found, strict=True) if uid}


def start_of(block: bytes) -> date:
    [vevent] = vevents(b"BEGIN:VCALENDAR\r\n" + block + b"END:VCALENDAR\r\n").values()
    return vevent.one("DTSTART").day


def frame(body: bytes) -> bytes:
    return body[: body.index(b"BEGIN:VEVENT")]
