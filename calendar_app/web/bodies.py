"""The body of a form, read whole before anything is done with it, and by few threads at once.

The server waits for what a client sends as long as the client takes; it limits the time of headers
only. A thread that waits so serves no page, and therefore some never do. A web server in front
that sends on what has come whole leaves nothing to wait for.
"""

from __future__ import annotations

from io import BytesIO
from threading import Semaphore
from typing import Final

from calendar_app.web.answers import Environ

# Of the eight threads that `calendar-app serve` has.
MOST_AT_ONCE: Final = 4
# A body that has come is read in no time, so whoever is honest need not wait for longer.
PATIENCE_SECONDS: Final = 0.2


class Bodies:
    """In one process."""

    def __init__(self) -> None:
        self._free = Semaphore(MOST_AT_ONCE)

    def fetch(self, environ: Environ) -> bool:
        """Puts the whole body into the place of the one that is to come; false if others are
        waited for already."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not self._free.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        finally:
            self._free.release()
        return True
