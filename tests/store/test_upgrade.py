"""A store of an earlier version, full of people and of deliveries in every state, is the same store
after an upgrade."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, create_engine, text

from calendar_app.cli import main
from calendar_app.core.choices import Choices
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.store import schema
from calendar_app.store.database import STORE_FILE, store_engine
from calendar_app.store.deliveries import MERGED, Kind, State, claim, mark_bounced
from calendar_app.store.erased import note_erased
from calendar_app.store.erasure import erase
from calendar_app.store.exporting import deliveries_of
from calendar_app.store.key import lock_key
from calendar_app.store.planner import Planner, read_planner
from calendar_app.store.subscribers import columns_of, find, is_suppressed
from tests.factories import at
from tests.store.postgres import Postgres

NOW = at("2026-11-22T09:00")
BEFORE, END = int(NOW.timestamp()) - 60, int(NOW.timestamp()) + 8 * 86_400
PERSON = {
    "address": b"sealed", "consent": "2026-11", "token_version": 3, "known_on": "2026-10-01",
    "bounces": 2, "bounced_on": "2026-11-01", "pending_at": None, "asked": None, "asked_at": None,
    "is_active": True, "confirmed_on": "2026-09-01",
}  # fmt: skip
PENDING = PERSON | {
    "is_active": False, "confirmed_on": None, "known_on": None, "bounces": 0, "bounced_on": None,
    "pending_at": BEFORE, "asked": 1, "asked_at": BEFORE,
}  # fmt: skip
CHOICES = Choices("ar", ("cuba", "peace"), (7, 1), zone="Africa/Cairo", hour=7, discreet=True)


@dataclass(frozen=True)
class Full:
    """``people`` and ``deliveries`` are the rows as they were put in."""

    folder: Path
    url: str
    engine: Engine
    people: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Return where a store of the first version is."""
    url = ""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.url(server.new_database())
    make_old(tmp_path, url)
    return tmp_path, url


def make_old(folder: Path, url: str = "") -> None:
    for engine, parts in schema._engines(folder, url, make=True):
        with engine.begin() as connection:
            command.upgrade(schema._config(connection, parts), "0001")


@pytest.fixture
def full(old: tuple[Path, str]) -> Iterator[Full]:
    """Return the same with people in it, and after an upgrade."""
    folder, url = old
    before = create_engine(url or f"sqlite:///{folder / STORE_FILE}")
    people, deliveries = fill(before)
    before.dispose()
    schema.upgrade(folder, url)
    engine = store_engine(folder, url)
    yield Full(folder, url, engine, people, deliveries)
    engine.dispose()


def put(connection: Connection, table: str, row: dict[str, Any]) -> None:
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)  # noqa: S608


