"""Nothing that anybody wrote, in the data, the settings or a form, becomes a header of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_app.core.events import Text
from calendar_app.mail.headers import ascii_address, header_names, header_text
from calendar_app.mail.letters import Dates, Letter, Line, MailError, Recipient, Section, Style
from calendar_app.mail.prepared import Prepared, prepare
from calendar_app.words.languages import ARABIC
from tests.mail.samples import KINDS, RECIPIENT, SENDER, composer, occurrence, read
from tests.mail.test_compose import ALWAYS, LIST, MIME

EVIL = [
    "line\r\nBcc: everybody@reader.example",
    "line\nBcc: everybody@reader.example",
    "line\rBcc: everybody@reader.example",
    "nul\x00Bcc: everybody@reader.example",
    "separated\u2028Bcc: everybody@reader.example",
    "separated\u2029Bcc: everybody@reader.example",
    "next\x85Bcc: everybody@reader.example",
    "form\x0cfeed\x0bBcc: everybody@reader.example",
    "\r\n\r\nbody",
    "=?utf-8?q?a=0D=0ABcc=3A_everybody=40reader.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmVyeWJvZHlAcmVhZGVyLmV4YW1wbGU=?=",
    "=?us-ascii?q?=0A?= =?us-ascii?q?Bcc:x?=",
    'quo"ted, <name@reader.example>; \\ (comment)',
    "x" * 5_000,
    "\u05d0" * 5_000,
    "\U0001f54a" * 300,
    "\u202egnp.exe\u202c",
]
BAD_ADDRESSES = [
    "ana@reader.example\r\nBcc: everybody@reader.example",
    "ana@reader.example\n",
    "ana@reader.example\x00",
    "ana\u2028@reader.example",
    "ana@reader.example, eva@reader.example",
    "<ana@reader.example>",
    "ana@reader.example> SIZE=1",
    '"a b"@reader.example',
    "=?utf-8?q?ana?=@reader.example\r",
    "=?utf-8?q?ana?=@reader.example",
    "j\u00f6rg@reader.example",
    "a@b@reader.example",
    f"{'x' * 65}@reader.example",
    "ana@",
    "",
]
EACH = pytest.mark.parametrize("evil", EVIL)
EXPECTED = sorted([*ALWAYS, *LIST, *MIME, "Reply-To"])


def letter(**fields: object) -> Letter:
    lines = (Line("text", Style.TEXT),)
    found = Letter("subject", ARABIC, (Section(lines=lines),), lines, "name", is_discreet=False)
    return replace(found, **fields)  # type: ignore[arg-type]


def names(prepared: Prepared) -> list[str]:
    return sorted(read(prepared.fill(RECIPIENT)).keys())


@EACH
def test_a_subject_stays_one_header(evil: str) -> None:
    prepared = prepare(letter(subject=evil), SENDER)

    assert names(prepared) == EXPECTED
    assert read(prepared.fill(RECIPIENT))["Subject"] == header_text(evil)


@EACH
def test_the_name_of_a_sender_stays_one_name(evil: str) -> None:
    prepared = prepare(letter(from_name=evil), replace(SENDER, operator=evil))

    assert names(prepared) == EXPECTED
    (sender,) = read(prepared.fill(RECIPIENT))["From"].addresses
    assert sender.addr_spec == SENDER.address


@EACH
def test_the_name_of_an_event_stays_in_its_place(evil: str) -> None:
    found = occurrence("womens-day", "2027-03-08")
    event = replace(found.event, name=Text({"en": evil}), summary=Text({"en": evil}))

    kind = KINDS["reminder"]("en", False)
    prepared = composer().dates(
        Dates(reminders=(replace(found, event=event),), calendar=b"BEGIN:VCALENDAR\r\n"),
        is_discreet=False,
    )

    assert names(prepared) == names(kind) == EXPECTED


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_text_makes_a_header(subject: str, name: str) -> None:
    prepared = prepare(letter(subject=subject, from_name=name), SENDER)

    assert names(prepared) == EXPECTED


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_what_is_not_one_address_is_not_mailed(address: str) -> None:
    with pytest.raises(MailError) as refused:
        prepare(letter(), SENDER).fill(replace(RECIPIENT, address=address))
    with pytest.raises(MailError):
        prepare(letter(), SENDER).fill(replace(RECIPIENT, envelope_from=address))
    with pytest.raises(MailError):
        ascii_address(address)

    assert "ana" not in str(refused.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"message_id": "a@b>\r\nBcc: x@y"},
        {"message_id": "a b@c"},
        {"settings_url": "https://calendar.example/\r\nBcc: x@y"},
        {"settings_url": "javascript:alert(1)"},
        {"settings_url": 'https://calendar.example/"onclick=x'},
        {"unsubscribe_url": "https://calendar.example/>, <mailto:x@y"},
        {"unsubscribe_mail": "x@y>\r\nBcc: z@y"},
        {"confirm_url": "https://calendar.example/=0A"},
    ],
)
def test_what_is_filled_in_is_checked(fields: dict[str, str]) -> None:
    with pytest.raises(MailError):
        prepare(letter(), SENDER).fill(replace(RECIPIENT, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["settings_url", "unsubscribe_url"])
def test_a_mail_without_its_links_does_not_leave(field: str) -> None:
    prepared = KINDS["reminder"]("en", False)

    with pytest.raises(MailError, match="lacks a link"):
        prepared.fill(replace(RECIPIENT, **{field: "", "unsubscribe_mail": ""}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("Ana+List@Reader.example", "Ana+List@reader.example"),
        ("ana@\u043f\u0440\u0438\u043c\u0435\u0440.example", "ana@xn--e1afmkfd.example"),
        ("o'neil_{x}=y@reader.example", "o'neil_{x}=y@reader.example"),
    ],
)
def test_a_domain_is_mailed_in_ascii(typed: str, mailed: str) -> None:
    recipient: Recipient = replace(RECIPIENT, address=ascii_address(typed))

    assert ascii_address(typed) == mailed
    assert read(prepare(letter(), SENDER).fill(recipient))["To"] == mailed


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"A: 1\r\nB: 2\r\n c\r\n\tD: 3", [b"A", b"B"]),
        (b"A: 1\rB: 2\nC: 3", [b"A", b"B", b"C"]),
        (b"A: 1\r\n\r\nB: 2", [b"A"]),
    ],
)
def test_headers_are_found_as_a_careless_reader_finds_them(head: bytes, found: list[bytes]) -> None:
    assert header_names(head + b"\r\n\r\nbody") == found


def test_a_mail_with_another_header_does_not_leave() -> None:
    prepared = prepare(letter(), SENDER)
    broken = replace(prepared, pieces=(b"Bcc: x@y\r\n" + prepared.pieces[0], *prepared.pieces[1:]))

    with pytest.raises(MailError, match="other headers"):
        broken.fill(RECIPIENT)
