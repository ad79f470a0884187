"""Commands for the store and the keys, on both databases."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from calendar_app.cli import main
from calendar_app.core.choices import Choices
from calendar_app.sealing.addresses import (
    address_index,
    open_address,
    seal_address,
    suppression_index,
)
from calendar_app.sealing.keyfile import KEY_FILE, load_or_make, read_ring, write_ring
from calendar_app.sealing.ring import Ring, with_new_key
from calendar_app.sealing.seal import PUBLIC_KEY_FILE
from calendar_app.sealing.tokens import Purpose, is_valid, make_token
from calendar_app.store.bounced import forget_bounces
from calendar_app.store.database import BUSY_SECONDS, STORE_FILE, reading
from calendar_app.store.erasure import erase
from calendar_app.store.inbox import RequestKind, append, count_requests
from calendar_app.store.resealing import seal_anew
from calendar_app.store.subscribers import (
    add_pending,
    confirm,
    find,
    is_suppressed,
    new_id,
    suppress,
)
from calendar_app.store.tables import subscriber
from calendar_app.worker.rotation import seal_all_anew
from tests.factories import at
from tests.store.places import Place

ADDRESS = "canary@example.org"
Run = Callable[..., Result]


@pytest.fixture
def ring(store: Place) -> Ring:
    return load_or_make(store.folder)


@pytest.fixture
def run(store: Place, ring: Ring) -> Run:
    def run_command(*words: str, given: str | io.BufferedReader = "") -> Result:
        environment = {
            "CALENDAR_STATE_DIR": str(store.folder),
            "CALENDAR_DATABASE_URL": store.url.replace("+psycopg", ""),
            "CALENDAR_NOW": "2026-11-29T09:00Z",
        }
        return CliRunner().invoke(main, list(words), given, environment)

    return run_command


def add(store: Place, ring: Ring, address: str = ADDRESS, *, is_active: bool = True) -> str:
    person, choices = new_id(), Choices("en", ("cuba",))
    sealed = seal_address(ring, person, address)
    index = address_index(ring.current, address)
    with store.worker.begin() as connection:
        add_pending(connection, person, sealed, index, choices, "1", at("2026-11-01T00:00"))
        if is_active:
            confirm(connection, person, at("2026-11-01T00:00").date())
    return person


def addresses(store: Place, ring: Ring) -> list[str]:
    with store.worker.begin() as connection:
        rows = connection.execute(select(subscriber.c.id, subscriber.c.address)).all()
    return sorted(open_address(ring, row.id, row.address) for row in rows)


def test_a_person_is_found_by_address_shown_and_erased(store: Place, ring: Ring, run: Run) -> None:
    person = add(store, ring)
    shown = json.loads(run("export-person", given=" Canary@Example.ORG\n").stdout)

    assert shown["address"] == ADDRESS
    assert shown["choices"] == "en.cuba.7_1.UTC.9"
    assert (shown["id"], len(shown["address_index"])) == (person, 64)
    assert shown["confirmed_on"] == "2026-11-01"
    assert run("erase", given=ADDRESS).stdout == "erased\n"
    assert addresses(store, ring) == []
    assert (store.folder / "erased").read_text() == f"{person} 2026-11-29\n"
    for command in ("erase", "export-person"):
        result = run(command, given=ADDRESS)
        assert (result.exit_code, result.output) == (1, "Error: nobody has this address\n")
    assert "not an address" in run("erase", given="x").output


class Hesitating(io.RawIOBase):
    """A keyboard at which somebody first does something else."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile, self._typed = meanwhile, f"{ADDRESS}\n".encode()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._typed:
            self._meanwhile()
        count = len(self._typed)
        buffer[:count], self._typed = self._typed, b""
        return count


@pytest.mark.parametrize("command", ["erase", "export-person"])
def test_nobody_waits_for_an_operator_who_hesitates(
    store: Place, ring: Ring, run: Run, command: str
) -> None:
    add(store, ring)
    other = add(store, ring, "canary2@example.org")

    def meanwhile() -> None:
        append(store.web, RequestKind.LEAVE, b"sealed")
        with store.worker.begin() as connection:
            erase(connection, other)

    began = monotonic()
    result = run(command, given=io.BufferedReader(Hesitating(meanwhile)))

    assert (result.exit_code, result.stderr) == (0, "")
    assert monotonic() - began < BUSY_SECONDS / 2
    with reading(store.worker) as connection:
        assert (count_requests(connection), find(connection, other)) == (1, None)


@pytest.mark.parametrize("words", ["subscribers", "export-person", "db check"])
def test_who_only_looks_waits_for_nobody_who_writes(
    store: Place, ring: Ring, run: Run, words: str
) -> None:
    add(store, ring)
    began = monotonic()
    with store.worker.begin() as connection:
        forget_bounces(connection, at("2026-11-01T00:00").date())
        result = run(*words.split(), given=ADDRESS)

    assert (result.exit_code, result.stderr) == (0, "")
    assert monotonic() - began < BUSY_SECONDS / 2


