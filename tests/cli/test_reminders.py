"""Commands about reminders, each as it is run: what would come, what came back, whether mail goes
out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import text

from calendar_app.cli import main
from calendar_app.core.choices import Choices, to_text
from calendar_app.mail.bounces import bounce_address
from calendar_app.sealing.addresses import address_index, seal_address
from calendar_app.sealing.keyfile import KEY_FILE, load_or_make, write_ring
from calendar_app.sealing.ring import new_ring
from calendar_app.sealing.seal import PUBLIC_KEY_FILE, read_public_key, seal
from calendar_app.sealing.tokens import Purpose, make_token
from calendar_app.store import deliveries
from calendar_app.store.counts import backlog
from calendar_app.store.database import BUSY_SECONDS, reading
from calendar_app.store.deliveries import Claim
from calendar_app.store.erased import note_erased
from calendar_app.store.inbox import RequestKind, append, count_requests, finish, take
from calendar_app.store.planner import lock_planner
from calendar_app.store.subscribers import add_pending, confirm, new_id, suppress
from calendar_app.worker import rehearsal
from tests.factories import at
from tests.mail.servers import Answers, real_server
from tests.mail.test_bounces import report
from tests.publishing import EVENTS
from tests.remind.processes import settings_of
from tests.small_data import SmallData, text_of
from tests.store.places import Place

READER, OPERATOR = "reader@example.org", "operator@calendar.example"
# What somebody makes who knows the form of our tokens and not our keys.
FORGED = bounce_address(make_token(new_ring(), Purpose.BOUNCE, new_id()), "calendar.example")
WEEK_BEFORE = "2027-03-01T08:00Z"
Run = Callable[..., Result]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def run(tmp_path: Path, store: Place, answers: Answers) -> Iterator[Run]:
    """Run a command on a small calendar with a mail server."""
    data = SmallData(tmp_path / "data")
    data.publish(text_of({"day": "on: 2027-03-08"}))
    os.umask(0o077)
    with real_server(answers) as port:
        settings = settings_of(port, store.folder, data.events, store.url)
        settings["CALENDAR_MAIL"] = "two-way"

        def run_command(*words: str, given: bytes = b"", **more: str) -> Result:
            return CliRunner(env=settings | more).invoke(main, words, given)

        yield run_command


@pytest.fixture
def person(store: Place, run: Run) -> str:
    """Somebody who is subscribed before anything is due."""
    assert run("worker", "--at", "2027-02-20T10:00Z").exit_code == 0
    ring, person, choices = load_or_make(store.folder), new_id(), Choices("en", zone="Europe/Paris")
    sealed, index = seal_address(ring, person, READER), address_index(ring.current, READER)
    with store.worker.begin() as connection:
        add_pending(connection, person, sealed, index, choices, "1", at("2027-02-20T10:00"))
        confirm(connection, person, at("2027-02-20T10:00").date())
    return person


def facts(store: Place) -> tuple[object, ...]:
    """How many people there are, and what became of deliveries."""
    with reading(store.worker) as connection:
        people = connection.execute(text("SELECT count(*) FROM subscriber")).scalar_one()
        rows = connection.execute(text("SELECT state, error FROM delivery ORDER BY due_at")).all()
    return (people, *map(tuple, rows))


@pytest.mark.usefixtures("person")
def test_what_would_be_sent_is_listed_and_then_it_is_sent(
    store: Place, run: Run, answers: Answers
) -> None:
    listed = run("worker", "--dry-run", "--at", WEEK_BEFORE)

    assert listed.stdout == "0 requests\n     1 reminder day 2027-03-08 7 days before\n"
    assert (answers.seen, facts(store)) == ([], (1,))
    sent = run("worker", "--at", WEEK_BEFORE)
    assert sent.stdout == "0 requests; 1 due, 0 corrections; mails: 1 accepted\n"
    assert facts(store) == (1, ("sent", ""))
    assert READER not in listed.output + sent.output


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_dry_run_writes_nothing_and_lists_nothing_that_is_over(
    store: Place, run: Run, person: str
) -> None:
    away = {"CALENDAR_SMTP_URL": "smtp://127.0.0.1:1"}
    assert run("worker", "--at", "2027-03-07T08:00Z", **away).exit_code == 0
    ring = load_or_make(store.folder)
    token = {"token": make_token(ring, Purpose.MANAGE, person)}
    append(store.web, RequestKind.LEAVE, seal(ring.current.requests.public_key(), "leave", token))
    before = files(store.folder)

    listed = run("worker", "--dry-run", "--at", "2027-03-07T09:00Z")
    assert (listed.exit_code, listed.stdout) == (0, "1 requests\n")

    assert files(store.folder) == before
    with store.worker.begin() as connection:
        assert count_requests(connection) == 1
        finish(connection, take(connection, 1)[0])
    assert run("worker", "--dry-run", "--at", "2027-03-07T09:00Z").stdout.splitlines() == [
        "0 requests",
        "     1 reminder day 2027-03-08 1 days before",
        "     1 reminder day 2027-03-08 7 days before",
    ]
    # The day is over, and what waits is not sent any more.
    assert run("worker", "--dry-run", "--at", "2027-03-09T08:00Z").stdout == "0 requests\n"
    assert run("worker", "--at", "2027-03-09T08:00Z").stdout.endswith("mails: no mail\n")


@pytest.mark.usefixtures("person")
def test_nobody_waits_for_a_dry_run(
    store: Place, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may take minutes, for many people."""
    began = monotonic()

    def meanwhile(*given: Any, **named: Any) -> list[Claim]:
        append(store.web, RequestKind.LEAVE, b"sealed")
        with store.worker.begin() as connection:
            assert lock_planner(connection) is not None
            found = deliveries.claim(connection, *given[1:], **named)
            assert found == []  # nothing is planned in earnest
        return claim(*given, **named)

    claim = deliveries.claim
    with monkeypatch.context() as patch:
        patch.setattr(
            rehearsal, "deliveries", SimpleNamespace(claim=meanwhile, mark=deliveries.mark)
        )
        listed = run("worker", "--dry-run", "--at", WEEK_BEFORE)

    assert listed.stdout.endswith("1 reminder day 2027-03-08 7 days before\n"), listed.output
    assert monotonic() - began < BUSY_SECONDS / 2


