"""Mail over SMTP (RFC 5321), by smtplib, with connections that are kept.

Whom an answer blames decides what is done next, so the answers are read one by one. Nothing a
server says is repeated: it may name the address.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote, urlsplit

from calendar_app.mail.letters import Message
from calendar_app.mail.patience import PatientSMTP
from calendar_app.mail.statuses import is_about_us, says_no_address, status_in
from calendar_app.mail.transport import ACCEPTED, Handover, Verdict

# From the connection until the whole mail has left, and then until the server says that it has it.
# For that RFC 5321 4.5.3.2.6 has ten minutes. But both are less than the lease of a delivery, or
# another worker would send the mail as well; and what a dead process had claimed waits for its end.
SECONDS_PER_MAIL: Final = 60.0
SECONDS_FOR_ANSWER: Final = 150.0
_PORTS: Final = {"smtp": 587, "smtps": 465}
_CLOSING, _NEEDS_LOGIN, _FULL = 421, (530, 535, 538), 552
# Of the command itself: server and we are out of step (RFC 5321 4.2.2). What 501 is said of is the
# argument, which is the address.
_OF_COMMAND: Final = (500, 502, 503, 504, 555)
# A server closes what is idle or has carried enough: a new connection will tell.
_TRIED_ANEW: Final = {Verdict.UNREACHABLE, Verdict.BROKEN_OFF}


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. Where ``needs_tls``, nothing is said to it before its certificate is verified
    against the authorities of this machine; elsewhere it is this machine."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls_first: bool = False
    needs_tls: bool = True


def server_from_url(url: str) -> Server:
    """From ``smtp://user:password@host:587`` or ``smtps://…``; raises ValueError, which repeats
    nothing of it."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("write smtp://user:password@host:587 or smtps://user:password@host:465")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or bool(user) is not bool(password):
        raise ValueError("user and password must both be given, in ASCII")
    port = parts.port or _PORTS[parts.scheme]
    is_here = _is_loopback(parts.hostname)
    return Server(parts.hostname, port, user, password, parts.scheme == "smtps", not is_here)


class Smtp:
    """``helo`` is the name this machine goes by, the domain of the sender; ``clock`` counts seconds
    and never goes back; ``authorities`` is a file of certificates to trust instead of the
    system's. A mail must have left after ``seconds``, and its answer come ``answer_seconds``
    later."""

    def __init__(
        self,
        server: Server,
        helo: str,
        clock: Callable[[], float],
        *,
        authorities: str | None = None,
        seconds: float = SECONDS_PER_MAIL,
        answer_seconds: float = SECONDS_FOR_ANSWER,
    ) -> None:
        self.server = server
        self._helo = helo
        self._seconds, self._answer_seconds = seconds, answer_seconds
        self._clock = clock
        self._tls = _verified(authorities) if server.needs_tls else _unverified()
        self._idle: list[PatientSMTP] = []

    def send(self, message: Message) -> Handover:
        """Over a connection that nobody uses, or else a new one: there are as many as send at a
        time. Both together have the time that there is for a mail."""
        until = self._clock() + self._seconds
        if kept := self._take_kept():
            handover = self._send_over(kept, message, until, is_open=True)
            if handover.verdict not in _TRIED_ANEW or self._clock() >= until:
                return handover
        connection = PatientSMTP(self._helo, self._clock)
        return self._send_over(connection, message, until, is_open=False)

    def close(self) -> None:
        """Closes the connections that are kept."""
        while kept := self._take_kept():
            kept.close()

    def _take_kept(self) -> PatientSMTP | None:
        try:
            return self._idle.pop()
        except IndexError:  # another thread may have taken the last one
            return None

    def _send_over(
        self, connection: PatientSMTP, message: Message, until: float, *, is_open: bool
    ) -> Handover:
        connection.wait_until(until)
        try:
            fault = None if is_open else self._connect(connection)
            handover = fault or _offer(connection, message, self._answer_seconds)
            is_ready = _is_ready(connection, handover)
        except BaseException:
            connection.close()
            raise
        if is_ready:
            self._idle.append(connection)
        else:
            connection.close()
        return handover

    def _connect(self, connection: PatientSMTP) -> Handover | None:
        """What went wrong, None when the server is ready for mail."""
        server, step = self.server, "connect"
        try:
            code, _ = connection.open(
                server.host, server.port, self._tls if server.is_tls_first else None
            )
            if code != 220:
                return Handover(Verdict.UNREACHABLE, f"connect {code}")
            step = "TLS"
            if server.needs_tls and not server.is_tls_first:
                connection.starttls(context=self._tls)
            step = "AUTH"
            if server.user:
                connection.login(server.user, server.password)
            step = "EHLO"
            connection.ehlo_or_helo_if_needed()
        except smtplib.SMTPResponseException as error:
            return Handover(Verdict.UNREACHABLE, f"{step} {error.smtp_code}")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Handover(Verdict.UNREACHABLE, f"{step}: {type(error).__name__}")
        return None


