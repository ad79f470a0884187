"""What a mail says, as values: what it is made from, and the letter that text and HTML are both
written from, so that they say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from calendar_app.core.errors import CalendarError
from calendar_app.core.events import Event
from calendar_app.core.occurrences import Occurrence
from calendar_app.words.fallback import Chosen
from calendar_app.words.languages import Language
from calendar_app.words.views import OccurrenceView


class MailError(CalendarError):
    """A mail that must not be sent. Its text names no address."""


class Slot(StrEnum):
    """What differs between two recipients of the same letter. The values are unlike any text, short
    enough that no encoding of a line breaks them, and replaced when the mail is finished."""

    TO = "QZ0TO0ZQ@slot.invalid"
    MESSAGE_ID = "QZ0ID0ZQ@slot.invalid"
    DATE = "Mon, 01 Jan 2001 00:00:00 +0000"
    LIST_UNSUBSCRIBE = "QZ0LIST0ZQ"
    SETTINGS = "QZ0SETTINGS0ZQ"
    UNSUBSCRIBE = "QZ0UNSUBSCRIBE0ZQ"
    CONFIRM = "QZ0CONFIRM0ZQ"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose mails these are. ``address`` is that of From, ``contact`` what the operator gave, which
    need not be a mail address; ``takes_mail`` where mail to the domain reaches ``calendar-app
    bounce``."""

    address: str
    operator: str
    contact: str
    base_url: str
    takes_mail: bool = False

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a mail goes to. ``message_id`` is without angle brackets, the addresses of pages are
    absolute, and ``sent_at`` is when it is tried."""

    address: str
    message_id: str
    envelope_from: str
    sent_at: datetime
    settings_url: str = ""
    unsubscribe_url: str = ""
    confirm_url: str = ""
    unsubscribe_mail: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A finished mail (RFC 5322) and its envelope."""

    envelope_from: str
    to: str
    message_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """A date that was told and is no longer true: ``on_date`` is EDTF or ``cancelled``,
    empty if nobody knows any more; ``occurrence`` is what is true now, None if nothing is."""

    event: Event
    occurrence: Occurrence | None
    on_date: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What a digest tells of a week or a month, both days included."""

    first: date
    last: date
    dates: tuple[Occurrence, ...] = ()
    changes: tuple[Told, ...] = ()
    inexact: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """All that one person is told at one moment. ``calendar`` is the file attached, b"" if none."""

    reminders: tuple[Occurrence, ...] = ()
    corrections: tuple[Told, ...] = ()
    digest: Overview | None = None
    calendar: bytes = b""


class Style(StrEnum):
    TEXT = "text"
    STRONG = "strong"
    SOFT = "soft"
    TAG = "tag"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. With ``url`` it leads to a link, which HTML calls by its ``label``;
    ``language`` where it is not that of the letter."""

    text: str
    style: Style = Style.TEXT
    language: Language | None = None
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One date: its tiles are drawn in HTML only, since they say what a line says in words."""

    name: Chosen
    view: OccurrenceView | None
    lines: tuple[Line, ...]
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str = ""
    lines: Sequence[Line] = ()
    entries: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is written down. A discreet one is plain text, and its headers name nothing;
    only what goes to all who asked for it ``is_list`` mail, which can be unsubscribed from."""

    subject: str
    language: Language
    sections: tuple[Section, ...]
    footer: tuple[Line, ...]
    from_name: str
    is_discreet: bool
    is_list: bool = True
    calendar: bytes = b""
    filename: str = ""
