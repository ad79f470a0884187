"""A database that cannot be had is told in one line, by the name of its setting and without its
password: by every command that needs it, and by the web, which goes on without."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from calendar_app import app
from calendar_app.cli import main
from calendar_app.config import read_settings
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.store.database import inbox_engine
from calendar_app.web import desk
from tests.publishing import EVENTS
from tests.remind.processes import settings_of
from tests.remind.states import FORM, OWN
from tests.store.places import WEB_ROLE
from tests.store.postgres import Postgres
from tests.web.asking import ask
from tests.web.serving import free_port

SECRET = "sesame"  # noqa: S105
COMMANDS = ("worker --once", "worker --dry-run", "db upgrade", "db check", "subscribers", "erase")
WRONG = {
    "port": ("admin", "{free}", "postgres", "port {free} failed: Connection refused"),
    "role": ("nobody-here", "{port}", "postgres", 'role "nobody-here" does not exist'),
    "database": ("admin", "{port}", "none", 'database "none" does not exist'),
    "password": ("guarded", "{port}", "postgres", 'authentication failed for user "guarded"'),
    "option": ("admin", "{port}", "postgres?sslmode=wrong", 'invalid sslmode value: "wrong"'),
    "number": ("admin", "{port}", "postgres?connect_timeout=x", "connect_timeout"),
    "tables": (WEB_ROLE, "{port}", "postgres", 'relation "pulse" does not exist'),
}


@pytest.fixture(scope="module")
def server(postgres: Postgres) -> Postgres:
    """One role needs a password."""
    postgres.execute("CREATE ROLE guarded LOGIN PASSWORD 'another'")
    postgres.ask_for_password("guarded")
    return postgres


def url_of(wrong: str, server: Postgres) -> tuple[str, str]:
    role, port, database, said = WRONG[wrong]
    url = f"postgresql://{role}:{SECRET}@127.0.0.1:{port}/{database}"
    ports = {"free": free_port(), "port": server.port}
    return url.format(**ports), said.format(**ports)


@pytest.mark.parametrize("wrong", [name for name in WRONG if name != "tables"])
def test_each_command_says_in_a_line_what_is_wrong(
    wrong: str, server: Postgres, tmp_path: Path
) -> None:
    url, said = url_of(wrong, server)
    load_or_make(tmp_path)
    settings = {"CALENDAR_STATE_DIR": str(tmp_path), "CALENDAR_DATABASE_URL": url}
    for command in COMMANDS:
        result = CliRunner(env=settings).invoke(main, command.split(), input="a@example.org\n")

        (line,) = result.output.splitlines()
        assert (result.exit_code, line.startswith("CALENDAR_DATABASE_URL: ")) == (1, True), line
        assert said in line
        assert SECRET not in line


@pytest.mark.parametrize("wrong", WRONG)
def test_the_web_says_so_at_its_start_and_serves_the_pages(
    wrong: str,
    server: Postgres,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, said = url_of(wrong, server)
    load_or_make(tmp_path)
    settings = read_settings(settings_of(1, tmp_path, EVENTS, url))
    engine = inbox_engine(tmp_path, settings.database_url)
    monkeypatch.setattr(desk, "inbox_engine", lambda *_: engine)  # somebody closes it
    form = urlencode(FORM | {"address": "a@example.org"}, doseq=True).encode()
    with caplog.at_level(logging.DEBUG):
        web = app.create_app(settings)
        (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        sent = [ask(web, "/en/subscribe/mail/", "POST", OWN, form=form).status for _ in "12"]
        read = [ask(web, path).status for path in ("/en/", "/en/subscribe/mail/", "/readyz")]
    engine.dispose()

    assert line.startswith("CALENDAR_DATABASE_URL: the pulse cannot be read: ")
    assert said in line
    assert (read, sent) == ([200, 200, 200], [503, 503])
    assert caplog.text.count("nothing can be taken: the inbox cannot be written: ") == 1
    assert SECRET not in caplog.text


def test_another_server_ends_at_once_and_says_why() -> None:
    url = f"postgresql://u:{SECRET}@host/x?foo=bar"
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=EVENTS.parents[1],
        env=os.environ | {"CALENDAR_DATABASE_URL": url, "CALENDAR_X": ""},
        capture_output=True,
        encoding="utf-8",
    )

    assert started.stderr.splitlines() == [
        "CALENDAR_X is not a setting; take it out",
        "CALENDAR_DATABASE_URL: foo is not an option of it; take it out",
    ]
    assert (started.returncode, started.stdout) == (4, "")
