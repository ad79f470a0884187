"""What comes back: reports of mails that could not be delivered (RFC 3464 and its many relatives),
and mails that ask to leave.

Anybody can write such a mail. It speaks of a delivery only by a token in the address it was sent to
(VERP), which nobody can make; who holds the keys checks it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from flufl.bounce import all_failures

from calendar_app.mail.statuses import is_about_us, says_no_address, status_in

MAX_BYTES: Final = 1024 * 1024
# A report stands before the mail that it is about. Anybody can write a mail to a token that looks
# like one, and of each line of it dozens of patterns are tried: so no more of it is read.
BYTES_READ: Final = 64 * 1024
# A report in parts, of a mail in parts, and one that went through a list.
MAX_BOUNDARIES: Final = 10
# Whom the mail was for, the most reliable first.
_RECIPIENTS: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_OURS: Final = re.compile(r"(?<![^\s<,;:\"])([bu])\+([a-z2-7]{16,62})@", re.IGNORECASE)
# What follows is the mail that came back (QSBMF).
_ENDS: Final = "--- Below this line"

# It would write down what it stumbles over, which is somebody's mail.
logging.getLogger("flufl.bounce").disabled = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """There is no such address: a delivery failed, and every other one will. Or with a ``status``
    (RFC 3463) the same mail would have been taken from somebody else."""

    token: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody asks to leave by mail."""

    token: str


def bounce_address(token: str, domain: str) -> str:
    """The envelope sender of a mail, to which reports of it go; at most 64 octets before the @."""
    return f"b+{token}@{domain}"


def leave_address(token: str, domain: str) -> str:
    """The address in List-Unsubscribe."""
    return f"u+{token}@{domain}"


def read_returned(data: bytes, has_form: Callable[[str], bool]) -> Bounce | Leave | None:
    """What a mail that came in says; None when it says nothing to us. ``has_form`` tells whether a
    text can be a token."""
    beginning = data[:BYTES_READ]
    try:
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(beginning)
        found = next((found for found in _tokens(head) if has_form(found[1])), None)
        if found is None:
            return None
        purpose, token = found
        if purpose == "u":
            return None if _is_automatic(head) else Leave(token)
        if len(data) > MAX_BYTES or beginning.lower().count(b"boundary") > MAX_BOUNDARIES:
            return None
        return _bounce(token, message_from_bytes(beginning, policy=policy.compat32))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Whatever the parsers make of what nobody's mail server would write.
        return None


def _tokens(mail: Message) -> Iterator[tuple[str, str]]:
    for name in _RECIPIENTS:
        for value in mail.get_all(name, []):
            for purpose, token in _OURS.findall(str(value)):
                yield purpose.lower(), token.lower()


def _bounce(token: str, mail: Message) -> Bounce | None:
    """None also for what failed otherwise, which says nothing of the next mail to the address."""
    statuses = list(_statuses(mail))
    if not statuses and not _is_automatic(mail):
        statuses = list(_statuses_in_words(mail))
    _, permanent = all_failures(mail)
    if not permanent or not statuses:
        return None
    if all(map(says_no_address, statuses)):
        return Bounce(token)
    return Bounce(token, statuses[0]) if all(map(is_about_us, statuses)) else None


def _statuses(mail: Message) -> Iterator[str]:
    """The Status of each recipient (RFC 3464 2.3.4)."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                found = status_in(str(block.get("Status", "")).strip())  # type: ignore[union-attr]
                if found:
                    yield found


def _statuses_in_words(mail: Message) -> Iterator[str]:
    """Those in a report that is for people only, as qmail writes it."""
    text = mail.get_payload()
    for line in text.partition(_ENDS)[0].splitlines() if isinstance(text, str) else ():
        found = status_in(line)
        if found:
            yield found


def _is_automatic(mail: Message) -> bool:
    """An answer that no person wrote (RFC 3834 5), such as that of somebody on holiday."""
    return str(mail.get("Auto-Submitted", "no")).strip().lower().startswith("auto-replied")
