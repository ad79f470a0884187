"""A sender, a recipient, and a letter of every kind, made from the real data as of fixed days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import cast

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Change, ChangedBy, ChangeKind, Status
from calendar_app.core.forecast import next_mails
from calendar_app.core.occurrences import Occurrence, occurrence_at
from calendar_app.core.precision import PartialDate
from calendar_app.feeds.attachment import attachment
from calendar_app.mail.compose import Composer
from calendar_app.mail.letters import Dates, Message, Overview, Recipient, Sender, Told
from calendar_app.mail.prepared import Prepared
from calendar_app.remind.history import History
from calendar_app.remind.overviews import Known
from calendar_app.remind.overviews import overview as digest_of
from calendar_app.remind.stored import stored_lines
from calendar_app.remind.truths import Truths
from calendar_app.words.choosing import choices_in_words
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from tests.factories import at, day, on
from tests.publishing import publish, real_catalogue
from tests.remind.kept import kept

BASE_URL = "https://calendar.example"
DOMAIN = "mail.example"
TODAY = date(2027, 3, 1)
TOKEN = "ahq6lkb4c2n7vtz5s3wj8xmdoe" * 2
SENDER = Sender(
    f"reminders@{DOMAIN}", "Solidarity Committee", f"post@{DOMAIN}", BASE_URL, takes_mail=True
)
RECIPIENT = Recipient(
    "Ana+list@reader.example",
    f"4f2a77@{DOMAIN}",
    f"b+77@{DOMAIN}",
    at("2027-03-01T09:00"),
    settings_url=f"{BASE_URL}/en/manage/{TOKEN}/en.cuba_peace.7_1.Europe~Berlin.9",
    unsubscribe_url=f"{BASE_URL}/en/unsubscribe/{TOKEN}",
    confirm_url=f"{BASE_URL}/en/confirm/{TOKEN}",
    unsubscribe_mail=f"u+{TOKEN}@{DOMAIN}",
)


def presenter(tag: str = "en", today: date = TODAY) -> Presenter:
    return Presenter(real_catalogue(), LANGUAGES[tag], today)


def composer(tag: str = "en", today: date = TODAY) -> Composer:
    return Composer(presenter(tag, today), SENDER)


def occurrence(id_: str, scheduled_on: str, *changes: Change) -> Occurrence:
    """An occurrence of the real data, changed as a test wants it."""
    event = real_catalogue().events[id_]
    return occurrence_at(replace(event, changes=(*event.changes, *changes)), day(scheduled_on))


def change(on: str, kind: ChangeKind, by: ChangedBy, to: str = "") -> Change:
    return Change(day(on), kind, by, PartialDate.parse(to) if to else None)


def told(of: Occurrence, on_date: str) -> Told:
    return Told(of.event, of, on_date)


def womens_day() -> Occurrence:
    return occurrence("womens-day", "2027-03-08")


def moved() -> Told:
    by = change("2027-03-27", ChangeKind.MOVED, ChangedBy.ORGANISERS, "2027-04-03/2027-04-04")
    return told(occurrence("cuba-solidarity-days", "2027-03-27", by), "2027-03-27/2027-03-28")


def called_off() -> Told:
    by = change("2027-05-01", ChangeKind.CANCELLED, ChangedBy.ORGANISERS)
    return told(occurrence("may-day", "2027-05-01", by), "2027-05-01")


def off_for_unknown_reasons() -> Told:
    """As where an editor writes ``status: cancelled``."""
    event = replace(real_catalogue().events["may-day"], status=Status.CANCELLED)
    return told(occurrence_at(event, day("2027-05-01")), "2027-05-01")


def on_again() -> Told:
    off = change("2027-03-08", ChangeKind.CANCELLED, ChangedBy.ORGANISERS)
    again = change("2027-03-08", ChangeKind.REINSTATED, ChangedBy.ORGANISERS)
    return told(occurrence("womens-day", "2027-03-08", off, again), "cancelled")


def taken_out() -> Told:
    return Told(real_catalogue().events["victory-day"], None, "2027-05-09")


@cache
def changed_catalogue() -> Catalogue:
    """The real data after an edit in February: a date is moved, another one is not known yet."""
    found = real_catalogue()
    meeting = replace(found.events["imcwp-24"], rule=on("2027-11"))
    before = replace(found, events={**found.events, meeting.id: meeting})
    after = replace(before, events={**before.events, moved().event.id: moved().event})
    return publish(after, publish(before), at("2027-02-20T10:00"))


@cache
def overview() -> Overview:
    """As the worker makes it for who knows what the digest before told."""
    everything = Choices("en", leads=(), digest=Digest.MONTHLY)
    known = Known(at("2027-02-01T09:00"))
    truths = Truths(changed_catalogue(), TODAY)
    history = History.of(changed_catalogue(), TODAY)
    found = digest_of(truths, history, everything, "2027-03", known)
    assert found is not None
    return found


def with_calendar(content: Dates, tag: str) -> Dates:
    """With the file that a mail brings."""
    dates = [*content.reminders, *(c.occurrence for c in content.corrections if c.occurrence)]
    return replace(content, calendar=attachment(dates, presenter(tag), BASE_URL))


def _dates(content: Dates) -> Callable[[str, bool], Prepared]:
    return lambda tag, is_discreet: composer(tag).dates(
        with_calendar(content, tag), is_discreet=is_discreet
    )


def _welcome(tag: str, is_discreet: bool) -> Prepared:
    choices = Choices(tag, ("cuba", "women"), zone="Europe/Istanbul", discreet=is_discreet)
    chosen = choices_in_words(choices, presenter(tag))
    mails = next_mails(real_catalogue(), choices, TODAY, 3)
    coming = [one for mail in mails for one in mail.occurrences]
    return composer(tag).welcome(chosen, coming, is_discreet=is_discreet)


def _export(tag: str, is_discreet: bool) -> Prepared:
    """Of a person who went the whole way."""
    found, address = kept(), RECIPIENT.address
    lines = stored_lines(found.telling(tag), found.person, address, found.deliveries)
    return composer(tag).export(lines)


KINDS: dict[str, Callable[[str, bool], Prepared]] = {
    "confirm": lambda tag, is_discreet: composer(tag).confirm(72),
    "known": lambda tag, is_discreet: composer(tag).known(),
    "renewed": lambda tag, is_discreet: composer(tag).renewed(),
    "welcome": _welcome,
    "export": _export,
    "reminder": _dates(Dates(reminders=(womens_day(),))),
    "several": _dates(
        Dates(reminders=(womens_day(), occurrence("cuba-solidarity-days", "2027-03-27")))
    ),
    "correction": _dates(Dates(corrections=(moved(), called_off()))),
    "standing": _dates(Dates(corrections=(on_again(), off_for_unknown_reasons(), taken_out()))),
    "digest": _dates(Dates(digest=overview())),
}
# These are discreet for everyone.
ALWAYS_DISCREET = {"confirm", "known", "renewed", "export"}
# Each kind in the one or two ways it comes.
CASES = [
    (kind, is_discreet)
    for kind in KINDS
    for is_discreet in (False, True)
    if is_discreet or kind not in ALWAYS_DISCREET
]


@cache
def mail(kind: str, tag: str = "en", *, is_discreet: bool = False) -> Message:
    return KINDS[kind](tag, is_discreet).fill(RECIPIENT)


def read(message: Message) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(message.data, policy=policy.SMTP))


def text_of(found: EmailMessage) -> str:
    part = found.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(found: EmailMessage) -> str:
    part = found.get_body(("html",))
    return "" if part is None else str(part.get_content())