def fill(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Put in people, each with a delivery of every kind in every state; return the rows."""
    choices = columns_of(CHOICES)
    people = [
        {"id": secrets.token_hex(16), "address_index": secrets.token_bytes(32), **choices, **state}
        for state in (PERSON, PERSON, PENDING)
    ]
    deliveries = []
    for person in people:
        mails = {"": "", "sent": secrets.token_hex(16), "flying": secrets.token_hex(16)}
        for kind in Kind:
            for state in State:
                for mail in ("", "flying") if state is State.TODO else ("sent",):
                    deliveries.append({
                        "id": secrets.token_hex(16), "subscriber_id": person["id"],
                        "kind": kind.value, "subject": f"{state}-{mail}", "on_date": "2026-11-29",
                        "lead": 7, "sequence": 2, "due_at": BEFORE, "expires_at": END,
                        "state": state.value, "attempts": len(mail), "not_before": BEFORE,
                        "mail": mails[mail], "error": "RCPT 451" if mail else "",
                    })  # fmt: skip
    with engine.begin() as connection:
        for person in people:
            put(connection, "subscriber", person)
        for delivery in deliveries:
            put(connection, "delivery", delivery)
        put(connection, "planner", {
            "id": 1, "planned_until": BEFORE, "edition": "ab", "edition_since": BEFORE - 60,
        })  # fmt: skip
        if engine.dialect.name == "postgresql":  # elsewhere it is in another file
            put(connection, "pulse", {"id": 1, "at": BEFORE, "facts": '{"key": "0a1b2c3d"}'})
        put(connection, "suppressed", {
            "address_index": b"x" * 32, "reason": "bounces", "since_on": "2026-01-01",
        })  # fmt: skip
    return people, deliveries


def as_stored(row: Any) -> dict[str, Any]:
    """Return a row as the first version kept it, but for ids of deliveries."""
    found = dict(row._mapping)
    for name in ("due_at", "expires_at", "not_before"):
        found[name] = int(found[name].timestamp())
    assert found.pop("failures") == 0
    return found | {"mail": found["mail"] or ""}


def test_everything_is_carried_over(full: Full) -> None:
    schema.require_current(full.folder, full.url)
    assert schema.drift(full.folder, full.url) == []
    with full.engine.begin() as connection:
        for row in full.people:
            found = find(connection, row["id"])
            assert found is not None
            assert (found.address, found.choices, found.consent) == (b"sealed", CHOICES, "2026-11")
            assert (found.is_active, found.token_version) == (row["is_active"], 3)
            assert found.asked == row["asked"]
            # No third address that is none erases sooner than it would have.
            assert found.bounces == {0: 0, 2: 16}[row["bounces"]]
            days = [str(day) if day else None for day in (found.confirmed_on, found.known_on)]
            assert days == [row["confirmed_on"], row["known_on"]]
            mine = [one for one in full.deliveries if one["subscriber_id"] == row["id"]]
            stored = [as_stored(one) for one in deliveries_of(connection, row["id"])]
            order = lambda one: (one["kind"], one["subject"])  # noqa: E731
            expected = [{k: v for k, v in one.items() if k != "id"} for one in mine]
            assert sorted(stored, key=order) == sorted(expected, key=order)
        since = NOW - timedelta(seconds=60)
        assert read_planner(connection) == Planner(since, "ab", since - timedelta(seconds=60))
        assert is_suppressed(connection, b"x" * 32)
        if connection.dialect.name == "postgresql":  # a store in files has one worker
            assert lock_key(connection) == "0a1b2c3d"


def test_mails_on_their_way_stay_the_same_mails(full: Full) -> None:
    person = full.people[0]["id"]
    flying, sent = (
        {row["mail"] for row in full.deliveries if row["subscriber_id"] == person and row["mail"]
         and (row["state"] == "todo") is is_todo}
        for is_todo in (True, False)
    )  # fmt: skip

    with full.engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'sent' WHERE kind = 'welcome'"))
        tries = claim(connection, NOW, timedelta(minutes=5), MERGED, most=9)
        tries += claim(connection, NOW, timedelta(minutes=5), MERGED, most=9)
        mine = {one.id: len(one.deliveries) for one in tries if one.subscriber.id == person}
        assert len(mine) == 2
        assert {mine.pop(mail) for mail in flying} == {len(MERGED)}
        assert list(mine.values()) == [len(MERGED)]
        assert [mark_bounced(connection, mail) for mail in sent] == [person]
        assert erase(connection, person)
        assert deliveries_of(connection, person) == []


def test_a_copy_of_an_earlier_version_is_put_back(tmp_path: Path) -> None:
    """And brought up to date, so that who was erased since is found in it."""
    before, now = tmp_path / "before", tmp_path / "now"
    make_old(before)
    engine = create_engine(f"sqlite:///{before / STORE_FILE}")
    people, _ = fill(engine)
    engine.dispose()
    schema.upgrade(now)
    load_or_make(now)
    note_erased(now, people[1]["id"], NOW.date())
    given = {"CALENDAR_STATE_DIR": str(now), "CALENDAR_DATABASE_URL": ""}
    result = CliRunner().invoke(main, ["restore", str(before / STORE_FILE)], env=given)

    assert result.output.startswith("the store is back; 1 people were erased again; mails are ")
    engine = store_engine(now)
    with engine.begin() as connection:
        found = [find(connection, row["id"]) is not None for row in people]
        assert deliveries_of(connection, people[1]["id"]) == []
    engine.dispose()
    assert found == [True, False, True]


def test_commands_wait_for_an_upgrade(old: tuple[Path, str]) -> None:
    folder, url = old
    load_or_make(folder)
    given = {
        "CALENDAR_STATE_DIR": str(folder),
        "CALENDAR_DATABASE_URL": url.replace("+psycopg", ""),
    }
    for words in (["subscribers"], ["erase"], ["db", "check"], ["keys", "rotate"]):
        result = CliRunner().invoke(main, words, "x@example.org\n", given)

        assert (result.exit_code, result.output.count("run: calendar-app db upgrade")) == (1, 1)
