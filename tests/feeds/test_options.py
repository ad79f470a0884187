"""Feeds with options: the statements hold for them too, and alarms ring when they should."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from calendar_app.core.catalogue import Catalogue
from calendar_app.feeds.alarms import MAX_DAYS, Alarm
from calendar_app.public.edition import Edition
from calendar_app.public.selection import MAX_ALARMS, Cancelled, Selection
from tests import factories
from tests.feeds import test_statements as statements
from tests.feeds.contentlines import Component, read_calendar, vevents
from tests.feeds.test_statements import Feed
from tests.publishing import edition, feed_paths, made_up, publish, real_catalogue
from tests.tools.oracles import LibicalCheck

EXAMPLES = 6
ALARMS = st.builds(Alarm, st.integers(-MAX_DAYS, 0), st.integers(0, 23), st.integers(0, 59))
# Topics with dates; the statements are about feeds that are there.
TOPICS = ("cuba", "ideas", "labour", "meetings", "memory", "palestine", "peace", "women")
ANY_ALARMS = st.sets(ALARMS, max_size=MAX_ALARMS).map(sorted).map(tuple)
Statement = Callable[[list[Feed]], None]
# Each speaks of a list of feeds; 39 is about alarms, which are tested here.
STATEMENTS: dict[str, Statement] = {
    name.removeprefix("test_"): found
    for name, found in inspect.getmembers(statements, inspect.isfunction)
    if name[5:7].isdigit()
    and name[5:7] != "39"
    and [*inspect.signature(found).parameters] == ["sample"]
}


@cache
def published() -> Edition:
    return edition(real_catalogue())


@cache
def feed_at(address: str) -> Feed:
    resource = published().get(*address.split("?"))
    assert resource.status == 200, address
    return Feed(address, resource.plain.body, read_calendar(resource.plain.body))


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """The canonical address of a feed with options."""
    path = draw(st.sampled_from(feed_paths(published())))
    is_whole = path.endswith("/calendar.ics")
    topics = st.sets(st.sampled_from(TOPICS), max_size=3) if is_whole else st.just(set[str]())
    selection = Selection(
        tuple(sorted(draw(topics))), draw(ANY_ALARMS), draw(st.sampled_from(Cancelled))
    )
    return selection.address(path)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_holds_with_options(name: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(addresses())
    def holds(address: str) -> None:
        STATEMENTS[name]([feed_at(address)])

    holds()


def test_the_statements_are_there_that_speak_of_bytes() -> None:
    numbers = {name[:2] for name in STATEMENTS}
    assert numbers >= {f"{n:02}" for n in (*range(1, 20), *range(20, 25), *range(26, 35))} - {"23"}


@settings(max_examples=40)
@given(addresses())
def test_20_options_change_nothing_of_an_event(address: str) -> None:
    path, _, _ = address.partition("?")
    found, default = vevents(feed_at(address).body), vevents(feed_at(path).body)
    for uid, vevent in found.items():
        assert vevent.lines == default[uid].lines


@settings(max_examples=40)
@given(addresses())
def test_39_alarms_are_displayed_and_do_nothing_else(address: str) -> None:
    wanted = address.count("@")
    for vevent in feed_at(address).vevents:
        assert len(vevent.inner) == (wanted if rings(vevent) else 0)
        for valarm in vevent.inner:
            assert valarm.name == "VALARM"
            assert [line.name for line in valarm.lines] == ["ACTION", "DESCRIPTION", "TRIGGER"]
            assert valarm.one("ACTION").value == "DISPLAY"
            assert valarm.one("DESCRIPTION").text == vevent.one("SUMMARY").text


def rings(vevent: Component) -> bool:
    """Of the real data, where nothing is cancelled: not a background, and not long ago."""
    event = real_catalogue().events.get(vevent.one("UID").value.partition("@")[0])
    is_context = event is not None and event.is_context
    return not is_context and (vevent.has("RRULE") or vevent.one("DTEND").day > date(2025, 1, 1))


@pytest.mark.parametrize(
    ("alarm", "trigger"),
    [
        ("-7d@09:00", "-P6DT15H"),
        ("-1d@18:00", "-PT6H"),
        ("-1d@00:00", "-P1D"),
        ("0d@00:00", "P0D"),
        ("0d@09:00", "PT9H"),
        ("0d@23:59", "PT23H59M"),
        ("-60d@07:30", "-P59DT16H30M"),
    ],
)
def test_39_a_trigger_counts_from_the_first_midnight(alarm: str, trigger: str) -> None:
    [vevent] = feed_at(f"/en/events/may-day.ics?alarm={alarm}").vevents
    assert [valarm.one("TRIGGER").value for valarm in vevent.inner] == [trigger]


@settings(max_examples=20)
@given(st.sets(ALARMS, min_size=1, max_size=MAX_ALARMS))
def test_39_icalendar_reads_the_moments_that_were_meant(alarms: set[Alarm]) -> None:
    selection = Selection(alarms=tuple(sorted(alarms)))
    feed = feed_at(selection.address("/ru/events/may-day.ics"))
    [vevent] = Calendar.from_ical(feed.body).walk("VEVENT")

    midnight = datetime.combine(vevent["DTSTART"].dt, time())
    assert [midnight + valarm["TRIGGER"].dt for valarm in vevent.walk("VALARM")] == [
        midnight + timedelta(days=alarm.days, hours=alarm.hour, minutes=alarm.minute)
        for alarm in sorted(alarms)
    ]


@cache
def happened() -> Catalogue:
    """A weekend a month of which one is off, a day that is off, one that is over, a background."""
    event, on = factories.event, factories.on
    return publish(
        made_up(
            event("walk", factories.WEEKENDS, changes=(factories.cancelled("2026-12-26"),)),
            event("off", on("2026-12-05"), changes=(factories.cancelled("2026-12-05"),)),
            event("over", on("2020-05-01")),
            event("last-year", on("2025-01-01")),
            event("background", is_context=True),
        )
    )


def found(address: str) -> dict[str, Component]:
    """The VEVENTs of what happened, by the name of the occurrence; none if there is no feed."""
    resource = edition(happened()).get(*address.split("?"))
    if resource.status == 404:
        return {}
    by_uid = vevents(resource.plain.body)
    return {uid.partition("@")[0]: vevent for uid, vevent in by_uid.items()}


def test_an_alarm_rings_only_where_there_is_something_to_come_to() -> None:
    by_name = found("/en/calendar.ics?alarm=-1d@18:00")

    assert {name for name, vevent in by_name.items() if not vevent.inner} == {
        *("walk-2026-12", "off", "over", "background"),
    }
    assert {"walk-2026-11", "walk-2025-01", "last-year"} <= by_name.keys()


def test_cancelled_dates_are_left_out_on_request() -> None:
    marked, left = found("/en/calendar.ics"), found("/en/calendar.ics?cancelled=hide")

    assert marked.keys() - left.keys() == {"walk-2026-12", "off"}
    assert marked["off"].one("SUMMARY").text.startswith("CANCELLED: ")
    assert all(left[name] == marked[name] for name in left)


def test_a_feed_of_which_nothing_would_be_left_is_not_there() -> None:
    resource = edition(happened()).get("/en/events/off.ics", "cancelled=hide")

    assert resource.status == 404
    assert "dated entry" in resource.plain.body.decode()


@pytest.mark.tools
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_49_libical_has_nothing_to_complain_of_with_options(
    tag: str, libical_check: LibicalCheck, tmp_path: Path
) -> None:
    address = f"/{tag}/calendar.ics?topics=cuba,labour&alarm=-7d@09:00,0d@09:00&cancelled=hide"
    file = tmp_path / "calendar.ics"
    file.write_bytes(feed_at(address).body)

    report = libical_check(file, date(2025, 1, 1), date(2029, 1, 1))

    assert report.complaints == []
    assert report.errors == 0
    assert report.restrictions
