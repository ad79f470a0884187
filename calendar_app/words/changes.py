"""What became of dates since they were published, in words: the list of changes, newest first.

What happened in one instant and in one way is one item, so that the first publication is a line
and not a wall of lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from calendar_app.core.events import Change, ChangedBy, ChangeKind, Event
from calendar_app.core.history import Series
from calendar_app.core.occurrences import occurrence_id
from calendar_app.core.precision import PartialDate
from calendar_app.core.revisions import ChangeLine, Kind
from calendar_app.core.rrules import RRule
from calendar_app.core.rules import LastWeekend, On, Yearly
from calendar_app.words.fallback import Chosen, choose
from calendar_app.words.formatting import format_day, format_partial, format_yearly
from calendar_app.words.presentation import Presenter
from calendar_app.words.tiles import Tile, tiles

# In the order in which a reader must know of them, with the phrase for each.
_WORDS: Final = {
    Kind.CANCELLED: "status_cancelled",
    Kind.MOVED: "change_moved",
    Kind.CORRECTED: "change_corrected",
    Kind.REINSTATED: "change_reinstated",
    Kind.TENTATIVE: "status_tentative",
    Kind.SCHEDULED: "status_scheduled",
    Kind.BOUNDS: "change_bounds",
    Kind.MORE_EXACT: "change_more_exact",
    Kind.REMOVED: "change_removed",
    Kind.ADDED: "change_added",
    Kind.CITED: "change_cited",
    Kind.TEXT: "change_text",
}
_ORDER: Final = list(_WORDS)
# The change in the data that a line of the list goes back to.
_DECLARED: Final = {
    Kind.CANCELLED: ChangeKind.CANCELLED,
    Kind.MOVED: ChangeKind.MOVED,
    Kind.CORRECTED: ChangeKind.MOVED,
    Kind.REINSTATED: ChangeKind.REINSTATED,
    Kind.MORE_EXACT: ChangeKind.MOVED,
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What became of one event or of one of its dates. An event that was taken out has no page,
    and one that an earlier version took out no name but its id; ``old`` and ``new`` are dates in
    words, either may be empty."""

    name: Chosen | str
    path: str
    old: str
    new: str
    by: str
    says: Chosen | None
    url: str


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What happened at one instant in one way; ``document`` is where dates are also cited, None
    once it was taken out of the data; ``cited_in`` is its id."""

    at: datetime
    kind: Kind
    cited_in: str
    word: str
    tiles: tuple[Tile, ...]
    document: tuple[str, Chosen] | None
    changes: tuple[ChangeView, ...]

    @property
    def id(self) -> str:
        """The same for ever (RFC 4287 4.2.6), since it is only made of what was told."""
        document = f"-{self.cited_in}" if self.cited_in else ""
        return f"{self.kind.value}-{self.at:%Y%m%dT%H%M%SZ}{document}"

    @property
    def is_brief(self) -> bool:
        """Many names of which there is nothing more to say than that."""
        return len(self.changes) > 1 and not any(change.old or change.by for change in self.changes)


def all_changes(presenter: Presenter) -> list[ChangesView]:
    """Everything that was ever told, newest first."""
    revisions = presenter.catalogue.revisions.values()
    every = sorted((line for found in revisions for line in found.changes), key=_newest_first)
    return [_changes(list(same), presenter) for _, same in groupby(every, key=_newest_first)]


def removal(event: str, presenter: Presenter) -> ChangesView:
    """The item of the list that tells that an event was taken out, with nothing else in it. Raises
    KeyError for one that was not."""
    return _changes(
        [ChangeLine(presenter.catalogue.removed[event], Kind.REMOVED, event)], presenter
    )


def change_told(line: ChangeLine, presenter: Presenter) -> str:
    """One line of the list by itself: ``Talks: 6 December 2026 (was: 4 December 2026)``."""
    return next(lines(_changes([line], presenter), presenter))


def _newest_first(line: ChangeLine) -> tuple[float, int, str]:
    return -line.at.timestamp(), _ORDER.index(line.kind), _cited_in(line)


def _cited_in(line: ChangeLine) -> str:
    return line.new if line.kind is Kind.CITED else ""


def _changes(same: list[ChangeLine], presenter: Presenter) -> ChangesView:
    first = same[0]
    return ChangesView(
        first.at,
        first.kind,
        _cited_in(first),
        presenter.phrases.text(_WORDS[first.kind]),
        tiles(PartialDate.of_days(first.at.date(), first.at.date()), presenter.language),
        _document(first, presenter),
        tuple(_change(line, presenter) for line in same),
    )


def _document(line: ChangeLine, presenter: Presenter) -> tuple[str, Chosen] | None:
    document = presenter.catalogue.documents.get(_cited_in(line))
    if document is None:
        return None
    return presenter.path("sources", document.id), choose(document.name, presenter.language)


def _change(line: ChangeLine, presenter: Presenter) -> ChangeView:
    catalogue, is_there = presenter.catalogue, line.event in presenter.catalogue.events
    event = (catalogue.events if is_there else catalogue.withdrawn).get(line.event)
    if event is None:
        return ChangeView(line.event, "", "", "", "", None, "")
    old, new = _dates(line, event, presenter)
    declared = _declared(line, event)
    says = declared.says if declared else None
    return ChangeView(
        choose(event.name, presenter.language),
        presenter.path("events", event.id) if is_there else "",
        old,
        new,
        _by(line.kind, declared, presenter),
        choose(says, presenter.language) if says else None,
        (declared.url or "") if declared else "",
    )


def _dates(line: ChangeLine, event: Event, presenter: Presenter) -> tuple[str, str]:
    """The old and the new date; only one where it stayed, or where there is no other."""
    if line.kind is Kind.CITED or (_is_whole(line) and event.changes):
        # The list of changes has what the rule gave; when it was added, that was over already.
        return "", ""
    was, is_ = (Series.parse(text) if text else None for text in (line.old, line.new))
    old, new = (_rule(series, presenter) for series in (was, is_))
    if old == new:
        old, new = (_in_full(series, presenter) for series in (was, is_))
    if line.kind is Kind.REMOVED:
        return "", old
    return ("", new) if old == new else (old, new)


def _is_whole(line: ChangeLine) -> bool:
    """Added as an event, and not as one more of its dates."""
    return line.kind is Kind.ADDED and not line.occurrence


def _rule(series: Series | None, presenter: Presenter) -> str:
    """A date, or how often it comes."""
    if series is None:
        return ""
    phrases, language, rule = presenter.phrases, presenter.language, series.rule
    if isinstance(rule, On):
        return format_partial(rule.when, language)
    if isinstance(rule, Yearly):
        return phrases.text("rule_yearly", date=format_yearly(rule.month, rule.day, language))
    if isinstance(rule, LastWeekend):
        return phrases.text("rule_last_weekend")
    return phrases.text("precision_rule")


def _in_full(series: Series | None, presenter: Presenter) -> str:
    """With all that can tell it from another in the same words: the first date of a free rule, the
    first and the last day that may be."""
    if series is None:
        return ""
    language = presenter.language
    details = []
    if isinstance(series.rule, RRule):
        details.append(format_partial(series.rule.earliest, language))
    if series.first or series.last:
        ends = (format_day(day, language) if day else "…" for day in (series.first, series.last))
        details.append(language.patterns.between.join(ends))
    return " ".join([_rule(series, presenter), *(f"({detail})" for detail in details)])


def _declared(line: ChangeLine, event: Event) -> Change | None:
    """The change in the data that says whose it was and where that can be read."""
    kind = _DECLARED.get(line.kind)
    found = [
        change
        for change in event.changes
        if change.kind is kind
        and occurrence_id(event, change.occurrence) == (line.occurrence or event.id)
        and (change.to is None or str(change.to) == line.new)
    ]
    return found[-1] if found else None


def _by(kind: Kind, declared: Change | None, presenter: Presenter) -> str:
    phrases = presenter.phrases
    if kind is Kind.CORRECTED or (declared and declared.by is ChangedBy.US):
        return phrases.text("we_corrected_date")
    if kind is Kind.MOVED:
        return phrases.text("moved_by_organisers")
    return phrases.text("cancelled_by_organisers") if kind is Kind.CANCELLED and declared else ""


def lines(view: ChangesView, presenter: Presenter) -> Iterator[str]:
    """The same as plain text, a line for each."""
    for change in view.changes:
        name = change.name if isinstance(change.name, str) else change.name.value
        was = presenter.phrases.text("was_date", old=change.old) if change.old else ""
        when = f"{change.new} ({was})" if was else change.new
        first = f"{name}: {when}" if when else name
        rest = (change.by, change.says.value if change.says else "")
        yield ". ".join([first, *(part.rstrip(".") for part in rest if part)])
