"""Postfix with the shipped files, from Debian's package, which is unpacked and not installed."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.web.serving import wait_until

SHIPPED = ROOT / "deploy" / "postfix"
PACKAGE = ROOT / ".cache" / "postfix"
SHARE = PACKAGE / "usr" / "share" / "postfix"
LIBRARIES = PACKAGE / "usr" / "lib" / "postfix"
# What an operator has to change.
OWN = (
    "myhostname",
    "mydomain",
    "calendar_sender",
    "calendar_operator",
    "queue_directory",
    "smtpd_tls_chain_files",
)
RUNS_AS, STATE, PLACE = "user=calendar", "/var/lib/calendar/worker", "/opt/calendar/.venv/bin"
# Of the queue, with mails in them.
FOLDERS = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
# Stands where the program would, hands on what comes, and waits for the code.
STAND_IN = """#!/bin/sh
set -eu
cd {folder}
cat >mail
echo "$CALENDAR_STATE_DIR $@" >asked.part
mv asked.part asked
until [ -e code ]; do
  [ -d {folder} ] || exit 75  # the test is over
  sleep 0.05
done
read -r code <code || :
rm code
exit "$code"
"""
# Users that every Debian has, in place of those that the package would make when it is installed.
OWNER, GROUP, READER = "uucp", "news", "www-data"


def tool(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the package, to its end."""
    program = PACKAGE / "usr" / "sbin" / name
    if not program.exists():
        pytest.fail(f"{name} is missing; run: make test-tools", pytrace=False)
    return subprocess.run(
        [program, *map(str, arguments)],
        env=os.environ | {"LD_LIBRARY_PATH": str(LIBRARIES)},
        capture_output=True,
        encoding="utf-8",
    )


def main_cf(changes: Mapping[str, str] | None = None) -> str:
    """The shipped file with lines of the operator changed, and nothing else."""
    text = (SHIPPED / "main.cf").read_text("utf-8")
    for name, value in (changes or {}).items():
        assert name in OWN
        text, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
        assert count == 1, name
    return text


def master_cf(changes: Mapping[str, str] | None = None) -> str:
    """That of the package with the shipped line added, as the document says."""
    text = (SHIPPED / "master.cf").read_text("utf-8")
    for old, new in (changes or {}).items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return (SHARE / "master.cf.dist").read_text("utf-8") + text


def write_files(folder: Path, main: str, master: str) -> None:
    """Older than they are: Postfix waits for a file that somebody may still be writing."""
    for name, text in (("main.cf", main), ("master.cf", master)):
        (folder / name).write_text(text, "utf-8")
        os.utime(folder / name, (0, 0))


@dataclass(frozen=True)
class Mailer:
    """Postfix in a folder of its own, which hands on all mail to another port of this machine. What
    it pipes waits for ``hand_over``: the program may be where no user but root can run it."""

    folder: Path
    port: int

    def waiting(self) -> list[str]:
        """The folder of the queue that each mail is in."""
        queue = self.folder / "queue"
        return [name for name in FOLDERS for path in (queue / name).rglob("*") if path.is_file()]

    def flush(self) -> None:
        """Have what waits tried again."""
        assert self._postfix("flush").returncode == 0

    def hand_over(self, program: Callable[[list[str], bytes], int]) -> None:
        """Run a program on the next mail from the pipe; its code is what Postfix gets."""
        asked, code = self._pipe / "asked", self._pipe / "code"
        wait_until(asked.exists, "a mail comes through the pipe")
        words = asked.read_text("utf-8").split()
        asked.unlink()
        found = program(words, (self._pipe / "mail").read_bytes())
        (self._pipe / "code.part").write_text(str(found), "utf-8")
        (self._pipe / "code.part").rename(code)

    @contextmanager
    def running(self, next_port: int) -> Iterator[None]:
        """With the key and certificate in ``server.pem``."""
        for name in ("etc", "queue"):
            (self.folder / name).mkdir()
        for path, user in ((self.folder / "data", OWNER), (self._pipe, READER)):
            path.mkdir()
            os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        self._write_files(next_port)
        started = self._postfix("start")
        assert started.returncode == 0, started.stderr
        try:
            yield
        finally:
            stopped = self._postfix("stop")
        assert stopped.returncode == 0, stopped.stderr

    @property
    def _pipe(self) -> Path:
        return self.folder / "pipe"

    def _write_files(self, next_port: int) -> None:
        own = {
            "queue_directory": str(self.folder / "queue"),
            "smtpd_tls_chain_files": str(self.folder / "server.pem"),
        }
        added = {
            "mail_owner": OWNER,
            "setgid_group": GROUP,
            "data_directory": self.folder / "data",
            "command_directory": PACKAGE / "usr" / "sbin",
            "daemon_directory": LIBRARIES / "sbin",
            "shlib_directory": LIBRARIES,
            "meta_directory": PACKAGE / "etc" / "postfix",
            "import_environment": "MAIL_CONFIG LD_LIBRARY_PATH",
            "relayhost": f"[127.0.0.1]:{next_port}",
            # Whether the resolver validates would be asked of the world.
            "dnssec_probe": "",
            # So that a test can speak for another machine.
            "smtpd_authorized_xclient_hosts": "127.0.0.1",
        }
        lines = "".join(f"{name} = {value}\n" for name, value in added.items())
        master = master_cf({RUNS_AS: f"user={READER}", PLACE: str(self._pipe)})
        assert master.count("\nsmtp      inet") == 1
        master = master.replace("\nsmtp      inet", f"\n127.0.0.1:{self.port} inet")
        write_files(self.folder / "etc", main_cf(own) + lines, master)
        program = self._pipe / "calendar-app"
        program.write_text(STAND_IN.format(folder=self._pipe), "utf-8")
        program.chmod(0o755)

    def _postfix(self, action: str) -> subprocess.CompletedProcess[str]:
        return tool("postfix", "-c", self.folder / "etc", action)