def test_a_dry_run_where_nothing_is_stored_says_so(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    settings = {"CALENDAR_STATE_DIR": str(empty), "CALENDAR_DATABASE_URL": ""}

    listed = run("worker", "--once", "--dry-run", **settings)

    assert (listed.exit_code, listed.output) == (0, "nothing is stored yet\n")
    assert not empty.exists()


def test_who_was_erased_and_put_back_by_hand_is_erased_by_the_next_worker(
    store: Place, run: Run, answers: Answers, person: str
) -> None:
    note_erased(store.folder, person, at("2027-02-20T10:00").date())

    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0
    assert (answers.seen, facts(store)) == ([], (0,))


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("fault", ["lost", "lost with worker.pub", "another's", "changed"])
def test_without_the_key_mails_wait_until_it_is_put_back(
    store: Place, run: Run, answers: Answers, fault: str
) -> None:
    path, public = store.folder / KEY_FILE, store.folder / PUBLIC_KEY_FILE
    key, before = path.read_text(), public.read_bytes()
    master = json.loads(key)["keys"][0]["master"]
    if fault == "changed":
        path.write_text(key.replace(master, master[::-1]))
    else:
        path.unlink()
    if fault == "another's":
        write_ring(store.folder, new_ring())
    if fault == "lost with worker.pub":
        public.unlink()
    refused = run("worker", "--at", WEEK_BEFORE)

    assert (refused.exit_code, answers.seen, facts(store)) == (1, [], (1,))
    assert "put the key back" in refused.output
    assert path.exists() is (fault in {"another's", "changed"})
    path.write_text(key)
    public.write_bytes(before)
    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0
    assert ([to for _, to, _ in answers.seen], facts(store)) == ([READER], (1, ("sent", "")))


@pytest.mark.usefixtures("person")
def test_whose_key_is_lost_for_good_begins_anew(store: Place, run: Run) -> None:
    (store.folder / KEY_FILE).unlink()

    assert run("keys", "destroy", "--yes").output.endswith("1 people erased\n")
    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0
    assert facts(store) == (0,)


def test_who_is_never_written_to_is_not_forgotten_with_the_key(store: Place, run: Run) -> None:
    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0
    with store.worker.begin() as connection:
        suppress(connection, b"0" * 32, "bounces", at(WEEK_BEFORE[:-1]).date())
    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0
    (store.folder / KEY_FILE).unlink()

    assert run("worker", "--at", WEEK_BEFORE).exit_code == 1


@pytest.mark.parametrize(("pressed", "is_there"), [("09:59:59", 1), ("10:00:00", 0)])
def test_who_confirmed_in_time_is_there_however_late_a_worker_comes(
    store: Place, run: Run, answers: Answers, pressed: str, *, is_there: int
) -> None:
    key = asked(store, run)
    mail = message_from_bytes(answers.seen[0][2])
    found = re.search("/confirm/([a-z2-7]+)", mail.get_payload(decode=True).decode())
    assert found is not None
    form = {"token": found[1], "at": f"2027-02-23T{pressed}+00:00"}
    append(store.worker, RequestKind.CONFIRM, seal(key, "confirm", form))

    listed = run("worker", "--dry-run", "--at", "2027-02-24T12:00Z")
    done = run("worker", "--once", "--at", "2027-02-24T12:00Z")

    assert ("1 welcome" in listed.stdout, done.stdout) == (
        bool(is_there),
        f"1 requests; 0 due, 0 corrections; mails: {'1 accepted' if is_there else 'no mail'}\n",
    )
    assert facts(store)[0] == is_there


def test_what_waits_for_a_welcome_is_listed_too(store: Place, run: Run, answers: Answers) -> None:
    key = asked(store, run, leads=(30,))
    mail = message_from_bytes(answers.seen[0][2])
    found = re.search("/confirm/([a-z2-7]+)", mail.get_payload(decode=True).decode())
    assert found is not None
    append(store.worker, RequestKind.CONFIRM, seal(key, "confirm", {"token": found[1]}))

    listed = run("worker", "--dry-run", "--at", "2027-02-20T12:00Z").stdout

    assert "1 welcome" in listed
    assert "1 reminder day 2027-03-08 30 days before" in listed


def asked(store: Place, run: Run, **more: Any) -> X25519PublicKey:
    """Somebody asks on 20 February 2027 at 10:00; returns the key of the web."""
    assert run("worker", "--at", "2027-02-20T10:00Z").exit_code == 0
    key = read_public_key(store.folder)
    choices = to_text(Choices("en", zone="Europe/Paris", **more))
    form = {"address": READER, "choices": choices, "consent": "1"}
    append(store.worker, RequestKind.SUBSCRIBE, seal(key, "subscribe", form))
    assert run("worker", "--at", "2027-02-20T10:00Z").exit_code == 0
    return key


@pytest.mark.usefixtures("person")
def test_a_mail_that_came_back_counts_once_and_a_forged_one_not(
    store: Place, run: Run, answers: Answers
) -> None:
    run("worker", "--at", WEEK_BEFORE)
    envelope_from = answers.seen[0][0]

    for to in (FORGED, envelope_from, envelope_from):
        result = run("bounce", given=report(to=to))
        assert (result.exit_code, result.output) == (0, "")
    assert run("bounce", given=b"Subject: hello\n\nnothing of ours\n").exit_code == 0
    done = run("worker", "--at", "2027-03-01T08:10Z")

    assert re.match("[23] requests;", done.stdout), done.stdout
    assert facts(store) == (1, ("dead", "bounced"))
    with reading(store.worker) as connection:
        assert connection.execute(text("SELECT bounces FROM subscriber")).scalar_one() == 1


@pytest.mark.usefixtures("person")
def test_what_comes_back_for_what_we_are_counts_against_nobody_and_is_told(
    store: Place, run: Run, answers: Answers
) -> None:
    run("worker", "--at", WEEK_BEFORE)
    assert run("bounce", given=report("5.7.1", to=answers.seen[0][0])).exit_code == 0
    run("worker", "--at", "2027-03-01T08:10Z")

    assert facts(store) == (1, ("dead", "bounced 5.7.1"))
    with reading(store.worker) as connection:
        assert connection.execute(text("SELECT bounces FROM subscriber")).scalar_one() == 0
        assert backlog(connection, at("2027-03-01T08:10")).blocked == 1


@pytest.mark.usefixtures("person")
def test_who_asks_by_mail_to_leave_is_erased(store: Place, run: Run, answers: Answers) -> None:
    run("worker", "--at", WEEK_BEFORE)
    mail = message_from_bytes(answers.seen[0][2])
    address = re.search("<mailto:([^>]+)>", mail["List-Unsubscribe"])
    assert address is not None

    given = f"From: {READER}\nTo: {address[1]}\nSubject: unsubscribe\n\n".encode()
    assert run("bounce", given=given).exit_code == 0
    run("worker", "--at", "2027-03-01T08:10Z")

    assert facts(store) == (0,)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"CALENDAR_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "the inbox cannot be written: .*port 1 failed.*",
        ),
        ({"CALENDAR_STATE_DIR": "/nowhere"}, "/nowhere/worker.pub cannot be read; .*"),
        ({"CALENDAR_SMTP": "x"}, "CALENDAR_SMTP is not a setting; .*"),
    ],
    ids=["inbox", "key", "setting"],
)
def test_a_report_that_cannot_be_stored_is_to_come_again(
    run: Run, settings: dict[str, str], told: str
) -> None:
    """Else the mail server would think that it was taken, or give it up (sysexits.h)."""
    assert run("worker", "--at", WEEK_BEFORE).exit_code == 0

    result = run("bounce", given=report(to=FORGED), **settings)

    assert result.exit_code == 75
    assert re.fullmatch(f"{told}\n", result.output)


