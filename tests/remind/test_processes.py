"""Real workers that are killed, stopped, restarted under, and left without room: whatever happens,
each mail is accepted, and what is accepted twice was on its way and is the same mail."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from calendar_app.store.database import INBOX_FILE, STORE_FILE, store_engine
from calendar_app.store.schema import upgrade
from tests.remind.dying import STEPS
from tests.remind.processes import (
    LEASED,
    NOW,
    PEOPLE,
    WEEK_BEFORE,
    Post,
    Works,
    count,
    is_intact,
    made_works,
    people_are_there,
)
from tests.store.places import FullDisk, Place
from tests.store.postgres import Postgres, disk_library
from tests.web.serving import PROGRAM, wait_until


def test_requests_are_applied_once_wherever_the_worker_is_killed(works: Works, post: Post) -> None:
    works.subscribe(*PEOPLE)
    steps = [("taken", 1), ("applied", 2), ("deleted", 2), ("taken", 2)]

    ends = [works.once(NOW, step, number) for step, number in steps]

    assert ends == [-signal.SIGKILL] * len(steps)
    assert post.seen == []
    # Of the second and third only the first request was committed, and of the fourth.
    assert (count(works, "subscriber"), count(works, "request")) == (3, 3)
    assert works.once(NOW) == 0
    assert (count(works, "subscriber"), count(works, "request")) == (6, 0)
    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert is_intact(works)


def test_nobody_is_forgotten_wherever_the_worker_is_killed(works: Works, post: Post) -> None:
    """Each step is killed at the second mail, and each claim is over before the next worker."""
    people_are_there(works)
    steps = ["inserted", "planned", "claimed", "claim committed", "250", "marked", "mark committed"]
    now = WEEK_BEFORE

    for step in steps:
        number = 2 if step in {"250", "marked", "mark committed"} else 1
        assert works.once(now, step, number) == -signal.SIGKILL, step
        now += LEASED
    assert works.once(now) == 0

    assert set(steps) < set(STEPS)
    assert set(post.to) == set(PEOPLE)
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)
    # On their way were one mail each time that a worker was killed after 250 and before its mark.
    assert len(post.seen) == len(PEOPLE) + 2
    assert len(post.names) == len(PEOPLE)
    assert is_intact(works)


def test_killed_while_the_server_has_the_mail_it_is_sent_again_as_the_same(
    works: Works, post: Post
) -> None:
    people_are_there(works)
    post.is_open.clear()
    with works.worker("--once", "--at", f"{WEEK_BEFORE:%Y-%m-%dT%H:%MZ}") as process:
        wait_until(lambda: post.waiting == 1, "a mail is on its way")
        post.after = lambda: process.signal(signal.SIGKILL)
        post.is_open.set()
        assert process.wait() == -signal.SIGKILL
    post.after = lambda: None

    assert works.once(WEEK_BEFORE) == 0
    assert len(post.seen) == 1  # the others are leased to the dead one
    assert works.once(WEEK_BEFORE + LEASED) == 0

    assert sorted(post.to.values()) == [1, 1, 1, 1, 1, 2]
    assert len(post.names) == len(PEOPLE)


def test_who_is_stopped_past_the_lease_marks_nothing_of_what_another_sent(
    works: Works, store: Place, post: Post
) -> None:
    """On SQLite there is no other: it refuses to start, and the first one goes on."""
    works.subscribe(*PEOPLE)
    post.is_open.clear()
    with works.worker("--once", step="lease", number=4) as first:
        wait_until(lambda: post.waiting == 1, "a mail is on its way")
        first.signal(signal.SIGSTOP)
        if store.is_sqlite:
            with works.worker("--once") as second:
                assert second.wait() == 1
            works.wait_for("another worker has")
        else:
            wait_until(lambda: count(works, "delivery WHERE attempts = 1") == 6, "all are claimed")
            post.is_open.set()
            with works.worker(step="lease", number=4) as second:
                wait_until(lambda: len(post.names) == len(PEOPLE), "the second one sent all")
                assert second.end() == 0
        post.is_open.set()
        first.signal(signal.SIGCONT)
        assert first.wait() == 0
    assert works.once(datetime.now(NOW.tzinfo) + LEASED) == 0

    repeats = 0 if store.is_sqlite else 1
    assert len(post.seen) == len(PEOPLE) + repeats
    assert len(post.names) == len(PEOPLE)
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)


def test_a_full_disk_delays_and_loses_nothing(
    works: Works, store: Place, full_disk: FullDisk, post: Post
) -> None:
    with works.worker(step="again") as process, ExitStack() as stack:

        def fill() -> None:
            post.after = lambda: None
            stack.enter_context(full_disk(process.pid, "delivery.attempts"))

        works.wait_for_pulse()
        with works.engine.begin():  # so that it is not stopped while it holds a lock on the files
            process.signal(signal.SIGSTOP)
        works.subscribe(*PEOPLE[:3])
        with full_disk(process.pid):
            process.signal(signal.SIGCONT)
            works.wait_for("_apply failed and is tried again")
            assert (post.seen, count(works, "request")) == ([], 3)

        post.after = fill
        works.wait_for("the store cannot be written")
        stack.close()
        works.subscribe(*PEOPLE[3:])
        wait_until(lambda: len(post.to) == len(PEOPLE), "all are written to")
        assert process.end() == 0

    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)
    assert is_intact(works)


@pytest.mark.parametrize("planned", [0, len(PEOPLE)])
def test_what_finds_no_room_to_be_planned_or_claimed_is_sent_when_there_is_some(
    works: Works, store: Place, full_disk: FullDisk, post: Post, planned: int
) -> None:
    people_are_there(works)
    if planned:
        assert works.once(WEEK_BEFORE, "claimed") == -signal.SIGKILL
    with full_disk(0, "delivery.attempts"):
        limit = {"step": "full", "number": 4096} if store.is_sqlite else {}
        assert works.once(WEEK_BEFORE, **limit) == 1
        works.wait_for("disk I/O error" if store.is_sqlite else "No space left on device")
    assert (post.seen, count(works, "delivery WHERE attempts > 0")) == ([], 0)
    assert count(works, "delivery") == planned

    assert works.once(WEEK_BEFORE) == 0

    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)
    assert is_intact(works)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_a_worker_leaves_that_is_killed_in_its_commit_is_cleared_away(
    works: Works, post: Post, tmp_path: Path
) -> None:
    """Just before the list of journals goes, which is when both files have what was written."""
    works.subscribe(*PEOPLE)
    journals = [works.state / f"{file}-journal" for file in (STORE_FILE, INBOX_FILE)]
    death = {"DIES_AT": f"{STORE_FILE}-mj", "BESIDE": str(journals[0])}
    death |= {"LD_PRELOAD": str(disk_library(tmp_path))}
    killed = subprocess.run(
        [PROGRAM, "worker", "--once", "--at", f"{NOW:%Y-%m-%dT%H:%MZ}"],
        env=os.environ | works.settings | death,
    )
    (left,) = works.state.glob(f"{STORE_FILE}-mj*")

    assert (killed.returncode, post.seen) == (-signal.SIGKILL, [])
    # Whoever finds it learns where the journals were, and of nobody anything.
    assert left.read_bytes() == b"".join(bytes(journal) + b"\0" for journal in journals)
    assert all(journal.stat().st_size for journal in journals)
    # Of one that was killed before its journals named it.
    left.with_name(f"{STORE_FILE}-mj0123456900").write_bytes(left.read_bytes())

    assert works.once(NOW) == 0

    assert list(works.state.glob("*-mj*")) == []
    assert all(journal.stat().st_size == 0 for journal in journals)
    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert count(works, "request") == 0
    assert is_intact(works)


def test_a_database_that_is_restarted_delays_and_loses_nothing(
    tmp_path: Path, post: Post, port: int
) -> None:
    server = Postgres()
    try:
        server.start()
        url, folder = server.url(server.new_database()), tmp_path / "state"
        folder.mkdir()
        upgrade(folder, url)
        engine = store_engine(folder, url)
        works = made_works(tmp_path, Place(folder, url, url, engine, engine), port)
        works.subscribe(*PEOPLE)
        post.is_open.clear()
        with works.worker(step="again") as process:
            wait_until(lambda: post.waiting > 0, "a mail is on its way")
            server.stop(signal.SIGQUIT)
            post.is_open.set()
            works.wait_for("the store cannot be written")
            server.start()
            engine.dispose()  # its connections ended with the server
            wait_until(lambda: len(post.to) == len(PEOPLE), "all are written to")
            assert process.end() == 0
        assert post.to == dict.fromkeys(PEOPLE, 1)
        assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)
        engine.dispose()
    finally:
        server.remove()
