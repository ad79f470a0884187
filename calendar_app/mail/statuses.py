"""Enhanced status codes (RFC 3463): which of them say that an address is none.

Only these count against a person, whom the third one erases. Everything else is or can be about
who sends, the mail, or the way: "550" or "553" without such a code is also what a server says that
does not know us, and 5.1.7 and 5.1.8 are about the sender's address. Without one a mail is given
up, as RFC 5321 4.2.1 wants it, and nobody for it.
"""

from __future__ import annotations

import re
from typing import Final

_NO_ADDRESS: Final = frozenset(
    {
        "5.1.1",  # no such mailbox
        "5.1.2",  # no such domain, or none that ever takes mail
        "5.1.3",  # no mailbox can be called that
        "5.1.6",  # it has moved, and it is not known where
        "5.1.10",  # the domain says that it takes no mail (RFC 7505 4.2)
        "5.2.1",  # the mailbox was closed
    }
)
# The address of the sender, and all that is a matter of policy: mostly that we are not known to the
# server, which its operator or ours can mend.
_ABOUT_US: Final = re.compile(r"5\.1\.[78]$|5\.7\.")
# At the beginning (RFC 2034), or in the parentheses of qmail (QSBMF).
_WRITTEN: Final = re.compile(
    r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])|.*\(#([245](?:\.[0-9]{1,3}){2})\)"
)


def status_in(text: str) -> str:
    """The code in a line of an answer or a report; empty where there is none."""
    found = _WRITTEN.match(text)
    return (found[1] or found[2]) if found else ""


def says_no_address(status: str) -> bool:
    """That there is no such address, and never will be."""
    return status in _NO_ADDRESS


def is_about_us(status: str) -> bool:
    """That the same mail would be taken from somebody else."""
    return bool(_ABOUT_US.match(status))