def test_the_operator_sees_whether_mail_goes_out(run: Run, answers: Answers) -> None:
    result = run("mail", "check", CALENDAR_OPERATOR_MAIL=OPERATOR)

    assert (result.exit_code, result.output) == (0, "accepted\n")
    assert [(sender, to) for sender, to, _ in answers.seen] == [
        ("b+check@calendar.example", OPERATOR)
    ]


@pytest.mark.usefixtures("person")
def test_where_nobody_reads_what_comes_back_it_does_not_come_to_the_operator(
    run: Run, answers: Answers
) -> None:
    """A report, or the answer of somebody on holiday, names them."""
    run("worker", "--at", WEEK_BEFORE, CALENDAR_MAIL="on")

    (sender,) = (sender for sender, to, _ in answers.seen if to == READER)
    assert re.fullmatch(r"b\+[a-z2-7]{52}@calendar\.example", sender)


@pytest.mark.usefixtures("person")
def test_a_server_that_refuses_the_sender_refuses_nobody(
    store: Place, run: Run, answers: Answers
) -> None:
    """Everybody waits, and the operator can be told why."""
    operator = {"CALENDAR_OPERATOR_MAIL": OPERATOR}
    answers.mail, answers.owner = "550 5.1.1 not yours", "dates@calendar.example"

    done = run("worker", "--at", WEEK_BEFORE)
    told = run("mail", "check", **operator)

    assert "1 unreachable" in done.stdout
    assert facts(store) == (1, ("todo", "MAIL 550 5.1.1"))
    assert told.output == (
        "unreachable MAIL 550 5.1.1\n"
        "The server must take mails whose envelope sender is b+...@calendar.example.\n"
    )
    answers.mail = "250 OK"
    run("worker", "--at", "2027-03-01T08:10Z")
    assert facts(store) == (1, ("sent", ""))


