"""Whether a delivery that was planned is still right when its turn comes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from calendar_app.core.choices import Choices, Digest
from calendar_app.core.due import is_reminded, leads_of
from calendar_app.remind.truths import Truths
from calendar_app.store.deliveries import Delivery, Kind
from calendar_app.store.subscribers import PENDING_FOR

EXPIRED: Final = "expired"
CHANGED: Final = "changed"
UNWANTED: Final = "unwanted"


def why_not(delivery: Delivery, choices: Choices, truths: Truths, now: datetime) -> str:
    """Why it is not sent, in a word; empty if it is."""
    if delivery.expires_at <= now:
        return EXPIRED
    if delivery.kind is Kind.REMINDER:
        return _of_reminder(delivery, choices, truths)
    if delivery.kind is Kind.WELCOME and delivery.on_date:
        return _of_welcomed(delivery, choices, truths, now)
    if delivery.kind is Kind.CORRECTION:
        truth = truths.of(delivery.subject)
        return "" if truth and truth.text == delivery.on_date else CHANGED
    if delivery.kind is Kind.DIGEST:
        period = Digest.WEEKLY if "W" in delivery.subject else Digest.MONTHLY
        return "" if choices.digest is period else UNWANTED
    return ""


def _of_reminder(delivery: Delivery, choices: Choices, truths: Truths) -> str:
    truth = truths.of(delivery.subject)
    if truth is None or truth.occurrence is None or truth.text != delivery.on_date:
        return CHANGED
    if not is_reminded(truth.occurrence):
        return CHANGED
    is_wanted = choices.wants(truth.event.topics)
    return "" if is_wanted and delivery.lead in leads_of(choices, truth.event) else UNWANTED


def _of_welcomed(delivery: Delivery, choices: Choices, truths: Truths, now: datetime) -> str:
    """A date that a welcome tells; it is not told without the mail, which expires by then."""
    if delivery.due_at + PENDING_FOR <= now:
        return EXPIRED
    truth = truths.of(delivery.subject)
    if truth is None or truth.occurrence is None or truth.text != delivery.on_date:
        return CHANGED
    return "" if choices.wants(truth.event.topics) else UNWANTED
