"""Dates from political action plans as feeds, pages and reminders."""

from __future__ import annotations

from datetime import UTC, datetime

__version__ = "0.1.0"
RELEASED_AT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
