"""The server as it is run: `calendar-app serve` in a process of its own, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(sys.executable).with_name("calendar-app")
PATIENCE = 20.0  # seconds, for a machine that is busy


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str) -> Answer:
        connection = self.connect()
        try:
            return get(connection, path)
        finally:
            connection.close()

    def send(self, data: bytes) -> bytes:
        """Return all that comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def get(connection: HTTPConnection, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    connection.request("GET", path, headers=dict(headers or {}))
    response = connection.getresponse()
    return Answer(response.status, dict(response.headers), response.read())


def wait_until(is_so: Callable[[], object], what: str) -> None:
    """Look again and again; there is nothing to be told by when a process is ready."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"still not so after {PATIENCE} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, settings: Mapping[str, str], program: Path = PROGRAM) -> Iterator[Server]:
    """Run it in a folder with these settings and no others, and stop it by its process id."""
    with starting(folder, settings, program) as server:
        ended = server.process.poll
        wait_until(lambda: ended() is not None or is_up(server), "the server answers")
        assert ended() is None, server.log
        yield server


@contextmanager
def starting(
    folder: Path, settings: Mapping[str, str], program: Path = PROGRAM
) -> Iterator[Server]:
    """The same, from the moment it is called."""
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "serve", "--port", str(port)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "CALENDAR_MAIL": "off"} | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Server(process, port, log)
    finally:
        stop(process)


def is_up(server: Server) -> bool:
    try:
        return server.get("/healthz").status == 200
    except OSError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        # The process and its workers are a group of their own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
