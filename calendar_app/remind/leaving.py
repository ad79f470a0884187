"""How people go: because they ask, or because their mailbox is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from calendar_app.sealing.addresses import open_address, suppression_index
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.store import erasure, subscribers
from calendar_app.store.erased import note_erased

# Hard bounces are forgiven after a while; the third one erases.
MAX_BOUNCES: Final = 3
FORGIVEN_AFTER: Final = timedelta(days=30)
SUPPRESSED_FOR_BOUNCES: Final = "bounces"


@dataclass(frozen=True, slots=True)
class Exit:
    """``folder`` is where it is noted who was erased, so that no restore brings them back."""

    ring: Ring
    folder: Path

    def erase(self, connection: Connection, person: str, today: date) -> None:
        note_erased(self.folder, person, today)
        erasure.erase(connection, person)

    def bounce(self, connection: Connection, person: str, today: date) -> None:
        """A mail could not be delivered for ever. The third time in a month the person is erased,
        and nothing is sent to the address again."""
        found = subscribers.find(connection, person)
        if found is None:
            return
        if found.bounced_on is not None and today - found.bounced_on > FORGIVEN_AFTER:
            subscribers.forgive_bounces(connection, person)
        if subscribers.count_bounce(connection, person, today) < MAX_BOUNCES:
            return
        try:
            index = suppression_index(self.ring, open_address(self.ring, person, found.address))
            subscribers.suppress(connection, index, SUPPRESSED_FOR_BOUNCES, today)
        except SealError:
            pass  # an address nobody can read needs no protection from mails
        self.erase(connection, person, today)
