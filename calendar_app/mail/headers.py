"""Headers of mails (RFC 5322, RFC 2047) that stay what they were meant to be, whatever is written
in them: Python's email package lets a line break through in some encoded words (CVE-2024-6923).
"""

from __future__ import annotations

import re
from email.header import Header, decode_header, make_header
from email.utils import quote
from typing import Final

from email_validator import EmailNotValidError, validate_email

from calendar_app.mail.letters import MailError

MAX_SUBJECT: Final = 180
MAX_NAME: Final = 60
# What may stand in the local part without quotes (RFC 5322 3.2.3), and a domain in its ASCII form.
# What reads like an encoded word some servers decode, and then it is another address.
ADDRESS: Final = re.compile(r"(?!.*=\?)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_UNPRINTABLE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SPACE: Final = (b" ", b"\t")


def ascii_address(text: str) -> str:
    """The address with the domain in ASCII (IDNA); raises MailError for one that cannot be mailed.

    Case and a plus part stay as typed. What is not ASCII before the @ would need SMTPUTF8.
    """
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise MailError("not an address that can be mailed") from error
    if found.ascii_email is None or not ADDRESS.fullmatch(found.ascii_email):
        raise MailError("not an address that can be mailed")
    return found.ascii_email


def reply_address(contact: str) -> str:
    """Where answers go: the contact of the operator, if one can write to it, else nothing."""
    try:
        return ascii_address(contact.removeprefix("mailto:"))
    except MailError:
        return ""


def header_text(text: str, longest: int = MAX_SUBJECT) -> str:
    """One line without control characters, and without what reads like an encoded word, which
    EmailMessage would decode to line breaks (RFC 2047)."""
    line = _UNPRINTABLE.sub(" ", text).replace("=?", "= ?").strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def mailbox(header: str, name: str, address: str) -> str:
    """A name and an address (RFC 5322 3.4), encoded as they stand in a header."""
    name, address = header_text(name, MAX_NAME), ascii_address(address)
    if not name:
        return address
    if not name.isascii():
        return f"{encoded(header, name)} <{address}>"
    phrase = name if _ATOMS.fullmatch(name) else f'"{quote(name)}"'
    return f"{phrase} <{address}>"


def encoded(header: str, text: str) -> str:
    """As encoded words where it is not ASCII (RFC 2047). EmailMessage would lose spaces between
    them when it folds a long line."""
    return Header(text, header_name=header).encode(linesep="\r\n")


def unfolded(folded: str) -> str:
    return folded.replace("\r\n", "")


def decoded(text: str) -> str:
    return str(make_header(decode_header(text)))


def header_names(data: bytes) -> list[bytes]:
    """The names of the headers as whoever reads the mail finds them: a single CR or LF ends a line
    as well, and a line that does not begin with a space begins a header (RFC 5322 2.2.3)."""
    head = data.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0] for line in head.splitlines() if not line.startswith(_SPACE)]
