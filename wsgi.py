"""For any WSGI server: ``granian --interface wsgi wsgi:app``."""

from __future__ import annotations

import sys
from typing import Final

from calendar_app.app import create_from_environment
from calendar_app.cli.faults import lines_of
from calendar_app.core.errors import CalendarError

# gunicorn takes it for an application that cannot be loaded, and does not try again for ever.
_NOT_LOADED: Final = 4

try:
    app = create_from_environment()
except (CalendarError, OSError) as error:
    print(*lines_of(error), sep="\n", file=sys.stderr)
    raise SystemExit(_NOT_LOADED) from error
