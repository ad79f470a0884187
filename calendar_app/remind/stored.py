"""Everything that is stored of a person, for themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row

from calendar_app.store.subscribers import Subscriber
from calendar_app.words.choosing import choices_in_words
from calendar_app.words.presentation import Presenter


def stored_lines(
    person: Subscriber, address: str, rows: Iterable[Row[Any]], presenter: Presenter
) -> Iterator[tuple[str, str]]:
    """Labels and values: each field of the row, then each mail that was sent or waits."""
    text = presenter.phrases.text
    yield text("email_label"), address
    yield from choices_in_words(person.choices, presenter)
    yield text("stored_consent"), person.consent
    if person.confirmed_on:
        yield text("stored_confirmed_on"), str(person.confirmed_on)
    if person.known_on:
        yield text("stored_known_on"), str(person.known_on)
    if person.bounced_on:
        yield text("stored_bounces"), f"{person.bounces} ({person.bounced_on})"
    for row in rows:
        told = " ".join(filter(None, (row.subject, row.on_date)))
        yield text("stored_mails"), f"{row.kind}, {told}, {row.due_at:%Y-%m-%d}"
