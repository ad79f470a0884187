"""What becomes of a mail, whatever the server does."""

from __future__ import annotations

import logging
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from calendar_app.mail.letters import Message
from calendar_app.mail.smtp import Server, Smtp, server_from_url
from calendar_app.mail.transport import ACCEPTED, File, Handover, Memory, Verdict
from tests.mail.samples import DOMAIN, RECIPIENT, mail
from tests.mail.servers import (
    HANG,
    PASSWORD,
    USER,
    Answers,
    certificate,
    odd_server,
    only_names_are,
    real_server,
)

GREETING, YES, GO_ON = b"220 here\r\n", b"250 OK\r\n", b"354 go on\r\n"
UNTIL_DATA = (GREETING, YES, YES, YES)
TWO = ("192.0.2.1", "127.0.0.1")
PIPELINING = b"250-here\r\n250 PIPELINING\r\n"
TOGETHER = (GREETING, PIPELINING)


def here(port: int, **given: object) -> Server:
    return Server("127.0.0.1", port, needs_tls=False, **given)  # type: ignore[arg-type]


def offered(server: Server, *mails: Message, **given: object) -> list[Handover]:
    transport = Smtp(server, DOMAIN, time.monotonic, **{"seconds": 30.0} | given)  # type: ignore[arg-type]
    try:
        return [transport.send(message) for message in mails or (mail("reminder"),)]
    finally:
        transport.close()


def test_a_mail_arrives_as_it_was_composed() -> None:
    answers = Answers()
    message = mail("several", "ar")

    with real_server(answers) as port:
        assert offered(here(port), message) == [ACCEPTED]

    assert answers.seen == [(RECIPIENT.envelope_from, RECIPIENT.address, message.data)]


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    answers = Answers()
    data = b"Subject: dots\r\n\r\n.one\r\n..\r\n.\r\nend"
    message = Message(RECIPIENT.envelope_from, RECIPIENT.address, RECIPIENT.message_id, data)

    with real_server(answers) as port:
        assert offered(here(port), message) == [ACCEPTED]

    assert answers.seen[0][2] == data + b"\r\n"


def test_one_connection_carries_many_mails() -> None:
    answers = Answers()

    with real_server(answers) as port:
        assert offered(here(port), *[mail("reminder")] * 5) == [ACCEPTED] * 5

    assert (answers.connections, len(answers.seen)) == (1, 5)


