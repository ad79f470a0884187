"""The readers of other people must be able to say no before their yes counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.tools.expanders import EXPANDERS, Asked
from tests.tools.oracles import LibicalCheck, Span

pytestmark = pytest.mark.tools

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:yearly@test.invalid
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20240308
DTEND;VALUE=DATE:20240309
RRULE:FREQ=YEARLY
SUMMARY:A day every year\\, with "quotes"
END:VEVENT
BEGIN:VEVENT
UID:weekend@test.invalid
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260228
DTEND;VALUE=DATE:20260302
SUMMARY:Two days across the end of February
END:VEVENT
BEGIN:VEVENT
UID:before@test.invalid
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20251231
DTEND;VALUE=DATE:20260101
SUMMARY:One day before the window
END:VEVENT
END:VCALENDAR
"""
WINDOW = (date(2026, 1, 1), date(2028, 1, 1))
EXPECTED = [
    Span("weekend@test.invalid", date(2026, 2, 28), date(2026, 3, 2)),
    Span("yearly@test.invalid", date(2026, 3, 8), date(2026, 3, 9)),
    Span("yearly@test.invalid", date(2027, 3, 8), date(2027, 3, 9)),
]


def _file(folder: Path, text: str) -> Path:
    path = folder / "calendar.ics"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    return path


def test_libical_accepts_and_expands_a_sound_calendar(
    libical_check: LibicalCheck, tmp_path: Path
) -> None:
    report = libical_check(_file(tmp_path, CALENDAR), *WINDOW)

    assert report.complaints == []
    assert report.errors == 0
    assert report.restrictions
    assert report.spans == EXPECTED


def test_libical_reports_what_it_cannot_parse(libical_check: LibicalCheck, tmp_path: Path) -> None:
    broken = CALENDAR.replace("RRULE:FREQ=YEARLY", "RRULE:FREQ=SOMETIMES")

    report = libical_check(_file(tmp_path, broken), *WINDOW)

    assert report.errors > 0
    assert len(report.complaints) >= report.errors


def test_libical_reports_a_broken_restriction(libical_check: LibicalCheck, tmp_path: Path) -> None:
    without_organizer = CALENDAR.replace("VERSION:2.0", "VERSION:2.0\nMETHOD:PUBLISH")

    report = libical_check(_file(tmp_path, without_organizer), *WINDOW)

    assert not report.restrictions
    assert report.complaints


@pytest.mark.parametrize("reader", EXPANDERS)
def test_a_reader_expands_sound_calendars(reader: str, tmp_path: Path) -> None:
    asked = Asked(_file(tmp_path, CALENDAR), *WINDOW)

    assert EXPANDERS[reader]([asked, asked]) == [EXPECTED, EXPECTED]


@pytest.mark.parametrize("reader", EXPANDERS)
def test_a_reader_sees_another_day(reader: str, tmp_path: Path) -> None:
    other = CALENDAR.replace("20260302", "20260303")
    [found] = EXPANDERS[reader]([Asked(_file(tmp_path, other), *WINDOW)])

    assert found == [EXPECTED[0]._replace(end=date(2026, 3, 3)), *EXPECTED[1:]]


def test_icaljs_refuses_what_is_no_calendar(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ParserError"):
        EXPANDERS["ical.js"]([Asked(_file(tmp_path, "<html>Not found</html>"), *WINDOW)])
