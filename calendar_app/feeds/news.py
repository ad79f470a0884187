"""The dates of the next days as news (RFC 4287): one entry for each, when it is a week away, so
that a news reader reminds and nobody has to know who reads."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from calendar_app.core.occurrences import Occurrence
from calendar_app.core.rrules import ONE_DAY
from calendar_app.feeds.atom import Entry, Feed, atom_bytes, tag
from calendar_app.feeds.listing import Listing
from calendar_app.words.explanation import change_line, why_line
from calendar_app.words.formatting import format_day, sentence_case

DAYS_BEFORE: Final = 7
# Who opens a news reader once a month still finds what was told.
DAYS_KEPT: Final = 30


def news_bytes(listing: Listing) -> bytes:
    """A pure function of the day: an entry is there from a week before the date, and is as new as
    that day, or as the last change of the date since."""
    presenter = listing.presenter
    domain, language = presenter.catalogue.calendar.uid_domain, presenter.language
    _, question_mark, query = listing.source.partition("?")
    feed = Feed(
        tag(domain, f"{language.tag}/agenda{question_mark}{query}"),
        f"{listing.name}: {presenter.phrases.text('upcoming_actions')}",
        listing.name,
        language,
        listing.source,
        listing.page,
        datetime.combine(presenter.today, time(), UTC),
    )
    told = (found for found in listing.in_order if _is_news(found, listing))
    return atom_bytes(feed, [_entry(occurrence, listing) for occurrence in told])


def _is_news(occurrence: Occurrence, listing: Listing) -> bool:
    if not occurrence.when.is_exact or occurrence.event.is_context:
        return False
    days_away = (occurrence.first - listing.presenter.today).days
    return -DAYS_KEPT <= days_away <= DAYS_BEFORE


def _entry(occurrence: Occurrence, listing: Listing) -> Entry:
    presenter = listing.presenter
    view, language = presenter.view(occurrence), presenter.language
    is_day = occurrence.first == occurrence.last
    when = format_day(occurrence.first, language, weekday=True) if is_day else view.when
    lines = [
        sentence_case(when, language),
        *(change_line(found, presenter) for found in view.history),
        view.occasion.note.value if view.occasion and view.occasion.note else "",
        view.summary.value if view.summary else "",
        why_line(view.event, presenter),
    ]
    return Entry(
        tag(presenter.catalogue.calendar.uid_domain, f"{language.tag}/agenda/{occurrence.id}"),
        f"{presenter.headline(view)} – {view.when}",
        _told_at(occurrence, listing),
        listing.base_url + view.path,
        [line for line in lines if line],
    )


def _told_at(occurrence: Occurrence, listing: Listing) -> datetime:
    announced_at = datetime.combine(occurrence.first - DAYS_BEFORE * ONE_DAY, time(), UTC)
    revision = listing.presenter.catalogue.event_revisions[occurrence.event.id]
    own = revision.occurrences.get(occurrence.id)
    return max(announced_at, own.modified_at) if own else announced_at
