"""What the operator is told by mail: each fault once a day, and once a month that all is well, so
that silence means something."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from calendar_app.mail.compose import operator_mail
from calendar_app.mail.letters import Recipient, Sender
from calendar_app.mail.transport import Handover, Transport, Verdict
from calendar_app.worker.pulse import Facts

AGAIN_AFTER: Final = timedelta(days=1)
LATE_AFTER: Final = timedelta(hours=1)
log = logging.getLogger(__name__)


class Reports:
    """``address`` is empty where nobody is to be told; ``told_on`` is the month in which it was
    last said that all is well."""

    def __init__(self, address: str, sender: Sender, transport: Transport, told_on: str) -> None:
        self._address, self._sender, self._transport = address, sender, transport
        self.told_on = told_on
        self._told_at: dict[str, datetime] = {}

    def report(self, facts: Facts, now: datetime) -> None:
        """Tells what is new; what cannot be mailed is in the log and tried again."""
        new = [
            (key, sentence)
            for key, sentence in faults(facts, now)
            if now - self._told_at.get(key, now - AGAIN_AFTER) >= AGAIN_AFTER
        ]
        for _, sentence in new:
            log.warning("%s", sentence)
        if new and self._mail("Reminders: something needs attention", [s for _, s in new], now):
            self._told_at |= {key: now for key, _ in new}
        month = f"{now:%Y-%m}"
        if not new and not any(faults(facts, now)) and month != self.told_on:
            people = f"The worker runs, and about {facts['people']} people get reminders."
            if self._mail("Reminders: all is well", [people], now):
                self.told_on = month

    def write(self, subject: str, sentences: list[str], now: datetime) -> Handover:
        """One mail to the operator. Raises MailError where the addresses cannot be mailed."""
        name = sha256(f"{subject} {sentences} {now.isoformat()}".encode()).hexdigest()[:32]
        message_id = f"{name}@{self._sender.domain}"
        recipient = Recipient(self._address, message_id, self._sender.address, now)
        return self._transport.send(operator_mail(subject, sentences, self._sender).fill(recipient))

    def _mail(self, subject: str, sentences: list[str], now: datetime) -> bool:
        """Whether it need not be tried again."""
        if not self._address:
            return True
        return self.write(subject, sentences, now).verdict is Verdict.ACCEPTED


def faults(facts: Facts, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong: a key, and a sentence with what to do."""
    if not facts["is_clock_right"]:
        yield (
            "clock",
            "The clock of the machine jumped, so reminders rest. Look at the clock; if it is "
            "right, start the worker anew.",
        )
    if facts["breaker_is_open"]:
        yield "server", "The mail server cannot be reached; run: calendar-app mail check"
    oldest = facts["oldest_at"]
    if isinstance(oldest, str) and now - _instant(oldest) > LATE_AFTER:
        yield "late", f"Mails wait since {oldest}, {facts['backlog']} in all."
    for key, sentence in (
        ("dead", "{} mails could not be delivered for good."),
        ("held", "{} confirmation mails are held back, since many were asked for at once."),
        ("stuck", "{} requests could not be applied and stay in the inbox; see the log."),
    ):
        if facts[key]:
            yield f"{key} {facts[key]}", sentence.format(facts[key])
    if facts["is_data_refused"]:
        yield "data", "New data were refused, the last good ones stay in force; see the log."


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
