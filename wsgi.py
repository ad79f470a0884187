"""For any WSGI server: ``granian --interface wsgi wsgi:app``."""

from __future__ import annotations

from calendar_app.app import create_from_environment

app = create_from_environment()