@pytest.mark.parametrize("words", ["subscribers", "db check", "backup copy"])
def test_who_only_looks_makes_nothing(tmp_path: Path, words: str) -> None:
    state = tmp_path / "state"
    for _ in range(2):  # without the folder, and with an empty one
        words = words.replace("copy", str(tmp_path / "copy"))
        result = CliRunner(env={"CALENDAR_STATE_DIR": str(state)}).invoke(main, words.split())

        assert (result.exit_code, result.output.count("\n")) == (1, 1), result.output
        assert list(tmp_path.rglob("*")) == [state] * state.exists()
        state.mkdir(exist_ok=True)


def test_an_address_that_was_kept_from_mails_is_readmitted(
    store: Place, ring: Ring, run: Run
) -> None:
    days = {f"canary{number}@example.org": at(f"2026-11-0{number}T00:00") for number in (1, 2, 3)}
    indexes = [suppression_index(ring, address) for address in days]
    with store.worker.begin() as connection:
        for index, day in zip(indexes, days.values(), strict=True):
            suppress(connection, index, "bounces", day.date())

    def kept() -> list[bool]:
        with store.worker.begin() as connection:
            return [is_suppressed(connection, index) for index in indexes]

    assert run("readmit", given="Canary1@example.org\n").output == (
        "1 can ask for reminders again\n"
    )
    assert kept() == [False, True, True]
    again = run("readmit", given="canary1@example.org")
    assert (again.exit_code, again.output) == (1, "Error: no such address is kept from mails\n")
    assert run("readmit", "--since", "2026-11-03").output == "1 can ask for reminders again\n"
    assert kept() == [False, True, False]
    assert "not an address" in run("readmit", given="x").output


def test_people_are_counted_and_not_named(store: Place, ring: Ring, run: Run) -> None:
    for number in range(3):
        add(store, ring, f"canary{number}@example.org")

    assert run("subscribers").output.split("\n") == [
        "       3  en  active  none",
        "       3  in all",
        "",
    ]


def test_after_a_rotation_only_the_new_key_opens(store: Place, ring: Ring, run: Run) -> None:
    expected = sorted(f"canary{number}@example.org" for number in range(5))
    people = [add(store, ring, address) for address in expected]
    token = make_token(ring, Purpose.MANAGE, people[0])
    result = run("keys", "rotate")
    new = read_ring(store.folder)

    assert result.output == "5 addresses sealed anew\n"
    assert addresses(store, new) == expected
    assert [bool(key.master) for key in new.keys] == [True, False]
    assert is_valid(new, Purpose.MANAGE, token)
    assert run("erase", given=expected[0]).exit_code == 0
    assert run("keys", "rotate").output == "4 addresses sealed anew\n"