@pytest.mark.parametrize("is_pipelining", [False, True])
@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        ("450 4.2.1 busy: ana@reader.example", Verdict.LATER, "RCPT 450 4.2.1"),
        ("451 4.7.1 come back later", Verdict.LATER, "RCPT 451 4.7.1"),
        ("452 too many", Verdict.LATER, "RCPT 452"),
        ("552 5.2.2 mailbox full", Verdict.LATER, "RCPT 552 5.2.2"),
        ("554 5.7.1 relay access denied", Verdict.LATER, "RCPT 554 5.7.1"),
        ("550 5.1.1 no such user ana@reader.example", Verdict.BAD_ADDRESS, "RCPT 550 5.1.1"),
        ("550 5.1.10 takes no mail", Verdict.BAD_ADDRESS, "RCPT 550 5.1.10"),
        ("550 5.2.1 closed", Verdict.BAD_ADDRESS, "RCPT 550 5.2.1"),
        ("550 no such user", Verdict.REFUSED, "RCPT 550"),
        ("550 relay not permitted", Verdict.REFUSED, "RCPT 550"),
        ("550 5.1.0 address rejected", Verdict.REFUSED, "RCPT 550 5.1.0"),
        ("550 5.1.8 Sender address rejected", Verdict.LATER, "RCPT 550 5.1.8"),
        ("553 5.1.7 sender syntax", Verdict.LATER, "RCPT 553 5.1.7"),
        ("553 not in my list of allowed rcpthosts (#5.7.1)", Verdict.LATER, "RCPT 553 5.7.1"),
        ("554 5.3.0 something else", Verdict.REFUSED, "RCPT 554 5.3.0"),
        ("530 5.7.0 authenticate first", Verdict.UNREACHABLE, "RCPT 530 5.7.0"),
        # Of the command and not of the mailbox (RFC 5321 4.2.2).
        ("500 what is that", Verdict.BROKEN_OFF, "RCPT 500"),
        ("502 5.5.1 not here", Verdict.BROKEN_OFF, "RCPT 502 5.5.1"),
        ("503 need MAIL before RCPT", Verdict.BROKEN_OFF, "RCPT 503"),
        ("503 5.1.1 out of step", Verdict.BROKEN_OFF, "RCPT 503 5.1.1"),
        ("504 not with that", Verdict.BROKEN_OFF, "RCPT 504"),
        ("555 5.5.4 no such parameter", Verdict.BROKEN_OFF, "RCPT 555 5.5.4"),
        # What follows RCPT is the address, so these may be of it, and nobody knows for whose sake.
        ("501 syntax", Verdict.REFUSED, "RCPT 501"),
        ("501 5.5.4 syntax", Verdict.REFUSED, "RCPT 501 5.5.4"),
        ("501 5.1.3 no address", Verdict.BAD_ADDRESS, "RCPT 501 5.1.3"),
        ("551 not local", Verdict.REFUSED, "RCPT 551"),
        ("553 mailbox name not allowed", Verdict.REFUSED, "RCPT 553"),
        ("550 5.5.0 mailbox unavailable", Verdict.REFUSED, "RCPT 550 5.5.0"),
        ("421 4.3.2 closing", Verdict.BROKEN_OFF, "RCPT 421 4.3.2"),
    ],
)
def test_what_a_server_says_of_the_address(
    answer: str, verdict: Verdict, reason: str, is_pipelining: bool
) -> None:
    answers = Answers(rcpt=[answer], is_pipelining=is_pipelining)
    with real_server(answers) as port:
        assert offered(here(port)) == [Handover(verdict, reason)]


@pytest.mark.parametrize("is_pipelining", [False, True])
@pytest.mark.parametrize(
    ("answer", "verdict", "reason"),
    [
        ("451 4.3.0 later", Verdict.LATER, "DATA 451 4.3.0"),
        ("550 5.7.1 looks like spam", Verdict.REFUSED, "DATA 550 5.7.1"),
        ("503 5.5.1 need RCPT", Verdict.BROKEN_OFF, "DATA 503 5.5.1"),
        ("421 4.3.2 closing", Verdict.BROKEN_OFF, "DATA 421 4.3.2"),
        ("drop", Verdict.UNKNOWN, "DATA: SMTPServerDisconnected"),
    ],
)
def test_what_a_server_says_of_the_mail(
    answer: str, verdict: Verdict, reason: str, is_pipelining: bool
) -> None:
    with real_server(Answers(data=[answer], is_pipelining=is_pipelining)) as port:
        assert offered(here(port)) == [Handover(verdict, reason)]


def test_threads_that_send_at_one_time_have_a_connection_each() -> None:
    answers = Answers()
    mails = [mail(kind) for kind in ("reminder", "several", "digest", "correction")] * 6

    with real_server(answers) as port:
        transport = Smtp(here(port), DOMAIN, time.monotonic)
        with ThreadPoolExecutor(4) as pool:
            handovers = list(pool.map(transport.send, mails))
        transport.close()

    assert handovers == [ACCEPTED] * len(mails)
    assert sorted(data for _, _, data in answers.seen) == sorted(one.data for one in mails)
    assert answers.connections <= 4


def test_threads_that_send_in_turn_share_one_connection() -> None:
    answers = Answers()

    with real_server(answers) as port:
        transport = Smtp(here(port), DOMAIN, time.monotonic)
        for _ in range(3):
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(transport.send, mail("reminder")).result() == ACCEPTED
        transport.close()

    assert (answers.connections, len(answers.seen)) == (1, 3)


