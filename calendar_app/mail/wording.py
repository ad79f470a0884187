"""What is told of dates in a mail: from occurrences to entries, in the words of the catalogs."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

from calendar_app.core.events import Change, ChangedBy, ChangeKind, Link
from calendar_app.core.occurrences import Occurrence
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.mail.letters import Entry, Line, Overview, Section, Style, Told
from calendar_app.words.explanation import why_line
from calendar_app.words.fallback import Chosen, choose
from calendar_app.words.formatting import (
    format_month,
    format_partial,
    format_range,
    isolate,
)
from calendar_app.words.forwarding import date_with_weekdays, forward_text
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import History, OccurrenceView

CANCELLED: Final = "cancelled"
MAX_LINKS: Final = 1  # beside the page of the date
_OF_STANDING: Final = frozenset({ChangeKind.CANCELLED, ChangeKind.REINSTATED})


class Wording:
    """Writes entries for readers of one language on one day; links begin with ``base_url``."""

    def __init__(self, presenter: Presenter, base_url: str) -> None:
        self.presenter = presenter
        self.base_url = base_url
        self.text = presenter.phrases.text

    def reminder(self, occurrence: Occurrence) -> Entry:
        """All that one needs to know, without opening the site."""
        view = self.presenter.view(occurrence)
        return Entry(view.name, view, tuple(self._whole(view)), is_large=True)

    def row(self, occurrence: Occurrence) -> Entry:
        """A date among others: when, where, why, and its page."""
        view = self.presenter.view(occurrence)
        lines = (*self._when(view), *self._place(view), *self._why(view), self.page(view))
        return Entry(view.name, view, lines)

    def brief(self, occurrence: Occurrence) -> Entry:
        view = self.presenter.view(occurrence)
        return Entry(view.name, view, tuple(self._when(view)))

    def correction(self, told: Told) -> Entry:
        """What was told, what is true, and whose change it was."""
        name = choose(told.event.name, self.presenter.language)
        if told.occurrence is None:
            gone = self.text("mail_date_gone", date=self._told_date(told)) if told.on_date else ""
            said = (gone, self.text("mail_taken_out"))
            return Entry(name, None, tuple(map(Line, filter(None, said))))
        view = self.presenter.view(told.occurrence)
        lines = [*self._change(told, view)]
        if not view.is_cancelled:
            lines += [*self._when(view), *self._place(view)]
        return Entry(name, view, (*lines, self.page(view)))

    def period(self, digest: Overview, *, title: bool = False) -> str:
        """A month by its name, a week by its days; as inside a sentence, or as a title."""
        first, last, language = digest.first, digest.last, self.presenter.language
        if first.day == 1 and (last + ONE_DAY).day == 1 and first.month == last.month:
            return format_month(first.year, first.month, language, title=title)
        return format_range(first, last, language)

    def page(self, view: OccurrenceView) -> Line:
        url = self.base_url + view.path
        return Line(self.text("mail_page"), Style.SOFT, url=url, label=_shown(url))

    def _whole(self, view: OccurrenceView) -> Iterator[Line]:
        yield from self._when(view)
        for change in _still_so(view):
            yield from self._history(change.old, change.new, change.by, change.says)
        yield from self._place(view)
        yield from self._occasion(view)
        for text in (view.summary, self._note(view)):
            if text is not None:
                yield self._chosen(text)
        if view.topics:
            names = " · ".join(topic.name.value for topic in view.topics)
            yield Line(f"{self.text('nav_topics')}: {names}", Style.SOFT)
        yield from self._why(view)
        yield from self._links(view)
        yield self.page(view)
        yield Line(self.text("forward_only_this"), Style.SOFT)
        url = self.base_url + view.path
        yield Line(forward_text(view, self.presenter, url), Style.QUOTE)

    def _when(self, view: OccurrenceView) -> Iterator[Line]:
        for word in (view.status, self.text("context_tag") if view.is_context else ""):
            if word:
                yield Line(word, Style.TAG)
        date = date_with_weekdays(view, self.presenter.language)
        yield Line(" · ".join(filter(None, (date, view.relative))), Style.STRONG)
        if view.ordinal:
            yield Line(view.ordinal, Style.STRONG)

    def _place(self, view: OccurrenceView) -> Iterator[Line]:
        place = view.event.place
        name = choose(place.name, self.presenter.language) if place else None
        if view.occasion and view.occasion.place:
            name = view.occasion.place.name
        if name is not None:
            words = isolate(name.value, self.presenter.language)
            yield Line(f"{self.text('place')}: {words}")

    def _occasion(self, view: OccurrenceView) -> Iterator[Line]:
        if view.occasion and view.occasion.note:
            note = isolate(view.occasion.note.value, self.presenter.language)
            yield Line(f"{self.text('this_time')}: {note}")

    def _note(self, view: OccurrenceView) -> Chosen | None:
        note = view.event.note
        return choose(note, self.presenter.language) if note else None

    def _why(self, view: OccurrenceView) -> Iterator[Line]:
        line = why_line(view.event, self.presenter)
        if line:
            yield Line(line, Style.SOFT)

    def _links(self, view: OccurrenceView) -> Iterator[Line]:
        occasion = view.occurrence.occasion
        links: tuple[Link, ...] = (*(occasion.links if occasion else ()), *view.event.links)
        for link in links[:MAX_LINKS]:
            name = choose(link.name, self.presenter.language) if link.name else None
            text = f"{name.value}:" if name else ""
            yield Line(text, Style.SOFT, url=link.url, label=_shown(link.url))

    def _change(self, told: Told, view: OccurrenceView) -> Iterator[Line]:
        if view.is_cancelled or told.on_date == CANCELLED:
            kind = ChangeKind.CANCELLED if view.is_cancelled else ChangeKind.REINSTATED
            declared = _declared(view, _OF_STANDING)
            if declared and declared[0].kind is not kind:
                declared = None  # the status of the whole event says so
            yield from self._standing(kind, declared[0] if declared else None)
            if view.is_cancelled and told.on_date:
                yield Line(self.text("was_date", old=self._told_date(told)))
        else:
            declared = _declared(view, {ChangeKind.MOVED})
            if not declared and _is_only_more_exact(told, view.occurrence):
                yield Line(self.text("change_more_exact"), Style.TAG)
                yield Line(self.text("was_date", old=self._told_date(told)))
                return
            # What nobody declared as a change is an edit of ours.
            by = declared[1].by if declared else self.text("we_corrected_date")
            old = self._told_date(told) if told.on_date else ""
            new = format_partial(view.occurrence.when, self.presenter.language)
            yield from self._history(old, new, by, None)
        if declared:
            yield from self._where_said(declared[1])

    def _where_said(self, change: History) -> Iterator[Line]:
        """What happened, and where that can be read."""
        if change.says is not None:
            yield self._chosen(change.says)
        if change.url:
            text = f"{self.text('source_external')}:"
            yield Line(text, Style.SOFT, url=change.url, label=_shown(change.url))

    def _standing(self, kind: ChangeKind, change: Change | None) -> Iterator[Line]:
        """That it is off, or on again, and whose change that was, as far as the data say so."""
        word = "status_cancelled" if kind is ChangeKind.CANCELLED else "reinstated"
        if change is None:
            yield Line(self.text(word), Style.TAG)
            yield Line(self.text("change_of_unknown"))
        elif change.by is ChangedBy.US:
            yield Line(self.text(word), Style.TAG)
            yield Line(self.text("change_of_ours"))
        else:
            yield Line(self.text(f"{kind.value}_by_organisers"), Style.TAG)

    def _history(self, old: str, new: str, by: str, says: Chosen | None) -> Iterator[Line]:
        moved = self.text("moved_from_to", old=old, new=new) if old else ""
        sentences = (sentence.rstrip(".") for sentence in (moved, by) if sentence)
        yield Line(" ".join(f"{sentence}." for sentence in sentences))
        if says is not None:
            yield self._chosen(says)

    def _told_date(self, told: Told) -> str:
        if told.on_date == CANCELLED:
            return self.text("status_cancelled")
        return format_partial(PartialDate.parse(told.on_date), self.presenter.language)

    def _chosen(self, text: Chosen) -> Line:
        is_own = text.language.tag == self.presenter.language.tag
        return Line(text.value, language=None if is_own else text.language)


def _still_so(view: OccurrenceView) -> list[History]:
    """The changes without those that took it off or on again before the last that did."""
    standing = _declared(view, _OF_STANDING)
    found = zip(view.occurrence.changes, view.history, strict=True)
    return [
        told
        for change, told in found
        if change.kind not in _OF_STANDING or (standing and change is standing[0])
    ]


def _is_only_more_exact(told: Told, now: Occurrence) -> bool:
    """That more is known is nobody's error."""
    return bool(told.on_date) and now.when.is_more_exact_than(PartialDate.parse(told.on_date))


def _declared(view: OccurrenceView, kinds: Container[ChangeKind]) -> tuple[Change, History] | None:
    """The last change of one of the kinds that the data name, and how it is told."""
    found = zip(view.occurrence.changes, view.history, strict=True)
    return next((both for both in reversed(list(found)) if both[0].kind in kinds), None)


def digest_sections(digest: Overview, wording: Wording) -> list[Section]:
    """What comes, what changed, and what has no day yet; only what there is."""
    parts: list[tuple[str, tuple[Entry, ...]]] = [
        (wording.period(digest, title=True), tuple(map(wording.row, digest.dates))),
        (wording.text("mail_digest_changes"), tuple(map(wording.correction, digest.changes))),
        (wording.text("mail_digest_inexact"), tuple(map(wording.row, digest.inexact))),
    ]
    return [Section(title, entries=entries) for title, entries in parts if entries]


def _shown(url: str) -> str:
    """An address as people write it."""
    return url.partition("://")[2].rstrip("/")
