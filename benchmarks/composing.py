"""What one more mail costs: filling in what was encoded once, beside one EmailMessage for each
recipient. The other side is given the texts and the file ready-made, with its links in place, so
that only the standard library's own work is compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle
from typing import cast

from benchmarks.measuring import Row, progress, seconds
from calendar_app.catalogue.pairs import load
from calendar_app.config import default_events
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.occurrences import occurrence_at
from calendar_app.feeds.attachment import attachment
from calendar_app.feeds.wire import wire_digest
from calendar_app.mail.compose import Composer
from calendar_app.mail.letters import Dates, Message, Recipient, Sender
from calendar_app.mail.prepared import Prepared
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

_SAME = ["From", "Subject", "Date", "Reply-To", "List-Id", "List-Unsubscribe-Post"]
BASE_URL = "https://calendar.example"
DOMAIN = "mail.example"
AIM = 200  # times as fast as one EmailMessage for each
SENDER = Sender(f"reminders@{DOMAIN}", "Committee", f"post@{DOMAIN}", BASE_URL, takes_mail=True)


def measure() -> dict[str, list[Row]]:
    """A reminder of one date, with text, HTML and a calendar file."""
    catalogue = load([default_events()], wire_digest())
    rows = [_measure(tag, catalogue) for tag in ("en", "ar")]
    return {"composing": rows}


def prepared(tag: str, catalogue: Catalogue) -> Prepared:
    """A reminder a week before 8 March 2027."""
    presenter = Presenter(catalogue, LANGUAGES[tag], date(2027, 3, 1))
    dates = (occurrence_at(catalogue.events["womens-day"], date(2027, 3, 8)),)
    content = Dates(dates, calendar=attachment(dates, presenter, BASE_URL))
    return Composer(presenter, SENDER).dates(content, is_discreet=False)


def recipients() -> Iterator[Recipient]:
    """Different ones without end, each with its token of 52 characters."""
    return cycle(
        Recipient(
            f"reader{n}@reader.example",
            f"{n:032x}@{DOMAIN}",
            f"b+{n:052d}@{DOMAIN}",
            datetime(2027, 3, 1, 9, tzinfo=UTC),
            f"{BASE_URL}/en/manage/{n:052d}/en.cuba_peace.7_1.Europe~Berlin.9",
            f"{BASE_URL}/en/unsubscribe/{n:052d}",
            unsubscribe_mail=f"u+{n:052d}@{DOMAIN}",
        )
        for n in range(1_000)
    )


def _measure(tag: str, catalogue: Catalogue) -> Row:
    progress(f"composing: {tag}")
    ready, people = prepared(tag, catalogue), recipients()
    message = ready.fill(next(people))
    naive = _Naive(message)
    mine = seconds(lambda: ready.fill(next(people)))
    theirs = seconds(lambda: naive.compose(next(people)), rounds=3)
    once = seconds(lambda: prepared(tag, catalogue), rounds=3)
    return {
        "language": tag,
        "bytes": len(message.data),
        "filled in µs": mine * 1e6,
        "EmailMessage µs": theirs * 1e6,
        "encoded once µs": once * 1e6,
        "times": theirs / mine,
        "aim": AIM,
    }


class _Naive:
    """One EmailMessage for each recipient, of the same parts."""

    def __init__(self, message: Message) -> None:
        read = cast(EmailMessage, message_from_bytes(message.data, policy=policy.SMTP))
        text, html = read.get_body(("plain",)), read.get_body(("html",))
        (calendar,) = read.iter_attachments()
        assert text is not None
        assert html is not None
        self.text, self.html = str(text.get_content()), str(html.get_content())
        self.calendar = cast(bytes, calendar.get_payload(decode=True))
        self.headers = {name: str(read[name]) for name in _SAME}

    def compose(self, recipient: Recipient) -> bytes:
        mail = EmailMessage(policy.SMTP)
        for name, value in self.headers.items():
            mail[name] = value
        mail["To"] = recipient.address
        mail["Message-ID"] = f"<{recipient.message_id}>"
        mail["List-Unsubscribe"] = f"<{recipient.unsubscribe_url}>"
        mail.set_content(self.text, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        mail.add_attachment(
            self.calendar, maintype="text", subtype="calendar", filename="womens-day-2027.ics"
        )
        return mail.as_bytes()
