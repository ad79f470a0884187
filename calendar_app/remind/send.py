"""Sending: claim, judge, open, write, hand over, mark.

A claim is a lease. Whoever holds it begins its mails within moments, since somebody may leave; what
became of them is marked only where nobody has claimed the same since. A mail goes out twice only if
the process died between the answer of the mail server and the mark, and MAX_DOUBTS times at most if
the server took it without saying so; all have one Message-ID. What may have left and was never
marked counts as told when it is no longer right to send it again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import BoundedSemaphore
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from calendar_app.core.errors import CalendarError
from calendar_app.mail.letters import MailError
from calendar_app.mail.transport import Handover, Transport, Verdict
from calendar_app.remind import doubts
from calendar_app.remind.budgets import Breaker, Throttle, back_off
from calendar_app.remind.leaving import Exit
from calendar_app.remind.passing import APART
from calendar_app.remind.together import Together
from calendar_app.remind.writing import Nothing, Writer
from calendar_app.sealing.addresses import open_address
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.store import deliveries
from calendar_app.store.database import changing_store
from calendar_app.store.deliveries import Claim, Delivery, Mark, State
from calendar_app.store.notes import UNKNOWN
from calendar_app.store.subscribers import Subscriber

# By the clock of another worker it is shorter by what the two are apart.
LEASE: Final = timedelta(minutes=5) + APART
# More than a mail may take; what is left is how old what is known of a person may be at its start.
MARGIN: Final = LEASE - timedelta(seconds=40)
# Who was silent so often about one mail has probably taken it.
MAX_DOUBTS: Final = 3
# People claimed in one commit, which costs as much as many mails; what a dead process had waits.
CLAIMED: Final = 100
MARK_TRIES: Final = 60
# So many mails are handed over at a time. Many mail servers take no more from one machine.
CONNECTIONS: Final = 4
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail or of some: marks, and the people whose address is none."""

    marks: Sequence[Mark]
    bounced: Sequence[str]


class UnmarkedError(CalendarError):
    """What became of a mail could not be written; so nothing more is sent before it can."""


@dataclass(frozen=True)
class Sending:
    """What all threads that send have in common. While ``is_held`` nothing more leaves: the process
    is to stop, or its clock is wrong. ``pause`` waits so many seconds, or less when it is to stop;
    ``verdicts`` counts those of the mail server."""

    engine: Engine
    ring: Ring
    writer: Callable[[], Writer]
    transport: Transport
    exit: Exit
    clock: Callable[[], datetime]
    is_held: Callable[[], bool] = lambda: False
    pause: Callable[[float], object] = lambda seconds: None
    throttle: Throttle = field(default_factory=Throttle)
    breaker: Breaker = field(default_factory=Breaker)
    mark_every: int = 1
    verdicts: Counter[str] = field(default_factory=Counter)
    connections: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(CONNECTIONS))
    together: Together[Outcome] = field(default_factory=Together)

    def send_due(self) -> int:
        """Sends until nothing is due; how many people something was due for."""
        count = 0
        while not self.breaker.is_open(now := self.clock()) and not self.is_held():
            with changing_store(self.engine) as connection:
                known = self.writer().known_until
                claims = deliveries.claim(connection, now, LEASE, most=CLAIMED, known_until=known)
            if not claims:
                break
            count += len(claims)
            with self.together.at_work():
                _Batch(self, now).send(claims)
        return count

    def mark(self, outcome: Outcome) -> None:
        """Returns once it stands in the store, in one commit with what other threads have to mark.
        Raises UnmarkedError where that was tried for a while: it is sent again."""
        for _ in range(MARK_TRIES):
            try:
                self.together.write(outcome, self._store)
            except DBAPIError as error:
                log.error("the store cannot be written: %s", _name(error))
                self.pause(0.5)
            else:
                return
        raise UnmarkedError("the store cannot be written; mails may be sent again")

    def _store(self, outcomes: Sequence[Outcome]) -> None:
        with changing_store(self.engine) as connection:
            # People go first, since who keeps somebody from being erased cannot erase any more.
            for outcome in outcomes:
                for person in outcome.bounced:
                    self._bounce(connection, person)
            marks = [mark for one in outcomes for mark in one.marks]
            doubts.mark(connection, marks, self.writer(), self.clock())

    def _bounce(self, connection: Connection, person: str) -> None:
        """While it cannot be noted who was erased nobody is. What became of mails is marked all the
        same, and there is a next one to whoever stays."""
        try:
            with connection.begin_nested():
                self.exit.bounce(connection, person, self.clock().date())
        except OSError as error:
            log.error("nobody can be erased: %s", _name(error))


