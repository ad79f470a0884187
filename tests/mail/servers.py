"""Mail servers on this machine: a real one that answers as it is told, and one that misbehaves on
the wire in ways that no real one would."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "worker", "open-sesame"


# What is said instead of an answer: nothing, for as long as the other side waits; nothing, and the
# line is cut; the same after the mail was accepted.
HANG, DROP, KEEP_AND_DROP = "hang", "drop", "keep and drop"


@dataclass
class Answers:
    """What the server says first to those who connect, to RCPT and after the mail, until told
    otherwise; ``mail`` is what it says to MAIL of all senders but ``owner``; ``always`` is what it
    says to RCPT for an address; ``seen`` is what it accepted, as (MAIL FROM, RCPT TO, bytes)."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    connections: int = 0
    doors: list[Door] = field(default_factory=list)
    is_pipelining: bool = False
    always: dict[str, str] = field(default_factory=dict)
    mail: str = "250 OK"
    owner: str = ""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return [*replies[:-1], "250-PIPELINING", *replies[-1:]] if self.is_pipelining else replies

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = "250 OK" if address == self.owner else self.mail
        if answer == "250 OK":
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else self.always.get(address, "250 OK")
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == "250 OK":
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer == HANG:
            await asyncio.Event().wait()
        if answer in {"250 OK", KEEP_AND_DROP}:
            content = envelope.content
            assert isinstance(content, bytes)
            assert envelope.mail_from is not None
            self.seen.append((envelope.mail_from, envelope.rcpt_tos[0], content))
        if answer in {DROP, KEEP_AND_DROP}:
            # The whole mail is there, and no answer comes.
            assert server.transport is not None
            server.transport.close()
            await asyncio.sleep(0)
            return "250 never seen"
        return answer


@dataclass
class Door(asyncio.Protocol):
    """What one connection meets instead of a server: a greeting, with a pause after each byte. Then
    it closes, or is silent until the other side has waited enough."""

    greeting: bytes = b""
    pause: float = 0.0
    closes: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._say(transport, self.greeting)

    def _say(self, transport: asyncio.Transport, left: bytes) -> None:
        if transport.is_closing():
            return
        now, later = (left[:1], left[1:]) if self.pause else (left, b"")
        transport.write(now)
        if later:
            asyncio.get_running_loop().call_later(self.pause, self._say, transport, later)
        elif self.closes:
            transport.close()


class _Controller(Controller):
    def factory(self) -> SMTP | Door:
        answers: Answers = self.handler
        if answers.doors:
            return answers.doors.pop(0)
        found: SMTP = super().factory()
        return found


@contextmanager
def real_server(
    answers: Answers,
    *,
    starttls: ssl.SSLContext | None = None,
    tls_first: ssl.SSLContext | None = None,
    has_login: bool = False,
    port: int = 0,
) -> Iterator[int]:
    """Run aiosmtpd, on a free port if none is named; yield its port."""

    def authenticate(*given: object) -> AuthResult:
        login = given[-1]
        is_right = (login.login, login.password) == (USER.encode(), PASSWORD.encode())  # type: ignore[attr-defined]
        return AuthResult(success=is_right, handled=False)

    controller = _Controller(
        answers,
        hostname="127.0.0.1",
        port=port or free_port(),
        ssl_context=tls_first,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=authenticate if has_login else None,
        auth_required=has_login,
        auth_require_tls=starttls is not None,
        decode_data=False,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class OddServer:
    """Gives every connection the same replies, one for each line that comes and the first as a
    greeting, with a pause after each byte. None closes; after the last one it is silent."""

    def __init__(self, replies: tuple[bytes | None, ...], pause: float) -> None:
        self.replies = replies
        self.pause = pause
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connected, _ = self.listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.talk, args=(connected,))
            self.threads.append(thread)
            thread.start()

    def talk(self, connected: socket.socket) -> None:
        with connected, connected.makefile("rb") as incoming, suppress(OSError):
            for reply in self.replies:
                if reply is None:
                    return
                self.say(connected, reply)
                incoming.readline()
            self.stopped.wait(20)

    def say(self, connected: socket.socket, reply: bytes) -> None:
        for byte in [bytes([value]) for value in reply] if self.pause else [reply]:
            connected.sendall(byte)
            self.stopped.wait(self.pause)

    def stop(self) -> None:
        self.stopped.set()
        # Closing alone would not wake the thread that waits in accept.
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join()


@contextmanager
def odd_server(*replies: bytes | None, pause: float = 0.0) -> Iterator[int]:
    """Run such a server; yield its port."""
    server = OddServer(replies, pause)
    try:
        yield server.listening.getsockname()[1]
    finally:
        server.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """TLS for 127.0.0.1 with a certificate signed by itself, and the file that makes it trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, str(path)


def only_names_are(patch: pytest.MonkeyPatch, known: Mapping[str, str]) -> None:
    """No name is found but these, with their addresses, and those of this machine; a resolver asked
    for real would have to reach the network."""
    find = socket.getaddrinfo
    here = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1"}

    def found(host: Any, *given: Any, **named: Any) -> Any:
        if host not in here and host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return find({**here, **known}[host], *given, **named)

    patch.setattr(socket, "getaddrinfo", found)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port
