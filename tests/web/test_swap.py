"""New data come into force all at once or not at all, and what is refused changes nothing."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from threading import Event as Signal

import pytest

from calendar_app import wiring
from calendar_app.app import LONGEST_TURN, create_app, create_from_environment
from calendar_app.catalogue.pairs import read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.config import Settings, read_settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import DataError
from calendar_app.feeds.wire import wire_digest
from calendar_app.public import editions as editions_module
from calendar_app.public.edition import Edition
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator
from calendar_app.wiring import Watch
from tests.factories import at
from tests.small_data import DAYS, SmallData, text_of
from tests.web.asking import ask
from tests.web.conftest import MovableClock
from tests.web.serving import PROGRAM, Answer, Server, free_port, get, serving, wait_until

NOW = "2026-12-02T09:00Z"
MORE = text_of(DAYS | {"march": "on: 2026-12-20"})
HOST = {"HTTP_HOST": "127.0.0.1:8000"}


def settings_of(small: SmallData) -> Settings:
    given = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_NOW": NOW, "CALENDAR_MAIL": "off"}
    return read_settings(given)


@pytest.fixture
def watch(small: SmallData) -> Watch:
    return Watch(settings_of(small), MovableClock())


def readiness(watch: Watch, small: SmallData) -> dict[str, object]:
    reply = ask(create_app(settings_of(small), watch.editions), "/readyz", **HOST)
    assert reply.status == 200
    found: dict[str, object] = json.loads(reply.body)
    return found


def test_a_changed_pair_is_published(watch: Watch, small: SmallData) -> None:
    before = watch.editions.current()
    small.publish(MORE)

    assert watch.look()
    after = watch.editions.current()
    assert after.id != before.id
    assert after.get("/en/events/march/").status == 200
    assert before.get("/en/events/march/").status == 404
    assert readiness(watch, small) == {"status": "ready", "edition": after.id}


def test_revisions_that_were_put_back_are_refused(watch: Watch, small: SmallData) -> None:
    events, revisions = small.files
    small.publish(MORE)
    assert watch.look()
    newer = watch.editions.current()

    small.events.write_bytes(events)
    small.revisions.write_bytes(revisions)

    assert not watch.look()
    assert watch.editions.current() is newer
    refused = watch.editions.refusal
    assert refused is not None
    assert [fault.problem for fault in refused.faults] == [
        "these revisions are older than those in force"
    ]


def test_revisions_of_one_file_that_were_put_back_are_refused_whatever_another_has(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "events.yaml", tmp_path / "more.yaml"
    when = cycle(at(f"2026-11-25T10:{minute:02}") for minute in range(60))

    def revise() -> None:
        found = revised(read_pair([first, second]), wire_digest(), next(when))
        for events, revisions in found.items():
            revisions_path(Path(events)).write_bytes(write_revisions(revisions))

    first.write_bytes(text_of(DAYS))
    second.write_text("events:\n  rally: {on: 2026-12-20, topics: [labour], name: {en: Rally}}\n")
    revise()
    before = {path: path.read_bytes() for path in (first, revisions_path(first))}
    first.write_bytes(text_of(DAYS, "Great day"))
    revise()
    given = {"CALENDAR_EVENTS": f"{first}:{second}", "CALENDAR_NOW": NOW, "CALENDAR_MAIL": "off"}
    watch = Watch(read_settings(given), MovableClock())
    second.write_bytes(second.read_bytes().replace(b"Rally", b"March"))
    revise()
    for path, content in before.items():
        path.write_bytes(content)

    assert not watch.look()
    refused = watch.editions.refusal
    assert refused is not None
    assert [(fault.file, fault.problem) for fault in refused.faults] == [
        (str(tmp_path / "revisions.yaml"), "these revisions are older than those in force")
    ]


def test_older_data_under_newer_revisions_are_published(watch: Watch, small: SmallData) -> None:
    events, _ = small.files
    small.publish(MORE)
    assert watch.look()

    small.publish(events)

    assert watch.look()


def test_what_did_not_change_is_not_read(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "load_catalogue", None)

    assert not watch.look()


def folder_for_events(small: SmallData, events: bytes, revisions: bytes) -> None:
    small.events.unlink()
    small.events.mkdir()


# How files look that are on the way to a pair, or came where they are by mistake.
TORN: dict[str, Callable[[SmallData, bytes, bytes], object]] = {
    "events without revise": lambda small, events, _: small.events.write_bytes(events),
    "revisions without events": lambda small, _, found: small.revisions.write_bytes(found),
    "half of the events": lambda small, events, _: small.events.write_bytes(events[:300]),
    "half of a character": lambda small, *_: small.events.write_bytes("ñ".encode()[:1]),
    "half of the revisions": lambda small, _, found: small.revisions.write_bytes(found[:-200]),
    "an empty file": lambda small, *_: small.events.write_bytes(b""),
    "empty revisions": lambda small, *_: small.revisions.write_bytes(b""),
    "no file": lambda small, *_: small.events.unlink(),
    "no revisions": lambda small, *_: small.revisions.unlink(),
    "no text": lambda small, *_: small.events.write_bytes(bytes(range(256))),
    "a conflict": lambda small, events, _: small.events.write_bytes(b"<<<<<<< ours\n" + events),
    "a folder": folder_for_events,
}


@pytest.mark.parametrize("tear", TORN.values(), ids=TORN.keys())
def test_what_does_not_match_is_refused_and_the_rest_of_it_taken(
    watch: Watch, small: SmallData, caplog: pytest.LogCaptureFixture, tear: Callable[..., object]
) -> None:
    before = watch.editions.current()
    page = before.get("/en/")
    later = SmallData(small.events.parent / "later")
    later.publish(MORE)
    events, revisions = later.files
    tear(small, events, revisions)

    assert not watch.look()
    assert watch.editions.current() is before
    assert before.get("/en/") is page
    refused = watch.editions.refusal
    assert refused is not None
    assert refused.faults
    assert all(str(fault) in caplog.text for fault in refused.faults)
    found = readiness(watch, small)
    first = found["data"].pop("first")
    assert found == {
        "status": "degraded",
        "edition": before.id,
        "data": {"refused_at": "2026-12-02T09:00:00Z", "faults": len(refused.faults)},
    }
    assert len(first) == min(len(refused.faults), 3)
    for line, fault in zip(first, refused.faults, strict=False):
        assert line.endswith(fault.problem + "; " + fault.remedy)
        assert str(small.events.parent) not in line.partition(": ")[0]
    assert not watch.look()  # it is tried once, not every second

    if small.events.is_dir():
        small.events.rmdir()
    small.events.write_bytes(events)
    small.revisions.write_bytes(revisions)
    assert watch.look()
    assert watch.editions.refusal is None
    assert watch.editions.current().get("/en/events/march/").status == 200


@pytest.mark.parametrize("path", ["/en/", "/en/calendar.ics", "/en/events/seminar/"])
def test_data_that_come_into_force_days_after_their_revision_are_seen(
    small: SmallData, path: str
) -> None:
    """Two editions of one day, both revised before it, and not a byte longer."""
    clock = MovableClock(at("2027-01-04T09:00"))
    editions = Editions(small.publish(text_of(DAYS)), clock, "https://a.example", Operator())
    before = editions.current().get(path)

    after = editions.publish(small.publish(text_of(DAYS, name="May"))).get(path)

    assert after.plain.body != before.plain.body
    assert len(after.plain.body) == len(before.plain.body)
    assert after.plain.etag != before.plain.etag


def test_a_mistake_that_is_taken_back_leaves_the_edition_as_it_was(
    watch: Watch, small: SmallData
) -> None:
    before, text = watch.editions.current(), small.events.read_bytes()
    small.events.write_bytes(MORE)
    assert not watch.look()

    small.events.write_bytes(text)

    assert watch.look()
    assert readiness(watch, small) == {"status": "ready", "edition": before.id}
    assert watch.editions.current().get("/en/") == before.get("/en/")


def test_an_entry_that_is_taken_out_is_gone_and_not_unknown(watch: Watch, small: SmallData) -> None:
    small.publish(text_of({"seminar": DAYS["seminar"]}))

    assert watch.look()
    assert watch.editions.current().get("/en/events/may-day.ics").status == 410
    assert watch.editions.current().get("/en/events/nothing.ics").status == 404


def test_a_file_put_in_place_of_another_is_seen(watch: Watch, small: SmallData) -> None:
    """As editors and version control write: another file, just as long and as old."""
    for path in (small.events, small.revisions):
        stat, other = path.stat(), path.with_suffix(".new")
        other.write_bytes(path.read_bytes().replace(b"Day of", b"May of"))
        os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        other.replace(path)
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)

    assert not watch.look()
    assert watch.editions.refusal is not None


def test_what_changes_while_the_server_starts_is_not_missed(
    small: SmallData, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = wiring.make_editions

    def make_and_publish(*given: object) -> Editions:
        editions = make(*given)
        small.publish(MORE)
        return editions

    monkeypatch.setattr(wiring, "make_editions", make_and_publish)
    watch = Watch(settings_of(small), MovableClock())

    assert watch.look()
    assert watch.editions.current().get("/en/events/march/").status == 200


def test_the_watch_outlives_what_nobody_thought_of(
    watch: Watch,
    small: SmallData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: Settings) -> Catalogue:
        raise MemoryError

    monkeypatch.setattr(wiring, "WATCH_SECONDS", 0.001)
    with monkeypatch.context() as patch:
        patch.setattr(wiring, "load_catalogue", fail)
        watch.start()
        small.publish(MORE)
        wait_until(lambda: "MemoryError" in caplog.text, "the watch failed")
    small.publish(text_of(DAYS | {"later": "on: 2027-01-01"}))
    wait_until(lambda: watch.editions.current().get("/en/events/later/").status == 200, "taken")
    watch.stop()

    assert "goes on" in caplog.text


@pytest.mark.parametrize("events", [MORE, b"no events"])
def test_readers_do_not_wait_for_garbage_while_new_data_are_read(
    watch: Watch, small: SmallData, monkeypatch: pytest.MonkeyPatch, events: bytes
) -> None:
    seen, load = [], wiring.load_catalogue

    def look_on(settings: Settings) -> Catalogue:
        seen.append(gc.isenabled())
        return load(settings)

    monkeypatch.setattr(wiring, "load_catalogue", look_on)
    if events == MORE:
        small.publish(MORE)
    else:
        small.events.write_bytes(events)

    assert watch.look() is (events == MORE)
    assert seen == [False]
    assert gc.isenabled()


def test_who_answers_waits_a_short_turn_for_who_makes_the_next_edition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calendar_app.app.create_app", lambda _: None)
    before = sys.getswitchinterval()
    try:
        create_from_environment()
        assert sys.getswitchinterval() == pytest.approx(LONGEST_TURN)
    finally:
        sys.setswitchinterval(before)


def test_bad_data_start_no_server(small: SmallData) -> None:
    small.events.write_bytes(MORE)

    with pytest.raises(DataError, match="march: added since the revisions were last written"):
        create_app(settings_of(small))


def test_a_new_day_is_a_new_edition(catalogue: Catalogue) -> None:
    clock = MovableClock(at("2026-12-31T23:59:59"))
    editions = Editions(catalogue, clock, "https://a.example", Operator())
    before = editions.current()
    pages = {path: before.get(path) for path in before.paths()}
    assert editions.current() is before

    clock.now += timedelta(seconds=1)
    after = editions.current()

    assert after is not before
    assert after.id == before.id.replace("20261231", "20270101")
    assert editions.current() is after
    assert before.get("/en/") is pages["/en/"]
    for path, old in pages.items():
        new = after.get(path)
        assert new.status == 200, path
        assert old.last_modified is not None
        assert new.last_modified is not None
        if new.plain.body != old.plain.body:
            assert new.last_modified > old.last_modified, path
    assert after.get("/en/").plain.body != pages["/en/"].plain.body
    assert after.get("/en/calendar.ics").plain.body != pages["/en/calendar.ics"].plain.body


def test_a_feed_is_the_same_on_every_day_of_a_year(catalogue: Catalogue) -> None:
    clock = MovableClock(at("2027-01-01T00:00"))
    editions = Editions(catalogue, clock, "https://a.example", Operator())
    paths = [path for path in editions.current().paths() if path.endswith(".ics")]
    feeds = [editions.current().get(path) for path in paths]

    clock.now = at("2027-12-31T23:59:59")

    for path, feed in zip(paths, feeds, strict=True):
        again = editions.current().get(path)
        assert (again.plain.body, again.last_modified) == (feed.plain.body, feed.last_modified)


def test_everybody_gets_the_same_edition_at_midnight(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Edition] = []

    def make(*given: object) -> Edition:
        made.append(Edition(*given))
        return made[-1]

    monkeypatch.setattr(editions_module, "Edition", make)
    clock = MovableClock(at("2026-12-02T23:59:59"))
    editions = Editions(catalogue, clock, "https://a.example", Operator())
    clock.now += timedelta(seconds=1)

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: editions.current(), range(200)))

    assert len(made) == 2
    assert found == {made[1]}


# The server as it is run.

ASKED = ["/", "/en/", "/ar/", "/en/events/may-day/", "/en/calendar.ics", "/ru/topics/labour.ics"]
Pages = dict[str, tuple[bytes, str]]


class Visitors:
    """Several at once who ask without a pause, and remember what they were told."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._enough = Signal()

    @contextmanager
    def asking(self) -> Iterator[list[list[tuple[str, Answer]]]]:
        """Return, at the end, what each of them was told, in its order."""
        told: list[list[tuple[str, Answer]]] = []
        with ThreadPoolExecutor(3) as pool:
            visits = [pool.submit(self._visit, number) for number in range(3)]
            try:
                yield told
            finally:
                self._enough.set()
        told.extend(visit.result() for visit in visits)

    def _visit(self, number: int) -> list[tuple[str, Answer]]:
        connection, seen = self._server.connect(), dict[str, str]()
        told = []
        for path in cycle(ASKED[number:] + ASKED[:number]):
            # Every other time as a browser does that has been here before.
            known = {"If-None-Match": seen.pop(path)} if path in seen else {}
            answer = get(connection, path, known)
            told.append((path, answer))
            if not known:
                seen[path] = answer.headers["etag"]
            if self._enough.wait(0.002):
                break
        connection.close()
        return told


