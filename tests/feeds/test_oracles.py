"""Three independent readers of every feed: icalendar, libical (Evolution, GNOME) and ical.js
(Thunderbird). Each must read it without complaint and find the very days that the core finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from calendar_app.core.identity import Form
from calendar_app.core.occurrences import Window, expand
from calendar_app.feeds.ical import horizon
from calendar_app.public.edition import Edition
from calendar_app.words.languages import LANGUAGES
from tests.feeds.readers import icalendar_expand, icalendar_texts, icaljs_texts
from tests.publishing import TODAY, edition, feed, feed_paths, feeds, real_catalogue
from tests.tools.oracles import IcaljsExpand, LibicalCheck, Span

pytestmark = pytest.mark.tools

Expand = Callable[[Path, date, date], list[Span]]
DAYS = [day for year in range(2020, 2032) for day in (date(year, 1, 1), date(year, 6, 15))]
# Months that end on a Saturday: "the last Saturday and the day after" is another weekend there.
CONTESTED = {
    "2024-08": (24, 25),
    "2024-11": (23, 24),
    "2025-05": (24, 25),
    "2026-01": (24, 25),
    "2026-02": (21, 22),
    "2026-10": (24, 25),
    "2027-07": (24, 25),
}


@cache
def published() -> Edition:
    return edition(real_catalogue())


PATHS = feed_paths(published())


@pytest.fixture(params=["icalendar", "libical", "ical.js"])
def expand_file(
    request: pytest.FixtureRequest, libical_check: LibicalCheck, icaljs_expand: IcaljsExpand
) -> Expand:
    """Each of the readers in turn."""
    readers: dict[str, Expand] = {
        "icalendar": icalendar_expand,
        "libical": lambda path, start, end: libical_check(path, start, end).spans,
        "ical.js": icaljs_expand,
    }
    return readers[request.param]


def stored(body: bytes, folder: Path) -> Path:
    path = folder / "feed.ics"
    path.write_bytes(body)
    return path


def expected(path: str, window: Window) -> list[Span]:
    """What the core has in the window of the events of a feed."""
    catalogue = real_catalogue()
    domain = catalogue.calendar.uid_domain
    found = []
    for event in catalogue.events.values():
        chosen = ("/calendar.ics", f"/events/{event.id}.ics")
        if path[3:] not in (*chosen, *(f"/topics/{topic}.ics" for topic in event.topics)):
            continue
        is_rule = catalogue.event_revisions[event.id].form is Form.RULE
        for occurrence in expand(event, window):
            id_ = event.id if is_rule else occurrence.id
            end = date.fromordinal(occurrence.last.toordinal() + 1)
            found.append(Span(f"{id_}@{domain}", occurrence.first, end))
    return sorted(found, key=lambda span: (span.start, span.uid))


def test_there_are_150_feeds() -> None:
    assert len(PATHS) == 150


@pytest.mark.parametrize("path", PATHS)
def test_49_libical_has_nothing_to_complain_of(
    path: str, libical_check: LibicalCheck, tmp_path: Path
) -> None:
    file, window = stored(published().get(path).plain.body, tmp_path), horizon(TODAY)
    report = libical_check(file, *window)
    assert report.complaints == []
    assert report.errors == 0
    assert report.restrictions
    assert report.spans == icalendar_expand(file, *window) == expected(path, window)


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("/en/")])
def test_49_icaljs_finds_the_same_days(
    path: str, icaljs_expand: IcaljsExpand, tmp_path: Path
) -> None:
    # The days do not depend on the language; that every language is read is the next test.
    file = stored(published().get(path).plain.body, tmp_path)
    assert icaljs_expand(file, *horizon(TODAY)) == expected(path, horizon(TODAY))


def test_49_icaljs_and_icalendar_read_the_same_texts_in_every_feed(tmp_path: Path) -> None:
    bodies = [body for _, body in feeds(published())]
    paths = []
    for number, body in enumerate(bodies):
        paths.append(tmp_path / f"{number}.ics")
        paths[-1].write_bytes(body)
    assert icaljs_texts(paths) == [icalendar_texts(body) for body in bodies]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_35_every_reader_finds_the_days_of_the_core(
    today: date, expand_file: Expand, tmp_path: Path
) -> None:
    window = horizon(today)
    found = expand_file(stored(feed(real_catalogue(), today=today), tmp_path), *window)
    assert found == expected("/en/calendar.ics", window)
    assert len({span.start.year for span in found}) == 4


def test_35_one_offs_stay_for_ever(expand_file: Expand, tmp_path: Path) -> None:
    body = feed(real_catalogue(), today=date(2031, 6, 15))
    spans = expand_file(stored(body, tmp_path), date(2009, 1, 1), date(2025, 1, 1))
    names = {span.uid.partition("@")[0]: str(span.start) for span in spans}
    one_offs = {
        event.id: str(found.first)
        for event in real_catalogue().events.values()
        if not event.rule.is_recurring
        for found in expand(event, Window(date.min, date.max))
    }
    assert len(one_offs) == 14
    assert one_offs.items() <= names.items()


@pytest.mark.parametrize("month", CONTESTED)
def test_36_every_reader_finds_the_last_sunday_and_the_saturday_before(
    month: str, expand_file: Expand, tmp_path: Path
) -> None:
    year, number = map(int, month.split("-"))
    saturday, sunday = CONTESTED[month]
    for tag, path in feeds_of_cuba(date(year, 1, 1), tmp_path):
        spans = expand_file(path, date(year, number, 1), date(year, number, 28))
        uid = f"cuba-solidarity-days-{month}@solidarity-calendar.invalid"
        days = date(year, number, saturday), date(year, number, sunday + 1)
        assert [span for span in spans if span.uid == uid] == [Span(uid, *days)], tag


def feeds_of_cuba(today: date, folder: Path) -> Iterator[tuple[str, Path]]:
    for tag in LANGUAGES:
        body = feed(real_catalogue(), f"/{tag}/events/cuba-solidarity-days.ics", today)
        yield tag, stored(body, folder)
