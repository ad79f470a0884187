"""Where the web leaves requests for the worker, and all that it learns of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from calendar_app.config import Settings
from calendar_app.core.errors import CalendarError
from calendar_app.sealing.seal import read_public_key, seal
from calendar_app.store.database import inbox_engine
from calendar_app.store.inbox import Pulse, RequestKind, append, read_pulse
from calendar_app.store.room import require_room

# Of the worker. It catches up with what was left while it was started anew or moved.
UNATTENDED_AFTER: Final = timedelta(hours=1)
log = logging.getLogger(__name__)


class Desk:
    """Where the web leaves requests for the worker, sealed, and reads its pulse. It can read
    nothing else, and cannot open what it left."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = settings.state_dir, clock
        self._said = ""
        self._engine = inbox_engine(settings.state_dir, settings.database_url)
        if settings.database_url:  # files are made by the worker, which may start later
            self._look()

    def leave(self, kind: str, content: Mapping[str, object]) -> None:
        """With the instant, since it may be read much later. Raises CalendarError when it cannot
        be stored."""
        content = {**content, "at": self._clock().isoformat(timespec="seconds")}
        try:
            # Read each time: the worker makes the key at its first start, and changes it.
            sealed = seal(read_public_key(self._folder), kind, content)
            require_room(self._engine)
            append(self._engine, RequestKind(kind), sealed)
        except CalendarError as error:
            self._say(str(error))
            raise
        self._said = ""

    def _say(self, problem: str) -> None:
        """Once, as long as it is the same: who sends form after form must not fill the log."""
        if problem != self._said:
            log.error("nothing can be taken: %s", problem)
        self._said = problem

    def is_unattended(self) -> bool:
        """Whether the worker has been silent for long; not while nothing is known of it."""
        try:
            found = self.pulse()
        except CalendarError:
            return False
        return found is not None and self._clock() - found.at > UNATTENDED_AFTER

    def _look(self) -> None:
        """Says at the start what is wrong; the pages are there all the same."""
        try:
            self.pulse()
        except CalendarError as error:
            log.error("CALENDAR_DATABASE_URL: %s", error)

    def pulse(self) -> Pulse | None:
        """Raises CalendarError when it cannot be read."""
        return read_pulse(self._engine)
