"""What became of single occurrences since they were published, as far as readers are told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event, Status
from calendar_app.core.history import Series, before_all_changed, by_id
from calendar_app.core.occurrences import Window
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.revisions import ChangeLine, Kind
from calendar_app.remind.truths import CANCELLED

# A digest of a month tells no date that is further.
_TOLD_BEFORE: Final = timedelta(days=32)
# Of what was told by itself what became of its series is told too, this far.
_FURTHEST: Final = timedelta(days=400)
_UNTOLD: Final = {Kind.TEXT, Kind.CITED}
# What is tentative or firm now has the date that it had, but one more SEQUENCE.
_FIRMNESS: Final = {Kind.TENTATIVE, Kind.SCHEDULED}
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Was:
    """Until ``at`` a delivery would have ``told`` that."""

    at: datetime
    told: str


@dataclass(frozen=True)
class History:
    """What each occurrence was, by its id, the earliest first. What became of a whole series,
    which is one line, is here for each date that may have been told.

    ``steps`` are the instants at which the SEQUENCE of each grew. By them it is known which of two
    mails told it last: a delivery says the SEQUENCE, a digest up to when it knew all changes."""

    was: Mapping[str, Sequence[Was]]
    steps: Mapping[str, Sequence[datetime]]

    @classmethod
    def of(cls, catalogue: Catalogue, today: date) -> History:
        lines: defaultdict[str, list[ChangeLine]] = defaultdict(list)
        for file in catalogue.revisions.values():
            for line in file.changes:
                if _is_of_dates(line):
                    lines[line.event].append(line)
        was: dict[str, Sequence[Was]] = {}
        steps: dict[str, Sequence[datetime]] = {}
        for id_, of_event in lines.items():
            event = catalogue.events.get(id_) or catalogue.withdrawn.get(id_)
            if event is not None:
                past = _Past.of(event, of_event, today, is_there=id_ in catalogue.events)
                was |= {one: found for one, found in past.was.items() if found}
                steps |= past.steps
        return cls(was, steps)

    def told_at(self, subject: str, until: datetime | None) -> str:
        """What an edition told that knew all changes up to then; empty if nothing changed since."""
        later = (was for was in self.was.get(subject, ()) if until is None or was.at > until)
        return next((was.told for was in later), "")

    def sequence_before(self, subject: str, at: datetime, sequence: int) -> int:
        """The SEQUENCE just before an instant, of what has ``sequence`` now."""
        return sequence - sum(step >= at for step in self._steps(subject, sequence))

    def known_by(self, subject: str, sequence: int, told: int) -> datetime:
        """Up to when whoever told it knew its changes, if its SEQUENCE was ``told`` then."""
        steps, later = self._steps(subject, sequence), max(sequence - told, 0)
        return steps[-later - 1] if later < len(steps) else LONG_AGO

    def _steps(self, subject: str, sequence: int) -> Sequence[datetime]:
        """No more than there were: earlier versions did not count what was taken out."""
        steps = self.steps.get(subject, ())
        return steps[max(len(steps) - sequence, 0) :]


@dataclass
class _Past:
    """One event, which is taken back line by line, the last one first. ``dates`` are those that it
    has by its rule, or by themselves; of them some are ``off``, ``on`` though the event is off, or
    taken ``out``, by themselves, or ``gone`` since the rule does not give them."""

    event: Event
    window: Window
    near: Window
    dates: dict[str, PartialDate]
    off: set[str]
    on: set[str]
    out: set[str]
    gone: set[str] = field(default_factory=set)
    lined: set[str] = field(default_factory=set)  # which have lines of their own
    was: defaultdict[str, list[Was]] = field(default_factory=lambda: defaultdict(list))
    steps: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, event: Event, lines: Sequence[ChangeLine], today: date, is_there: bool) -> _Past:
        window = Window(today - _TOLD_BEFORE, today + _FURTHEST)
        standing = replace(event, status=Status.SCHEDULED)
        is_off = event.status is Status.CANCELLED
        if not event.rule.is_recurring:
            # What the status of a single date says is told as of that date.
            dates, on = by_id(event, [window]), set[str]()
            event = standing
        else:
            dates = by_id(standing, [window])
            now = by_id(event, [window]).values() if is_off else ()
            on = {one.id for one in now if not one.is_cancelled}
        past = cls(
            event,
            window,
            Window(today - ONE_DAY, today + _TOLD_BEFORE),
            {id_: one.when for id_, one in dates.items()},
            off={one.id for one in dates.values() if one.is_cancelled},
            on=on,
            out={*_by_rule(event, window)} - dates.keys(),
            gone=set() if is_there else {*dates},
            lined={line.occurrence for line in lines if line.occurrence},
        )
        for line in reversed(sorted(lines, key=_at)):
            past._take_back(line)
        for id_, was in past.was.items():
            if was and past._standing(id_) is None:  # nobody was told of it before
                past.steps[id_].remove(was.pop(0).at)
        return past

    def _take_back(self, line: ChangeLine) -> None:
        before = before_all_changed(line, self.event)
        of_all = before is not None or not (line.occurrence or line.old)
        by_rule = _by_rule(before, self.window) if before else {}
        ids = self._told(by_rule) if of_all else {self._put_back(line)}
        now = {id_: self._standing(id_) for id_ in ids}
        if not of_all:
            self._take_back_one(line, *ids)
        elif line.kind is Kind.REMOVED:
            self.gone.clear()
        elif line.kind in {Kind.CANCELLED, Kind.REINSTATED}:
            status = Status.CANCELLED if line.kind is Kind.REINSTATED else Status.SCHEDULED
            self.event = replace(self.event, status=status)
        elif before is not None:
            self._take_back_rule(before, by_rule)
        for id_, standing in now.items():
            then = self._standing(id_)
            if _text(then) != _text(standing):
                self.was[id_].insert(0, Was(line.at, _text(then)))
            if then != standing or (line.kind in _FIRMNESS and id_ not in self.off):
                self.steps[id_].insert(0, line.at)

    def _put_back(self, line: ChangeLine) -> str:
        """Gives the one that the line is of the date it had then, whatever date the rule gave that
        was another later on; its id."""
        id_ = line.occurrence or line.event
        if line.new:
            self.dates[id_] = PartialDate.parse(line.new)
            if self.was[id_] and self.was[id_][0].told not in (CANCELLED, line.new):
                self.was[id_][0] = replace(self.was[id_][0], told=line.new)
        return id_

    def _take_back_one(self, line: ChangeLine, id_: str) -> None:
        if line.old:
            self.dates[id_] = PartialDate.parse(line.old)
        if line.kind is Kind.REINSTATED:
            if id_ in self.on:
                self.on.discard(id_)
            else:
                self.off.add(id_)
        elif line.kind is Kind.CANCELLED:
            self.off.discard(id_)
            if self.event.status is Status.CANCELLED:
                self.on.add(id_)
        elif line.kind is Kind.ADDED:
            self.out.add(id_)
        elif line.kind is Kind.REMOVED:
            self.out.discard(id_)

    def _take_back_rule(self, before: Event, then: Mapping[str, PartialDate]) -> None:
        now = _by_rule(self.event, self.window)
        for id_ in then.keys() | now.keys():
            if then.get(id_) == now.get(id_):
                continue
            if self.dates.get(id_) == now.get(id_):
                self.dates.pop(id_, None)  # it had none of its own
            if id_ in then:
                self.dates.setdefault(id_, then[id_])
                self.gone.discard(id_)
            else:
                self.gone.add(id_)
        self.event = replace(before, status=self.event.status)

    def _told(self, by_rule: Mapping[str, PartialDate]) -> set[str]:
        """Those that may have been told, of all dates, and of those that the rule gave."""
        dates = [*self.dates.items(), *by_rule.items()]
        near = {id_ for id_, when in dates if self._is_near(when)}
        return near | self.lined

    def _is_near(self, when: PartialDate) -> bool:
        if not self.event.rule.is_recurring or when.first is None or when.last is None:
            return True
        return when.first < self.near.end and when.last >= self.near.start

    def _standing(self, id_: str) -> tuple[PartialDate, bool] | None:
        """Its date, and whether it is off; None if it is not there. SEQUENCE grows with this."""
        if id_ not in self.dates or id_ in self.gone or id_ in self.out:
            return None
        is_all_off = self.event.status is Status.CANCELLED and id_ not in self.on
        return self.dates[id_], id_ in self.off or is_all_off


def _text(standing: tuple[PartialDate, bool] | None) -> str:
    return CANCELLED if standing is None or standing[1] else str(standing[0])


def _is_of_dates(line: ChangeLine) -> bool:
    """Earlier versions did not say of a free rule where it begins; what it gave is not known."""
    if line.occurrence or line.kind not in {Kind.CORRECTED, Kind.BOUNDS}:
        is_first = line.kind is Kind.ADDED and not line.occurrence
        return line.kind not in _UNTOLD and not is_first
    return Series.parse(line.old).rule is not None


def _by_rule(event: Event, window: Window) -> dict[str, PartialDate]:
    """The dates that it would have if nothing became of single ones."""
    plain = replace(event, changes=(), except_on=frozenset())
    return {id_: one.scheduled for id_, one in by_id(plain, [window]).items()}


def known_until(catalogue: Catalogue) -> datetime:
    """The last change that an edition knows of."""
    files = catalogue.revisions.values()
    return max(
        [file.content.at for file in files] + [line.at for file in files for line in file.changes]
    )


def _at(line: ChangeLine) -> datetime:
    return line.at
