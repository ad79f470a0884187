"""Somebody asks for reminders: at most one row, and few mails to an address that may be another's.

The mails that strangers can cause are limited for each mailbox, for each domain and in all. What
is over a limit is not refused, since nobody may see that there is one: it is sent later. What could
not be sent within a day is dropped, as if nobody had asked, and takes nobody else's turn.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from calendar_app.core.choices import Choices
from calendar_app.remind.budgets import Quota
from calendar_app.sealing.addresses import address_indexes, seal_address, suppression_index
from calendar_app.sealing.ring import Ring
from calendar_app.store import erasure, subscribers
from calendar_app.store.deliveries import Kind
from calendar_app.store.planning import insert_mail
from calendar_app.store.subscribers import PENDING_FOR, Subscriber, new_id

ASK_AGAIN_AFTER: Final = timedelta(minutes=15)
MAX_ASKED: Final = 3
KNOWN_AGAIN_AFTER: Final = timedelta(days=30)
# Of the three days for which a row waits two are left to answer in; and after a flood, however
# large, mails leave again at once within a day.
SENT_WITHIN: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# With less of the three days left nobody is asked to answer.
LAST_HOUR: Final = timedelta(hours=1)
# In these domains many people live.
LARGE_DOMAINS: Final = frozenset(
    "aol.com bk.ru gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com inbox.ru "
    "list.ru live.com mail.ru me.com outlook.com proton.me protonmail.com riseup.net web.de "
    "yahoo.com yandex.com yandex.ru".split()
)
# In these, which are one, a dot makes no other mailbox; a part after a plus does so nowhere.
_DOTLESS_DOMAINS: Final = frozenset({"gmail.com", "googlemail.com"})
log = logging.getLogger(__name__)


@dataclass
class Limits:
    """On the mails that anybody can cause, an hour and a day, in this process's memory. Mailboxes
    are there by a digest, with a key that nobody has after the next start. ``_last`` is whose turn
    was the last, and when."""

    mailbox: Quota = field(default_factory=lambda: Quota(MAX_ASKED, PENDING_FOR))
    large_domain: Quota = field(default_factory=lambda: Quota(600, _HOUR))
    domain: Quota = field(default_factory=lambda: Quota(60, _HOUR))
    hourly: Quota = field(default_factory=lambda: Quota(300, _HOUR))
    daily: Quota = field(default_factory=lambda: Quota(2000, _DAY))
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _last: tuple[str, datetime] | None = field(default=None, init=False)

    def reserve(
        self, request: str, address: str, now: datetime, until: datetime
    ) -> datetime | None:
        """From when a mail to the address may be sent; None if that is not before ``until``, and
        then nobody's turn is taken. A request that could not be applied, and is tried again, has
        its turn already. One thread applies requests."""
        if self._last and self._last[0] == request:
            return max(self._last[1], now)
        canonical = _mailbox(address)
        domain = canonical.rpartition("@")[2]
        own = self.large_domain if domain in LARGE_DOMAINS else self.domain
        mailbox = hmac.digest(self.secret, canonical.encode(), "sha256").hex()
        quotas = ((self.mailbox, mailbox), (own, domain), (self.hourly, ""), (self.daily, ""))
        at, before = now, None
        while at != before:  # what one of them puts off the others may put off further
            before = at
            for quota, key in quotas:
                at = quota.free_at(key, at)
        if at >= until:
            return None
        for quota, key in quotas:
            quota.grant(key, at, now)
        self._last = request, at
        return at


@dataclass(frozen=True)
class SignUp:
    """What the form said. ``request`` names it for ever."""

    request: str
    address: str
    choices: Choices
    consent: str


def sign_up(
    connection: Connection, ring: Ring, limits: Limits, asked: SignUp, now: datetime
) -> None:
    """Makes a pending row and a mail with a link, or tells a known address so, or nothing."""
    indexes = address_indexes(ring, asked.address)
    if subscribers.is_suppressed(connection, suppression_index(ring, asked.address)):
        return
    found = subscribers.find_by_index(connection, indexes)
    if found is not None and not _may_write(found, now):
        return
    ending = found if found is not None and _is_ending(found, now) else None
    found = None if ending else found
    at = limits.reserve(asked.request, asked.address, now, _sent_until(found, now))
    if at is None:
        log.warning("a sign-up was dropped: too many mails wait")
        return
    if ending is not None:
        erasure.erase(connection, ending.id)
    kind = Kind.CONFIRM
    if found is None:
        id_ = new_id()
        sealed = seal_address(ring, id_, asked.address)
        subscribers.add_pending(
            connection, id_, sealed, indexes[0], asked.choices, asked.consent, now
        )
    elif found.is_active:
        id_, kind = found.id, Kind.KNOWN
        subscribers.mark_known(connection, id_, now.date())
    else:
        id_ = found.id
        subscribers.ask_again(connection, id_, asked.choices, asked.consent, now)
    insert_mail(connection, id_, kind, asked.request, at, now + PENDING_FOR)


def _may_write(found: Subscriber, now: datetime) -> bool:
    return _may_tell_known(found, now) if found.is_active else _may_ask_again(found, now)


def _sent_until(found: Subscriber | None, now: datetime) -> datetime:
    """What is asked for again is forgotten with what was asked for first."""
    until = now + SENT_WITHIN
    return min(until, found.pending_until - LAST_HOUR) if found and found.pending_until else until


def _is_ending(found: Subscriber, now: datetime) -> bool:
    """Whether nobody could answer any more, so that whoever asks now begins anew."""
    until = found.pending_until
    return until is not None and now + LAST_HOUR > until


def _may_ask_again(found: Subscriber, now: datetime) -> bool:
    if found.pending_until and now >= found.pending_until:
        return True  # it is over, and only not forgotten yet
    is_rested = found.asked_at is None or now >= found.asked_at + ASK_AGAIN_AFTER
    return is_rested and (found.asked or 0) < MAX_ASKED


def _may_tell_known(found: Subscriber, now: datetime) -> bool:
    return found.known_on is None or now.date() >= found.known_on + KNOWN_AGAIN_AFTER


def _mailbox(address: str) -> str:
    """Where mails to the address arrive, by what most servers do; only to count by."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"
