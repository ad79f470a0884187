"""A subscriber as there are many: vdirsyncer fetches a feed, khal shows what is in it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.tools.oracles import foreign

FIELDS = ("start-date", "end-date", "title")
SYNC = """\
[general]
status_path = "{folder}/status/"
[pair feed]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "{url}"
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
"""
SHOW = """\
[calendars]
[[feed]]
path = {folder}/calendar
[locale]
local_timezone = UTC
default_timezone = UTC
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
[default]
highlight_event_days = False
"""


class Shown(NamedTuple):
    """An entry as khal lists it. Not by UID: vdirsyncer gives it one of its own, by its content."""

    first: date
    last: date
    title: str


class Subscriber:
    """Has a folder of its own, with nothing in it at first."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        for name in ("calendar", "status"):
            (folder / name).mkdir(parents=True)
        (folder / "sync.conf").write_text(SYNC.format(folder=folder, url=url), encoding="utf-8")
        (folder / "show.conf").write_text(SHOW.format(folder=folder), encoding="utf-8")
        self._run("vdirsyncer", "-c", "sync.conf", "discover")

    def fetch(self) -> str:
        """Return what vdirsyncer says of it; it fails if anything is wrong."""
        return self._run("vdirsyncer", "-v", "INFO", "-c", "sync.conf", "sync")

    def shown(self, start: date, end: date) -> set[Shown]:
        """Return all entries with a day from the first on and before the second."""
        fields = [part for name in FIELDS for part in ("--json", name)]
        last = end - timedelta(days=1)
        listed = self._run(
            "khal", "-c", "show.conf", "list", *fields, start.isoformat(), last.isoformat()
        )
        return set(self._entries(listed))

    def _entries(self, listed: str) -> Iterator[Shown]:
        for line in listed.splitlines():
            for found in json.loads(line):
                first, last, title = (found[name] for name in FIELDS)
                yield Shown(date.fromisoformat(first), date.fromisoformat(last), title)

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [foreign("subscriber", program), *arguments],
            cwd=self._folder,
            env={"HOME": str(self._folder), "LANG": "C.UTF-8", "PATH": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout
