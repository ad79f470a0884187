"""The next plan is one more file: what people have in their calendars stays as it is, and gains a
reason. The plan of this test is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from calendar_app.catalogue.pairs import load, read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.revisions import Kind
from calendar_app.feeds.wire import wire_digest
from calendar_app.words.languages import LANGUAGES
from tests.feeds.contentlines import Component, vevents
from tests.publishing import EVENTS, LATER, PUBLISHED_AT, edition, feed, feeds

NEXT_PLAN = Path(__file__).with_name("next-plan.yaml")
CITED = {"womens-day", "may-day", "victory-day", "peace-day", "palestine-day"}
ADDED = {"invented-seminar", "invented-centenary", "invented-meeting", "invented-day"}
# These hold a cited or a new day; every other feed has nothing to do with the plan.
CHANGED_TOPICS = {"peace", "labour", "women", "memory", "palestine", "meetings"}


@dataclass(frozen=True)
class Editions:
    """The catalogue before and after the plan."""

    before: Catalogue
    after: Catalogue


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Editions:
    folder = tmp_path_factory.mktemp("data")
    events, plan = folder / "events.yaml", folder / "next-plan.yaml"
    events.write_bytes(EVENTS.read_bytes())
    before = revise([events], PUBLISHED_AT)
    plan.write_bytes(NEXT_PLAN.read_bytes())
    return Editions(before, revise([events, plan], LATER))


def revise(paths: list[Path], when: datetime) -> Catalogue:
    """What ``calendar-app revise`` does at an instant, and what a server then loads."""
    for name, revisions in revised(read_pair(paths), wire_digest(), when).items():
        revisions_path(Path(name)).write_bytes(write_revisions(revisions))
    return load(paths, wire_digest())


def by_occurrence(catalogue: Catalogue, tag: str) -> dict[str, Component]:
    found = vevents(feed(catalogue, f"/{tag}/calendar.ics"))
    return {uid.partition("@")[0]: vevent for uid, vevent in found.items()}


def is_cited(occurrence: str) -> bool:
    return occurrence in CITED or occurrence.startswith("victory-day-")


def test_it_is_new_data_and_no_change_of_the_old(editions: Editions) -> None:
    assert editions.before.events.keys() == editions.after.events.keys() - ADDED
    assert editions.after.documents["plan-24-invented"].follows == "plan-23"
    assert editions.before.edition_id != editions.after.edition_id
    assert len(editions.after.revisions) == 2


@pytest.mark.parametrize("tag", LANGUAGES)
def test_known_days_keep_uid_sequence_and_date(editions: Editions, tag: str) -> None:
    before, after = by_occurrence(editions.before, tag), by_occurrence(editions.after, tag)
    assert before.keys() == after.keys() - ADDED
    for id_, was in before.items():
        for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "CREATED"):
            assert after[id_].one(name) == was.one(name)
        assert after[id_].all("RRULE") == was.all("RRULE")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_new_days_are_new_events(editions: Editions, tag: str) -> None:
    after = by_occurrence(editions.after, tag)
    new = {id_: after[id_] for id_ in ADDED}
    assert {
        id_: (vevent.one("DTSTART").value, vevent.one("DTEND").value) for id_, vevent in new.items()
    } == {
        "invented-seminar": ("20270320", "20270322"),
        "invented-centenary": ("20270614", "20270615"),
        "invented-meeting": ("20271022", "20271025"),
        "invented-day": ("19700717", "19700718"),
    }
    assert {vevent.one("CREATED").instant for vevent in new.values()} == {LATER}
    assert {vevent.one("SEQUENCE").value for vevent in new.values()} == {"0"}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_cited_days_give_the_new_reason(editions: Editions, tag: str) -> None:
    before, after = by_occurrence(editions.before, tag), by_occurrence(editions.after, tag)
    name = editions.after.documents["plan-24-invented"].name[tag]
    for id_, was in before.items():
        now = after[id_]
        assert (name in now.one("DESCRIPTION").text) == is_cited(id_)
        if is_cited(id_):
            assert now.one("LAST-MODIFIED").instant == now.one("DTSTAMP").instant == LATER
            # All but the reason, which stands last, is as it was.
            paragraphs = [one.one("DESCRIPTION").text.split("\n\n")[:-1] for one in (was, now)]
            assert paragraphs[0] == paragraphs[1]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_last_modified_grows_for_the_cited_days_only(editions: Editions, tag: str) -> None:
    before, after = by_occurrence(editions.before, tag), by_occurrence(editions.after, tag)
    for id_, was in before.items():
        if not is_cited(id_):
            assert after[id_].lines == was.lines


def test_feeds_of_untouched_events_have_the_same_bytes(editions: Editions) -> None:
    before = dict(feeds(edition(editions.before)))
    after = dict(feeds(edition(editions.after)))
    names = {f"events/{id_}.ics" for id_ in CITED}
    names |= {f"topics/{topic}.ics" for topic in CHANGED_TOPICS} | {"calendar.ics"}
    assert {path[4:] for path in before if after[path] != before[path]} == names
    assert {path[4:] for path in after.keys() - before.keys()} == {
        f"events/{id_}.ics" for id_ in ADDED
    }


def test_the_list_of_changes_tells_what_was_cited_and_added(editions: Editions) -> None:
    entries = [
        entry
        for revisions in editions.after.revisions.values()
        for entry in revisions.changes
        if entry.at == LATER
    ]
    cited = [entry for entry in entries if entry.kind is Kind.CITED]
    assert {entry.event for entry in cited} == CITED
    assert {entry.new for entry in cited} == {"plan-24-invented"}
    assert {entry.event for entry in entries if entry.kind is Kind.ADDED} == ADDED
    # The reason is a text of the entry, too, and told once.
    assert {entry.kind for entry in entries} == {Kind.CITED, Kind.ADDED}


def test_pages_show_the_new_plan(editions: Editions) -> None:
    found = edition(editions.after)
    for tag in LANGUAGES:
        page = found.get(f"/{tag}/events/may-day/").plain.body.decode()
        assert f"/{tag}/sources/plan-24-invented/" in page
        assert f"/{tag}/sources/plan-23/" in page
        assert found.get(f"/{tag}/sources/plan-24-invented/").status == 200


def test_what_was_revised_once_is_not_revised_again(editions: Editions, tmp_path: Path) -> None:
    events, plan = tmp_path / "events.yaml", tmp_path / "next-plan.yaml"
    events.write_bytes(EVENTS.read_bytes())
    plan.write_bytes(NEXT_PLAN.read_bytes())
    first = revise([events, plan], PUBLISHED_AT)
    assert revise([events, plan], LATER).revisions == first.revisions
