"""Reports from mail servers, and what only looks like one."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.mail import bounces
from calendar_app.mail.bounces import (
    BYTES_READ,
    MAX_BOUNDARIES,
    MAX_BYTES,
    Bounce,
    Leave,
    bounce_address,
    leave_address,
    read_returned,
)
from calendar_app.sealing.ring import new_ring
from calendar_app.sealing.tokens import Purpose, id_in, is_valid, make_token

VERP = "abcdefghijklmnopqrstuvwxyz234567abcdefgh"
DOMAIN = "mail.example"


def has_form(token: str) -> bool:
    return token == VERP


def report(
    status: str = "5.1.1",
    action: str = "failed",
    to: str = f"b+{VERP}@{DOMAIN}",
    headers: str = "",
) -> bytes:
    """As Postfix writes it."""
    return f"""Return-Path: <>
Delivered-To: {to}
{headers}From: MAILER-DAEMON@relay.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="X"

--X
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.
--X
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; ana@reader.example
Original-Recipient: rfc822; ana@reader.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--X
Content-Type: message/rfc822

Subject: Reminder

text
--X--
""".encode()


QMAIL = f"""Return-Path: <>
To: b+{VERP}@{DOMAIN}
From: MAILER-DAEMON@relay.example
Subject: failure notice

Hi. This is the qmail-send program at relay.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@reader.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
""".encode()

HOLIDAY = f"""To: b+{VERP}@{DOMAIN}
From: ana@reader.example
Subject: Re: Reminder
Auto-Submitted: auto-replied (vacation)

I am away until Monday. Mail could not be delivered to me:
<ana@reader.example>: 550 no.
""".encode()


@pytest.mark.parametrize(
    "data",
    [report(status) for status in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")]
    + [QMAIL, report().replace(b"\n", b"\r\n")],
)
def test_a_report_says_that_there_is_no_such_address(data: bytes) -> None:
    assert read_returned(data, has_form) == Bounce(VERP)


SPAMHAUS = "smtp; 550 your IP is blocked, see spamhaus.org"


@pytest.mark.parametrize(
    "data",
    [
        report("5.0.0").replace(b"smtp; 550 no such user", SPAMHAUS.encode()),
        # About the mail, the mailbox as it is, or the way.
        *[report(status) for status in ("5.2.2", "5.3.0", "5.3.4", "5.4.4", "5.4.6", "5.6.0")],
        *[report(status) for status in ("5.0.0", "5.1.0", "5.1.4", "5.1.11")],
        QMAIL.replace(b" (#5.1.1)", b""),
        report("4.1.1"),
        report("4.4.1", "delayed"),
        report("4.4.7"),  # given up after trying for days
    ],
)
def test_what_is_not_for_good_or_not_of_the_address_counts_against_nobody(data: bytes) -> None:
    assert read_returned(data, has_form) is None


@pytest.mark.parametrize("status", ["5.1.7", "5.1.8", "5.7.1", "5.7.26"])
def test_a_report_may_be_about_who_sends(status: str) -> None:
    as_qmail_says = f"not my host. (#{status})".encode()

    for data in (
        report(status),
        QMAIL.replace(b"no mailbox here by that name. (#5.1.1)", as_qmail_says),
    ):
        assert read_returned(data, has_form) == Bounce(VERP, status)
    assert read_returned(report(status, "delayed"), has_form) is None


def test_an_address_that_is_several_mailboxes_is_there_as_long_as_one_is() -> None:
    end = b"--X\nContent-Type: message/rfc"
    more = b"Final-Recipient: rfc822; b@reader.example\nAction: %s\nStatus: %s\n\n" + end

    assert read_returned(report().replace(end, more % (b"failed", b"5.1.1")), has_form)
    assert not read_returned(report().replace(end, more % (b"failed", b"5.2.2")), has_form)
    assert not read_returned(report().replace(end, more % (b"delivered", b"2.1.5")), has_form)


def test_a_relay_may_have_written_the_address_in_capitals() -> None:
    assert read_returned(report(to=f"B+{VERP.upper()}@{DOMAIN}"), has_form) == Bounce(VERP)


def test_the_envelope_counts_for_more_than_the_header() -> None:
    other = VERP[::-1]
    data = report().replace(f"\nTo: b+{VERP}".encode(), f"\nTo: b+{other}".encode())

    assert read_returned(data, lambda token: True) == Bounce(VERP)


@pytest.mark.parametrize(
    "data",
    [
        HOLIDAY,
        report("2.0.0", "delivered"),
        report(to=f"reminders@{DOMAIN}"),
        report(to=f"b+{'a' * 40}@{DOMAIN}"),  # no token of ours
        report(to=f"nob+{VERP}@{DOMAIN}"),
        report(to=f"b+{VERP}"),
        f"To: b+{VERP}@{DOMAIN}\nSubject: hello\n\nNice calendar!\n".encode(),
        b"",
        b"\x00\xff" * 1000,
        b"Content-Type: multipart/report; boundary=\n\n--\n",
    ],
)
def test_what_reports_nothing_has_no_effect(data: bytes) -> None:
    assert read_returned(data, has_form) is None


def test_a_mail_may_ask_to_leave() -> None:
    data = f"To: {leave_address(VERP, DOMAIN)}\nFrom: ana@reader.example\n\n".encode()

    assert read_returned(data, has_form) == Leave(VERP)
    assert read_returned(b"Auto-Submitted: auto-replied\n" + data, has_form) is None


def test_a_forged_report_has_no_valid_token() -> None:
    ring, stranger = new_ring(), new_ring()
    forged = make_token(stranger, Purpose.MANAGE, "ab" * 16)

    found = read_returned(
        report(to=bounce_address(forged, DOMAIN)), lambda token: id_in(token) is not None
    )

    assert found == Bounce(forged)
    assert not is_valid(ring, Purpose.MANAGE, forged)


def test_an_address_with_a_token_is_short_enough() -> None:
    token = make_token(new_ring(), Purpose.MANAGE, "ab" * 16)

    assert len(bounce_address(token, DOMAIN).partition("@")[0]) <= 64
    assert len(leave_address(token, DOMAIN).partition("@")[0]) <= 64


def test_what_is_too_large_is_dropped() -> None:
    whole = report()

    assert read_returned(whole + b"x" * (MAX_BYTES - len(whole)), has_form) is not None
    assert read_returned(whole + b"x" * (MAX_BYTES - len(whole) + 1), has_form) is None


def test_who_leaves_may_write_as_much_as_they_like() -> None:
    data = f"To: {leave_address(VERP, DOMAIN)}\nFrom: ana@reader.example\n\n".encode()

    assert read_returned(data + b"x" * MAX_BYTES, has_form) == Leave(VERP)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How large each mail was of which more than the headers was read."""
    sizes: list[int] = []
    parse = bounces.message_from_bytes

    def count(data: bytes, **given: object) -> object:
        sizes.append(len(data))
        return parse(data, **given)  # type: ignore[call-overload]

    monkeypatch.setattr(bounces, "message_from_bytes", count)
    return sizes


