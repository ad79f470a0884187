"""Postfix takes the shipped files without a word, and with them a mail that cannot be delivered
comes back to the person it was for; nothing on the disk tells who that is."""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from calendar_app.cli import main
from calendar_app.store.database import inbox_engine, reading, store_engine
from calendar_app.store.schema import upgrade
from tests.architecture.sources import ROOT
from tests.deploy.postfix import SHARE, STATE, Mailer, main_cf, master_cf, tool, write_files
from tests.docs.documents import blocks
from tests.mail.servers import Answers, certificate, free_port, real_server
from tests.remind.processes import WEEK_BEFORE, Works, count, made_works, people_are_there
from tests.remind.traces import files_with
from tests.store.places import Place
from tests.web.serving import PATIENCE, wait_until

CANARY = "Kanari7x4q"
READER = f"{CANARY}@example.org"
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start Postfix")
# What secrecy and good neighbourhood rest on, whatever else is in the file.
IN_FORCE = {
    "maillog_file": "/dev/null",
    "maillog_file_prefixes": "/dev/null, /run",
    "notify_classes": "",
    "always_bcc": "",
    "recipient_bcc_maps": "",
    "sender_bcc_maps": "",
    "delay_warning_time": "0h",
    "debug_peer_list": "",
    "maximal_queue_lifetime": "1d",
    "bounce_queue_lifetime": "1d",
    "queue_directory": "/var/lib/calendar/postfix",
    "smtp_tls_security_level": "dane",
    "smtp_dns_support_level": "dnssec",
    "smtpd_tls_security_level": "may",
    "mynetworks": "127.0.0.0/8, [::1]/128",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "smtpd_recipient_restrictions": "",
    "smtpd_sasl_auth_enable": "no",
    "smtpd_reject_unlisted_recipient": "yes",
    "mydestination": "",
    "relay_domains": "",
    "local_transport": "error:nobody has a mailbox here",
    "virtual_mailbox_domains": "calendar.example",
    "virtual_transport": "calendar",
    "calendar_destination_recipient_limit": "1",
}
# A mail that is not taken is kept, and the program is told whom the mail was for (Delivered-To).
SERVICE = (
    "calendar unix - n n - 1 pipe -o soft_bounce=yes flags=D user=calendar argv=/usr/bin/env "
    "CALENDAR_STATE_DIR=/var/lib/calendar/worker /opt/calendar/.venv/bin/calendar-app bounce"
)
# What other machines may not write to, and what they are told.
REFUSED = {
    "somebody@other.example": 554,
    "somebody@calendar.example": 550,
    "b+short@calendar.example": 550,
    f"b+{'a' * 52}@other.example": 554,
    "root@[127.0.0.1]": 550,
}
THROUGH_ANOTHER = {
    "relayhost": "[smtp.provider.example]:587",
    "smtp_dns_support_level": "",
    "smtp_tls_security_level": "secure",
    "smtp_sasl_auth_enable": "yes",
    "smtpd_milters": "inet:127.0.0.1:8891",
}


def faults(folder: Path, main: str, expected: Mapping[str, str]) -> list[str]:
    """What Postfix has against the files, and what is in force instead of what was expected."""
    write_files(folder, main, master_cf())
    found = tool("postconf", "-c", folder, "-n").stderr.splitlines()
    wanted = {f"{name} = {value}".strip() for name, value in expected.items()}
    lines = tool("postconf", "-c", folder, "-x", *expected).stdout.splitlines()
    return found + [line for line in lines if line not in wanted]


def with_relay(text: str) -> str:
    """As the comments say: all that they offer put in force, instead of two lines."""
    text = re.sub(r"(?m)^smtp_(dns_support|tls_security)_level = .*\n", "", text)
    return re.sub(r"(?m)^#   (\w+ =)", r"\1", text)


def test_set_up_as_it_is_written_the_files_come_to_what_was_meant(tmp_path: Path) -> None:
    (lines,) = blocks("docs/operating.md", "postfix")
    for place, here in {"/usr/share/postfix": SHARE, "/etc/postfix": tmp_path}.items():
        lines = lines.replace(place, str(here))
    lines = lines.replace("/var/lib/calendar", f"{tmp_path}/calendar")
    subprocess.run(["sh", "-eu", "-c", lines], cwd=ROOT, check=True)

    assert (tmp_path / "calendar" / "postfix").is_dir()
    assert (tmp_path / "main.cf").read_text("utf-8") == main_cf()
    assert (tmp_path / "master.cf").read_text("utf-8") == master_cf()
    assert faults(tmp_path, main_cf(), IN_FORCE) == []
    service = tool("postconf", "-c", tmp_path, "-Mf", "calendar/unix").stdout
    assert re.sub(r"\s+", " ", service).strip() == SERVICE


def test_postfix_takes_the_lines_that_are_offered_instead(tmp_path: Path) -> None:
    text = with_relay(main_cf())

    assert text.count("smtp_tls_security_level") == 1
    assert faults(tmp_path, text, IN_FORCE | THROUGH_ANOTHER) == []


