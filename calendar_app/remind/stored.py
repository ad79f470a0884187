"""Everything that is stored of a person, for themselves: each column of each row, in their words.

A column of a table that can hold something of a person must be in one of the lines; a test
compares them, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from calendar_app.core.choices import Choices
from calendar_app.core.due import digest_window
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.zones import zone
from calendar_app.remind.judging import CHANGED, EXPIRED, UNWANTED
from calendar_app.remind.truths import CANCELLED, Truths
from calendar_app.store.bounced import times_bounced
from calendar_app.store.deliveries import Kind, State
from calendar_app.store.notes import UNKNOWN, UNMARKED
from calendar_app.words.choosing import choices_in_words
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import format_day, format_partial, format_range, isolate
from calendar_app.words.presentation import Presenter

# Why a mail was not sent, as the store has it; anything else is what a mail server answered.
_WHY: Final = {CHANGED, EXPIRED, UNWANTED, "empty", "bounced", UNKNOWN, UNMARKED}
# The columns of which each line of the choices is made.
_CHOSEN: Final = (
    ("topics",),
    ("leads", "series_leads", "digest"),
    ("hour",),
    ("zone",),
    ("language",),
    ("discreet",),
)


class Stored(NamedTuple):
    """One line, and the columns that it tells."""

    columns: tuple[str, ...]
    label: str
    value: str


class Telling:
    """Tells what is stored of one person in the language, and by the clock, of their choice."""

    def __init__(self, choices: Choices, presenter: Presenter, truths: Truths) -> None:
        self._choices, self._presenter, self._truths = choices, presenter, truths
        self._text, self._language = presenter.phrases.text, presenter.language

    def person(self, row: Row[Any], address: str) -> Iterator[Stored]:
        text = self._text
        yield Stored(("id",), text("stored_id"), row.id)
        state = text("stored_active" if row.is_active else "stored_pending")
        yield Stored(("is_active",), text("stored_state"), state)
        yield Stored(("address",), text("stored_address"), self._foreign(address))
        yield Stored(("address_index",), text("stored_fingerprint"), row.address_index.hex())
        chosen = choices_in_words(self._choices, self._presenter)
        if not self._choices.discreet:
            chosen.append((text("discreet_label"), text("stored_no")))
        for columns, (label, value) in zip(_CHOSEN, chosen, strict=True):
            yield Stored(columns, label, self._foreign(value) if columns == ("zone",) else value)
        yield Stored(("consent",), text("stored_consent"), row.consent)
        yield Stored(("confirmed_on",), text("stored_confirmed_on"), self._day(row.confirmed_on))
        yield Stored(("token_version",), text("stored_links"), str(row.token_version))
        yield Stored(("known_on",), text("stored_known_on"), self._day(row.known_on))
        bounced_on = f" ({self._day(row.bounced_on)})" if row.bounced_on else ""
        bounces = f"{times_bounced(row.bounces)}{bounced_on}"
        yield Stored(("bounces", "bounced_on"), text("stored_bounces"), bounces)
        asked = [self._instant(at) for at in (row.pending_at, row.asked_at) if at]
        left = [*asked, *([str(row.asked)] if row.asked is not None else [])]
        value = " · ".join(left) or text("stored_nothing")
        yield Stored(("pending_at", "asked", "asked_at"), text("stored_sign_up"), value)

    def delivery(self, row: Row[Any]) -> Iterator[Stored]:
        """The kind of a mail, and then what is stored of it."""
        text, kind, state = self._text, Kind(row.kind), State(row.state)
        yield Stored(("subscriber_id", "kind"), text("stored_mails"), text(f"stored_kind_{kind}"))
        yield Stored(("subject",), text("stored_about"), self._subject(kind, row.subject))
        if row.on_date:
            yield Stored(("on_date",), text("stored_told"), self._told(row.on_date))
        if kind is Kind.REMINDER:
            yield Stored(("lead",), text("stored_lead"), self._lead(row.lead))
        if row.on_date:
            # A correction is counted by it, too.
            columns = ("sequence", "lead") if kind is Kind.CORRECTION else ("sequence",)
            yield Stored(columns, text("stored_sequence"), str(row.sequence))
        is_done = state is not State.TODO
        # Of what is done only the day is stored.
        due = self._day(row.due_at.date()) if is_done else self._instant(row.due_at)
        yield Stored(("due_at",), text("stored_due"), due)
        yield Stored(("expires_at",), text("stored_expires"), self._instant(row.expires_at))
        yield Stored(("state",), text("stored_state"), text(f"stored_{state}"))
        yield Stored(("attempts",), text("stored_tries"), str(row.attempts))
        yield Stored(("failures",), text("stored_failures"), str(row.failures))
        if not is_done or row.not_before != row.due_at:
            label = text("stored_knew" if is_done else "stored_next")
            yield Stored(("not_before",), label, self._instant(row.not_before))
        if row.mail:
            yield Stored(("mail",), text("stored_mail"), row.mail)
        if row.error:
            yield Stored(("error",), text("stored_why"), self._why(row.error))

    def _subject(self, kind: Kind, subject: str) -> str:
        if kind is Kind.DIGEST:
            window = digest_window(subject)
            return format_range(window.start, window.end - ONE_DAY, self._language)
        if kind in {Kind.EXPORT, Kind.RENEWED}:
            return self._day(date.fromisoformat(subject))
        truth = self._truths.of(subject)  # none has the id of a request
        if truth is None:
            return subject
        name = choose(truth.event.name, self._language).value
        return f"{self._foreign(name)} ({self._foreign(subject)})"

    def _told(self, on_date: str) -> str:
        if on_date == CANCELLED:
            return self._text("status_cancelled")
        return format_partial(PartialDate.parse(on_date), self._language)

    def _lead(self, lead: int) -> str:
        phrases = self._presenter.phrases
        return phrases.count("lead_n_days", lead) if lead else phrases.text("lead_on_day")

    def _why(self, error: str) -> str:
        word = error.partition(" ")[0]  # a number may follow
        return self._text(f"stored_why_{word}") if word in _WHY else self._foreign(error)

    def _day(self, day: date | None) -> str:
        return format_day(day, self._language) if day else self._text("stored_not_yet")

    def _instant(self, at: datetime) -> str:
        """By the clock of the person."""
        local = at.astimezone(zone(self._choices.zone))
        return f"{self._day(local.date())} ({local:%H:%M})"

    def _foreign(self, text: str) -> str:
        return isolate(text, self._language)


def stored_lines(
    telling: Telling, person: Row[Any], address: str, deliveries: Iterable[Row[Any]]
) -> Iterator[tuple[str, str]]:
    """Labels and values: each field of the row, then a line for each mail."""
    for line in telling.person(person, address):
        yield line.label, line.value
    for row in deliveries:
        first, *rest = telling.delivery(row)
        yield first.label, " · ".join([first.value, *(f"{s.label}: {s.value}" for s in rest)])
