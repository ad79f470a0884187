"""The calendar file that a mail brings: the very blocks of the feeds, without METHOD, so that a
program takes them for dates and not for an invitation (RFC 5546 1.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from icalendar import Calendar

from calendar_app.core.identity import Form
from calendar_app.core.occurrences import Occurrence
from calendar_app.feeds.ical import event_block, occurrence_vevent
from calendar_app.words.presentation import Presenter

_END: Final = b"END:VCALENDAR\r\n"


def attachment(occurrences: Iterable[Occurrence], presenter: Presenter, base_url: str) -> bytes:
    """A VCALENDAR with what the feeds say of these occurrences; a plain yearly day comes as its
    rule, since under another UID it would stand beside the one from a feed. Empty for none."""
    blocks = [
        _block(occurrence, presenter, base_url)
        for occurrence in occurrences
        if occurrence.when.is_exact
    ]
    if not blocks:
        return b""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//solidarity-calendar//mail 1//{presenter.language.tag.upper()}")
    calendar.add("CALSCALE", "GREGORIAN")
    # A rule may be due twice in one mail: one block is enough.
    unique = b"".join(dict.fromkeys(blocks))
    return bytes(calendar.to_ical()).removesuffix(_END) + unique + _END


def _block(occurrence: Occurrence, presenter: Presenter, base_url: str) -> bytes:
    event = occurrence.event
    revision = presenter.catalogue.event_revisions[event.id]
    if revision.form is Form.RULE:
        return event_block(event, revision, presenter, base_url)
    return occurrence_vevent(occurrence, revision, presenter, base_url)