def _verified(authorities: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authorities)


def _unverified() -> ssl.SSLContext:
    """For this machine, which vouches for itself; to read all authorities takes a while."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _offer(connection: PatientSMTP, message: Message, answer_seconds: float) -> Handover:
    """MAIL, RCPT, DATA, and the mail. As long as its last line has not left, a broken connection
    says that it was not taken; afterwards nobody knows."""
    sender, recipient = f"MAIL FROM:<{message.envelope_from}>", f"RCPT TO:<{message.to}>"
    answers = connection.ask(sender, recipient, "DATA")
    step, is_sent = "MAIL", False
    try:
        code, text = next(answers)
        if code != 250:
            return Handover(Verdict.UNREACHABLE, _reason(step, code, text))
        step = "RCPT"
        code, text = next(answers)
        if code not in {250, 251}:
            _hear_out(connection, answers)
            return _refusal(step, code, text)
        step = "DATA"
        code, text = next(answers)
        if code == 354:
            connection.send(_dotted(message.data))  # or raises, when not all of it was taken
            is_sent = True
            connection.wait(answer_seconds)
            code, text = connection.getreply()
        return ACCEPTED if code == 250 else _refusal(step, code, text)
    except (smtplib.SMTPException, OSError) as error:
        verdict = Verdict.UNREACHABLE if step == "MAIL" else Verdict.BROKEN_OFF
        return Handover(Verdict.UNKNOWN if is_sent else verdict, f"{step}: {type(error).__name__}")


def _is_ready(connection: PatientSMTP, handover: Handover) -> bool:
    """Whether the connection can carry the next mail."""
    if handover.verdict in {Verdict.UNREACHABLE, Verdict.BROKEN_OFF, Verdict.UNKNOWN}:
        return False
    try:
        return handover.verdict is Verdict.ACCEPTED or connection.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _hear_out(connection: PatientSMTP, answers: Iterator[tuple[int, bytes]]) -> None:
    """After a refusal: what was asked with it is answered too. A server that now waits for a mail,
    or says nothing, is not asked anything more."""
    if not connection.is_pipelining:
        return
    try:
        is_over = all(code != 354 for code, _ in answers)
    except (smtplib.SMTPException, OSError):
        is_over = False
    if not is_over:
        connection.close()


def _refusal(step: str, code: int, text: bytes) -> Handover:
    return Handover(_blamed(step, code, _status(text)), _reason(step, code, text))


def _blamed(step: str, code: int, status: str) -> Verdict:
    """Who is meant by a no to RCPT, to DATA or to the mail: all mails, this one, or the address."""
    if code in _NEEDS_LOGIN:
        return Verdict.UNREACHABLE
    if code == _CLOSING or code in _OF_COMMAND or not 400 <= code < 600:
        return Verdict.BROKEN_OFF
    # A full mailbox may be emptied (RFC 5321 4.5.3.1.10).
    if code < 500 or (step == "RCPT" and (code == _FULL or is_about_us(status))):
        return Verdict.LATER
    if step == "RCPT" and says_no_address(status):
        return Verdict.BAD_ADDRESS
    return Verdict.REFUSED


def _status(text: bytes) -> str:
    return status_in(text.decode("ascii", "replace"))


def _reason(step: str, code: int, text: bytes) -> str:
    return " ".join(filter(None, (step, str(code), _status(text))))


def _dotted(data: bytes) -> bytes:
    """With a dot before each line that begins with one, and the line that ends it (RFC 5321
    4.5.2)."""
    end = b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
    return data.replace(b"\r\n.", b"\r\n..") + end


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
