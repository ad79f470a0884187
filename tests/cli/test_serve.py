"""`calendar-app serve`: it says what is wrong before it starts, and where it is once it has."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calendar_app import __version__
from calendar_app.cli import COMMANDS, main
from calendar_app.cli.serve import PATIENCE
from calendar_app.words.languages import LANGUAGES
from tests.small_data import DAYS, SmallData, text_of
from tests.web.serving import free_port, serving, starting, wait_until


@pytest.fixture
def small(tmp_path: Path) -> SmallData:
    return SmallData(tmp_path)


def serve(small: SmallData, *options: str, **settings: str) -> Result:
    """Run it where it must end by itself."""
    environment = {f"CALENDAR_{name}": value for name, value in settings.items()}
    environment |= {"CALENDAR_EVENTS": str(small.events)}
    return CliRunner(env=environment).invoke(main, ["serve", *options])


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calendar_app.cli.serve.Granian", None)


@pytest.mark.usefixtures("never")
def test_a_taken_port_is_said_in_one_line(small: SmallData) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = serve(small, "--port", port)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"Error: port {port} is taken; choose another with --port or PORT=\n"


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_an_address_that_is_not_here_is_said_in_one_line(small: SmallData, host: str) -> None:
    result = serve(small, "--host", host, "--port", "8123")

    assert result.exit_code == 1
    assert re.fullmatch(f"Error: cannot listen on {host}, port 8123: [A-Z].*\n", result.stderr)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_is_a_port(small: SmallData, port: str) -> None:
    assert serve(small, "--port", port).exit_code == 2


@pytest.mark.usefixtures("never")
def test_bad_data_are_refused_with_every_fault(small: SmallData) -> None:
    small.events.write_bytes(text_of(DAYS | {"a": "yearly: 13-01", "b": "on: never"}))

    result = serve(small, "--port", str(free_port()))

    assert result.exit_code == 1
    assert result.stdout == ""
    faults = result.stderr.splitlines()
    assert [re.sub(r".*/events.yaml:\d+: ", "", fault)[:3] for fault in faults] == [
        "a: ",
        "b: ",
        "2 f",
    ]
    assert faults[-1] == "2 faults"


@pytest.mark.usefixtures("never")
def test_bad_settings_are_refused_with_every_fault(small: SmallData) -> None:
    result = serve(small, NOW="now", WEB_WORKERS="0", BASE_URI="x")

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "CALENDAR_BASE_URI is not a setting; did you mean CALENDAR_BASE_URL?",
        "CALENDAR_WEB_WORKERS: '0' is not a number from 1 to 99",
        "CALENDAR_NOW: 'now' is not an instant; write 2026-11-29T09:00Z",
    ]


def test_a_server_says_where_it_is_and_ends_when_told(tmp_path: Path, small: SmallData) -> None:
    settings = {"CALENDAR_EVENTS": str(small.events), "CALENDAR_WEB_WORKERS": "2"}
    with serving(tmp_path, settings) as server:
        edition = server.get("/en/").headers["calendar-edition"]
        lines = server.log.splitlines()
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: server.process.poll() is not None, "the server has ended")

    assert lines[0] == f"2 events, edition {edition.partition('.')[0]}"
    addresses = [line.split()[0] for line in lines[1:]]
    assert addresses == [
        *(f"{server.base_url}/{tag}/" for tag in LANGUAGES),
        f"{server.base_url}/en/calendar.ics",
    ]
    assert server.process.returncode == 0
    assert server.log.splitlines() == lines


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_while_it_loads_ends(
    tmp_path: Path, small: SmallData, told: signal.Signals
) -> None:
    with starting(tmp_path, {"CALENDAR_EVENTS": str(small.events)}) as server:
        main_id = server.process.pid
        forked = Path(f"/proc/{main_id}/task/{main_id}/children")
        wait_until(forked.read_text, "the process that loads the application is there")
        server.process.send_signal(told)
        begun = time.monotonic()
        wait_until(lambda: server.process.poll() is not None, "the server has ended")

    assert server.process.returncode == 0
    assert time.monotonic() < begun + PATIENCE  # and nobody had to be killed


# The first thing a child does is to be told, before it can do anything about it.
TOLD_AT_ONCE = """
import os, signal
from calendar_app.cli.serve import die_when_told_in_children
signal.signal(signal.SIGTERM, lambda *_: None)
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
die_when_told_in_children()
child = os.fork()
if not child:
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), signal.pthread_sigmask(0, ()))
"""


def test_no_signal_is_lost_in_the_moment_of_the_fork() -> None:
    done = subprocess.run([sys.executable, "-c", TOLD_AT_ONCE], capture_output=True, text=True)

    assert (done.stdout, done.stderr) == (f"{-signal.SIGTERM} set()\n", "")


def test_the_program_tells_its_version() -> None:
    result = CliRunner().invoke(main, ["--version"])

    assert __version__ in result.stdout


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_every_command_has_help(command: str | None) -> None:
    result = CliRunner().invoke(main, [command, "-h"] if command else ["-h"])

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 4
