"""A PostgreSQL server for tests and benchmarks: in a folder of its own, on a free port, and on a
disk that can be full."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import psycopg

PROGRAMS = Path("/usr/lib/postgresql")
PATIENCE = 60
# Crashes of the server, not of the machine, are what tests make.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "log_min_messages": "panic",
}


def disk_library(folder: Path) -> Path:
    """To be named in LD_PRELOAD; the source says what it does."""
    source, library = Path(__file__).with_name("disk.c"), folder / "disk.so"
    compiler = ["gcc", "-Wall", "-shared", "-fPIC", "-o", library, source, "-ldl"]
    subprocess.run(compiler, check=True)
    return library


class Postgres:
    """A server that can be stopped in every way it can be stopped."""

    def __init__(self, **options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="calendar-postgres-"))
        self.port = _free_port()
        self._options = OPTIONS | options
        self._numbers = count()
        # The server refuses to run as root; anybody else will do.
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        # As an ordinary user one has no small disk, so the server is told that its own is full.
        self._full, self._disk = self.folder / "full", disk_library(self.folder)
        self._run(
            "initdb", "--username=admin", "--auth=trust", "--no-sync", "--encoding=UTF8",
            "--locale=C", f"--pgdata={self.folder / 'data'}",
        )  # fmt: skip

    def start(self) -> None:
        given = [f"--{name}={value}" for name, value in self._options.items()]
        self._process = subprocess.Popen(
            [_program("postgres"), "-D", self.folder / "data", "-k", self.folder]
            + ["-p", str(self.port), *given],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"LD_PRELOAD": str(self._disk), "FULL_DISK": str(self._full)},
            **self._identity(),
        )
        until = monotonic() + PATIENCE
        while monotonic() < until:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres", driver="postgresql")).close()
                return
            sleep(0.05)
        raise RuntimeError("PostgreSQL does not start")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: fast; SIGQUIT: immediate, as ``pg_ctl stop -m immediate`` does it."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def signal(self, what: signal.Signals) -> None:
        """To the server and all processes of its own, none of which it starts while it is sent."""
        if self._process:
            own = self._process.pid
            self._process.send_signal(what)
            for pid in Path(f"/proc/{own}/task/{own}/children").read_text("ascii").split():
                os.kill(int(pid), what)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @contextmanager
    def full(self, database: str, *columns: str) -> Iterator[None]:
        """The disk has no room for a file to become longer. What the tables of these columns have
        of it already has no room either."""
        with psycopg.connect(self.url(database, driver="postgresql")) as reader:
            # While somebody reads what was, nothing makes room by being written over.
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reader.execute("SELECT 1")
            self._full.touch()
            try:
                for table, _, column in (one.partition(".") for one in columns):
                    again = f"UPDATE {table} SET {column} = {column}"  # noqa: S608
                    with suppress(psycopg.errors.DiskFull):
                        while self.execute(again, database):
                            pass
                yield
            finally:
                self._full.unlink()

    def url(self, database: str, role: str = "admin", driver: str = "postgresql+psycopg") -> str:
        return f"{driver}://{role}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> int:
        """Of how many rows."""
        with psycopg.connect(self.url(database, driver="postgresql"), autocommit=True) as made:
            return made.execute(statement.encode()).rowcount

    def ask_for_password(self, role: str) -> None:
        """Everybody else is trusted."""
        rules = self.folder / "data" / "pg_hba.conf"
        text = rules.read_text("utf-8")
        rules.write_text(f"host all {role} all scram-sha-256\n{text}", "utf-8")
        self.execute("SELECT pg_reload_conf()")

    def new_database(self, template: str = "template1") -> str:
        """The name of a database that nobody else uses."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _run(self, *command: str) -> None:
        program, *rest = command
        subprocess.run(
            [_program(program), *rest], check=True, capture_output=True, **self._identity()
        )

    def _identity(self) -> dict[str, object]:
        if self._user is None:
            return {"cwd": self.folder}
        return {
            "cwd": self.folder,
            "user": self._user.pw_uid,
            "group": self._user.pw_gid,
            "extra_groups": [],
        }


def _program(name: str) -> Path:
    """Debian puts the programs of each version into a folder of its own."""
    found = sorted(PROGRAMS.glob(f"*/bin/{name}"))
    other = shutil.which(name)
    if not found and other is None:
        raise RuntimeError(f"{name} is missing; run: apt-get install postgresql")
    return found[-1] if found else Path(str(other))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