def rendered(server: Server, catalogue: Catalogue) -> tuple[str, Pages]:
    """Return the name of an edition, and body and validator of all that visitors ask for."""
    edition = Editions(catalogue, MovableClock(), server.base_url, Operator()).current()
    found = {path: edition.get(path).plain for path in ASKED}
    return edition.id, {path: (plain.body, plain.etag) for path, plain in found.items()}


def check_told(told: list[tuple[str, Answer]], editions: dict[str, Pages]) -> None:
    names = []
    for path, answer in told:
        name = answer.headers["calendar-edition"]
        body, etag = editions[name][path]
        wanted = {200: (body, etag), 304: (b"", etag)}
        assert (answer.body, answer.headers["etag"]) == wanted[answer.status], path
        names.append(name)
    assert list(dict.fromkeys(names)) == list(editions)  # in order, and never back
    assert names == sorted(names, key=list(editions).index)


def test_a_running_server_goes_from_edition_to_edition(tmp_path: Path, small: SmallData) -> None:
    """However the files arrive: no error, no mixture, and what is refused is said."""
    workshop = SmallData(tmp_path / "workshop")
    settings = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_NOW": NOW}
    editions: dict[str, Pages] = {}
    with serving(tmp_path, settings) as server:

        def make(name: str) -> tuple[bytes, bytes, str]:
            id_, pages = rendered(server, workshop.publish(text_of(DAYS, name)))
            editions[id_] = pages
            return *workshop.files, id_

        def expect(status: str, edition: str) -> None:
            def is_so() -> bool:
                found = json.loads(server.get("/readyz").body)
                return (found["status"], found["edition"]) == (status, edition)

            wait_until(is_so, f"{status} {edition}")

        events, revisions, first = make("Day")
        small.events.write_bytes(events)
        small.revisions.write_bytes(revisions)
        expect("ready", first)
        with Visitors(server).asking() as told:
            events, revisions, second = make("Second")
            small.events.write_bytes(events)
            expect("degraded", first)
            small.revisions.write_bytes(revisions)
            expect("ready", second)

            events, revisions, third = make("Third")
            small.revisions.write_bytes(revisions)
            expect("degraded", second)
            small.events.write_bytes(events)
            expect("ready", third)

            events, revisions, fourth = make("Fourth")
            small.events.write_bytes(events[:300])
            expect("degraded", third)
            small.events.write_bytes(events)
            small.revisions.write_bytes(revisions)
            expect("ready", fourth)

            small.events.write_bytes(b"events: [")
            expect("degraded", fourth)
        log = server.log

    for one in told:
        check_told(one, editions)
    assert "may-day: changed since the revisions were last written; run calendar-app" in log
    assert log.count("new data refused") >= 4
    assert all(f"edition {id_} in force" in log for id_ in list(editions)[1:])
    assert "Traceback" not in log


def test_a_server_does_not_start_with_bad_data(tmp_path: Path, small: SmallData) -> None:
    small.events.write_bytes(MORE.replace(b"2026-12-20", b"2026-13-20"))
    environment = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_NOW": NOW}

    done = subprocess.run(
        [PROGRAM, "serve", "--port", str(free_port())],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    faults = done.stderr.splitlines()
    assert faults[0].startswith("events.yaml:19: march: on: ")
    assert faults[-1] == "1 fault"
