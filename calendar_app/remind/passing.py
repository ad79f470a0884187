"""How much time is believed to have passed: what is over is forgotten only by that.

A worker that starts with a clock a month ahead cannot know it; it may as well have been off for a
month. What it sends then is not sent again, as long as it is remembered. So a leap is believed
only when the clock has gone on from there for a day.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from calendar_app.store.bounced import forget_bounces
from calendar_app.store.erasure import purge_pending
from calendar_app.store.forgetting import KEPT_FOR, purge
from calendar_app.store.inbox import RequestKind, holds
from calendar_app.store.planner import Planner, read_planner

# Longer than a worker is down on most occasions, shorter than a month.
LEAP: Final = timedelta(days=14)
BELIEVED_AFTER: Final = timedelta(days=1)
# The clocks of two workers may be so far apart: what one has planned is no time to come for both.
APART: Final = timedelta(minutes=5)
# Who confirms in the last moment does so by the clock of a web that may be apart, and is in the
# inbox a moment later.
_ON_ITS_WAY: Final = 2 * APART
log = logging.getLogger(__name__)


def pass_time(planner: Planner, now: datetime) -> Planner:
    """The planner with as much time passed as is believed at a tick."""
    planner = with_time(planner)
    until, leapt_at = _believed(planner, now), planner.leapt_at
    if until == now:
        return replace(planner, passed_until=now, leapt_at=None)
    if leapt_at is None or not timedelta() <= now - leapt_at <= LEAP:
        log.warning(
            "the clock is %d days further than at the last tick; if it is right, nothing need be "
            "done, and what is over is forgotten in a day",
            (now - until).days,
        )
        return replace(planner, leapt_at=now)
    if now - leapt_at < BELIEVED_AFTER:
        return planner
    return replace(planner, passed_until=now, leapt_at=None)


def _believed(planner: Planner, now: datetime) -> datetime:
    """Now, or up to when time had passed before a leap."""
    until = with_time(planner).passed_until
    return now if until is None or now - until <= LEAP else until


def with_time(planner: Planner) -> Planner:
    """A store of an earlier version did not say, and forgot by the clock of its last tick."""
    if planner.passed_until is not None:
        return planner
    until = max(planner.planned_until, planner.edition_since)
    return replace(planner, passed_until=until, forgotten_at=until - KEPT_FOR)


def forget(connection: Connection, planner: Planner, now: datetime) -> Planner:
    """The planner, which remembers up to when what it forgot was over."""
    over_at = min(now, planner.passed_until or now)
    forget_bounces(connection, over_at.date())
    if not purge(connection, over_at):
        return planner
    forgotten_at = over_at - KEPT_FOR
    return replace(planner, forgotten_at=max(forgotten_at, planner.forgotten_at or forgotten_at))


def forget_unconfirmed(connection: Connection, now: datetime) -> None:
    """For whoever has read the inbox, in the same transaction: as long as a confirmation is in it,
    for whatever reason, it may be that of anybody who has yet to confirm."""
    planner = read_planner(connection)
    if planner is not None and not holds(connection, RequestKind.CONFIRM):
        purge_pending(connection, _believed(planner, now) - _ON_ITS_WAY)