class _Batch:
    """What was claimed in one commit, on its way."""

    def __init__(self, sending: Sending, claimed_at: datetime) -> None:
        self._sending, self._claimed_at = sending, claimed_at
        self._until = claimed_at + LEASE - MARGIN
        self._marks: list[Mark] = []
        self._bounced: list[str] = []
        self._unmarked = 0

    def send(self, claims: Sequence[Claim]) -> None:
        try:
            for number, claim in enumerate(claims):
                # Whoever waits for long is told so by the clock, and leaves it to another claim.
                with self._sending.connections:
                    if not self._may_go_on():
                        left = [row for one in claims[number:] for row in one.deliveries]
                        return self._marks.extend(_later(left, self._resume_at(), ""))
                    self._marks += self._send(claim)
                self._unmarked += 1
                if self._unmarked >= self._sending.mark_every:
                    self._mark()
        finally:
            self._mark()

    def _may_go_on(self) -> bool:
        now = self._sending.clock()
        is_held = self._sending.is_held() or self._sending.breaker.is_open(now)
        return not is_held and now < self._until

    def _resume_at(self) -> datetime:
        """By the clock as it was at the claim: it may have been set wrong since."""
        breaker, now = self._sending.breaker, self._claimed_at
        return breaker.open_until if breaker.open_until and breaker.is_open(now) else now

    def _send(self, claim: Claim) -> list[Mark]:
        now, writer = self._sending.clock(), self._sending.writer()
        reasons = [(row, writer.why_not(row, claim.subscriber, now)) for row in claim.deliveries]
        out = [(row, reason) for row, reason in reasons if reason]
        left_out = partial(doubts.left_out, self._sending.engine, writer, claim.subscriber, now)
        marks = [left_out(row, reason) for row, reason in out]
        left = [row for row, reason in reasons if not reason]
        if left:
            marks += self._hand_over(writer, claim, left, now)
        return marks

    def _hand_over(
        self, writer: Writer, claim: Claim, rows: Sequence[Delivery], now: datetime
    ) -> list[Mark]:
        sending, person = self._sending, claim.subscriber
        try:
            address = open_address(sending.ring, person.id, person.address)
            free_at = sending.throttle.take(address, now)
            if free_at > now:
                return _later(rows, free_at, "")
            message = writer.write(person, address, rows, claim.id, now)
            handover = sending.transport.send(message)
        except Nothing:
            return [writer.left_out(row, person, now, "empty") for row in rows]
        except (MailError, SealError) as error:
            log.error("a mail cannot be sent: %s", _name(error))
            return doubts.given_up(writer, person, now, rows, _name(error))
        except DBAPIError:
            raise  # it is the store's fault, and tried again
        except Exception as error:  # one mail must not keep all others waiting
            log.error("a mail could not be written: %s", _name(error))
            return _failed(rows, now, _name(error))
        return self._marks_for(handover, person, rows, writer)

    def _marks_for(
        self, handover: Handover, person: Subscriber, rows: Sequence[Delivery], writer: Writer
    ) -> list[Mark]:
        sending, now = self._sending, self._sending.clock()
        sending.verdicts[handover.verdict] += 1
        if handover.verdict is Verdict.UNREACHABLE:
            return _later(rows, sending.breaker.fail(now), handover.reason)
        if handover.verdict is Verdict.BROKEN_OFF:
            sending.breaker.stumble(person.id, now)
            return _failed(rows, now, handover.reason)
        sending.breaker.succeed()
        if handover.verdict is Verdict.ACCEPTED:
            sending.exit.suspicion.count_mail(now.date())
            return [writer.told(row, person, now) for row in rows]
        if handover.verdict in {Verdict.REFUSED, Verdict.BAD_ADDRESS}:
            if handover.verdict is Verdict.BAD_ADDRESS:
                sending.exit.suspicion.count_mail(now.date())
                self._bounced.append(person.id)
            return doubts.given_up(writer, person, now, rows, handover.reason)
        if handover.verdict is Verdict.UNKNOWN:
            count = 1 + max(row.doubts for row in rows)
            if count >= MAX_DOUBTS:
                return [replace(writer.told(row, person, now), error=UNKNOWN) for row in rows]
            known = writer.known_until
            rows = [replace(row, unmarked=row.unmarked or known, doubts=count) for row in rows]
        return _failed(rows, now, handover.reason)

    def _mark(self) -> None:
        outcome = Outcome(self._marks, self._bounced)
        self._marks, self._bounced, self._unmarked = [], [], 0
        if outcome.marks:
            self._sending.mark(outcome)


def _later(rows: Sequence[Delivery], at: datetime, error: str) -> list[Mark]:
    return [Mark(row, State.TODO, at, error) for row in rows]


def _failed(rows: Sequence[Delivery], now: datetime, reason: str) -> list[Mark]:
    """What was left for another reason than the mail's own is no failure of it."""
    failures = 1 + max(row.failures for row in rows)
    wait = back_off(failures, rows[0].subscriber_id)
    return _later([replace(row, failures=failures) for row in rows], now + wait, reason)


def _name(error: Exception) -> str:
    """Without its words, which may quote what nobody may read."""
    return type(error).__name__
