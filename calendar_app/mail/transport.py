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


class State(StrEnum):
    """What became of one mail. Only ACCEPTED, REFUSED and BAD_ADDRESS are final."""

    ACCEPTED = "accepted"
    LATER = "later"  # not this mail or address, for now
    REFUSED = "refused"  # this mail, for good
    BAD_ADDRESS = "bad address"  # this address, for good: counts as a bounce
    UNREACHABLE = "unreachable"  # the server takes no mail at all; says nothing of this one
    UNKNOWN = "unknown"  # silence after the whole mail was sent: it may have been accepted


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` is made of codes and of words of ours. What a server says may name the address."""

    state: State
    reason: str = ""


ACCEPTED = Outcome(State.ACCEPTED)


class Transport(Protocol):
    """Threads may share one. A mail that is tried again is the same bytes."""

    def send(self, message: Message) -> Outcome: ...

    def close(self) -> None: ...


class File:
    """Writes each mail into a folder, for a site on this machine only. A mail that is tried again
    takes the place of the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> Outcome:
        name = sha256(message.message_id.encode()).hexdigest()[:24]
        path, new = self.folder / f"{name}.eml", self.folder / f".{name}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.touch(mode=0o600)
            new.write_bytes(message.data)
            new.replace(path)
        except OSError as error:
            return Outcome(State.UNREACHABLE, f"file: {type(error).__name__}")
        return ACCEPTED

    def close(self) -> None:
        """Has nothing open."""


class Memory:
    """Keeps what was sent, for tests and rehearsals; answers as it was told, then accepts."""

    def __init__(self, outcomes: Iterable[Outcome] = ()) -> None:
        self.sent: list[Message] = []
        self._outcomes = list(outcomes)
        self._lock = Lock()

    def send(self, message: Message) -> Outcome:
        with self._lock:
            outcome = self._outcomes.pop(0) if self._outcomes else ACCEPTED
            if outcome.state is State.ACCEPTED:
                self.sent.append(message)
        return outcome

    def close(self) -> None:
        """Has nothing open."""
