"""A real subscriber of the running server sees every day, and later what became of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from calendar_app.core.occurrences import Window
from tests.architecture.sources import ROOT
from tests.feeds.subscriber import Shown, Subscriber
from tests.web.serving import PROGRAM, Server, serving, wait_until

pytestmark = pytest.mark.tools

NOW = "2026-11-23T09:00Z"
WINDOW = Window.years(2019, 2028)
CHANGES = """\
    changes:
      - occurrence: 2026-12-26
        kind: moved
        to: 2027-01-02/2027-01-03
        by: organisers
      - occurrence: 2027-01-30
        kind: cancelled
        by: organisers
"""
AFTER = "    since: 2023-10-28\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data of the project, free to be edited."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    return folder


@pytest.fixture
def server(tmp_path: Path, data: Path) -> Iterator[Server]:
    settings = {"CALENDAR_EVENTS": str(data / "events.yaml"), "CALENDAR_NOW": NOW}
    with serving(tmp_path, settings) as found:
        yield found


def edit(data: Path) -> None:
    """Move one weekend and cancel another, as an editor does."""
    events = data / "events.yaml"
    text = events.read_text(encoding="utf-8")
    assert text.count(AFTER) == 1
    events.write_text(text.replace(AFTER, AFTER + CHANGES), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "CALENDAR_EVENTS": str(events)}
    subprocess.run([PROGRAM, "revise"], env=environment, check=True, capture_output=True)


def in_the_feed(server: Server, path: str) -> set[Shown]:
    """What the feed holds in the window, as icalendar reads it."""
    calendar: Any = Calendar.from_ical(server.get(path).body)
    found = set()
    for vevent in calendar.walk("VEVENT"):
        title, length = str(vevent["SUMMARY"]), vevent.end - vevent.start
        for year in range(WINDOW.start.year, WINDOW.end.year) if "RRULE" in vevent else (0,):
            first = vevent.start.replace(year=year) if year else vevent.start
            last = first + length - timedelta(days=1)
            if last >= WINDOW.start and first < WINDOW.end:
                found.add(Shown(first, last, title))
    return found


@pytest.mark.parametrize("tag", ["en", pytest.param("ar", marks=pytest.mark.slow)])
def test_a_subscriber_sees_every_day_then_one_moved_and_one_cancelled(
    tag: str, server: Server, data: Path, tmp_path: Path
) -> None:
    path = f"/{tag}/calendar.ics"
    subscriber = Subscriber(tmp_path / "home", server.base_url + path)
    subscriber.fetch()
    before = subscriber.shown(*WINDOW)
    assert before == in_the_feed(server, path)
    assert len(before) > 100

    again = subscriber.fetch()
    assert "Copying" not in again
    assert "Deleting" not in again
    assert subscriber.shown(*WINDOW) == before

    first = server.get("/readyz").body
    edit(data)
    wait_until(lambda: server.get("/readyz").body != first, "the edit is in force")
    wait_until(lambda: b"ready" in server.get("/readyz").body, "the pair matches")
    subscriber.fetch()
    after = subscriber.shown(*WINDOW)

    assert after == in_the_feed(server, path)
    old, new = sorted(before - after), sorted(after - before)
    title = old[0].title
    assert old == [
        (date(2026, 12, 26), date(2026, 12, 27), title),
        (date(2027, 1, 30), date(2027, 1, 31), title),
    ]
    marked = new[1].title
    assert new == [
        (date(2027, 1, 2), date(2027, 1, 3), title),
        (date(2027, 1, 30), date(2027, 1, 31), marked),
    ]
    assert marked.endswith(f" {title}")