@pytest.mark.parametrize(
    ("line", "instead", "fault"),
    [
        ("maximal_queue_lifetime", "maximal_queue_life_time", "unused parameter"),
        ("notify_classes =\n", "", "notify_classes = resource, software"),
        ("maillog_file = /dev/null", "maillog_file = /var/log/mail.log", "maillog_file = /var"),
        (
            "reject_unauth_destination",
            "permit",
            "smtpd_relay_restrictions = permit_mynetworks, permit",
        ),
    ],
)
def test_a_slip_in_the_file_is_seen(tmp_path: Path, line: str, instead: str, fault: str) -> None:
    text = main_cf()
    assert line in text

    found, *_ = faults(tmp_path, text.replace(line, instead), IN_FORCE)
    assert fault in found


@pytest.fixture
def mailer() -> Iterator[Mailer]:
    """In a folder that other users may look into, as they may not into those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="calendar-postfix-"))
    folder.chmod(0o755)
    yield Mailer(folder, free_port())
    shutil.rmtree(folder)


@pytest.fixture
def works(tmp_path: Path, mailer: Mailer) -> Iterator[Works]:
    """A worker whose mail server is Postfix."""
    state = tmp_path / "state"
    upgrade(state)
    place = Place(state, "", "", store_engine(state), inbox_engine(state))
    made = made_works(tmp_path, place, mailer.port)
    yield replace(made, settings={**made.settings, "CALENDAR_MAIL": "two-way"})
    place.worker.dispose()
    place.web.dispose()


def outcome(works: Works) -> list[tuple[str, str, int]]:
    """What became of each delivery, and the bounces of the person."""
    columns = "state, error, bounces FROM delivery JOIN subscriber ON subscriber_id = subscriber.id"
    with reading(works.engine) as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns}"))]  # noqa: S608


def program(works: Works) -> Callable[[list[str], bytes], int]:
    """The command as the pipe runs it, with the folder of this test."""

    def run(words: list[str], mail: bytes) -> int:
        folder, *command = words
        assert folder == STATE
        settings = {"CALENDAR_STATE_DIR": works.settings["CALENDAR_STATE_DIR"]}
        return CliRunner(env=settings).invoke(main, command, mail).exit_code

    return run


@contextmanager
def connected(mailer: Mailer, far: Answers) -> Iterator[None]:
    """Postfix runs, and the world is a server that talks over TLS only."""
    tls, _ = certificate(mailer.folder)
    with real_server(far, starttls=tls) as port, mailer.running(port):
        yield


@contextmanager
def stranger(mailer: Mailer) -> Iterator[smtplib.SMTP]:
    """A connection from another machine."""
    with smtplib.SMTP("127.0.0.1", mailer.port, timeout=PATIENCE) as talk:
        talk.ehlo()
        assert talk.docmd("XCLIENT", "ADDR=192.0.2.7 NAME=[UNAVAILABLE]")[0] == 220
        talk.ehlo()
        yield talk


@AS_ROOT
def test_a_mail_that_nobody_takes_comes_back_to_its_person(works: Works, mailer: Mailer) -> None:
    far = Answers(rcpt=["550 5.1.1 no such user"])
    people_are_there(works, READER)
    with connected(mailer, far):
        assert works.once(WEEK_BEFORE) == 0
        assert outcome(works) == [("sent", "", 0)]
        mailer.hand_over(lambda *_: 127)  # no program is there
        wait_until(lambda: mailer.waiting() == ["deferred"], "the report is kept")
        mailer.flush()
        mailer.hand_over(program(works))
        wait_until(lambda: mailer.waiting() == [], "nothing waits")
    assert works.once(WEEK_BEFORE + timedelta(minutes=10)) == 0

    assert outcome(works) == [("dead", "bounced", 1)]
    # What the stand-in for the program was given says who it was; nothing that is kept does.
    assert [path.name for path, _ in files_with([mailer.folder, works.folder], CANARY)] == ["mail"]


@AS_ROOT
def test_who_asks_by_mail_is_gone_and_nobody_else_is_let_in(works: Works, mailer: Mailer) -> None:
    far = Answers()
    people_are_there(works, READER)
    with connected(mailer, far):
        assert works.once(WEEK_BEFORE) == 0
        wait_until(lambda: len(far.seen) == 1, "the mail has come")
        mail = message_from_bytes(far.seen[0][2])
        # This machine tells of itself that it took the mail, and of those before it nothing.
        (received,) = mail.get_all("Received")
        assert re.match(r"from calendar\.example \(\w+ \[127\.0\.0\.1\]\)\s", received)
        (leave,) = re.findall("<mailto:([^>]+)>", mail["List-Unsubscribe"])
        with stranger(mailer) as talk:
            talk.mail(READER)
            assert {to: talk.rcpt(to)[0] for to in REFUSED} == REFUSED
            talk.rset()
            talk.sendmail(READER, leave, "Subject: only the envelope says to whom\n\n")
            mailer.hand_over(program(works))
            talk.sendmail(READER, "postmaster@calendar.example", "Subject: hello\n\n")
        wait_until(lambda: len(far.seen) == 2, "the operator has what was written")
        wait_until(lambda: mailer.waiting() == [], "nothing waits")
    assert works.once(WEEK_BEFORE + timedelta(minutes=10)) == 0

    assert far.seen[1][1] == "you@elsewhere.example"
    assert count(works, "subscriber") == 0
