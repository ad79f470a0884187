"""A connection that waits for a server only so long in all. smtplib waits anew for each byte, so a
server that drips would hold a thread for ever."""

from __future__ import annotations

import io
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class PatientSMTP(smtplib.SMTP):
    """``wait_until`` says by when everything that follows must be done, ``wait`` how soon from
    now."""

    def __init__(self, helo: str, clock: Callable[[], float]) -> None:
        super().__init__(local_hostname=helo)
        self._clock = clock
        self._until = 0.0
        self._tls_first: ssl.SSLContext | None = None

    def wait_until(self, instant: float) -> None:
        self._until = instant

    def wait(self, seconds: float) -> None:
        self._until = self._clock() + seconds

    def open(self, host: str, port: int, tls_first: ssl.SSLContext | None) -> tuple[int, bytes]:
        """Connects, in TLS from the first byte where a context is given; the greeting."""
        self._host = host  # what starttls compares the certificate with
        self._tls_first = tls_first
        return self.connect(host, port)

    def remaining(self) -> float:
        """Raises TimeoutError when there is no time left."""
        left = self._until - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        if self.sock is not None:
            self.sock.settimeout(self.remaining())
        super().send(s)

    @property
    def is_pipelining(self) -> bool:
        return self.has_extn("pipelining")

    def ask(self, *commands: str) -> Iterator[tuple[int, bytes]]:
        """The answers, one after the other. A server that offers PIPELINING (RFC 2920) is given all
        commands at once, any other each when the one before is answered."""
        if any(end in command for command in commands for end in "\r\n"):
            raise ValueError("a command is one line")
        for group in [commands] if self.is_pipelining else [(command,) for command in commands]:
            self.send("".join(f"{command}\r\n" for command in group))
            for _ in group:
                yield self.getreply()

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Replies(self, self.sock))
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = self._connected(host, port)
        if self._tls_first is None:
            return connected
        return self._tls_first.wrap_socket(connected, server_hostname=host)

    def _connected(self, host: str, port: int) -> socket.socket:
        """To the first address that answers, each of which has its share of the time; a name server
        is waited for besides, as long as the system does."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for left, (*_, address) in zip(range(len(found), 0, -1), found, strict=True):
            try:
                return socket.create_connection((str(address[0]), port), self.remaining() / left)
            except OSError:
                if left == 1:
                    raise
        raise OSError("a name without an address")


class _Replies(io.RawIOBase):
    """Reads from a socket as long as there is time."""

    def __init__(self, connection: PatientSMTP, connected: socket.socket) -> None:
        self._connection = connection
        self._socket = connected

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._socket.settimeout(self._connection.remaining())
        return self._socket.recv_into(buffer)