@pytest.mark.parametrize(
    ("settings", "refusal", "told"),
    [
        ({}, "", "Error: set CALENDAR_OPERATOR_MAIL, so that there is whom to write to\n"),
        (
            {"CALENDAR_OPERATOR_MAIL": OPERATOR},
            "550 5.1.1 operator@calendar.example unknown",
            "bad address RCPT 550 5.1.1\n",
        ),
        (
            {"CALENDAR_OPERATOR_MAIL": OPERATOR},
            "553 5.7.1 sender not owned by user",
            "later RCPT 553 5.7.1\n"
            "The server must take mails whose envelope sender is b+...@calendar.example.\n",
        ),
        (
            {"CALENDAR_OPERATOR_MAIL": OPERATOR, "CALENDAR_SMTP_URL": "smtp://127.0.0.1:1"},
            "",
            "unreachable connect: ConnectionRefusedError\n",
        ),
    ],
)
def test_the_operator_sees_why_no_mail_goes_out(
    run: Run, answers: Answers, settings: dict[str, str], refusal: str, told: str
) -> None:
    answers.rcpt += [refusal] * bool(refusal)

    result = run("mail", "check", **settings)

    assert (result.exit_code, result.output) == (1, told)


def test_choices_are_simulated_without_store_and_mail(tmp_path: Path) -> None:
    settings = {"CALENDAR_EVENTS": str(EVENTS), "CALENDAR_STATE_DIR": str(tmp_path / "none")}
    words = ["--from", "2027-02-20", "--to", "2027-04-01", "es.women.7_1_0.Europe~Berlin.9"]

    result = CliRunner(env=settings).invoke(main, ["simulate", *words])

    name, when = "Día Internacional de la Mujer", "8 de marzo de 2027"
    assert result.stdout.splitlines() == [
        f"2027-03-01 09:00  {name} · {when} · dentro de 7 días",
        f"2027-03-07 09:00  {name} · {when} · mañana",
        f"2027-03-08 09:00  {name} · {when} · hoy",
        "3 mails",
    ]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("choices", ["en", "xx..7.UTC.9", "en.no-such-topic.7.UTC.9"])
def test_choices_that_cannot_be_are_refused(choices: str) -> None:
    result = CliRunner(env={"CALENDAR_EVENTS": str(EVENTS)}).invoke(main, ["simulate", choices])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "CHOICES" in result.stderr
