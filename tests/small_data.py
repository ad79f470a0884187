"""A small pair of files that a test may change, tear and mend, as editors and copying tools do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from calendar_app.catalogue.pairs import load, read_pair, revised
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.core.catalogue import Catalogue
from calendar_app.feeds.wire import wire_digest
from tests.factories import at

HEAD = """\
calendar:
  name: {en: Small calendar}
  summary: {en: A few days.}
  accent: gold
  uid_domain: small.invalid
topics:
  labour: {name: {en: Labour}}
  silent: {name: {en: Silent}}
"""
DAYS = {"may-day": "yearly: 05-01", "seminar": "on: 2026-12-05/2026-12-06"}


def text_of(days: Mapping[str, str], name: str = "Day") -> bytes:
    """Return the file with an event for each line that says when."""
    events = "".join(
        f"  {id_}:\n    {when}\n    topics: [labour]\n    name: {{en: {name} of {id_}}}\n"
        for id_, when in days.items()
    )
    return f"{HEAD}events:\n{events}".encode()


class SmallData:
    """Files in a folder; each revision is a minute later than the one before."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.events = folder / "events.yaml"
        self.revisions = folder / "revisions.yaml"
        self._revised_at = at("2026-11-25T10:00")
        self.publish(text_of(DAYS))

    def publish(self, text: bytes) -> Catalogue:
        """Write a pair that matches and return what is in it."""
        self.events.write_bytes(text)
        self.revisions.write_bytes(self.revised())
        return load([self.events], wire_digest())

    def revised(self) -> bytes:
        """Return the revisions that match the data as they are on disk."""
        self._revised_at += timedelta(minutes=1)
        pair = read_pair([self.events])
        return write_revisions(*revised(pair, wire_digest(), self._revised_at).values())

    @property
    def files(self) -> tuple[bytes, bytes]:
        """The events and the revisions as they are on disk."""
        return self.events.read_bytes(), self.revisions.read_bytes()
