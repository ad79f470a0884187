"""revisions.yaml: written and read back without loss, refused when broken, and held against the
data: what is stale, and what may never be published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calendar_app.catalogue.pairs import load, read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import HEADER, read_revisions, write_revisions
from calendar_app.core.errors import DataError
from calendar_app.core.events import EMPTY
from calendar_app.core.revisions import Kind, Revisions
from calendar_app.core.schedules import schedule
from tests.adapters.samples import CALENDAR, DAY, DOCUMENTS, EVENTS, GOOD, TOPICS

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)
WIRE = "a-wire-digest"
MORE = "events:\n  meeting: {on: 2024-05-04, topics: [peace], name: {en: Meeting}}\n"
STALE = "run calendar-app revise, then look at what it changed"
RESTORE = "restore the file from version control, then run calendar-app revise"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def more(tmp_path: Path) -> Path:
    path = tmp_path / "more.yaml"
    path.write_text(MORE, encoding="utf-8")
    return path


def _revise(*paths: Path, at: datetime = NOON) -> dict[str, Revisions]:
    found = revised(read_pair(paths), WIRE, at)
    for name, revisions in found.items():
        revisions_path(Path(name)).write_bytes(write_revisions(revisions))
    return found


def _edit(path: Path, was: str, is_: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert was in content
    path.write_text(content.replace(was, is_, 1), encoding="utf-8")


def _messages(action: Callable[[], object], folder: Path) -> list[str]:
    with pytest.raises(DataError) as refused:
        action()
    return [str(fault).replace(f"{folder}/", "") for fault in refused.value.faults]


def _load(*paths: Path, wire: str = WIRE) -> list[str]:
    return _messages(lambda: load(paths, wire), paths[0].parent)


# --- the file ---


def test_what_is_written_is_read_back(events: Path) -> None:
    (revisions,) = _revise(events).values()
    content = revisions_path(events).read_bytes()

    assert read_revisions(content, "revisions.yaml") == revisions
    assert write_revisions(read_revisions(content, "revisions.yaml")) == content
    assert content.decode().startswith(HEADER)


def test_a_long_history_is_read_back(events: Path) -> None:
    _revise(events)
    _edit(events, "yearly: 03-08", "yearly: 03-09")
    cancelled = "      - {occurrence: 2027-05-29, kind: cancelled, by: organisers}\n"
    _edit(events, "    changes:\n", f"    changes:\n{cancelled}")
    _edit(
        events,
        "    sources:\n",
        "    sources:\n      - {document: later, precision: day, basis: computed}\n",
    )
    _revise(events, at=LATER)
    _edit(events, EVENTS[EVENTS.index("  once:") :], "")
    (revisions,) = _revise(events, at=datetime(2027, 1, 1, tzinfo=UTC)).values()
    content = revisions_path(events).read_bytes()

    assert read_revisions(content, "revisions.yaml") == revisions
    assert write_revisions(revisions) == content
    assert revisions.tombstones.keys() == revisions.withdrawn.keys() == {"once"}
    assert revisions.events["weekend"].occurrences
    assert {Kind.ADDED, Kind.REMOVED, Kind.CANCELLED, Kind.CITED} <= {
        entry.kind for entry in revisions.changes
    }


def test_revising_again_changes_no_byte(events: Path) -> None:
    _revise(events)
    before = revisions_path(events).read_bytes()
    _revise(events, at=LATER)

    assert revisions_path(events).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("events.yaml", "revisions.yaml"),
        ("more.yaml", "more.revisions.yaml"),
        ("events.yml", "revisions.yml"),
    ],
)
def test_revisions_stand_beside_the_data(name: str, beside: str) -> None:
    assert revisions_path(Path("data") / name) == Path("data") / beside


@pytest.mark.parametrize(
    ("was", "is_", "problem"),
    [
        ("uid_domain: calendar.invalid\n", "", "uid_domain: missing"),
        ("wire:\n", "wires:\n", "wires: unknown key; "),
        ("  number: 1\n", "  number: one\n", "wire: number: this is not a number"),
        ("  number: 1\n", "  number: -1\n", "wire: number: this is not a number"),
        ("at: '2026-11-23T12:00:00Z'", "at: 2026-11-23", "at: this is not an instant such as"),
        ("at: '2026-11-23T12:00:00Z'", "at: '2026-13-23T12:00:00Z'", "at: this is not an instant"),
        ("at: '2026-11-23T12:00:00Z'", "at: '9999-12-31T23:59:59Z'", "at: this is not an instant"),
        ("at: '2026-11-23T12:00:00Z'", "at: [now]", "at: this is not an instant"),
        ("form: rule", "form: both", "day: form: 'both' is not known"),
        ("    schedule:\n      yearly: 03-08\n", "", "day: schedule: missing"),
        ("yearly: 03-08\n", "yearly: 03-32\n", "day: schedule: 03-32 does not exist in any year"),
        ("yearly: 03-08\n", "yearly: [03-08]\n", "schedule.yearly: a single value is needed"),
        ("yearly: 03-08\n", "annual: 03-08\n", "day: schedule.annual: unknown key"),
        ("yearly: 03-08\n", "since: 2024-01-01\n", "day: schedule: it does not say when"),
        ("      days: '3'\n", "", "fridays: schedule: it does not say when"),
        (
            "      days: '3'\n",
            "      days: '999999999999'\n",
            "schedule.days: '999999999999' is not",
        ),
        ("FREQ=MONTHLY;BYDAY=1FR", "FREQ=HOURLY", "fridays: schedule: this is not a rule"),
        ("since: '2023-10-28'", "since: soon", "schedule.since: 'soon' is not a day"),
        ("- '2023-12-30'\n", "- {a: b}\n", "schedule.except.1: a single value is needed here"),
        ("kind: moved\n", "kind: lost\n", "schedule.changes.1.kind: 'lost' is not known"),
        (
            "- occurrence: '2024-05-25'\n        kind",
            "- x\n      - kind",
            "schedule.changes.1: lines of",
        ),
        ("'on': 2019-11~", "'on': 2019-13", "schedule.on: there is no month 13"),
        ("    sequence: 0\n", "    sequence: 0.5\n", "day: sequence: this is not a number"),
        ("    texts:\n", "    text:\n", "day: text: unknown key"),
        ("cited_in: []", "cited_in: plan", "day: cited_in: a list is needed here"),
        ("tombstones: {}", "tombstones: []", "tombstones: a text needs its language"),
        ("kind: added", "kind: created", "changes: 1.kind: 'created' is not known"),
        ("uid_domain:", "uid_domain: &a", "&a is an anchor of YAML"),
        ("content:\n", "<<<<<<< ours\ncontent:\n", "the merge is not finished"),
        ("content:\n", "content:\n\t", "a tab in this line"),
        ("  day:\n", "  weekend:\n", "weekend: this key stands twice"),
    ],
)
def test_a_broken_file_is_refused(events: Path, was: str, is_: str, problem: str) -> None:
    _revise(events)
    beside = revisions_path(events)
    _edit(beside, was, is_)
    messages = _load(events)

    assert any(problem in message for message in messages), messages
    assert all(message.startswith("revisions.yaml:") for message in messages)
    assert all(message.endswith(f"; {RESTORE}") for message in messages)


@pytest.mark.parametrize("content", [b"", b"# nothing", b"- a", b"word", b"\xff\xfe", b"a: ["])
def test_a_file_of_something_else_is_refused(events: Path, content: bytes) -> None:
    revisions_path(events).write_bytes(content)

    assert all(message.endswith(RESTORE) for message in _load(events))


def test_faults_of_data_and_revisions_come_together(events: Path) -> None:
    _revise(events)
    _edit(events, "03-08", "03-32")
    _edit(revisions_path(events), "form: rule", "form: both")

    assert [message.partition(":")[0] for message in _load(events)] == [
        "events.yaml",
        "revisions.yaml",
    ]


def test_a_file_that_is_not_there_is_named(events: Path, tmp_path: Path) -> None:
    messages = _load(events, tmp_path / "none.yaml")

    assert messages == ["none.yaml: no such file or directory; check the name of the file"]


# --- stale ---


def test_what_was_revised_is_loaded(events: Path) -> None:
    _revise(events)
    catalogue = load([events], WIRE)

    assert catalogue.event_revisions.keys() == catalogue.events.keys()
    assert len(catalogue.edition_id) == 12


def test_without_revisions_nothing_is_published(events: Path) -> None:
    assert _load(events) == [f"revisions.yaml: there are no revisions; {STALE}"]


@pytest.mark.parametrize(
    ("was", "is_", "stale"),
    [
        pytest.param("yearly: 03-08", "yearly: 03-09", ["day"], id="a-date"),
        pytest.param("{en: Words}", "{en: Other words}", ["weekend"], id="only-a-summary"),
        pytest.param("name: {en: Plan}", "name: {en: Plan A}", ["weekend"], id="a-document"),
        pytest.param("name: {en: Work}", "name: {en: Labour}", ["day"], id="a-topic"),
        pytest.param("2024-02-24, ", "", ["weekend"], id="an-exception"),
        pytest.param("kind: reinstated, by: us", "kind: reinstated, by: organisers", ["weekend"],
                     id="whose-change"),
        pytest.param("note: {en: A theme}", "note: {en: Theme}", ["weekend"], id="an-occasion"),
        pytest.param("document: plan\n", "document: later\n", None, id="a-source"),
        pytest.param("  fridays:", "  saturdays:", None, id="an-id"),
    ],
)  # fmt: skip
def test_a_change_makes_revisions_stale(
    events: Path, was: str, is_: str, stale: list[str] | None
) -> None:
    _revise(events)
    _edit(events, was, is_)
    messages = _load(events)

    if stale is None:
        return
    assert [message.split(": ")[1] for message in messages] == stale
    assert all(
        message.endswith(f"changed since the revisions were last written; {STALE}")
        for message in messages
    )


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        pytest.param("{en: The whole plan}", "{en: The plan}", id="a-title"),
        pytest.param("gold", "silver", id="the-accent"),
        pytest.param("verified: 2026-11-22", "verified: 2026-11-23", id="a-verification"),
        pytest.param("{en: Old}", "{en: Older}", id="a-topic-of-no-event"),
    ],
)
def test_a_change_beside_the_events_makes_the_file_stale(events: Path, was: str, is_: str) -> None:
    _revise(events)
    _edit(events, was, is_)

    assert _load(events) == [
        f"revisions.yaml: the data changed since the revisions were last written; {STALE}"
    ]


def test_a_comment_makes_nothing_stale(events: Path) -> None:
    _revise(events)
    _edit(events, "  day:\n", "  # looked up\n  day:   # every year\n\n")
    _edit(events, "[work, peace]", "\n      - work\n      - peace")

    assert load([events], WIRE).events["day"].topics == ("work", "peace")


def test_added_and_removed_entries_are_told(events: Path) -> None:
    _revise(events)
    content = events.read_text(encoding="utf-8")
    new = DAY.replace("  day:", "  new-day:").replace("03-08", "05-01")
    events.write_text(content[: content.index("  once:")] + new, encoding="utf-8")

    added, removed = sorted(_load(events), key=lambda message: "removed" in message)
    assert ": new-day: added since" in added
    assert ": once: removed since" in removed


def test_another_wire_form_makes_revisions_stale(events: Path) -> None:
    _revise(events)

    assert _load(events, wire="another") == [
        f"revisions.yaml: wire: this release writes calendars otherwise; {STALE}"
    ]


# --- what may never be published ---


def _both(*paths: Path) -> list[str]:
    """The messages of revise, which `check` must give as well."""
    found = _messages(lambda: revised(read_pair(paths), WIRE, LATER), paths[0].parent)
    assert set(found) <= set(_load(*paths))
    return found


def test_a_changed_id_is_refused(events: Path) -> None:
    _revise(events)
    _edit(events, "  fridays:", "  first-fridays:")

    (message,) = _both(events)
    assert message.endswith(
        "first-fridays: the id fridays was changed to first-fridays, and ids are permanent; "
        "write fridays again"
    )


def test_a_used_id_is_refused(events: Path) -> None:
    _revise(events)
    once = EVENTS[EVENTS.index("  once:") :]
    _edit(events, once, "")
    _revise(events, at=LATER)
    _edit(events, "  fridays:", f"{once}  fridays:")

    (message,) = _both(events)
    assert "once: this id was used before and removed on 2026-11-24; choose another id" in message


def test_another_domain_is_refused(events: Path) -> None:
    _revise(events)
    _edit(events, "calendar.invalid", "other.invalid")

    assert _both(events) == [
        "events.yaml:5: calendar: uid_domain: it may never change; write calendar.invalid again"
    ]


def test_the_loss_of_a_topic_is_refused(events: Path) -> None:
    _revise(events)
    _edit(events, "  old: {name: {en: Old}, retired: true}\n", "  new: {name: {en: Old}}\n")

    assert _both(events) == [
        "events.yaml:33: old: this topic was published and is gone, and ids are permanent; "
        "write old again, with retired: true if it is no longer used"
    ]
    _edit(events, "  new:", "  old: {name: {en: Old}, retired: true}\n  new:")
    _revise(events, at=LATER)
    assert load([events], WIRE).topics.keys() == {"peace", "work", "old", "new"}


def test_revisions_that_remember_no_topics_are_not_stale_and_remember_them_next(
    events: Path,
) -> None:
    (revisions,) = _revise(events).values()
    beside = revisions_path(events)
    content = beside.read_text(encoding="utf-8")
    start, end = content.index("\ntopics:"), content.index("\ntombstones:")
    beside.write_text(content[:start] + content[end:], encoding="utf-8")

    assert load([events], WIRE).revisions[str(events)].topics == {}
    assert list(_revise(events, at=LATER).values()) == [revisions]
    assert beside.read_text(encoding="utf-8") == content


def test_revisions_that_remember_no_names_are_not_stale_and_remember_them_next(
    events: Path,
) -> None:
    (revisions,) = _revise(events).values()
    assert all(event.name and event.topics for event in revisions.events.values())
    forgetful = {
        id_: replace(event, name=EMPTY, topics=(), is_context=False)
        for id_, event in revisions.events.items()
    }
    beside = revisions_path(events)
    beside.write_bytes(write_revisions(replace(revisions, events=forgetful)))

    assert load([events], WIRE).revisions[str(events)].events == forgetful
    assert list(_revise(events, at=LATER).values()) == [revisions]


def test_what_was_taken_out_is_remembered(events: Path) -> None:
    before = load([events], WIRE) if _revise(events) else None
    assert before is not None
    once = before.events["once"]
    _edit(events, EVENTS[EVENTS.index("  once:") :], "")
    _revise(events, at=LATER)

    found = load([events], WIRE)

    (event,) = found.withdrawn.values()
    assert (event.id, event.name, event.topics) == ("once", once.name, once.topics)
    assert schedule(event) == schedule(once)
    assert found.last_revisions["once"] == before.event_revisions["once"]


def test_what_was_taken_out_and_is_broken_is_refused(events: Path) -> None:
    _revise(events)
    _edit(events, EVENTS[EVENTS.index("  once:") :], "")
    _revise(events, at=LATER)
    beside = revisions_path(events)
    _edit(beside, "'on': 2019-11~", "since: 2024-01-01")

    (message,) = _load(events)
    assert "withdrawn: once.schedule: it does not say when" in message


# --- two files ---


def test_each_file_has_its_own_revisions(events: Path, more: Path) -> None:
    _revise(events, more)
    catalogue = load([events, more], WIRE)

    own = read_revisions((more.with_name("more.revisions.yaml")).read_bytes(), "more")
    assert own.events.keys() == {"meeting"}
    assert catalogue.event_revisions.keys() == catalogue.events.keys()
    assert catalogue.revisions.keys() == {str(events), str(more)}


def test_only_the_changed_file_is_stale(events: Path, more: Path) -> None:
    _revise(events, more)
    _edit(more, "2024-05-04", "2024-05-05")

    (message,) = _load(events, more)
    assert message.startswith("more.yaml:2: meeting: changed since")


def test_a_document_of_another_file_makes_its_events_stale(events: Path, more: Path) -> None:
    _edit(events, DOCUMENTS, DOCUMENTS[: DOCUMENTS.index("  edition:")])
    _edit(more, "events:\n", "documents:\n  edition: {name: {en: E}, title: {en: E}}\nevents:\n")
    _edit(events, 'name: "Paper, 5 May 2024", url: "http://example.org/"', "document: edition")
    _revise(events, more)
    _edit(more, "{name: {en: E}", "{name: {en: F}")

    assert any("weekend: changed since" in message for message in _load(events, more))


def test_citations_from_another_file_belong_to_the_event(events: Path, more: Path) -> None:
    _revise(events, more)
    _edit(
        more,
        "events:\n",
        "citations:\n  day: [{document: later, precision: day, basis: document}]\nevents:\n",
    )

    assert any(
        "events.yaml" in message and "day: changed" in message for message in _load(events, more)
    )


def test_an_id_removed_from_one_file_may_not_be_used_in_another(events: Path, more: Path) -> None:
    _revise(events, more)
    once = EVENTS[EVENTS.index("  once:") :]
    _edit(events, once, "")
    _revise(events, more, at=LATER)
    more.write_text(MORE + once, encoding="utf-8")

    (message,) = _both(events, more)
    assert message.startswith("more.yaml:3: once: this id was used before")


def test_a_topic_may_be_put_into_another_file_and_is_remembered_with_its_own(
    events: Path, more: Path
) -> None:
    of_more = "topics:\n  cuba: {name: {en: Cuba}}\n"
    more.write_text(of_more + MORE, encoding="utf-8")
    _revise(events, more)
    load([events], WIRE)
    more.write_text(MORE, encoding="utf-8")
    assert any("cuba: this topic was published" in message for message in _both(events, more))

    _edit(events, "topics:\n", of_more)
    found = _revise(events, more, at=LATER)

    assert [sorted(file.topics) for file in found.values()] == [
        ["cuba", "old", "peace", "work"],
        ["cuba"],
    ]
    assert load([events, more], WIRE).topics.keys() == {"cuba", "old", "peace", "work"}


def test_another_name_of_a_topic_of_another_file_is_told_of_no_event(
    events: Path, more: Path
) -> None:
    before = _revise(events, more)[str(more)]
    _edit(events, "name: {en: Peace}\n    review", "name: {en: Peace!}\n    review")

    after = _revise(events, more, at=LATER)[str(more)]

    assert after.events != before.events
    assert after.changes == before.changes


def test_an_entry_put_into_another_file_keeps_its_history(events: Path, more: Path) -> None:
    before = _revise(events, more)[str(events)].events["once"]
    once = EVENTS[EVENTS.index("  once:") :]
    _edit(events, once, "")
    more.write_text(MORE + once, encoding="utf-8")

    messages = _load(events, more)
    assert any(
        message.startswith("events.yaml") and "once: removed" in message for message in messages
    )
    assert any(message.startswith("more.yaml") and "once: added" in message for message in messages)

    after = _revise(events, more, at=LATER)
    assert after[str(more)].events["once"] == before
    assert after[str(events)].tombstones == {}
    assert load([events, more], WIRE).events.keys() >= {"once", "meeting"}


def test_the_first_file_alone_may_be_loaded_before_the_second_is_there(events: Path) -> None:
    assert (CALENDAR + DOCUMENTS + TOPICS) in events.read_text(encoding="utf-8")
    _revise(events)
    first = load([events], WIRE).edition_id
    more = events.with_name("more.yaml")
    more.write_text(MORE, encoding="utf-8")
    _revise(events, more, at=LATER)

    assert load([events, more], WIRE).edition_id != first
    assert load([events], WIRE).edition_id == first
