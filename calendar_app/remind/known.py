"""What one reader knows of dates, by the mails and the digests that they were sent.

What counts is what was told last. A delivery says the SEQUENCE of the date that it told, a digest
up to when its edition knew all changes; the list of changes tells which of the two was later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from calendar_app.remind.history import History
from calendar_app.remind.overviews import Known, known_without_digest
from calendar_app.remind.truths import Truths
from calendar_app.store.database import reading
from calendar_app.store.deliveries import Delivery, Kind
from calendar_app.store.subscribers import Subscriber
from calendar_app.store.told import last_digest, told_to


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Of one person, by the data of one day: ``by_mail`` are the dates that mails told last, with
    their SEQUENCE then; ``until`` is up to when the last digest knew all changes."""

    person: Subscriber
    history: History
    truths: Truths
    by_mail: Mapping[str, tuple[str, int]]
    until: datetime | None

    @classmethod
    def of(cls, engine: Engine, person: Subscriber, history: History, truths: Truths) -> Knowledge:
        with reading(engine) as connection:
            by_mail = told_to(connection, person.id)
            until = last_digest(connection, person.id)
        return cls(person, history, truths, by_mail, until)

    def told_last(self, subjects: Collection[str]) -> Iterator[tuple[str, str]]:
        """Each subject with the date that was told last, by a mail or by a digest since."""
        by_mail = {subject: on_date for subject, on_date, _ in self._since(self.by_mail)}
        for subject in sorted(subjects):
            by_digest = self.history.told_at(subject, self.until)
            on_date, _ = self.by_mail.get(subject, ("", 0))
            yield subject, by_mail.get(subject) or by_digest or on_date

    def before_digest(self, period: str, rows: Iterable[Delivery]) -> Known:
        """What the digest need not tell: what the one before knew, and what mails told since, or
        the one does that it is part of."""
        beside = {
            row.subject: (row.on_date, row.sequence) for row in rows if row.kind is Kind.CORRECTION
        }
        told = tuple(self._since({**self.by_mail, **beside}))
        doubted_since = next((row.unmarked for row in rows if row.kind is Kind.DIGEST), None)
        return Known(self.until or known_without_digest(period), told, doubted_since)

    def _since(self, by_mail: Mapping[str, tuple[str, int]]) -> Iterator[tuple[str, str, datetime]]:
        """Of what mails told and what has changed ever, that which no digest has told since: with
        the instant up to which its changes were known."""
        for subject in sorted(by_mail.keys() & self.history.was.keys()):
            on_date, sequence = by_mail[subject]
            if truth := self.truths.of(subject):
                known = self.history.known_by(subject, truth.sequence, sequence)
                is_in_digests = self.person.choices.wants(truth.event.topics)
                if self.until is None or known > self.until or not is_in_digests:
                    yield subject, on_date, known