def test_no_address_is_written_down_whatever_a_server_says(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    address = RECIPIENT.address
    told = [f"550 5.1.1 {address} unknown", f"451 {address} is busy", f"554 5.3.0 <{address}>"]

    with real_server(Answers(rcpt=told)) as port:
        handovers = offered(here(port), *[mail("reminder")] * 3)
    with odd_server(GREETING, YES, YES, f"550 {address}\r\n".encode()) as port:
        handovers += offered(here(port), seconds=0.5)

    # The server, which is aiosmtpd, has a log of its own.
    ours = [record for record in caplog.records if not record.name.startswith("mail.log")]
    written = "".join(
        [repr(handovers), *(record.getMessage() for record in ours), *capfd.readouterr()]
    )
    assert len(handovers) == 4
    assert address not in written


@pytest.mark.parametrize("is_pipelining", [False, True])
def test_after_a_refusal_the_next_mail_is_sent_over_the_same_connection(
    is_pipelining: bool,
) -> None:
    answers = Answers(rcpt=["550 5.1.1 no such user"], is_pipelining=is_pipelining)

    with real_server(answers) as port:
        handovers = offered(here(port), mail("reminder"), mail("digest"))

    assert [handover.verdict for handover in handovers] == [Verdict.BAD_ADDRESS, Verdict.ACCEPTED]
    assert answers.connections == 1


def _cut(transport: Smtp) -> None:
    """What a server does with connections that are idle."""
    (kept,) = transport._idle
    assert kept.sock is not None
    kept.sock.shutdown(socket.SHUT_RDWR)


def test_a_kept_connection_that_is_out_of_step_is_replaced() -> None:
    answers = Answers()
    with real_server(answers) as port:
        transport = Smtp(here(port), DOMAIN, time.monotonic)
        assert transport.send(mail("reminder")) == ACCEPTED
        answers.rcpt = ["503 need MAIL before RCPT"]
        assert transport.send(mail("digest")) == ACCEPTED
        transport.close()

    assert (answers.connections, len(answers.seen)) == (2, 2)


def test_a_kept_connection_that_was_closed_is_replaced() -> None:
    answers = Answers()
    with real_server(answers) as port:
        transport = Smtp(here(port), DOMAIN, time.monotonic)
        assert transport.send(mail("reminder")) == ACCEPTED
        _cut(transport)
        assert transport.send(mail("digest")) == ACCEPTED
        transport.close()

    assert (answers.connections, len(answers.seen)) == (2, 2)


@pytest.mark.parametrize(
    ("replies", "verdict", "reason"),
    [
        ((), Verdict.UNREACHABLE, "connect: SMTPServerDisconnected"),  # never greets
        ((None,), Verdict.UNREACHABLE, "connect: SMTPServerDisconnected"),
        ((b"554 go away\r\n",), Verdict.UNREACHABLE, "connect 554"),
        ((b"\xff\xfe nonsense\r\n",), Verdict.UNREACHABLE, "connect -1"),
        ((GREETING, YES, b"451 not now\r\n"), Verdict.UNREACHABLE, "MAIL 451"),
        ((GREETING, YES, b"553 not you\r\n"), Verdict.UNREACHABLE, "MAIL 553"),
        ((GREETING, YES), Verdict.UNREACHABLE, "MAIL: SMTPServerDisconnected"),
        ((GREETING, YES, YES), Verdict.BROKEN_OFF, "RCPT: SMTPServerDisconnected"),
        ((*UNTIL_DATA, None), Verdict.BROKEN_OFF, "DATA: SMTPServerDisconnected"),
        (UNTIL_DATA, Verdict.BROKEN_OFF, "DATA: SMTPServerDisconnected"),
        ((*UNTIL_DATA, GO_ON, None), Verdict.UNKNOWN, "DATA: SMTPServerDisconnected"),
        ((*TOGETHER, b"553 not you\r\n"), Verdict.UNREACHABLE, "MAIL 553"),
        ((*TOGETHER, YES), Verdict.BROKEN_OFF, "RCPT: SMTPServerDisconnected"),
        ((*TOGETHER, YES, YES, None), Verdict.BROKEN_OFF, "DATA: SMTPServerDisconnected"),
        ((*TOGETHER, YES, YES, GO_ON, None), Verdict.UNKNOWN, "DATA: SMTPServerDisconnected"),
    ],
)
def test_a_server_that_breaks_off_or_falls_silent(
    replies: tuple[bytes | None, ...], verdict: Verdict, reason: str
) -> None:
    with odd_server(*replies) as port:
        handovers = offered(here(port), seconds=0.5, answer_seconds=0.5)

    assert handovers == [Handover(verdict, reason)]


def test_a_server_that_says_late_that_it_took_a_mail_is_waited_for() -> None:
    """Longer than until the mail has left, and not for ever."""
    late = b"250-taken\r\n250 " + b"x" * 80 + b"\r\n"

    with odd_server(*UNTIL_DATA, GO_ON, late, pause=0.01) as port:
        assert offered(here(port), seconds=1.0, answer_seconds=5.0) == [ACCEPTED]
        (handover,) = offered(here(port), seconds=1.0, answer_seconds=0.5)

    assert handover == Handover(Verdict.UNKNOWN, "DATA: SMTPServerDisconnected")


@pytest.mark.parametrize(("silent_for", "tries"), [(HANG, 1), ("421 4.7.0 closing", 2)])
def test_both_tries_of_a_mail_have_the_time_of_one(silent_for: str, tries: int) -> None:
    """The second one is over a new connection, for which there must be time left."""
    answers = Answers(rcpt=["250 OK", silent_for, silent_for, silent_for])
    started = time.monotonic()

    with real_server(answers) as port:
        first, second = offered(here(port), *[mail("reminder")] * 2, seconds=1.0)

    assert (first, second.verdict) == (ACCEPTED, Verdict.BROKEN_OFF)
    assert (answers.connections, len(answers.rcpt)) == (tries, 3 - tries)
    assert time.monotonic() - started < 1.9


def test_each_address_of_a_server_has_its_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first one does not answer, as one of a network that only seems to be there."""
    waited, connect = [], socket.create_connection

    def connecting(address: tuple[str, int], seconds: float) -> socket.socket:
        waited.append((address[0], round(seconds, 1)))
        if address[0] == "192.0.2.1":
            raise TimeoutError
        return connect(address, seconds)

    with real_server(Answers()) as port:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in TWO]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(socket, "create_connection", connecting)
        assert offered(Server("mail.invalid", port, needs_tls=False), seconds=8.0) == [ACCEPTED]

    assert waited == [("192.0.2.1", 4.0), ("127.0.0.1", 8.0)]


def test_a_mail_that_was_cut_in_its_middle_has_not_arrived() -> None:
    """More than fits into the buffers between us and the server, which resets the connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Thread(target=_take_half_a_mail, args=(listening,))
    server.start()
    large = replace(mail("reminder"), data=b"x" * 30_000_000)

    handovers = offered(here(listening.getsockname()[1]), large)
    server.join()

    assert handovers == [Handover(Verdict.BROKEN_OFF, "DATA: SMTPServerDisconnected")]


def _take_half_a_mail(listening: socket.socket) -> None:
    with listening, listening.accept()[0] as connected, connected.makefile("rb") as incoming:
        for reply in (*UNTIL_DATA, GO_ON):
            connected.sendall(reply)
            incoming.readline() if reply != GO_ON else incoming.read(1000)
        # Closing resets what was not read (RFC 1122 4.2.2.13).
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("taken", [b"354 go on\r\n", None])
def test_a_server_that_waits_for_a_mail_to_nobody_gets_none(taken: bytes | None) -> None:
    """It was asked for all at once; the mail was refused, and nothing else is believed of it."""
    answers = (GREETING, PIPELINING, YES, b"550 5.1.1 nobody\r\n", taken)

    with odd_server(*answers) as port:
        handovers = offered(here(port), *[mail("reminder")] * 2, seconds=0.5)

    # The second one is over a new connection, to which the server says the same.
    assert handovers == [Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1")] * 2


def test_the_envelope_is_one_packet_to_a_server_that_offers_it() -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with ThreadPoolExecutor(1) as pool:
            server = pool.submit(_answer_in_turn, listening, seen)
            handovers = offered(here(listening.getsockname()[1]))
            server.result()

    assert handovers == [ACCEPTED]
    sender, recipient = RECIPIENT.envelope_from, RECIPIENT.address
    assert seen[1] == f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()


def _answer_in_turn(listening: socket.socket, seen: list[bytes]) -> None:
    """To whatever comes in one piece, and to the mail when its last line is there."""
    connected, _ = listening.accept()
    with connected:
        connected.sendall(GREETING)
        for answer in (PIPELINING, YES + YES + GO_ON):
            seen.append(connected.recv(4096))
            connected.sendall(answer)
        mail = b""
        while not mail.endswith(b"\r\n.\r\n"):
            mail += connected.recv(65536)
        connected.sendall(YES)


def test_an_envelope_of_more_than_one_line_is_not_sent() -> None:
    data = mail("reminder").data
    message = Message(RECIPIENT.envelope_from, "a@reader.example>\r\nRSET", "id@x", data)
    answers = Answers(is_pipelining=True)

    with real_server(answers) as port, pytest.raises(ValueError, match="one line"):
        offered(here(port), message)

    assert answers.seen == []


def test_a_server_that_drips_is_left_in_time() -> None:
    long = b"220-" + b"x" * 200 + b"\r\n"
    started = time.monotonic()

    with odd_server(long * 5, pause=0.02) as port:
        handover = offered(here(port), seconds=0.6)

    assert handover == [Handover(Verdict.UNREACHABLE, "connect: SMTPServerDisconnected")]
    assert time.monotonic() - started < 3


def test_nobody_listens() -> None:
    with real_server(Answers()) as port:
        pass

    assert offered(here(port)) == [Handover(Verdict.UNREACHABLE, "connect: ConnectionRefusedError")]


def test_a_name_that_is_not_found_is_a_server_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    only_names_are(monkeypatch, {})

    assert offered(Server("mail.invalid", 587)) == [
        Handover(Verdict.UNREACHABLE, "connect: gaierror")
    ]


# The beginning of what a server says first (RFC 8446 4.1.3): 122 bytes are announced, two come.
BEGUN = b"\x16\x03\x03\x00\x7a\x02\x00"


@pytest.mark.parametrize("is_tls_first", [False, True])
@pytest.mark.parametrize("begun", [b"", BEGUN, b"421 4.3.2 closing\r\n"])
@pytest.mark.parametrize("is_silent", [False, True])
def test_a_line_that_breaks_while_tls_is_agreed_on_says_nothing_of_the_mail(
    begun: bytes, *, is_tls_first: bool, is_silent: bool
) -> None:
    first = [] if is_tls_first else [GREETING, b"250-here\r\n250 STARTTLS\r\n", b"220 go on\r\n"]
    started = time.monotonic()

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        heard = pool.submit(_break_off, listening, first, begun, is_silent)
        port = listening.getsockname()[1]
        server = Server("127.0.0.1", port, USER, PASSWORD, is_tls_first)
        (handover,) = offered(server, seconds=0.5)
        said = heard.result()

    assert handover.verdict is Verdict.UNREACHABLE
    assert handover.reason.startswith("connect: " if is_tls_first else "TLS: ")
    assert [word for word in (b"AUTH", b"MAIL", b"RCPT") if word in said] == []
    assert time.monotonic() - started < 3


def _break_off(
    listening: socket.socket, first: list[bytes], begun: bytes, is_silent: bool
) -> bytes:
    """After the client has begun to agree on TLS; returns all that it said."""
    connected, _ = listening.accept()
    said = b""
    with connected:
        for answer in first:
            connected.sendall(answer)
            said += connected.recv(4096)
        if not first:
            said += connected.recv(4096)
        connected.sendall(begun)
        with suppress(ConnectionResetError):
            while is_silent and (more := connected.recv(4096)):
                said += more
    return said


@pytest.mark.parametrize("is_tls_first", [False, True])
def test_a_certificate_signed_by_itself_is_refused(tmp_path: Path, is_tls_first: bool) -> None:
    context, trusted = certificate(tmp_path)
    answers = Answers()
    way = {"tls_first": context} if is_tls_first else {"starttls": context}

    with real_server(answers, **way) as port:  # type: ignore[arg-type]
        server = Server("127.0.0.1", port, is_tls_first=is_tls_first)
        (handover,) = offered(server)
        assert handover.verdict is Verdict.UNREACHABLE
        assert handover.reason.endswith(": SSLCertVerificationError")
        assert answers.seen == []
        # On this machine it may be, and elsewhere when it is vouched for.
        assert offered(server, authorities=trusted) == [ACCEPTED]
        assert offered(here(port, is_tls_first=is_tls_first)) == (
            [ACCEPTED] if is_tls_first else [Handover(Verdict.UNREACHABLE, "MAIL 530")]
        )


def test_a_server_without_tls_is_told_nothing() -> None:
    answers = Answers()

    with real_server(answers) as port:
        handover = offered(Server("127.0.0.1", port, USER, PASSWORD))

    assert handover == [Handover(Verdict.UNREACHABLE, "TLS: SMTPNotSupportedError")]
    assert answers.seen == []


def test_who_logs_in_is_let_in(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    answers = Answers()

    with real_server(answers, starttls=context, has_login=True) as port:
        right = Server("127.0.0.1", port, USER, PASSWORD)
        assert offered(right, authorities=trusted) == [ACCEPTED]
        wrong = Server("127.0.0.1", port, USER, "wrong")
        handover = offered(wrong, authorities=trusted)

    assert handover == [Handover(Verdict.UNREACHABLE, "AUTH 535")]
    assert len(answers.seen) == 1


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587)),
        ("smtps://mail.example", Server("mail.example", 465, is_tls_first=True)),
        ("smtp://u:p%40w@mail.example:2525", Server("mail.example", 2525, "u", "p@w")),
        ("smtp://127.0.0.1:25", Server("127.0.0.1", 25, needs_tls=False)),
        ("smtp://[::1]:25", Server("::1", 25, needs_tls=False)),
        ("smtp://localhost", Server("localhost", 587, needs_tls=False)),
    ],
)
def test_a_server_is_named_by_an_address(url: str, server: Server) -> None:
    assert server_from_url(url) == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://u@mail.example", "smtp://m/x"]
    + ["smtp://u:p%C3%A4@mail.example", "smtp://mail.example:99999", "smtp://m?tls=no"],
)
def test_what_names_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        server_from_url(url)

    assert "p%C3" not in str(refused.value)


def test_a_password_is_not_shown() -> None:
    assert PASSWORD not in repr(Server("mail.example", 587, USER, PASSWORD))


def test_a_mail_in_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    transport = File(tmp_path / "mail")

    assert transport.send(mail("reminder")) == ACCEPTED
    assert transport.send(mail("reminder")) == ACCEPTED
    transport.close()

    (path,) = (tmp_path / "mail").iterdir()
    assert path.read_bytes() == mail("reminder").data
    assert path.suffix == ".eml"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "reader" not in path.name


def test_a_folder_that_cannot_be_written_is_an_unreachable_server(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(b"")

    handover = File(tmp_path / "mail").send(mail("reminder"))

    assert handover.verdict is Verdict.UNREACHABLE


def test_memory_answers_as_it_was_told() -> None:
    later = Handover(Verdict.LATER, "RCPT 450")
    transport = Memory([later])

    assert [transport.send(mail("reminder")) for _ in range(2)] == [later, ACCEPTED]
    assert transport.sent == [mail("reminder")]
