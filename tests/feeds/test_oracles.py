"""Independent readers of every feed: icalendar, libical (Evolution, GNOME), ical.js (Thunderbird),
node-ical (wall calendars), `ical` (home automation), vobject and recurring-ical-events. Each must
find the very days that the core finds, and libical must have nothing to complain of."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.identity import Form
from calendar_app.core.occurrences import Window, expand, horizon
from calendar_app.public.edition import Edition
from tests import factories
from tests.feeds.readers import icalendar_texts, icaljs_texts
from tests.publishing import (
    TODAY,
    edition,
    feed,
    feeds,
    made_up,
    publish,
    real_catalogue,
    real_feed_paths,
)
from tests.tools.expanders import EXPANDERS, Asked
from tests.tools.oracles import LibicalCheck, Span

pytestmark = pytest.mark.tools

# The 16 months of ten years that end on a Saturday: "the last Saturday and the day after" is
# another weekend there. And an ordinary one.
CONTESTED = {
    "2023-09": (23, 24),
    "2024-08": (24, 25),
    "2024-11": (23, 24),
    "2025-05": (24, 25),
    "2026-01": (24, 25),
    "2026-02": (21, 22),
    "2026-10": (24, 25),
    "2027-07": (24, 25),
    "2028-09": (23, 24),
    "2029-03": (24, 25),
    "2029-06": (23, 24),
    "2030-08": (24, 25),
    "2030-11": (23, 24),
    "2031-05": (24, 25),
    "2032-01": (24, 25),
    "2032-07": (24, 25),
}
ORDINARY = {"2026-11": (28, 29)}
EVERY_YEAR = Window.years(2019, 2032)
EARLY = Window.years(2009, 2024)


class Rendered(NamedTuple):
    """A feed as of a day, and the window in which a reader lists its occurrences."""

    path: str
    today: date
    window: Window
    catalogue: Callable[[], Catalogue] = real_catalogue


@cache
def weekends() -> Catalogue:
    """Last weekends for ever; those of the real data begin in October 2023."""
    return publish(made_up(factories.event("walk", factories.WEEKENDS, topics=("labour",))))


@cache
def published() -> Edition:
    return edition(real_catalogue())


PATHS = real_feed_paths()
# The days do not depend on the language; that every language is read is a test of its own.
OF_TODAY = [Rendered(path, TODAY, horizon(TODAY)) for path in PATHS if path.startswith("/en/")]
# What is in one of them for each year from 2019 to 2032: today is in every year there is.
OF_EACH_YEAR = [
    Rendered("/en/calendar.ics", today, horizon(today))
    for today in (date(year, 6, 15) for year in range(2020, 2032))
]
LONG_AFTER = Rendered("/en/calendar.ics", date(2031, 6, 15), EARLY)
OF_WEEKENDS = {
    year: Rendered("/en/events/walk.ics", date(year, 1, 1), Window.years(year, year), weekends)
    for year in range(2023, 2033)
}
Readings = Callable[[str], dict[Rendered, list[Span]]]


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Readings:
    """Return a function of a reader's name to all that it finds in all files."""
    folder = tmp_path_factory.mktemp("feeds")
    rendered = [*OF_TODAY, *OF_EACH_YEAR, LONG_AFTER, *OF_WEEKENDS.values()]
    asked = []
    for number, one in enumerate(rendered):
        path = folder / f"{number}.ics"
        path.write_bytes(feed(one.catalogue(), one.path, one.today))
        asked.append(Asked(path, *one.window))

    @cache
    def found(reader: str) -> dict[Rendered, list[Span]]:
        return dict(zip(rendered, EXPANDERS[reader](asked), strict=True))

    return found


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
    file, window = tmp_path / "feed.ics", horizon(TODAY)
    file.write_bytes(published().get(path).plain.body)
    report = libical_check(file, *window)
    assert report.complaints == []
    assert report.errors == 0
    assert report.restrictions
    assert report.spans == expected(path, window)


@pytest.mark.parametrize("reader", EXPANDERS)
def test_49_every_reader_finds_the_same_days_in_every_feed(reader: str, readings: Readings) -> None:
    found = readings(reader)
    for one in OF_TODAY:
        assert found[one] == expected(one.path, one.window), one.path


def test_49_icaljs_and_icalendar_read_the_same_texts_in_every_feed(tmp_path: Path) -> None:
    bodies = [body for _, body in feeds(published())]
    paths = []
    for number, body in enumerate(bodies):
        paths.append(tmp_path / f"{number}.ics")
        paths[-1].write_bytes(body)
    assert icaljs_texts(paths) == [icalendar_texts(body) for body in bodies]


@pytest.mark.parametrize("reader", EXPANDERS)
def test_35_every_reader_finds_the_days_of_the_core(reader: str, readings: Readings) -> None:
    found = readings(reader)
    seen = set()
    for one in OF_EACH_YEAR:
        assert found[one] == expected(one.path, one.window), one.today
        assert len({span.start.year for span in found[one]}) == 4
        seen.update(found[one])
    assert {span for span in seen if EVERY_YEAR.start <= span.start < EVERY_YEAR.end} == set(
        expected("/en/calendar.ics", EVERY_YEAR)
    )


@pytest.mark.parametrize("reader", EXPANDERS)
def test_35_one_offs_stay_for_ever(reader: str, readings: Readings) -> None:
    spans = readings(reader)[LONG_AFTER]
    names = {span.uid.partition("@")[0]: str(span.start) for span in spans}
    one_offs = {
        event.id: str(found.first)
        for event in real_catalogue().events.values()
        if not event.rule.is_recurring
        for found in expand(event, Window(date.min, date.max))
    }
    assert len(one_offs) == 14
    assert one_offs.items() <= names.items()


@pytest.mark.parametrize("reader", EXPANDERS)
@pytest.mark.parametrize("month", [*CONTESTED, *ORDINARY])
def test_36_every_reader_finds_the_last_sunday_and_the_saturday_before(
    month: str, reader: str, readings: Readings
) -> None:
    year, number = map(int, month.split("-"))
    saturday, sunday = (CONTESTED | ORDINARY)[month]
    days = date(year, number, saturday), date(year, number, sunday + 1)
    found = readings(reader)[OF_WEEKENDS[year]]
    assert [span for span in found if span.start.month == number] == [
        Span(f"walk-{month}@calendar.invalid", *days)
    ]


def test_36_there_are_16_contested_months_in_ten_years() -> None:
    months = [(year, month) for year in range(2023, 2033) for month in range(1, 13)]
    contested = [one for one in months if date(*one, monthrange(*one)[1]).weekday() == 5]
    assert [f"{year}-{month:02}" for year, month in contested] == list(CONTESTED)
