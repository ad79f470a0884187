"""What a digest tells: the days to come, what changed since the last one, what has no day yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from calendar_app.core.choices import Choices
from calendar_app.core.due import digest_occurrences, digest_window
from calendar_app.core.occurrences import Window
from calendar_app.core.precision import ONE_DAY
from calendar_app.mail.letters import Overview, Told
from calendar_app.remind.history import History, Was
from calendar_app.remind.truths import Truths


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows: all changes up to an instant, that of the digest before or of when it
    would have come; and the occurrences of which other mails have told a date since, each with the
    instant up to which its changes were known then. Of what changed after ``doubted_since`` they
    may have had any date, by this digest, if it left before."""

    until: datetime
    told: tuple[tuple[str, str, datetime], ...] = ()
    doubted_since: datetime | None = None


def known_without_digest(period: str) -> datetime:
    """Up to when the changes are known to somebody whose first digest it is: those of the period
    before are told."""
    window = digest_window(period)
    begin = window.start - (window.end - window.start)
    return datetime(begin.year, begin.month, begin.day, tzinfo=UTC)


def overview(
    truths: Truths, history: History, choices: Choices, period: str, known: Known
) -> Overview | None:
    """As of today, so that a late one tells what is left; None if there is nothing new to tell."""
    catalogue, today = truths.catalogue, truths.today
    window = digest_window(period)
    left = Window(max(window.start, today), window.end)
    dates = tuple(digest_occurrences(catalogue, choices, left))
    changes = tuple(_changes(truths, history, choices, known))
    # After an edit a digest that had nothing to tell is planned anew; what changed after its day
    # is no reason to send it late.
    if not dates and not any(at.date() <= window.start for _, at in changes):
        return None
    inexact = tuple(
        occurrence
        for occurrence in catalogue.undated
        if occurrence.last >= today
        and not occurrence.is_cancelled
        and not occurrence.event.is_context
        and choices.wants(occurrence.event.topics)
    )
    return Overview(
        left.start, window.end - ONE_DAY, dates, tuple(told for told, _ in changes), inexact
    )


def _changes(
    truths: Truths, history: History, choices: Choices, known: Known
) -> Iterator[tuple[Told, datetime]]:
    """The last change of each occurrence since it was told last, if it is still ahead; and when the
    first of them was published."""
    told = {subject: (on_date, until) for subject, on_date, until in known.told}
    for subject, before in history.was.items():
        old, until = told.get(subject, ("", known.until))
        # A change may have been written long before it came into force.
        new = [was for was in before if was.at > until]
        truth = truths.of(subject) if new else None
        old = old or (new[0].told if new else "")
        if truth is not None and truth.text == old:
            old = _perhaps_told(new, truth.text, known.doubted_since) or old
        if truth is None or truth.text == old:
            continue
        last = truth.last_day(old)
        is_told = choices.wants(truth.event.topics) and not truth.event.is_context
        if is_told and last is not None and last >= truths.today:
            yield Told(truth.event, truth.occurrence, old), new[0].at


def _perhaps_told(new: Sequence[Was], text: str, doubted_since: datetime | None) -> str:
    """The last date that is not true and was so since then; empty if there was none."""
    if doubted_since is None:
        return ""
    since = (was.told for was in reversed(new) if was.at > doubted_since)
    return next((told for told in since if told != text), "")
