"""What readers believe is true: whatever changes, whoever was told a date by whatever mail is told
in time, once, and nobody else is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event, Status, Text
from calendar_app.core.precision import PartialDate
from calendar_app.core.rules import LastWeekend, Rule, Yearly
from calendar_app.remind.truths import CANCELLED
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import store_engine
from calendar_app.store.inbox import RequestKind
from tests.factories import at, cancelled, event, moved, on, reinstated
from tests.publishing import made_up, publish
from tests.remind.office import Office, token, words
from tests.store.places import MakeFiles

NOW, TICK, DAY = at("2027-02-20T10:00"), timedelta(minutes=15), timedelta(days=1)
# Nothing is remembered of a date that has been over for so long.
FORGOTTEN_AFTER = timedelta(days=7)
MONTHLY = Choices("en", ("labour",), leads=(), digest=Digest.MONTHLY)
READERS = (
    Choices("en", ("labour",), leads=(1,)),
    Choices("en", ("labour",), leads=(7, 1)),
    Choices("en", ("labour",), leads=(30,)),
    Choices("en", ("labour",), leads=(), digest=Digest.WEEKLY),
    MONTHLY,
)
BACK_AND_FORTH = {
    "to the first day": date(2027, 3, 13),
    "to the second": date(2027, 3, 18),
    "to the third": date(2027, 3, 30),
}
STEP = st.tuples(
    st.integers(1, 5),  # days later
    st.sampled_from(["moved", "cancelled", "reinstated", "joined"]),
    st.integers(0, 2),  # which event
    st.sampled_from(READERS),
)


@dataclass
class Dated:
    """An event, on a day where it never was before, or off."""

    name: str
    on: date
    standing: str = ""

    @property
    def text(self) -> str:
        return CANCELLED if self.standing == "cancelled" else str(self.on)

    @property
    def day(self) -> date:
        return self.on

    def event(self) -> Event:
        day = str(self.on)
        changes = {"cancelled": (cancelled(day),), "reinstated": (cancelled(day), reinstated(day))}
        return event(
            self.name.lower(),
            on(day),
            name=Text({"en": self.name}),
            topics=("labour",),
            changes=changes.get(self.standing, ()),
        )

    def change(self, what: str, day: date) -> None:
        if what == "moved" and self.standing != "cancelled":
            self.on, self.standing = day, ""
        elif what == "cancelled" or (what == "reinstated" and self.standing == "cancelled"):
            self.standing = what

    def become(self, what: str) -> None:
        if what in BACK_AND_FORTH:
            self.change("moved", BACK_AND_FORTH[what])
        else:
            self.change("cancelled" if what == "off" else "reinstated", self.on)


@dataclass
class Readers:
    """What each believes of each event, by the mails that named it."""

    office: Office
    events: list[Dated]
    choices: dict[str, Choices] = field(default_factory=dict)
    beliefs: dict[tuple[str, str], str] = field(default_factory=dict)
    days: dict[tuple[str, str], date] = field(default_factory=dict)  # which they speak of

    def work(self, now: datetime) -> None:
        for mail in self.office.work(now):
            text, subject, reader = words(mail), str(mail["Subject"]), str(mail["To"])
            for one in self.events:
                if f"Correction: {one.name}" in subject:
                    assert self.beliefs[reader, one.name] != one.text, (subject, now)
                if one.name in text:
                    self.beliefs[reader, one.name] = one.text
                    self.days[reader, one.name] = one.day
            if "/confirm/" in text:
                self.office.ask(RequestKind.CONFIRM, token=token(mail, "confirm"))

    def join(self, choices: Choices, now: datetime) -> None:
        reader = f"{len(self.choices)}@example.org"
        self.choices[reader] = choices
        self.office.subscribe(choices, reader)
        self.work(now)
        self.work(now)

    def misled(self, today: date) -> list[tuple[str, str, str]]:
        """Who believes what is not true, though it matters and no digest comes in time."""
        found = []
        for (reader, name), belief in self.beliefs.items():
            one = next(one for one in self.events if one.name == name)
            if belief == one.text or self.days[reader, name] + FORGOTTEN_AFTER < today:
                continue
            last = PartialDate.parse(belief if one.text == CANCELLED else one.text).last
            assert last is not None
            dates = [PartialDate.parse(text) for text in (belief, one.text) if text != CANCELLED]
            firsts = [when.first for when in dates if when.first and when.first >= today]
            by = min([*firsts, last])
            monday = today + (7 - today.weekday()) * DAY
            first = (today.replace(day=1) + 31 * DAY).replace(day=1)
            coming = {Digest.WEEKLY: monday, Digest.MONTHLY: first}
            is_served = coming.get(self.choices[reader].digest, by) < by
            if last >= today and not is_served:
                found.append((reader, name, belief))
        return found


@settings(max_examples=6, deadline=None)
@given(st.lists(STEP, min_size=3, max_size=8))
def test_nobody_is_left_with_a_date_that_is_no_longer_true(
    tmp_path_factory: pytest.TempPathFactory,
    make_files: MakeFiles,
    steps: list[tuple[int, str, int, Choices]],
) -> None:
    events = [
        Dated("Alpha", date(2027, 3, 1)),
        Dated("Beta", date(2027, 3, 13)),
        Dated("Gamma", date(2027, 3, 24)),
    ]
    folder = tmp_path_factory.mktemp("beliefs")
    make_files(folder)
    engine = store_engine(folder)
    edition, now = publish(made_up(*(one.event() for one in events)), None, NOW - DAY), NOW
    readers = Readers(Office(engine, folder, new_ring(), edition, now), events)
    for choices in READERS:
        readers.join(choices, now)
    assert len(readers.beliefs) > len(READERS)
    for number, (days, what, which, choices) in enumerate(steps):
        for _ in range(days):
            now += DAY
            readers.work(now)
        if what == "joined":
            readers.join(choices, now)
        else:
            events[which].change(what, date(2027, 3, 14) + number * 3 * DAY)
            edition = publish(made_up(*(one.event() for one in events)), edition, now)
            readers.office.publish(edition)
        for ticks in (0, 2, 3):  # it rests, corrects, and corrects what no digest told
            readers.work(now + ticks * TICK)
        assert readers.misled(now.date()) == []
    engine.dispose()


FIRST, LAST = Dated("Alpha", date(2027, 3, 13)), Dated("Omega", date(2027, 3, 31))
BETWEEN = st.tuples(
    st.integers(0, 4),  # days later
    st.sampled_from([*BACK_AND_FORTH, "off", "on again"]),
)


# To shrink what it finds takes longer than to read it.
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@example([(0, "to the third"), (1, "to the first day"), (0, "to the third")])
@example([(1, "to the second"), (0, "to the first day"), (4, "off"), (3, "on again")])
@given(st.lists(BETWEEN, min_size=3, max_size=6))
def test_who_believes_another_date_is_told_when_one_comes_back(
    tmp_path_factory: pytest.TempPathFactory, make_files: MakeFiles, steps: list[tuple[int, str]]
) -> None:
    """Told by digests, reminders and corrections in turn, in whatever order."""
    make_files(folder := tmp_path_factory.mktemp("beliefs"))
    come_and_go(folder, replace(FIRST), [LAST], steps)


def come_and_go(
    folder: Path, one: Dated, others: Sequence[Dated], steps: Iterable[tuple[int, str]]
) -> None:
    now, beside = at("2027-03-07T10:00"), [other.event() for other in others]
    edition = publish(made_up(one.event(), *beside), None, NOW - DAY)
    engine = store_engine(folder)
    readers = Readers(Office(engine, folder, new_ring(), edition, now), [one, others[0]])
    for choices in READERS:
        readers.join(choices, now)
    for days, what in steps:
        for _ in range(days):
            now += DAY
            readers.work(now)
        one.become(what)
        edition = publish(made_up(one.event(), *beside), edition, now)
        readers.office.publish(edition)
        for ticks in (0, 2, 3):  # it rests, corrects, and corrects what no digest told
            readers.work(now + ticks * TICK)
        assert readers.misled(now.date()) == []
    engine.dispose()


@dataclass
class Recurring(Dated):
    """One date of a series, of which the next is too far for any mail; ``on`` is by its rule."""

    rule: Rule = Yearly(3, 13)
    is_ended: bool = False
    is_off: bool = False
    is_taken_out: bool = False
    away: date | None = None

    @property
    def when(self) -> PartialDate:
        first = self.away or self.on
        return PartialDate.of_days(first, first + (self.rule.days - 1) * DAY)

    @property
    def until(self) -> date | None:
        """The next weekend would be near enough to be told."""
        return None if isinstance(self.rule, Yearly) else date(2027, 4, 1)

    @property
    def day(self) -> date:
        return self.away or self.on

    @property
    def text(self) -> str:
        return CANCELLED if self.is_off or self.is_taken_out or self.is_ended else str(self.when)

    def event(self) -> Event:
        changes = (moved(str(self.on), str(self.when)),) if self.away else ()
        return event(
            self.name.lower(),
            self.rule,
            name=Text({"en": self.name}),
            topics=("labour",),
            until=date(2027, 2, 1) if self.is_ended else self.until,
            status=Status.CANCELLED if self.is_off else Status.SCHEDULED,
            except_on=frozenset({self.on}) if self.is_taken_out else frozenset(),
            changes=() if self.is_taken_out or self.is_ended else changes,
        )

    def become(self, what: str) -> None:
        day = int(what.rpartition(" ")[2]) if what[-1].isdigit() else 0
        if what.startswith("by rule"):
            if isinstance(self.rule, Yearly):
                self.on, self.rule = date(2027, 3, day), Yearly(3, day)
        elif what.startswith("moved"):
            self.away = date(2027, 3, day)
        elif what == "not moved":
            self.away = None
        elif what in ("off", "on"):
            self.is_off = what == "off"
        elif what in ("ended", "endless"):
            self.is_ended = what == "ended"
        else:
            self.is_taken_out = what == "taken out"


OF_SERIES = st.lists(
    st.tuples(
        st.integers(0, 4),  # days later
        st.sampled_from(
            ["by rule 13", "by rule 18", "by rule 30", "moved 19", "moved 29", "not moved"]
            + ["off", "on", "ended", "endless", "taken out", "put back"]
        ),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.sampled_from([Yearly(3, 13), LastWeekend()]), OF_SERIES)
def test_who_believes_a_date_of_a_series_is_told_when_all_of_it_changes(
    tmp_path_factory: pytest.TempPathFactory,
    make_files: MakeFiles,
    rule: Rule,
    steps: list[tuple[int, str]],
) -> None:
    first = date(2027, 3, 13 if isinstance(rule, Yearly) else 27)
    others = [replace(LAST, name=f"Omega {n}", on=date(2027, 3 + n, 20)) for n in range(1, 6)]
    one = Recurring("Alpha", first, rule=rule)
    make_files(folder := tmp_path_factory.mktemp("beliefs"))
    come_and_go(folder, one, [LAST, *others], steps)
