"""Mail servers that are away, refuse, hang, drip and cut the line, and a real worker that lives
with it: each mail is accepted, and what is accepted twice was in flight and is the same mail."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from calendar_app.mail.smtp import Server, Smtp
from calendar_app.mail.transport import Verdict
from tests.factories import event, on
from tests.mail.servers import (
    HANG,
    KEEP_AND_DROP,
    Door,
    free_port,
    only_names_are,
    real_server,
)
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.processes import (
    CHOICES,
    LEASED,
    NOW,
    PEOPLE,
    WEEK_BEFORE,
    Post,
    Works,
    count,
    is_intact,
    made_works,
    people_are_there,
)
from tests.store.places import Place
from tests.web.serving import wait_until

CLOSING = "421 4.3.2 closing"


@pytest.mark.parametrize("is_pipelining", [False, True])
def test_whatever_a_mail_server_does_each_mail_is_accepted(
    works: Works, post: Post, is_pipelining: bool
) -> None:
    post.is_pipelining = is_pipelining
    post.doors = [Door(f"{CLOSING}\r\n".encode(), closes=True), Door(closes=True), Door()]
    post.doors += [Door(b"220 " + b"x" * 500, pause=0.1)]
    post.rcpt = ["451 4.7.1 later", HANG, "550 5.1.1 nobody of this name", CLOSING]
    post.data = ["451 4.3.0 later", HANG, KEEP_AND_DROP, CLOSING]
    works.subscribe(*PEOPLE)

    with works.worker(step="hurry", number=2) as process:
        is_over = "delivery WHERE state IN ('sent', 'dead')"
        wait_until(lambda: count(works, is_over) == len(PEOPLE), "nothing is to do any more")
        assert process.end() == 0

    assert (post.doors, post.rcpt, post.data) == ([], [], [])
    # One is refused for good. One was accepted, which the worker could not know.
    assert sorted(post.to.values()) == [*[1] * (len(PEOPLE) - 2), 2]
    assert len(post.names) == len(PEOPLE) - 1
    assert count(works, "delivery WHERE state = 'dead' AND error = 'RCPT 550 5.1.1'") == 1
    # It counts against nobody who has yet to confirm.
    assert count(works, "subscriber WHERE bounces = 0") == len(PEOPLE)
    assert is_intact(works)


@pytest.mark.parametrize("number", [3, 8])
def test_who_has_a_mailbox_at_which_a_server_breaks_off_holds_up_nobody(
    open_office: MakeOffice, post: Post, port: int, number: int
) -> None:
    """It does so for ever, and they stand before all others; also when they are more than the
    others."""
    office = open_office(publish(made_up(event("day", on("2027-03-08")))), NOW)
    addresses = [f"reader{number}@example.org" for number in range(15)]
    people = office.enrol(CHOICES, *addresses)
    first = [address for _, address in sorted(zip(people, addresses, strict=True))][:number]
    post.always = dict.fromkeys(first, "421 4.7.0 not for this mailbox")
    smtp = Smtp(Server("127.0.0.1", port, needs_tls=False), "calendar.example", time.monotonic)
    office.sending = replace(office.sending, transport=smtp)

    office.until(*(WEEK_BEFORE + tick * timedelta(seconds=20) for tick in range(4)))
    smtp.close()

    assert post.to == dict.fromkeys(set(addresses) - set(first), 1)
    assert office.count("delivery WHERE state = 'todo' AND error = 'RCPT 421 4.7.0'") == number
    assert office.count("subscriber WHERE bounces = 0") == len(addresses)


def test_a_mail_server_may_be_away_for_longer_than_a_lease(
    tmp_path: Path, store: Place, post: Post
) -> None:
    port = free_port()
    works = made_works(tmp_path, store, port)
    people_are_there(works)
    for tries in range(3):
        assert works.once(WEEK_BEFORE + tries * LEASED) == 0
    with real_server(post, port=port):
        assert works.once(WEEK_BEFORE + 3 * LEASED) == 0

    assert post.to == dict.fromkeys(PEOPLE, 1)
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)
    assert is_intact(works)


def test_a_mail_server_whose_name_is_not_found_uses_up_nothing(
    open_office: MakeOffice, post: Post, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an hour, tried every four minutes; then the name is there again."""
    only_names_are(monkeypatch, {})
    office = open_office(publish(made_up(event("day", on("2027-03-08")))), NOW)
    office.join(CHOICES, PEOPLE[0])
    server = Server("mail.invalid", port, needs_tls=False)
    smtp = Smtp(server, "calendar.example", time.monotonic)
    office.sending = replace(office.sending, transport=smtp)
    tries = [WEEK_BEFORE + number * timedelta(minutes=4) for number in range(15)]

    office.until(*tries)

    assert office.rows("kind, state, error")[-1] == ("reminder", "todo", "connect: gaierror")
    assert office.sending.breaker.is_open(office.now)
    assert 3 < office.sending.verdicts[Verdict.UNREACHABLE] < len(tries)
    only_names_are(monkeypatch, {"mail.invalid": "127.0.0.1"})
    office.until(WEEK_BEFORE + timedelta(hours=2))
    smtp.close()
    assert post.to == {PEOPLE[0]: 1}
    assert office.rows("kind, state, error")[-1] == ("reminder", "sent", "")
    assert office.count("subscriber WHERE bounces = 0") == 1
    assert not office.sending.breaker.is_open(office.now)
