"""Copies of the store: encrypted on their way, tried aside, put back; without the keys."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calendar_app.cli import main
from calendar_app.core.choices import Choices
from calendar_app.sealing.addresses import address_index, seal_address
from calendar_app.sealing.keyfile import KEY_FILE, load_or_make, write_ring
from calendar_app.sealing.ring import new_ring
from calendar_app.store.database import STORE_FILE, lone_store_engine
from calendar_app.store.erased import ERASED_FILE
from calendar_app.store.planner import Planner, start_planning
from calendar_app.store.schema import upgrade
from calendar_app.store.subscribers import add_pending, new_id
from tests.factories import at
from tests.remind.traces import traces

PEOPLE = ("canary1@example.org", "canary2@example.org")
OPENS = "every address opens with the key here"
FOUND = "can be put back; 2 people, planned until 2026-11-29 09:00 UTC; "
AGAIN = (
    "people were erased again; mails are planned until 2026-11-29 09:00 UTC\n"
    "what was due since then is mailed when a worker starts, also what had been mailed; to see how "
    "much: calendar-app worker --dry-run\n"
)
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with people, and its key."""
    made = tmp_path / "var"
    made.mkdir()
    upgrade(made)
    ring, now = load_or_make(made), at("2026-11-29T09:00")
    engine = lone_store_engine(made)
    with engine.begin() as connection:
        start_planning(connection, Planner(now, "edition", now))
        for address in PEOPLE:
            person, index = new_id(), address_index(ring.current, address)
            sealed = seal_address(ring, person, address)
            add_pending(connection, person, sealed, index, Choices("en"), "1", now)
    engine.dispose()
    return made


@pytest.fixture
def run(folder: Path) -> Run:
    def run_command(*words: object, given: bytes = b"") -> Result:
        settings = {"CALENDAR_STATE_DIR": str(folder)}
        return CliRunner().invoke(main, [str(word) for word in words], given, settings)

    return run_command


def encrypted(data: bytes) -> bytes:
    """What age or gpg would do, in short."""
    return bytes(byte ^ 0x5A for byte in data)


def test_a_copy_goes_through_a_pipe_and_comes_back(folder: Path, run: Run) -> None:
    before = (folder / STORE_FILE).read_bytes()
    there = {path.name for path in folder.iterdir()}
    made = run("backup", "-")
    kept = encrypted(made.stdout_bytes)
    tried = run("restore", "--check", "-", given=encrypted(kept))

    assert (made.exit_code, made.stderr) == (0, "")
    assert b"SQLite" not in kept
    assert (tried.exit_code, tried.output) == (0, f"-: {FOUND}{OPENS}\n")
    # Nothing was changed, and nothing lies about.
    assert (folder / STORE_FILE).read_bytes() == before
    assert {path.name for path in folder.iterdir()} == there
    (folder / STORE_FILE).unlink()
    back = run("restore", "-", "--without-erased", given=encrypted(kept))
    assert back.output == f"the store is back; 0 {AGAIN}"
    assert run("subscribers").output.endswith("       2  in all\n")


def test_a_copy_has_no_address_and_no_key(folder: Path, run: Run) -> None:
    copy = run("backup", "-").stdout_bytes
    kept = json.loads((folder / KEY_FILE).read_text("ascii"))
    secrets = [value for key in kept["keys"] for name, value in key.items() if name != "id"]
    secrets.append(kept["suppression"])

    assert len(copy) > 10_000
    assert [way for person in PEOPLE for way in traces(copy, person.partition("@")[0])] == []
    assert len([secret for secret in secrets if len(secret) == 64]) >= 2
    for secret in secrets:
        assert secret.encode() not in copy
        assert not secret or bytes.fromhex(secret) not in copy


def test_a_copy_that_the_key_here_does_not_open_is_told(folder: Path, run: Run) -> None:
    """As one that was made before the key was changed."""
    copy = folder.parent / "copy"
    run("backup", copy)
    (folder / KEY_FILE).unlink()
    without = run("restore", "--check", copy)
    write_ring(folder, new_ring())
    other = run("restore", "--check", copy)

    assert (without.exit_code, without.output) == (
        0,
        f"{copy}: {FOUND}no key is here to open it with\n",
    )
    assert (other.exit_code, other.output) == (
        1,
        "2 of 2 addresses do not open with the key here\n",
    )