@pytest.mark.parametrize("to", ["b+x", "post", f"b+{'a' * 40}", f"u+{VERP}"])
def test_of_what_is_no_report_to_a_token_only_the_headers_are_read(
    to: str, parsed: list[int]
) -> None:
    read_returned(report(to=f"{to}@{DOMAIN}"), has_form)

    assert parsed == []


def test_of_a_large_report_the_beginning_is_read(parsed: list[int]) -> None:
    """Where the report is; after it comes the mail that it is about."""
    large = report() + b"\n" * (MAX_BYTES - len(report()))

    assert read_returned(large, has_form) == Bounce(VERP)
    assert parsed == [BYTES_READ]


@pytest.mark.parametrize("word", ["boundary", "Boundary", "BOUNDARY", "bOUNDARY*0"])
def test_parts_in_parts_without_end_are_dropped(word: str, parsed: list[int]) -> None:
    """A parser compares each line with the ends of all parts that are open. The name of a
    parameter is the same in any case (RFC 2045 5.1)."""

    def nested(depth: int) -> bytes:
        part = 'Content-Type: multipart/mixed; {}="{}"\n\n--{}\n'
        parts = "".join(part.format(word, n, n) for n in range(depth))
        return f"To: b+{VERP}@{DOMAIN}\n{parts}".encode()

    read_returned(nested(MAX_BOUNDARIES + 1), has_form)
    assert parsed == []
    read_returned(nested(MAX_BOUNDARIES), has_form)
    assert len(parsed) == 1


def test_mails_in_mails_without_end_are_dropped() -> None:
    deep = b"Content-Type: message/rfc822\n\n" * 5000

    assert read_returned(f"To: b+{VERP}@{DOMAIN}\n".encode() + deep, has_form) is None


def test_nothing_of_a_mail_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    read_returned(report(), has_form)
    read_returned(QMAIL, has_form)

    assert caplog.records == []


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_no_bytes_break_it(head: bytes, body: bytes) -> None:
    to = f"To: b+{VERP}@{DOMAIN}\n".encode()

    assert read_returned(to + head + b"\n\n" + body, has_form) in {
        None,
        Bounce(VERP),
    }
