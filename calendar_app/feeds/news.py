"""The dates of the next days as news (RFC 4287): one entry for each, when it is a week away, so
that a news reader reminds and nobody has to know who reads. Who was told of a date is told when it
is another one, or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from operator import attrgetter
from typing import Final

from calendar_app.core.events import Event
from calendar_app.core.history import Series, before_all_changed
from calendar_app.core.occurrences import Occurrence, Window, expand
from calendar_app.core.precision import ONE_DAY, UNKNOWN, PartialDate
from calendar_app.core.revisions import ChangeLine, Kind
from calendar_app.core.rules import On
from calendar_app.feeds.atom import Entry, Feed, atom_bytes, tag
from calendar_app.feeds.listing import Listing
from calendar_app.words.changes import change_told
from calendar_app.words.explanation import change_line, why_line
from calendar_app.words.formatting import format_day, sentence_case

DAYS_BEFORE: Final = 7
# Who opens a news reader once a month still finds what was told.
DAYS_KEPT: Final = 30
_NO_DATES: Final = {Kind.TEXT, Kind.CITED}
# What is off as a whole, or on again, is told where its dates stand.
_OF_DATES: Final = {Kind.REMOVED, Kind.CORRECTED, Kind.BOUNDS}
_OFF: Final = {Kind.CANCELLED, Kind.REMOVED}


def news_bytes(listing: Listing) -> bytes:
    """A pure function of the day: an entry is there from a week before the date, and is as new as
    that day, or as what became of the date since."""
    presenter = listing.presenter
    domain, language = presenter.catalogue.calendar.uid_domain, presenter.language
    _, question_mark, query = listing.source.partition("?")
    title = presenter.phrases.text("upcoming_actions")
    feed = Feed(
        tag(domain, f"{language.tag}/agenda{question_mark}{query}"),
        ": ".join(part for part in (listing.name, title, " · ".join(listing.chosen)) if part),
        listing.name,
        language,
        listing.source,
        listing.page,
        datetime.combine(presenter.today, time(), UTC),
    )
    return atom_bytes(feed, list(_entries(listing)))


def _entries(listing: Listing) -> Iterator[Entry]:
    changes, today = _changes(listing), listing.presenter.today
    there = [found for found in listing.in_order if not found.event.is_context]
    for occurrence in there:
        change = _untold(changes.get(occurrence.id, []), str(occurrence.when), today)
        if change or _is_near(occurrence.when, today):
            yield _entry(occurrence, change, changes, listing)
    gone = changes.keys() - {occurrence.id for occurrence in there}
    for id_ in sorted(gone):
        change = _untold(changes[id_], "", today)
        if change and change.kind is Kind.REMOVED:
            yield _removed(change, listing)


def _changes(listing: Listing) -> dict[str, list[ChangeLine]]:
    """What became of the dates listed, by occurrence, or by event where it is of all its dates."""
    withdrawn = ((event, ()) for event in listing.withdrawn)
    listed = {event.id: (event, dates) for event, dates in (*withdrawn, *listing.dates)}
    found: dict[str, list[ChangeLine]] = {}
    for revisions in listing.presenter.catalogue.revisions.values():
        for change in revisions.changes:
            event, dates = listed.get(change.event, (None, ()))
            if event and not event.is_context and change.kind not in _NO_DATES:
                found.setdefault(change.occurrence or change.event, []).append(change)
                for one in _of_each(change, event, dates, listing.presenter.today):
                    own = found.setdefault(one.occurrence, [])
                    if told := _since_told(one, own):
                        own.append(told)
    return {id_: sorted(told, key=attrgetter("at")) for id_, told in found.items()}


def _of_each(
    change: ChangeLine, event: Event, dates: Collection[Occurrence], today: date
) -> Iterator[ChangeLine]:
    """What became of the dates near the day with all of an event, which is told in one line: it
    was taken out, or it comes by another rule or within other bounds. ``dates`` are those that it
    has now."""
    before = before_all_changed(change, event) if change.kind in _OF_DATES else None
    if before is None:
        return
    near = Window(today - DAYS_KEPT * ONE_DAY, today + (DAYS_BEFORE + 1) * ONE_DAY)
    standing = {one.when for one in dates}
    ids = {one.id for one in dates}
    for was in expand(before, near):
        # Of what was over by then nothing is left to be told.
        if not was.is_cancelled and was.when not in standing and was.last >= change.at.date():
            kind = Kind.CORRECTED if was.id in ids else Kind.REMOVED
            yield replace(change, kind=kind, occurrence=was.id, old=str(was.when), new="")


def _since_told(change: ChangeLine, own: Iterable[ChangeLine]) -> ChangeLine | None:
    """What became of one date, from what its ``own`` lines before had last said of it; None where
    it was off by then."""
    before = [line for line in own if line.at < change.at]
    if not before:
        return change
    is_off = before[-1].kind in _OFF
    return None if is_off else replace(change, old=before[-1].new or change.old)


def _untold(changes: list[ChangeLine], now: str, today: date) -> ChangeLine | None:
    """What became of a date that had been told and would be still, were it not ``now`` another."""
    for change in reversed(changes):
        if change.old in ("", change.new, now):
            continue
        was = _date(change.old)
        if _is_near(was, change.at.date()) and _is_near(was, today):
            # What was taken out and is there again is on another day.
            is_back = now and change.kind is Kind.REMOVED
            return replace(change, kind=Kind.CORRECTED if is_back else change.kind, new=now)
    return None


def _date(text: str) -> PartialDate:
    """The date that a line has; not known where it has the rule of a series."""
    rule = Series.parse(text).rule
    return rule.when if isinstance(rule, On) else UNKNOWN


def _is_near(when: PartialDate, today: date) -> bool:
    if not when.is_exact or when.first is None:
        return False
    return -DAYS_KEPT <= (when.first - today).days <= DAYS_BEFORE


def _entry(
    occurrence: Occurrence,
    change: ChangeLine | None,
    changes: dict[str, list[ChangeLine]],
    listing: Listing,
) -> Entry:
    presenter = listing.presenter
    view, language = presenter.view(occurrence), presenter.language
    is_day = occurrence.when.is_exact and occurrence.first == occurrence.last
    when = format_day(occurrence.first, language, weekday=True) if is_day else view.when
    lines = [
        sentence_case(when, language),
        *(change_line(found, presenter) for found in view.history),
        change_told(change, presenter) if change and not view.history else "",
        view.occasion.note.value if view.occasion and view.occasion.note else "",
        view.summary.value if view.summary else "",
        why_line(view.event, presenter),
    ]
    return Entry(
        tag(presenter.catalogue.calendar.uid_domain, f"{language.tag}/agenda/{occurrence.id}"),
        f"{presenter.headline(view)} – {view.when}",
        _told_at(occurrence, changes, listing),
        listing.base_url + view.path,
        [line for line in lines if line],
    )


def _removed(change: ChangeLine, listing: Listing) -> Entry:
    presenter = listing.presenter
    told = change_told(change, presenter)
    # What was taken out as a whole has no page.
    is_there = change.event in presenter.catalogue.events
    place = ("events", change.event) if is_there else ("changes",)
    return Entry(
        tag(
            presenter.catalogue.calendar.uid_domain,
            f"{presenter.language.tag}/agenda/{change.occurrence}",
        ),
        f"{presenter.phrases.text('change_removed')}: {told}",
        change.at,
        listing.base_url + presenter.path(*place),
        [told],
    )


def _told_at(
    occurrence: Occurrence, changes: dict[str, list[ChangeLine]], listing: Listing
) -> datetime:
    """When it was a week away, but not before it was published as it is."""
    revision = listing.presenter.catalogue.event_revisions[occurrence.event.id]
    instants = [revision.created_at, revision.modified_at]
    if _is_near(occurrence.when, listing.presenter.today):
        instants.append(datetime.combine(occurrence.first - DAYS_BEFORE * ONE_DAY, time(), UTC))
    if own := revision.occurrences.get(occurrence.id):
        instants.append(own.modified_at)
    of_all = changes.get(occurrence.event.id, [])
    instants += [change.at for change in (*of_all, *changes.get(occurrence.id, []))]
    return max(instants)
