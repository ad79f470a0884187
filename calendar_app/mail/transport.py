"""How a finished mail leaves: what a transport promises, and the two without a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol

from calendar_app.mail.letters import Message


class Verdict(StrEnum):
    """What a mail server made of one mail. Only ACCEPTED, REFUSED and BAD_ADDRESS are final."""

    ACCEPTED = "accepted"
    LATER = "later"  # not this mail or address, for now
    REFUSED = "refused"  # this mail, for good
    BAD_ADDRESS = "bad address"  # this address, for good: counts as a bounce
    UNREACHABLE = "unreachable"  # the server takes no mail at all; says nothing of this one
    BROKEN_OFF = "broken off"  # at this recipient or mail; whether for its sake, the next ones show
    UNKNOWN = "unknown"  # silence after the whole mail was sent: it may have been accepted


@dataclass(frozen=True, slots=True)
class Handover:
    """What came of handing over one mail. ``reason`` is made of codes (RFC 5321 4.2, RFC 3463) and
    of words of ours. What a server says may name the address."""

    verdict: Verdict
    reason: str = ""


ACCEPTED = Handover(Verdict.ACCEPTED)


class Transport(Protocol):
    """Threads may share one. A mail that is tried again has the Message-ID that it had, by which
    whoever gets both knows that they are one; its date and its words are those of the day."""

    def send(self, message: Message) -> Handover: ...

    def close(self) -> None: ...


class File:
    """Writes each mail into a folder, for a site on this machine only. A mail that is tried again
    takes the place of the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> Handover:
        name = sha256(message.message_id.encode()).hexdigest()[:24]
        path, new = self.folder / f"{name}.eml", self.folder / f".{name}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.touch(mode=0o600)
            new.write_bytes(message.data)
            new.replace(path)
        except OSError as error:
            return Handover(Verdict.UNREACHABLE, f"file: {type(error).__name__}")
        return ACCEPTED

    def close(self) -> None:
        """Has nothing open."""


class Memory:
    """Keeps what was sent, for tests and rehearsals; answers as it was told, then accepts."""

    def __init__(self, handovers: Iterable[Handover] = ()) -> None:
        self.sent: list[Message] = []
        self._handovers = list(handovers)
        self._lock = Lock()

    def send(self, message: Message) -> Handover:
        with self._lock:
            handover = self._handovers.pop(0) if self._handovers else ACCEPTED
            if handover.verdict is Verdict.ACCEPTED:
                self.sent.append(message)
        return handover

    def close(self) -> None:
        """Has nothing open."""
