"""The next edition is made while the one before answers, and makes nothing twice."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from threading import Event as Signal

import pytest

from calendar_app.catalogue.pairs import load, read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Text
from calendar_app.feeds.wire import wire_digest
from calendar_app.public.edition import Edition
from calendar_app.public.editions import AHEAD, Editions
from calendar_app.public.sites import Operator, Site
from calendar_app.web.front import Front
from tests.factories import WEEKENDS, at, cancelled, day, document, event, source, topic
from tests.publishing import BASE_URL, LATER, PUBLISHED_AT, TODAY, edition, made_up, publish
from tests.small_data import HEAD
from tests.web.asking import ask

FEED, PAGE, CHOICE = "/en/calendar.ics", "/ru/", "topics=labour"
SECOND = timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = at("2026-12-02T09:00")

    def __call__(self) -> datetime:
        return self.now


def catalogue(*, name: str = "Walk") -> Catalogue:
    """Three events, one of which may have another name."""
    return made_up(
        event(topics=("labour",)),
        event("walk", WEEKENDS, name=Text({"en": name}), since=day("2023-10-28")),
        event("cited", sources=(source(),), topics=("labour",)),
        documents={"plan-23": document()},
        topics={"labour": topic()},
    )


@pytest.fixture
def before() -> Catalogue:
    return publish(catalogue())


@pytest.fixture
def after(before: Catalogue) -> Catalogue:
    return publish(catalogue(name="March"), before, LATER)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def editions(before: Catalogue, clock: Clock) -> Editions:
    found = Editions(before, clock, BASE_URL, Operator())
    for path, query in ((PAGE, ""), (FEED, ""), (FEED, CHOICE)):
        assert found.current().get(path, query).status == 200
    return found


def is_made(found: Edition) -> bool:
    return all(found.finished(*one) for one in ((PAGE, ""), (FEED, ""), (FEED, CHOICE)))


def test_what_was_asked_for_is_made_before_new_data_come_into_force(
    editions: Editions, after: Catalogue
) -> None:
    found = editions.publish(after)

    assert editions.current() is found
    assert is_made(found)
    assert found.finished("/en/") is None
    assert b"March" in found.get(FEED).plain.body


def test_readers_do_not_wait_for_the_next_edition(
    editions: Editions, after: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, go_on = Signal(), Signal()
    keep = Site.keep_blocks_of

    def slow(site: Site, other: Site) -> None:
        making.set()
        assert go_on.wait(20)
        keep(site, other)

    monkeypatch.setattr(Site, "keep_blocks_of", slow)
    front = Front(lambda *_: pytest.fail("Flask was asked"), editions)
    old = editions.current()
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(editions.publish, after)
        try:
            assert making.wait(20)
            told = ask(front, FEED)
            assert told.header("Calendar-Edition") == old.id
            assert not editions._turning.locked()
        finally:
            go_on.set()
        new = publishing.result()

    assert ask(front, FEED).header("Calendar-Edition") == new.id != old.id


def test_the_next_day_is_made_before_it_begins(editions: Editions, clock: Clock) -> None:
    today = editions.current()
    clock.now = at("2026-12-03T00:00") - AHEAD - SECOND
    editions.prepare()
    assert editions._tomorrow is None

    clock.now += SECOND
    editions.prepare()
    prepared = editions._tomorrow
    editions.prepare()
    assert editions._tomorrow is prepared
    assert editions.current() is today

    clock.now = at("2026-12-03T00:00")
    assert editions.current() is prepared
    assert prepared is not None
    assert is_made(prepared)
    assert prepared.id == today.id.replace("20261202", "20261203")


def test_new_data_shortly_before_the_next_day_are_in_it(
    editions: Editions, after: Catalogue, clock: Clock
) -> None:
    clock.now = at("2026-12-03T00:00") - SECOND
    editions.prepare()
    editions.publish(after)

    clock.now += SECOND
    assert editions.current().site.catalogue is after
    assert b"March" in editions.current().get(FEED).plain.body


def test_a_day_that_was_not_prepared_comes_all_the_same(editions: Editions, clock: Clock) -> None:
    clock.now = at("2026-12-03T00:00") - SECOND
    editions.prepare()
    clock.now += timedelta(days=1)
    found = editions.current()

    assert found.id.endswith(".20261203")
    clock.now += timedelta(days=7)
    assert editions.current().id.endswith(".20261210")
    assert editions.current().get(FEED).plain.body == found.get(FEED).plain.body


def test_more_than_a_bound_is_not_made_ahead(
    editions: Editions, after: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calendar_app.public.edition.MAX_AHEAD", 2)
    found = editions.publish(after)

    # Feeds come first: programs fetch them again and again.
    assert found.finished(FEED)
    assert found.finished(FEED, CHOICE)
    assert found.finished(PAGE) is None


# Blocks that are kept

Edit = Callable[[Catalogue], Catalogue]


def with_event(old: Catalogue, id_: str, **fields: object) -> Catalogue:
    return replace(old, events={**old.events, id_: replace(old.events[id_], **fields)})


EDITS: dict[str, tuple[Edit, set[str]]] = {
    "nothing": (lambda old: old, {"may-day", "walk", "cited"}),
    "a name": (
        lambda old: with_event(old, "walk", name=Text({"en": "March"})),
        {"may-day", "cited"},
    ),
    "a date": (
        lambda old: with_event(old, "walk", changes=(cancelled("2026-11-28"),)),
        {"may-day", "cited"},
    ),
    "a topic of an event": (
        lambda old: with_event(old, "walk", topics=("labour",)),
        {"may-day", "cited"},
    ),
    "an event more": (
        lambda old: replace(old, events={**old.events, "new": event("new")}),
        {"may-day", "walk", "cited"},
    ),
    "an event less": (
        lambda old: replace(old, events={"walk": old.events["walk"]}),
        {"walk"},
    ),
    "the name of a topic": (
        lambda old: replace(old, topics={"labour": replace(topic(), name=Text({"en": "Work"}))}),
        set(),
    ),
    "the name of a document": (
        lambda old: replace(
            old, documents={"plan-23": replace(document(), name=Text({"en": "another plan"}))}
        ),
        set(),
    ),
    "the name of the calendar": (
        lambda old: replace(old, calendar=replace(old.calendar, name=Text({"en": "Dates"}))),
        set(),
    ),
}


def kept_blocks(first: Edition, second: Edition, tag: str) -> set[str]:
    made, found = first.site.blocks(tag), second.site.blocks(tag)
    assert all(map(found.made, second.site.catalogue.events))
    return {id_ for id_ in second.site.catalogue.events if found.made(id_) is made.made(id_)}


@pytest.mark.parametrize(("edit", "kept"), EDITS.values(), ids=EDITS)
def test_blocks_of_what_did_not_change_are_kept_and_right(edit: Edit, kept: set[str]) -> None:
    old = publish(catalogue())
    new = publish(edit(replace(old, revisions={})), old, LATER)
    first = edition(old)
    for tag in ("en", "ar"):
        first.get(f"/{tag}/calendar.ics")
    second, fresh = Edition.after(first, new, TODAY), edition(new)

    for tag in ("en", "ar"):
        feed = f"/{tag}/calendar.ics"
        assert second.get(feed).plain.body == fresh.get(feed).plain.body
        assert kept_blocks(first, second, tag) == kept


def test_only_the_run_of_a_changed_event_is_joined_again() -> None:
    events = [event(f"day-{number}") for number in range(1_500)]
    old = publish(made_up(*events))
    new = publish(with_event(old, "day-700", name=Text({"en": "March"})), old, LATER)
    first = edition(old)
    first.get(FEED)
    second = Edition.after(first, new, TODAY)

    before, after = first.site.blocks("en").runs(), list(second.site.blocks("en").runs())
    made_again = {id(one) for one in after} - {id(one) for one in before}
    assert len(after) > 3
    assert len(made_again) == 1
    assert second.get(FEED).plain.body == edition(new).get(FEED).plain.body


def test_blocks_are_made_anew_for_a_new_year_another_address_or_another_wire_form() -> None:
    found = publish(catalogue())
    first = edition(found)
    first.get(FEED)
    [name] = found.revisions
    wire = replace(
        found.revisions[name].wire, stamp=replace(found.revisions[name].wire.stamp, at=LATER)
    )
    rewired = replace(found, revisions={name: replace(found.revisions[name], wire=wire)})
    elsewhere = Site(found, TODAY, "https://other.example", Operator())
    elsewhere.keep_blocks_of(first.site)
    next_year = TODAY.replace(year=TODAY.year + 1)

    assert PUBLISHED_AT < LATER
    assert not any(map(elsewhere.blocks("en").made, found.events))
    for new in (
        Edition.after(first, found, next_year),
        Edition.after(first, rewired, TODAY),
    ):
        assert not kept_blocks(first, new, "en")


def test_an_edition_holds_none_of_those_before(editions: Editions, after: Catalogue) -> None:
    """Else memory would grow with every edit."""
    old = weakref.ref(editions.current())
    editions.publish(after)
    gc.collect()

    assert old() is None


def test_the_order_in_which_files_are_named_changes_nothing(tmp_path: Path) -> None:
    """Of files with names of their own and of the same name in folders; one has the calendar."""
    files = [tmp_path / name for name in ("b/days.yaml", "a/events.yaml", "c/events.yaml")]
    for number, file in enumerate(files):
        file.parent.mkdir()
        head = HEAD if number == 2 else f"topics: {{t-{number}: {{name: {{en: T}}}}}}\n"
        document = f"documents:\n  d-{number}: {{name: {{en: D}}, title: {{en: D}}}}\n"
        sources = f"[{{document: d-{number}, precision: day, basis: document}}]"
        fields = f"topics: [labour], name: {{en: E}}, sources: {sources}"
        file.write_text(f"{head}{document}events:\n  e-{number}: {{on: 2026-12-05, {fields}}}\n")
    for name, found in revised(read_pair(files), wire_digest(), PUBLISHED_AT).items():
        revisions_path(Path(name)).write_bytes(write_revisions(found))
    editions = [edition(load(order, wire_digest())) for order in permutations(files)]

    assert list(editions[0].site.catalogue.events) == ["e-2", "e-0", "e-1"]
    assert len({found.id for found in editions}) == 1
    names = ("", "sources/", "calendar.ics", "calendar.json", "calendar.csv", "changes.atom")
    for path in (*(f"/en/{name}" for name in names), "/openapi.json", "/sitemap.xml"):
        assert editions[0].get(path).status == 200
        assert len({found.get(path).plain for found in editions}) == 1, path
