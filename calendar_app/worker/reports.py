"""What the operator is told by mail: each fault once a day, or sooner when more is lost, and once a
month that all is well, so that silence means something."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from calendar_app.mail.compose import operator_mail
from calendar_app.mail.letters import Recipient, Sender
from calendar_app.mail.transport import Handover, Transport, Verdict
from calendar_app.remind.budgets import Breaker
from calendar_app.worker.pulse import Facts, as_text

AGAIN_AFTER: Final = timedelta(days=1)
# When more is lost than was told; and when an operator's mail server said no.
SOONER_AFTER: Final = timedelta(hours=1)
LATE_AFTER: Final = timedelta(hours=1)
UNWRITABLE_AFTER: Final = timedelta(minutes=5)
RESTED_AFTER: Final = timedelta(hours=2)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
log = logging.getLogger(__name__)


class Fault(NamedTuple):
    """``key`` is the same for as long as the fault is; ``lost`` counts what only grows by more of
    it, where a number says how bad it is; ``sentence`` says what to do."""

    key: str
    sentence: str
    lost: int = 0


class _Told(NamedTuple):
    """``lost`` is how much of what was told is still there."""

    at: datetime
    lost: int


class Reports:
    """``address`` is empty where nobody is to be told; ``breaker`` is that of all mails;
    ``well_in_month`` is the month in which it was last said that all is well."""

    def __init__(
        self,
        address: str,
        sender: Sender,
        transport: Transport,
        breaker: Breaker,
        well_in_month: str = "",
    ) -> None:
        self._address, self._sender, self._transport = address, sender, transport
        self._breaker = breaker
        self.well_in_month = well_in_month
        self._told: dict[str, _Told] = {}
        self._owed: dict[str, str] = {}  # sentences not mailed yet, by the key of their fault
        self._refused_at = _LONG_AGO

    def report(self, facts: Facts, now: datetime) -> None:
        """Tells what is new; what cannot be mailed is in the log and tried again, also when it is
        over by then."""
        found = list(faults(facts, now))
        self._note(found, now)
        month = f"{now:%Y-%m}"
        if self._owed:
            self._mail_owed(now)
        elif not found and month != self.well_in_month:
            people = f"The worker runs, and about {facts['people']} people get reminders."
            if self._mail("Reminders: all is well", [people], now):
                self.well_in_month = month

    def report_unwritable(self, since: datetime, now: datetime) -> None:
        """Of anything else nothing is known then, and a mail needs no store."""
        self._add(_lasting({"unwritable_since_at": as_text(since)}, now), now)
        self._mail_owed(now)

    def _mail_owed(self, now: datetime) -> None:
        subject, sentences = "Reminders: something needs attention", list(self._owed.values())
        if sentences and self._mail(subject, sentences, now):
            self._owed.clear()

    def _note(self, found: Iterable[Fault], now: datetime) -> None:
        lost = {fault.key: fault.lost for fault in found}
        for key, told in self._told.items():
            # What was forgotten since, and comes again, is more.
            self._told[key] = told._replace(lost=min(told.lost, lost.get(key, 0)))
        self._add(found, now)

    def _add(self, found: Iterable[Fault], now: datetime) -> None:
        for fault in found:
            is_new = self._is_new(fault, now)
            if is_new:
                log.warning("%s", fault.sentence)
                self._told[fault.key] = _Told(now, fault.lost)
            if is_new or fault.key in self._owed:
                self._owed[fault.key] = fault.sentence

    def _is_new(self, fault: Fault, now: datetime) -> bool:
        told = self._told.get(fault.key)
        if told is None:
            return True
        after = SOONER_AFTER if fault.lost > told.lost else AGAIN_AFTER
        return not _is_within(after, told.at, now)

    def write(
        self, subject: str, sentences: list[str], now: datetime, envelope_from: str = ""
    ) -> Handover:
        """One mail to the operator, which comes back to the sender unless told otherwise. Raises
        MailError where the addresses cannot be mailed."""
        name = sha256(f"{subject} {sentences} {now.isoformat()}".encode()).hexdigest()[:32]
        message_id = f"{name}@{self._sender.domain}"
        envelope_from = envelope_from or self._sender.address
        recipient = Recipient(self._address, message_id, envelope_from, now)
        return self._transport.send(operator_mail(subject, sentences, self._sender).fill(recipient))

    def _mail(self, subject: str, sentences: list[str], now: datetime) -> bool:
        """Whether it need not be tried again."""
        if not self._address:
            return True
        if self._breaker.is_open(now) or _is_within(SOONER_AFTER, self._refused_at, now):
            return False
        verdict = self.write(subject, sentences, now).verdict
        if verdict is Verdict.UNREACHABLE:
            self._breaker.fail(now)
            return False
        if verdict is Verdict.BROKEN_OFF:
            self._breaker.stumble(self._address, now)
        else:
            self._breaker.succeed()
        if verdict is not Verdict.ACCEPTED:
            self._refused_at = now
        return verdict is Verdict.ACCEPTED


def faults(facts: Facts, now: datetime) -> Iterator[Fault]:
    """What is wrong."""
    if not facts["is_clock_right"]:
        yield Fault(
            "clock",
            "The clock of the machine jumped, so reminders rest. Look at the clock; if it is "
            "right, start the worker anew.",
        )
    if since := facts["unreachable_since_at"]:
        # True also where it is read when the server is back.
        sentence = f"The mail server could not be reached from {since} on"
        yield Fault("server", f"{sentence}; run: calendar-app mail check")
    yield from _lasting(facts, now)
    yield from _counted(facts)
    if facts["is_data_refused"]:
        yield Fault("data", "New data were refused, the last good ones stay in force; see the log.")


def _lasting(facts: Facts, now: datetime) -> Iterator[Fault]:
    """What is wrong once it lasts."""
    for key, name, after, sentence in (
        (
            "unwritable",
            "unwritable_since_at",
            UNWRITABLE_AFTER,
            "The store cannot be written since {since}, so nothing is sent or nobody can leave; "
            "look whether its disk is full, and into the log.",
        ),
        ("late", "oldest_at", LATE_AFTER, "Mails wait since {since}, {facts[backlog]} in all."),
        (
            "resting",
            "resting_since_at",
            RESTED_AFTER,
            "Reminders rest since {since}, for half an hour after each change of the data; leave "
            "them alone for as long.",
        ),
        (
            "behind",
            "behind_since_at",
            LATE_AFTER,
            "Another worker has newer data since {since}, so this one plans and sends nothing; "
            "give both the same, and look into the log for why they were refused.",
        ),
    ):
        since = facts.get(name)
        if isinstance(since, str) and now - _instant(since) > after:
            yield Fault(key, sentence.format(since=since, facts=facts))


def _counted(facts: Facts) -> Iterator[Fault]:
    """What is wrong with so many."""
    for key, sentence in (
        ("held", "{} confirmation mails are held back, since many were asked for at once."),
        (
            "doubted",
            "The mail server says that {} people, most of today's, have no address; nobody is "
            "given up for that. Look at what it answers.",
        ),
        (
            "unknown_zones",
            "People chose {} time zones that this version does not know; they get nothing new "
            "until one is installed that does.",
        ),
    ):
        if facts[key]:
            yield Fault(key, sentence.format(facts[key]))
    for key, sentence in (
        ("dead", "{} mails could not be delivered for good."),
        (
            "unknown",
            "Of {} deliveries the mail server never said whether it took them; they are not sent "
            "again. It may take longer than it should, or lose mails: look at its log.",
        ),
        (
            "blocked",
            "{} mails came back, since other servers take no mail from ours; look whether it is "
            "on a list of blocked ones, and at SPF, DKIM and DMARC of its domain.",
        ),
        ("stuck", "{} requests could not be applied and stay in the inbox; see the log."),
    ):
        if lost := int(facts.get(key) or 0):
            yield Fault(key, sentence.format(lost), lost)


def _is_within(span: timedelta, since: datetime, now: datetime) -> bool:
    """Of a clock that was put back nothing is known."""
    return since <= now < since + span


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