def test_a_rotation_that_was_broken_off_is_finished(
    store: Place, ring: Ring, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = sorted(f"canary{number}@example.org" for number in range(5))
    for address in expected:
        add(store, ring, address)
    monkeypatch.setattr("calendar_app.worker.rotation.ROWS_AT_ONCE", 2)
    with monkeypatch.context() as patch:
        patch.setattr("calendar_app.worker.rotation.seal_anew", _failing_at(4))
        assert run("keys", "rotate").exit_code == 1
    between = read_ring(store.folder)

    assert addresses(store, between) == expected
    assert run("keys", "rotate").output == "3 addresses sealed anew\n"
    assert addresses(store, read_ring(store.folder)) == expected


def test_between_two_runs_of_a_rotation_a_person_is_found(
    store: Place, ring: Ring, run: Run
) -> None:
    add(store, ring)
    write_ring(store.folder, with_new_key(ring))

    assert json.loads(run("export-person", given=ADDRESS).stdout)["address"] == ADDRESS
    assert run("erase", given=ADDRESS).stdout == "erased\n"
    assert addresses(store, ring) == []


@pytest.mark.parametrize("has_confirmed", [True, False])
def test_a_rotation_makes_one_row_of_two_that_an_earlier_release_made(
    store: Place, ring: Ring, run: Run, *, has_confirmed: bool
) -> None:
    between = with_new_key(ring)
    write_ring(store.folder, between)
    first, second = add(store, ring), add(store, between, is_active=has_confirmed)

    result = run("keys", "rotate")

    assert (result.exit_code, addresses(store, read_ring(store.folder))) == (0, [ADDRESS])
    with reading(store.worker) as connection:
        found = find(connection, second if has_confirmed else first)
    assert found is not None
    assert found.is_active


def _failing_at(call: int) -> Callable[..., None]:
    calls = iter(range(1, call + 1))

    def seal_or_fail(*args: object) -> None:
        if next(calls) == call:
            raise OSError(28, "No space left on device", "store.db")
        seal_anew(*args)  # type: ignore[arg-type]

    return seal_or_fail


def test_a_row_that_no_key_opens_is_left_and_told(store: Place, ring: Ring, run: Run) -> None:
    person, other = add(store, ring), add(store, ring, "canary2@example.org")
    with store.worker.begin() as connection:
        swapped = select(subscriber.c.address).where(subscriber.c.id == other).scalar_subquery()
        connection.execute(
            subscriber.update().where(subscriber.c.id == person).values(address=swapped)
        )

        assert find(connection, other) is not None
    assert seal_all_anew(store.worker, with_new_key(ring)) == (1, 1)


def test_rows_of_addresses_tell_nothing_by_their_length_or_time(store: Place, ring: Ring) -> None:
    for address in ("a@b.example", f"{'x' * 60}@example.org"):
        add(store, ring, address)
    with store.worker.begin() as connection:
        rows = connection.execute(select(subscriber)).all()

    assert {len(row.address) for row in rows} == {288}
    assert {len(row.address_index) for row in rows} == {32}
    assert {(row.pending_at, row.asked_at, row.asked) for row in rows} == {(None, None, None)}


def test_the_key_of_the_web_is_exported(store: Place, ring: Ring, run: Run) -> None:
    public = (store.folder / PUBLIC_KEY_FILE).read_text()
    (store.folder / PUBLIC_KEY_FILE).unlink()

    assert run("keys", "export").output == public
    assert (store.folder / PUBLIC_KEY_FILE).read_text() == public


def test_destroying_keys_is_asked_for_twice(store: Place, ring: Ring, run: Run) -> None:
    assert run("keys", "destroy", given="n\n").exit_code == 1
    assert (store.folder / KEY_FILE).exists()
    assert run("keys", "destroy", "--yes").exit_code == 0
    assert not (store.folder / KEY_FILE).exists()
    assert "cannot be read" in run("subscribers").output


def test_keys_are_destroyed_where_there_is_no_store(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    settings = {"CALENDAR_STATE_DIR": str(tmp_path)}
    result = CliRunner(env=settings).invoke(main, ["keys", "destroy", "--yes"])

    assert (result.exit_code, list(tmp_path.iterdir())) == (0, []), result.output


def test_tables_are_made_and_compared(store: Place, run: Run) -> None:
    assert run("db", "upgrade").output == "the tables are up to date\n"
    assert run("db", "check").output == "the tables are as they should be\n"
    with store.worker.begin() as connection:
        connection.execute(text("DROP INDEX delivery_expires_idx"))
    assert run("db", "check").exit_code == 1
    if store.is_sqlite:
        assert "roles" in run("db", "upgrade", "web").output


@pytest.mark.parametrize("words", ["db upgrade", "db check", "subscribers"])
def test_tables_of_a_newer_version_are_left_as_they_are(store: Place, run: Run, words: str) -> None:
    with store.worker.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    result = run(*words.split())

    part = "store" if store.is_sqlite else "inbox and store"
    told = f"the tables of the {part} are of a newer version; install it\n"
    assert (result.exit_code, result.output) == (1, told)


def test_who_was_erased_does_not_come_back(
    store: Place, ring: Ring, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    add(store, ring, "canary1@example.org")
    add(store, ring, "canary2@example.org")
    if not store.is_sqlite:
        assert "pg_dump" in run("backup", str(copy)).output
        assert "pg_restore" in run("restore", str(copy)).output
        assert "/erased is not there" in run("restore").output
        assert "0 people" in run("restore", "--without-erased").output
        return
    assert run("backup", str(copy)).exit_code == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert b"canary" not in copy.read_bytes()
    run("erase", given="canary1@example.org")
    with store.worker.begin() as connection:
        for (id_,) in connection.execute(select(subscriber.c.id)).all():
            erase(connection, id_)
    store.worker.dispose()
    result = run("restore", str(copy))

    assert result.output == "the store is back; 1 people were erased again\n"
    assert addresses(store, ring) == ["canary2@example.org"]
    assert stat.S_IMODE((store.folder / STORE_FILE).stat().st_mode) == 0o600


def test_what_is_no_copy_is_not_put_back(
    store: Place, ring: Ring, run: Run, tmp_path: Path
) -> None:
    if not store.is_sqlite:
        return
    add(store, ring)
    bad, other = tmp_path / "bad", tmp_path / "other"
    bad.write_bytes(b"x" * 5000)
    sqlite3.connect(other).execute("CREATE TABLE x (y)").connection.close()

    for file in (bad, other, tmp_path / "missing"):
        assert run("restore", str(file)).exit_code == 1
    assert addresses(store, ring) == [ADDRESS]
