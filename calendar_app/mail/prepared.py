"""A letter as bytes: encoded once by the standard library, then only joined for each recipient.

Whatever differs between recipients stands in the encoded mail as a slot. In bodies, which are
quoted-printable, an address of a page is put between soft line breaks (RFC 2045 6.7), so that no
line grows too long. The names of the headers are compared for every mail before it may leave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from functools import lru_cache
from hashlib import sha256
from typing import Final

from calendar_app.mail.headers import (
    ADDRESS,
    MAX_NAME,
    ascii_address,
    decoded,
    encoded,
    header_names,
    header_text,
    mailbox,
    reply_address,
    unfolded,
)
from calendar_app.mail.letters import Letter, MailError, Message, Recipient, Sender, Slot
from calendar_app.mail.parts import html_part, text_part

MAX_LINE: Final = 998  # RFC 5322 2.1.1
_MAX_QUOTED: Final = 72
_SLOTS: Final = re.compile("|".join(re.escape(slot) for slot in Slot).encode())
_URL: Final = re.compile(r"https?://[A-Za-z0-9:/.\[\]_~,@+-]+")
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The pieces of a mail; every second one is the name of a slot."""

    pieces: tuple[bytes, ...]
    names: list[bytes]

    def fill(self, recipient: Recipient) -> Message:
        """Raises MailError if the mail would not be one mail to one person."""
        values = _values(recipient)
        filled = list(self.pieces)
        for place in range(1, len(filled), 2):
            filled[place] = values[filled[place]]
            if not filled[place]:
                raise MailError("a mail lacks a link it should have")
        data = b"".join(filled)
        if header_names(data) != self.names:
            raise MailError("a mail has other headers than it should have")
        return Message(recipient.envelope_from, recipient.address, recipient.message_id, data)


def prepare(letter: Letter, sender: Sender) -> Prepared:
    """Raises MailError if what was written down does not read back as what was meant."""
    mail = _mail(letter, sender)
    data = mail.as_bytes()
    _check(data, letter, sender)
    prepared = Prepared(tuple(_split(data)), [name.encode() for name in mail])
    if header_names(data) != prepared.names:
        raise MailError("a mail has other headers than it should have")
    return prepared


def _mail(letter: Letter, sender: Sender) -> EmailMessage:
    text = text_part(letter)
    html = "" if letter.is_discreet else html_part(letter)
    mail = EmailMessage(policy.SMTP)
    _add_headers(mail, letter, sender)
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        mail.set_boundary(_boundary("alternative", text, html))
    if letter.calendar and not letter.is_discreet:
        mail.add_attachment(
            letter.calendar,
            maintype="text",
            subtype="calendar",
            params={"charset": "utf-8"},
            filename=letter.filename,
        )
        mail.set_boundary(_boundary("mixed", text, html))
    return mail


def _add_headers(mail: EmailMessage, letter: Letter, sender: Sender) -> None:
    mail.set_raw("From", mailbox("From", letter.from_name, sender.address))
    mail["To"] = Slot.TO.value
    reply_to = "" if letter.is_discreet else reply_address(sender.contact)
    if reply_to:
        mail.set_raw("Reply-To", mailbox("Reply-To", sender.operator, reply_to))
    mail.set_raw("Subject", encoded("Subject", header_text(letter.subject)))
    mail["Date"] = Slot.DATE.value
    mail["Message-ID"] = f"<{Slot.MESSAGE_ID}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.is_list:
        # One name for all kinds of mail, which tells nothing of what they are about (RFC 2919).
        mail["List-Id"] = f"<dates.{sender.domain}>"
        mail["List-Unsubscribe"] = Slot.LIST_UNSUBSCRIBE.value
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _boundary(kind: str, *texts: str) -> str:
    """A boundary that follows from the content, and that quoted-printable cannot contain."""
    return f"=_{sha256(chr(0).join((kind, *texts)).encode()).hexdigest()[:24]}"


def _check(data: bytes, letter: Letter, sender: Sender) -> None:
    """Reads headers the older way: the newer one does not join the encoded words of a name."""
    read = message_from_bytes(data, policy=policy.SMTP)
    raw = message_from_bytes(data, policy=policy.compat32)
    senders = [(decoded(name), address) for name, address in getaddresses([unfolded(raw["From"])])]
    meant = [(header_text(letter.from_name, MAX_NAME), ascii_address(sender.address))]
    if senders != meant or decoded(unfolded(raw["Subject"])) != header_text(letter.subject):
        raise MailError("a mail does not read back as it was written")
    if any(part.defects for part in read.walk()):
        raise MailError("a mail has defects")
    if max(map(len, data.split(b"\r\n"))) > MAX_LINE:
        raise MailError("a mail has too long a line")


def _split(data: bytes) -> list[bytes]:
    pieces: list[bytes] = []
    end = 0
    for found in _SLOTS.finditer(data):
        pieces += [data[end : found.start()], found.group()]
        end = found.end()
    return [*pieces, data[end:]]


def _values(recipient: Recipient) -> dict[bytes, bytes]:
    if not ADDRESS.fullmatch(recipient.envelope_from):
        raise MailError("not an address that mail can come back to")
    if not ADDRESS.fullmatch(recipient.address) or not _MESSAGE_ID.fullmatch(recipient.message_id):
        raise MailError("not an address that can be mailed")
    links = [f"<{_url(recipient.unsubscribe_url)}>"] if recipient.unsubscribe_url else []
    if recipient.unsubscribe_mail:
        if not _MESSAGE_ID.fullmatch(recipient.unsubscribe_mail.replace("+", "", 1)):
            raise MailError("not an address to unsubscribe at")
        links.append(f"<mailto:{recipient.unsubscribe_mail}>")
    return {
        _TO: recipient.address.encode(),
        _ID: recipient.message_id.encode(),
        _DATE: _date(recipient.sent_at),
        _LIST: ", ".join(links).encode(),
        _SETTINGS: _quoted(recipient.settings_url),
        _UNSUBSCRIBE: _quoted(recipient.unsubscribe_url),
        _CONFIRM: _quoted(recipient.confirm_url),
    }


_TO, _ID, _DATE, _LIST, _SETTINGS, _UNSUBSCRIBE, _CONFIRM = (slot.encode() for slot in Slot)


@lru_cache(maxsize=256)
def _date(sent_at: datetime) -> bytes:
    return format_datetime(sent_at.astimezone(UTC)).encode()


def _url(url: str) -> str:
    if not _URL.fullmatch(url):
        raise MailError("not an address of a page")
    return url


def _quoted(url: str) -> bytes:
    """An address of a page on lines of its own, as quoted-printable has them."""
    if not url:
        return b""
    value = _url(url).encode()
    lines = [value[at : at + _MAX_QUOTED] for at in range(0, len(value), _MAX_QUOTED)]
    return b"=\r\n".join([b"", *lines, b""])
