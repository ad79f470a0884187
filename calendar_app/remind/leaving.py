"""How people go: because they ask, or because their mailbox is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from calendar_app.remind.suspicion import Suspicion
from calendar_app.sealing.addresses import open_address, suppression_index
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.store import bounced, erasure, subscribers
from calendar_app.store.erased import note_erased

# The third one erases. Between two of them there is half a month at most, or they are forgiven: all
# three are within one.
MAX_BOUNCES: Final = 3
FORGIVEN_AFTER: Final = timedelta(days=15)
SUPPRESSED_FOR_BOUNCES: Final = "bounces"


@dataclass(frozen=True, slots=True)
class Exit:
    """``folder`` is where it is noted who was erased, so that no restore brings them back."""

    ring: Ring
    folder: Path
    suspicion: Suspicion = field(default_factory=Suspicion)

    def erase(self, connection: Connection, person: str, today: date) -> None:
        note_erased(self.folder, person, today)
        erasure.erase(connection, person)

    def bounce(
        self, connection: Connection, person: str, today: date, *, came_back: bool = False
    ) -> None:
        """There is no such address, the server said, or the report of a mail that came back. The
        third time in a month the person is erased, and nothing is sent to the address again."""
        found = subscribers.find(connection, person)
        if found is None:
            return
        # Who has yet to confirm may be anybody's invention.
        if found.is_active:
            others = self.suspicion.doubt(
                person,
                today,
                lambda: bounced.counted_on(connection, today),
                came_back=came_back,
            )
            if others is not None:
                bounced.take_back_bounces(connection, others, today)
                return
        elif self.suspicion.doubted(today):
            return
        if found.bounced_on is not None and today - found.bounced_on > FORGIVEN_AFTER:
            bounced.forgive_bounces(connection, person)
        if bounced.count_bounce(connection, person, today) < MAX_BOUNCES:
            return
        try:
            index = suppression_index(self.ring, open_address(self.ring, person, found.address))
            subscribers.suppress(connection, index, SUPPRESSED_FOR_BOUNCES, today)
        except SealError:
            pass  # an address nobody can read needs no protection from mails
        self.erase(connection, person, today)
