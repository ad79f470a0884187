"""The set-up with a user for the web and one for the worker, as the document has it, line by line:
somebody subscribes and is reminded, and the web reads nothing of it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from calendar_app.store.tables import INBOX, STORE
from tests.architecture.sources import ROOT
from tests.docs.documents import blocks
from tests.mail.servers import Answers, real_server
from tests.remind.office import words
from tests.remind.processes import settings_of
from tests.remind.test_served import FORM, path_in, post
from tests.small_data import SmallData, text_of
from tests.store.postgres import Postgres
from tests.web.serving import PROGRAM, Server, free_port, is_up, stop, wait_until

NAME = "docs/operating.md"
# So far away that nothing of it is due at once.
DAY = datetime.now(UTC).date() + timedelta(days=20)
WEEK_BEFORE = f"{DAY - timedelta(days=7)}T12:00Z"
# Each table with a column of it that may be written to.
EVERY_TABLE = {"alembic_version": "version_num"} | {
    table.name: table.columns.keys()[-1] for part in (INBOX, STORE) for table in part.sorted_tables
}


@dataclass(frozen=True)
class Setup:
    """What the document says, for a server and folders of this test."""

    folder: Path
    server: Postgres
    common: Mapping[str, str]

    def lines(self, user: str) -> list[str]:
        """The commands of a user, their settings left out."""
        return [line for line in self._text(user) if not line.startswith("export ")]

    def settings(self, user: str) -> dict[str, str]:
        given = [line.removeprefix("export ") for line in self._text(user) if "export " in line]
        return {**os.environ, **self.common, **dict(line.split("=", 1) for line in given)}

    def _text(self, user: str) -> list[str]:
        (text,) = blocks(NAME, user)
        text = text.replace("127.0.0.1/", f"127.0.0.1:{self.server.port}/")
        return text.replace("/var/lib/calendar", str(self.folder)).splitlines()

    def run(self, line: str, user: str) -> str:
        """In the folder of the program, with the programs that run these tests."""
        done = subprocess.run(
            command(line), cwd=ROOT, env=self.settings(user), capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def running(self, line: str, user: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / f"{user}.log").open("wb") as log:
            process = subprocess.Popen(
                command(line),
                cwd=ROOT,
                env=self.settings(user),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            stop(process)


def command(line: str) -> list[str]:
    program, *rest = shlex.split(line)
    return [str(PROGRAM.with_name(Path(program).name)), *rest]


@pytest.fixture
def server() -> Iterator[Postgres]:
    """The statements of the document were made there, and the two roles need their passwords."""
    made = Postgres()
    try:
        made.start()
        for statement in re.findall(r"[^;]+;", blocks(NAME, "sql")[0]):
            made.execute(statement)
        made.execute(blocks(NAME, "sql")[1], "calendar")
        for role in ("calendar_worker", "calendar_web"):
            made.ask_for_password(role)
        yield made
    finally:
        made.remove()


def test_the_set_up_with_two_users_works_as_it_is_written(server: Postgres, tmp_path: Path) -> None:
    answers, data, web_port = Answers(), SmallData(tmp_path / "data"), free_port()
    data.publish(text_of({"day": f"on: {DAY}"}))
    with real_server(answers) as port:
        common = settings_of(port, tmp_path, data.events)
        common["CALENDAR_BASE_URL"] = f"http://127.0.0.1:{web_port}"
        setup = Setup(tmp_path, server, common)
        upgrade, work = setup.lines("worker")
        (serve,) = setup.lines("web")

        assert setup.run(upgrade, "worker") == "the tables are up to date\n"
        with setup.running(work, "worker") as worker:
            wait_until((tmp_path / "worker" / "worker.pub").exists, "the worker has its keys")
            (tmp_path / "web").mkdir()
            for source, target in copies(setup):
                shutil.copy(source, target)
            with setup.running(f"{serve} --port {web_port}", "web") as process:
                web = Server(process, web_port, tmp_path / "web.log")
                wait_until(lambda: is_up(web), "the web answers")
                assert post(web, "/tr/subscribe/mail/", FORM | {"topics": ["labour"]}) == 202
                assert post(web, path_in(mail(answers, 1), web, "confirm"), {}) == 202
                mail(answers, 2)
            assert [path.name for path in (tmp_path / "web").iterdir()] == ["worker.pub"]
            assert worker.poll() is None
        assert "1 accepted" in setup.run(f"{work} --once --at {WEEK_BEFORE}", "worker")

    assert f"{DAY.day} " in words(mail(answers, 3))
    assert rights(setup) == {"INSERT": ["request"], "SELECT": ["pulse"]}
    assert told_of_others(setup) == []


def copies(setup: Setup) -> Iterator[tuple[str, str]]:
    """The files that root hands over; to whom is another matter here."""
    for line in setup.lines("copy"):
        *_, source, target = shlex.split(line)
        if target != f"{setup.folder}/web":
            yield source, target


def mail(answers: Answers, number: int) -> EmailMessage:
    wait_until(lambda: len(answers.seen) == number, f"mail {number} has come")
    found = message_from_bytes(answers.seen[-1][2], policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def rights(setup: Setup) -> dict[str, list[str]]:
    """What the role of the web may do with each table; all else it is refused."""
    url = setup.settings("web")["CALENDAR_DATABASE_URL"]
    tries = {
        "SELECT": "SELECT 1 FROM {}",
        "INSERT": "INSERT INTO {} DEFAULT VALUES",
        "UPDATE": "UPDATE {} SET {} = NULL",
        "DELETE": "DELETE FROM {}",
        "TRUNCATE": "TRUNCATE {}",
        "DROP": "DROP TABLE {}",
    }
    found: dict[str, list[str]] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        for table, column in EVERY_TABLE.items():
            for right, statement in tries.items():
                try:
                    connection.execute(statement.format(table, column).encode())
                except psycopg.errors.InsufficientPrivilege:
                    continue
                except psycopg.errors.IntegrityError:
                    pass  # it may, and there is a column without a default
                found.setdefault(right, []).append(table)
        for statement in ("CREATE TABLE mine (a int)", "CREATE TEMPORARY TABLE mine (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
    return found


def told_of_others(setup: Setup) -> list[str]:
    """Where the role of the web may read what others did: rows and blocks by table, the
    log, locks; in this database and in those beside it."""
    url = setup.settings("web")["CALENDAR_DATABASE_URL"]
    views = "SELECT viewname FROM pg_views WHERE viewname ~ '^pg_(stat|statio)_|^pg_locks$'"
    asked = ["SELECT pg_stat_get_tuples_inserted('subscriber'::regclass)"]
    asked += ["SELECT pg_stat_get_db_tuples_updated(oid) FROM pg_database"]
    asked += ["SELECT pg_current_wal_lsn()", "SELECT pg_control_checkpoint()"]
    asked += ["SELECT pg_logical_emit_message(false, '', '')"]
    found = []
    with psycopg.connect(url, autocommit=True) as connection:
        asked += [f"SELECT * FROM {name}" for (name,) in connection.execute(views)]  # noqa: S608
        assert len(asked) > 40
        for statement in asked:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
            found.append(statement)
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url.removesuffix("calendar") + name)
    return found
