"""What readers believe is true: whatever changes, whoever was told a date by whatever mail is told
in time, once, and nobody else is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.core.choices import Choices, Digest
from calendar_app.core.events import Event, Text
from calendar_app.remind.truths import CANCELLED
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import store_engine
from calendar_app.store.inbox import RequestKind
from calendar_app.store.schema import upgrade
from tests.factories import at, cancelled, event, on, reinstated
from tests.publishing import made_up, publish
from tests.remind.office import Office, token, words

NOW, TICK, DAY = at("2027-02-20T10:00"), timedelta(minutes=15), timedelta(days=1)
READERS = (
    Choices("en", ("labour",), leads=(1,)),
    Choices("en", ("labour",), leads=(7, 1)),
    Choices("en", ("labour",), leads=(30,)),
    Choices("en", ("labour",), leads=(), digest=Digest.WEEKLY),
)
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


@dataclass
class Readers:
    """What each believes of each event, by the mails that named it."""

    office: Office
    events: list[Dated]
    choices: dict[str, Choices] = field(default_factory=dict)
    beliefs: dict[tuple[str, str], str] = field(default_factory=dict)

    def work(self, now: datetime) -> None:
        for mail in self.office.work(now):
            text, subject, reader = words(mail), str(mail["Subject"]), str(mail["To"])
            for one in self.events:
                if f"Correction: {one.name}" in subject:
                    assert self.beliefs[reader, one.name] != one.text, (subject, now)
                if one.name in text:
                    self.beliefs[reader, one.name] = one.text
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
            if belief == one.text:
                continue
            last = date.fromisoformat(belief) if one.text == CANCELLED else one.on
            monday = today + (7 - today.weekday()) * DAY
            is_served = self.choices[reader].digest is Digest.WEEKLY and monday < last
            if last >= today and not is_served:
                found.append((reader, name, belief))
        return found


@settings(max_examples=6, deadline=None)
@given(st.lists(STEP, min_size=3, max_size=8))
def test_nobody_is_left_with_a_date_that_is_no_longer_true(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int, Choices]]
) -> None:
    events = [
        Dated("Alpha", date(2027, 3, 1)),
        Dated("Beta", date(2027, 3, 13)),
        Dated("Gamma", date(2027, 3, 24)),
    ]
    folder = tmp_path_factory.mktemp("beliefs")
    upgrade(folder)
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
