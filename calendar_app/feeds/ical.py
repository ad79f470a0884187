"""iCalendar (RFC 5545, RFC 7986): one block of VEVENTs per event and language, and the frame
around them. A feed is the frame with blocks joined, so one changed event costs one block.

The traps this steers around: icalendar writes NAME and X- text unescaped unless it is given as
text, and a backslash before a capital N as a line break; ``Calendar.new`` adds a UID that makes
vdirsyncer lose events, REFRESH-INTERVAL and SOURCE need VALUE=, and a DTSTAMP of "now" would make
every client re-read everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import webcolors
from icalendar import Calendar, Component, vCategory, vDate, vRecur, vUri
from icalendar import Event as VEvent

from calendar_app.core.events import Event, Status
from calendar_app.core.identity import Form, uid
from calendar_app.core.occurrences import (
    Occurrence,
    Window,
    horizon,
    occurrence_at,
    occurrences_of,
    scheduled_days,
)
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.revisions import EventRevision
from calendar_app.feeds.colours import TOPIC_COLOURS
from calendar_app.feeds.vevents import EscapedText, Vevent, joined
from calendar_app.words.explanation import change_line, why_line
from calendar_app.words.fallback import choose
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import OccurrenceView

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
REFRESH: Final = timedelta(hours=12)
# A rule needs a first day. Older programs know no day before 1970, and it must never move.
_RULE_BEGINS: Final = date(1970, 1, 1)
_END: Final = b"END:VCALENDAR\r\n"
_UNSAFE_IN_NAMES: Final = re.compile(r"\s*[,;\\]\s*")
# Outlook cuts what is longer (MS-OXCICAL), and not where a reader would.
_MAX_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Frame:
    """What a feed says of itself. ``page`` and ``source`` are absolute addresses."""

    name: str
    description: str
    page: str
    source: str
    accent: str
    language: str
    modified_at: datetime


def calendar_bytes(frame: Frame, blocks: Iterable[bytes]) -> bytes:
    """A VCALENDAR; the blocks come from ``event_block``."""
    name = EscapedText(_shortened(_UNSAFE_IN_NAMES.sub(" – ", frame.name)))
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//solidarity-calendar//feed 1//{frame.language.upper()}")
    calendar.add("CALSCALE", "GREGORIAN")
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, name)
    for key in ("DESCRIPTION", "X-WR-CALDESC"):
        calendar.add(key, EscapedText(frame.description))
    calendar.add("LAST-MODIFIED", frame.modified_at)
    calendar.add("URL", vUri(frame.page))
    calendar.add("SOURCE", vUri(frame.source), parameters={"VALUE": "URI"})
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", EscapedText("PT12H"))
    calendar.add("COLOR", frame.accent)
    calendar.add("X-APPLE-CALENDAR-COLOR", webcolors.name_to_hex(frame.accent).upper())
    return b"".join((bytes(calendar.to_ical()).removesuffix(_END), *blocks, _END))


def event_block(
    event: Event, revision: EventRevision, presenter: Presenter, base_url: str
) -> bytes:
    """The VEVENTs of one event as they are without options."""
    return joined(event_vevents(event, revision, presenter, base_url))


def event_vevents(
    event: Event, revision: EventRevision, presenter: Presenter, base_url: str
) -> tuple[Vevent, ...]:
    """The VEVENTs of one event, none if none of its occurrences has a day. A series that is over
    keeps the occurrences of its last year, so that no feed ever vanishes."""
    if revision.form is Form.RULE:
        return (_rule_vevent(event, revision, presenter, base_url),)
    written_out = horizon(presenter.today)
    return tuple(
        _written(
            _vevent(occurrence.id, view, revision, presenter, base_url),
            view,
            rings=occurrence.last >= written_out.start,
        )
        for occurrence in occurrences_of(event, written_out)
        if occurrence.when.is_exact and (view := presenter.view(occurrence))
    )


def occurrence_vevent(
    occurrence: Occurrence, revision: EventRevision, presenter: Presenter, base_url: str
) -> bytes:
    """One occurrence, whatever its rule; also what a mail attaches."""
    vevent = _vevent(occurrence.id, presenter.view(occurrence), revision, presenter, base_url)
    return bytes(vevent.to_ical())


def _rule_vevent(
    event: Event, revision: EventRevision, presenter: Presenter, base_url: str
) -> Vevent:
    """One entry for all years."""
    begins_on = max(event.begins_on or _RULE_BEGINS, _RULE_BEGINS)
    first = scheduled_days(event, Window.years(begins_on.year, begins_on.year + 1))[0]
    # The first stands for all, so it may say nothing of what is particular to it.
    view = presenter.view(occurrence_at(replace(event, occasions=()), first))
    vevent = _vevent(event.id, view, revision, presenter, base_url)
    vevent.add("RRULE", vRecur.from_ical("FREQ=YEARLY"))
    return _written(vevent, view, rings=True)


def _written(vevent: Component, view: OccurrenceView, *, rings: bool) -> Vevent:
    rings = rings and not view.is_cancelled and not view.is_context
    return Vevent(bytes(vevent.to_ical()), str(vevent["SUMMARY"]), rings, view.is_cancelled)


def _vevent(
    id_: str, view: OccurrenceView, revision: EventRevision, presenter: Presenter, base_url: str
) -> Component:
    occurrence, language = view.occurrence, presenter.language
    modified_at = presenter.catalogue.modified_at(view.event.id, language.tag, id_)
    page = base_url + view.path
    vevent = VEvent()
    vevent.add("UID", uid(id_, presenter.catalogue.calendar.uid_domain))
    vevent.add("DTSTAMP", modified_at)
    vevent.add("CREATED", revision.created_at)
    vevent.add("LAST-MODIFIED", modified_at)
    vevent.add("SEQUENCE", revision.sequence_of(id_))
    vevent.add("DTSTART", vDate(occurrence.first), parameters={"VALUE": "DATE"})
    vevent.add("DTEND", vDate(occurrence.last + ONE_DAY), parameters={"VALUE": "DATE"})
    vevent.add("SUMMARY", EscapedText(presenter.headline(view)))
    vevent.add("DESCRIPTION", EscapedText(_description(view, presenter, page)))
    vevent.add("URL", vUri(page))
    _add_place(vevent, view, presenter)
    if view.topics:
        categories = vCategory([])
        categories.cats = [EscapedText(topic.name.value) for topic in view.topics]
        vevent.add("CATEGORIES", categories)
    if view.topic in TOPIC_COLOURS:
        vevent.add("COLOR", TOPIC_COLOURS[view.topic])
    is_tentative = occurrence.status is Status.TENTATIVE
    vevent.add("STATUS", "TENTATIVE" if is_tentative else "CONFIRMED")
    vevent.add("CLASS", "PUBLIC")
    vevent.add("TRANSP", "TRANSPARENT")
    vevent.add("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
    return vevent


def _add_place(vevent: Component, view: OccurrenceView, presenter: Presenter) -> None:
    place = view.occurrence.place
    if place is not None:
        vevent.add("LOCATION", EscapedText(choose(place.name, presenter.language).value))
        if place.coordinates:
            vevent.add("GEO", place.coordinates)


def _shortened(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def _description(view: OccurrenceView, presenter: Presenter, page: str) -> str:
    """Plain text that stands alone and ends with where the date is from and the page."""
    language, phrases = presenter.language, presenter.phrases
    paragraphs = [
        *(change_line(found, presenter) for found in view.history),
        view.occasion.note.value if view.occasion and view.occasion.note else "",
        view.summary.value if view.summary else "",
        choose(view.event.note, language).value if view.event.note else "",
        phrases.text("context_only") if view.is_context else "",
        f"{why_line(view.event, presenter)}\n{page}".strip(),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