def test_of_what_cannot_be_copied_nothing_is_left(folder: Path, run: Run) -> None:
    (folder / STORE_FILE).write_bytes(b"x" * 5000)
    result = run("backup", folder.parent / "copy")

    told = f"{folder / STORE_FILE} cannot be copied: file is not a database\n"
    assert (result.exit_code, result.output) == (1, told)
    assert sorted(folder.parent.iterdir()) == [folder]


def of_a_newer_release(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def test_a_copy_that_is_of_no_use_changes_nothing(folder: Path, run: Run) -> None:
    copy = folder.parent / "copy"
    run("backup", copy)
    of_a_newer_release(copy)
    (folder / STORE_FILE).touch()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    for words in (["restore", copy], ["restore", "--check", copy]):
        result = run(*words)
        assert (result.exit_code, result.output) == (
            1,
            f"{copy} cannot be put back: the tables of the store are of a newer version; "
            "install it\n",
        )
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".lock"}
    assert after == before


def test_who_was_erased_is_back_at_no_time(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever a restore is killed: what takes the place of the store is as it shall be."""
    copy = folder.parent / "copy"
    run("backup", copy)
    run("erase", given=PEOPLE[0].encode())
    replace, put = Path.replace, []

    def replace_store(source: Path, target: Path) -> Path:
        if target == folder / STORE_FILE:
            with closing(sqlite3.connect(source)) as connection:
                put.append(connection.execute("SELECT count(*) FROM subscriber").fetchone())
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", replace_store)

    assert run("restore", copy).output == f"the store is back; 1 {AGAIN}"
    assert put == [(1,)]


def test_nobody_is_put_back_where_nothing_says_who_has_left(folder: Path, run: Run) -> None:
    """As after the loss of a disk. What other machines noted is put together as text."""
    copy, file = folder.parent / "copy", folder / ERASED_FILE
    run("backup", copy)
    run("erase", given=PEOPLE[0].encode())
    noted, store = file.read_text(), (folder / STORE_FILE).read_bytes()
    file.unlink()
    refused = run("restore", copy)

    assert (refused.exit_code, refused.output) == (
        1,
        f"{file} is not there, so whoever has left since would be back; put it there, or say "
        "--without-erased if nobody has\n",
    )
    assert (folder / STORE_FILE).read_bytes() == store
    file.write_text(f"{new_id()} 2026-11-29\n{noted}{noted}")
    assert run("restore", copy).output == f"the store is back; 1 {AGAIN}"


def test_a_copy_is_put_back_on_a_new_machine(folder: Path, run: Run) -> None:
    copy, new = folder.parent / "copy", folder.parent / "new"
    run("backup", copy)
    settings = {"CALENDAR_STATE_DIR": str(new)}
    result = CliRunner(env=settings).invoke(main, ["restore", str(copy), "--without-erased"])

    assert result.output == f"the store is back; 0 {AGAIN}"
    assert CliRunner(env=settings).invoke(main, ["db", "check"]).exit_code == 0


def test_what_could_not_be_put_back_is_told(folder: Path, run: Run) -> None:
    good, torn, foreign = (folder.parent / name for name in ("good", "torn", "foreign"))
    run("backup", good)
    torn.write_bytes(good.read_bytes()[:-8192])
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE subscriber (id)")
    changed = folder.parent / "changed"
    changed.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(changed)) as connection:
        connection.execute("DROP INDEX delivery_expires_idx")

    for file in (torn, foreign, changed, folder.parent / "missing"):
        result = run("restore", "--check", file)
        # One line, in which somebody reads what is wrong.
        assert (result.exit_code, result.output.count("\n")) == (1, 1), result.output
        assert isinstance(result.exception, SystemExit), file
    assert run("restore", "--check", "-", given=b"").exit_code == 1
    assert run("restore", "--check").output == "Error: name the FILE to try\n"
    assert run("restore", "--check", good).exit_code == 0
