"""From what is due for one person at one moment to one mail.

What is the same for many is composed once: a mail is kept by all that its words depend on, and
a copy for one person costs microseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import Engine

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, to_text
from calendar_app.core.occurrences import Occurrence, order
from calendar_app.core.zones import zone
from calendar_app.feeds.attachment import attachment
from calendar_app.mail.bounces import bounce_address, leave_address
from calendar_app.mail.compose import Composer
from calendar_app.mail.letters import Dates, Message, Recipient, Sender, Told
from calendar_app.mail.prepared import Prepared
from calendar_app.remind.history import History, known_until
from calendar_app.remind.judging import EXPIRED, why_not
from calendar_app.remind.known import Knowledge
from calendar_app.remind.overviews import Known, overview
from calendar_app.remind.stored import Telling, stored_lines
from calendar_app.remind.truths import Truths
from calendar_app.sealing.ring import Ring
from calendar_app.sealing.tokens import Purpose, make_token, message_id
from calendar_app.store.database import reading
from calendar_app.store.deliveries import SINGLE, Delivery, Kind, Mark, State
from calendar_app.store.exporting import deliveries_of, row_of
from calendar_app.store.subscribers import Subscriber
from calendar_app.words.choosing import choices_in_words
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

# Different mails at one time: languages, days, selections; each takes some tens of kilobytes.
KEPT: Final = 512


class Nothing(Exception):
    """There is nothing to tell: an empty digest is not sent."""


@dataclass(frozen=True, slots=True)
class DigestContent:
    """What a digest tells depends on its period, the topics of its reader, and what they know."""

    period: str
    topics: tuple[str, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class Content:
    """What one mail tells, as far as its words depend on it: subjects of reminders, subjects of
    corrections with the date told last, a digest."""

    language: str
    is_discreet: bool
    reminders: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    digest: DigestContent | None = None


class Writer:
    """Writes the mails of one edition."""

    def __init__(self, catalogue: Catalogue, sender: Sender, ring: Ring, engine: Engine) -> None:
        self.catalogue = catalogue
        self._sender, self._ring, self._engine = sender, ring, engine
        self.known_until = known_until(catalogue)
        self._truths = lru_cache(maxsize=8)(self._make_truths)
        self._history = lru_cache(maxsize=8)(self._make_history)
        self._composer = lru_cache(maxsize=64)(self._make_composer)
        self._dates = lru_cache(maxsize=KEPT)(self._compose)

    def why_not(self, delivery: Delivery, person: Subscriber, now: datetime) -> str:
        """Why it is not sent any more, in a word; empty if it is."""
        if delivery.kind is Kind.CONFIRM and person.hours_left(now) < 1:
            return EXPIRED
        truths = self._truths(_local_day(now, person))
        return why_not(delivery, person.choices, truths, now)

    def has_words(self, person: Subscriber, rows: Sequence[Delivery], now: datetime) -> bool:
        """Whether there is anything to tell."""
        try:
            if rows[0].kind not in SINGLE:
                today = _local_day(now, person)
                self._dates(self._content(person, rows, today), today)
        except Nothing:
            return False
        return True

    def told(self, row: Delivery, person: Subscriber, now: datetime) -> Mark:
        """That it was sent, and what it told: of a digest the last change that it could know."""
        knew = self.known_until if row.kind is Kind.DIGEST else None
        truth = self._truths(_local_day(now, person)).of(row.subject) if row.on_date else None
        return Mark(row, State.SENT, knew=knew, sequence=truth.sequence if truth else None)

    def left_out(self, row: Delivery, person: Subscriber, now: datetime, reason: str) -> Mark:
        """That it is not sent; what may have left counts as told, by the edition of then."""
        if row.unmarked is None or not row.tells_dates:
            return Mark(row, State.SKIPPED, error=reason)
        today = _local_day(now, person)
        knew = row.unmarked if row.kind is Kind.DIGEST else None
        if (truth := self._truths(today).of(row.subject)) is None:
            return Mark(row, State.SENT, error=reason, knew=knew)
        after = row.unmarked + timedelta(seconds=1)
        then = self._history(today).sequence_before(row.subject, after, truth.sequence)
        return Mark(row, State.SENT, error=reason, sequence=then, knew=knew)

    def write(
        self, person: Subscriber, address: str, rows: Sequence[Delivery], name: str, now: datetime
    ) -> Message:
        """One mail for all rows; ``name`` is its id, the same at every try.
        Raises Nothing or MailError."""
        today = _local_day(now, person)
        if rows[0].kind in SINGLE:
            prepared = self._single(rows, person, address, now)
        else:
            prepared = self._dates(self._content(person, rows, today), today)
        recipient = self._recipient(person, address, name, now)
        if rows[0].kind is Kind.CONFIRM:
            recipient = self._with_confirm_url(recipient, person)
        return prepared.fill(recipient)

    def _content(self, person: Subscriber, rows: Iterable[Delivery], today: date) -> Content:
        subjects: defaultdict[Kind, set[str]] = defaultdict(set)
        for row in rows:
            subjects[row.kind].add(row.subject)
        period = max(subjects[Kind.DIGEST], default="")
        corrections: tuple[tuple[str, str], ...] = ()
        digest = None
        if period or subjects[Kind.CORRECTION]:
            truths, history = self._truths(today), self._history(today)
            known = Knowledge.of(self._engine, person, history, truths)
            corrections = tuple(known.told_last(subjects[Kind.CORRECTION]))
            if period:
                before = known.before_digest(period, rows)
                digest = DigestContent(period, person.choices.topics, before)
        return Content(
            person.choices.language,
            person.choices.discreet,
            # What a correction tells need not be told twice.
            tuple(sorted(subjects[Kind.REMINDER] - subjects[Kind.CORRECTION])),
            corrections,
            digest,
        )

    def _compose(self, content: Content, today: date) -> Prepared:
        composer, truths = self._composer(content.language, today), self._truths(today)
        reminders = self._occurrences(content.reminders, today)
        corrections = [
            Told(truth.event, truth.occurrence, told)
            for subject, told in content.corrections
            if (truth := truths.of(subject)) and truth.text != told
        ]
        digest = None
        if asked := content.digest:
            topics = Choices(content.language, asked.topics)
            digest = overview(truths, self._history(today), topics, asked.period, asked.known)
        if not (reminders or corrections or digest):
            raise Nothing
        shown = [*reminders, *(told.occurrence for told in corrections if told.occurrence)]
        is_plain = content.is_discreet
        calendar = b"" if is_plain else self._calendar(shown, composer.presenter)
        dates = Dates(tuple(reminders), tuple(corrections), digest, calendar)
        return composer.dates(dates, is_discreet=is_plain)

    def _calendar(self, shown: Iterable[Occurrence], presenter: Presenter) -> bytes:
        return attachment(shown, presenter, self._sender.base_url)

    def _single(
        self, of_mail: Sequence[Delivery], person: Subscriber, address: str, now: datetime
    ) -> Prepared:
        today = _local_day(now, person)
        composer, kind = self._composer(person.choices.language, today), of_mail[0].kind
        if kind is Kind.CONFIRM:
            return composer.confirm(person.hours_left(now))
        if kind is Kind.KNOWN:
            return composer.known()
        if kind is Kind.RENEWED:
            return composer.renewed()
        if kind is Kind.WELCOME:
            chosen = choices_in_words(person.choices, composer.presenter)
            dates = self._occurrences((row.subject for row in of_mail if row.on_date), today)
            return composer.welcome(chosen, dates, is_discreet=person.choices.discreet)
        with reading(self._engine) as connection:
            row, rows = row_of(connection, person.id), deliveries_of(connection, person.id)
        telling = Telling(person.choices, composer.presenter, self._truths(today))
        return composer.export(stored_lines(telling, row, address, rows))

    def _occurrences(self, subjects: Iterable[str], today: date) -> list[Occurrence]:
        found = map(self._truths(today).of, subjects)
        return sorted((one.occurrence for one in found if one and one.occurrence), key=order)

    def _recipient(self, person: Subscriber, address: str, name: str, now: datetime) -> Recipient:
        sender, ring = self._sender, self._ring
        domain, base = sender.domain, f"{sender.base_url}/{person.choices.language}"
        manage = make_token(ring, Purpose.MANAGE, person.id, person.token_version)
        # Also where nobody reads what comes back: it names them, and is nothing for the operator.
        envelope_from = bounce_address(make_token(ring, Purpose.BOUNCE, name), domain)
        return Recipient(
            address,
            f"{message_id(ring, name)}@{domain}",
            envelope_from,
            now,
            settings_url=f"{base}/manage/{manage}/{to_text(person.choices)}",
            unsubscribe_url=f"{base}/unsubscribe/{manage}",
            unsubscribe_mail=leave_address(manage, domain) if sender.takes_mail else "",
        )

    def _with_confirm_url(self, recipient: Recipient, person: Subscriber) -> Recipient:
        token = make_token(self._ring, Purpose.CONFIRM, person.id, person.token_version)
        base = f"{self._sender.base_url}/{person.choices.language}"
        return replace(recipient, confirm_url=f"{base}/confirm/{token}")

    def _make_composer(self, language: str, today: date) -> Composer:
        return Composer(Presenter(self.catalogue, LANGUAGES[language], today), self._sender)

    def _make_history(self, today: date) -> History:
        return History.of(self.catalogue, today)

    def _make_truths(self, today: date) -> Truths:
        return Truths(self.catalogue, today)


def _local_day(now: datetime, person: Subscriber) -> date:
    """The day it is where the person lives."""
    return now.astimezone(zone(person.choices.zone)).date()
