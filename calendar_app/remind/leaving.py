"""How people go: because they ask, or because their mailbox is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from calendar_app.remind.suspicion import Suspicion
from calendar_app.sealing.addresses import open_address, suppression_index
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.store import bounced, erasure, subscribers
from calendar_app.store.erased import note_erased

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
        # Who has yet to confirm may be anybody's invention, or of a server that knows nobody; they
        # are asked a few times, and forgotten within days.
        if found is None or not found.is_active:
            return
        others = bounced.count_believed(connection, today, person)
        is_raised = self.suspicion.is_raised(1 + others, today, came_back=came_back)
        if is_raised or bounced.is_doubted(connection, today):
            bounced.doubt_bounces(connection, person, today)
            return
        if not bounced.count_bounce(connection, found, today):
            return
        try:
            index = suppression_index(self.ring, open_address(self.ring, person, found.address))
            subscribers.suppress(connection, index, SUPPRESSED_FOR_BOUNCES, today)
        except SealError:
            pass  # an address nobody can read needs no protection from mails
        self.erase(connection, person, today)
