"""Somebody has a new link mailed to them: what was mailed before proves nothing any more, and
nobody is ever without a link."""

from __future__ import annotations

import re
import signal
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from calendar_app.core.choices import Choices, to_text
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.remind import requests
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.sealing.tokens import Purpose, make_token
from calendar_app.store import subscribers
from calendar_app.store.database import reading
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import Subscriber
from calendar_app.store.tables import subscriber
from tests.factories import at, event, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, token, words
from tests.remind.processes import (
    LEASED,
    PEOPLE,
    Post,
    Works,
    count,
    is_intact,
    people_are_there,
)
from tests.remind.processes import NOW as PLANNED_AT
from tests.remind.test_faults import Died, verp

NOW = at("2027-02-20T10:00")
WEEK_BEFORE, DAY_BEFORE = at("2027-03-01T08:00"), at("2027-03-07T08:00")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BERLIN = Choices("en", zone="Europe/Berlin")
OTHERS = to_text(Choices("es", leads=(3,), zone="Europe/Berlin"))


@pytest.fixture
def office(open_office: MakeOffice) -> Office:
    return open_office(publish(made_up(event("day", on("2027-03-08"), topics=("labour",)))), NOW)


def join(office: Office) -> str:
    """The token of the settings that somebody got with their welcome."""
    (welcome,) = office.join(BERLIN)
    return token(welcome, "manage")


def renew(office: Office, old: str) -> list[EmailMessage]:
    office.ask(RequestKind.RENEW, token=old)
    return office.work()


def person(office: Office) -> Subscriber:
    """The one who is there."""
    with reading(office.engine) as connection:
        return subscribers.subscriber_of(connection.execute(select(subscriber)).one())


def test_a_new_link_ends_those_of_all_mails_before(office: Office) -> None:
    old = join(office)
    (reminder,) = office.work(WEEK_BEFORE)
    assert token(reminder, "unsubscribe") == old
    assert f"mailto:u+{old}@" in reminder["List-Unsubscribe"]

    (mail,) = renew(office, old)

    new = token(mail, "manage")
    assert re.findall(r"[a-z2-7]{52}", words(mail)) == [new]
    assert new != old
    # The button, the one-click and the mailed unsubscribe of old mails all ask for the same.
    office.ask(RequestKind.LEAVE, token=old)
    office.ask(RequestKind.CHANGE, token=old, choices=OTHERS)
    for kind in (RequestKind.EXPORT, RequestKind.RENEW):
        office.ask(kind, token=old)
    assert office.work(WEEK_BEFORE + DAY) == []
    assert office.applying.refused == {"leave": 1, "change": 1, "export": 1, "renew": 1}
    assert (person(office).choices, person(office).token_version) == (BERLIN, 1)

    (reminder,) = office.work(DAY_BEFORE)
    assert token(reminder, "manage") == token(reminder, "unsubscribe") == new
    office.ask(RequestKind.CHANGE, token=new, choices=OTHERS)
    office.work()
    assert person(office).choices.language == "es"
    office.ask(RequestKind.LEAVE, token=token(reminder, "unsubscribe"))
    office.work()
    assert office.count("subscriber") == 0


def test_a_mail_from_before_that_comes_back_still_counts(office: Office) -> None:
    old = join(office)
    office.work(WEEK_BEFORE)
    before = office.transport.sent[-1]
    renew(office, old)

    office.ask(RequestKind.BOUNCE, token=verp(before), **{"class": "hard"})
    office.work()

    assert person(office).bounces == 1


def test_a_new_link_comes_once_a_day_and_without_it_the_one_before_stays(office: Office) -> None:
    """Whoever had a link cannot fill a mailbox with it, nor lock anybody out."""
    old = join(office)
    office.ask(RequestKind.RENEW, token=old)
    (mail,) = renew(office, old)
    new = token(mail, "manage")

    assert renew(office, new) == []
    assert person(office).token_version == 1

    office.now += DAY
    (mail,) = renew(office, new)
    assert token(mail, "manage") not in {old, new}
    assert person(office).token_version == 2


def test_what_is_tried_again_has_the_new_link(office: Office) -> None:
    """A mail of which it is not known whether it was taken is the same mail all the same."""
    old = join(office)
    tried = []
    send = office.transport.send
    office.transport.send = lambda mail: tried.append(mail) or send(mail)  # type: ignore[func-returns-value, method-assign]
    office.answer(Handover(Verdict.UNKNOWN))
    assert office.work(WEEK_BEFORE) == []

    (renewed,) = renew(office, old)
    (reminder,) = office.work(WEEK_BEFORE + 10 * MINUTE)

    first, _, again = tried
    assert first.message_id == again.message_id
    assert old.encode() in first.data.replace(b"=\r\n", b"")
    assert token(reminder, "unsubscribe") == token(renewed, "manage") != old


@pytest.mark.parametrize("step", ["insert_mail", "renew_token"])
def test_who_dies_while_it_is_applied_has_done_nothing(office: Office, step: str) -> None:
    old = join(office)
    office.ask(RequestKind.RENEW, token=old)
    owner = requests if step == "insert_mail" else subscribers
    does = getattr(owner, step)

    def die(*given: object) -> None:
        does(*given)
        raise Died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, step, die)
        with pytest.raises(Died):
            office.work()
    assert (person(office).token_version, office.count("request")) == (0, 1)
    assert office.count("delivery WHERE kind = 'renewed'") == 0

    (mail,) = office.work()
    assert (person(office).token_version, office.count("request")) == (1, 0)
    assert token(mail, "manage") != old


def test_a_worker_that_is_killed_renews_once_and_loses_no_mail(works: Works, post: Post) -> None:
    people_are_there(works, PEOPLE[0])
    ring = load_or_make(works.state)
    with reading(works.engine) as connection:
        (id_,) = connection.execute(select(subscriber.c.id)).scalars()
    for _ in range(2):
        works.ask(RequestKind.RENEW, token=make_token(ring, Purpose.MANAGE, id_))

    for step, version in (("applied", 0), ("deleted", 0), ("claim committed", 1)):
        assert works.once(PLANNED_AT, step) == -signal.SIGKILL
        assert count(works, f"subscriber WHERE token_version = {version}") == 1
        assert count(works, "delivery WHERE kind = 'renewed'") == version
    assert post.seen == []
    assert works.once(PLANNED_AT + LEASED) == 0

    ((_, _, data),) = post.seen
    mail = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    assert make_token(ring, Purpose.MANAGE, id_, 1) in words(mail)
    assert count(works, "subscriber WHERE token_version = 1") == 1
    assert (count(works, "request"), is_intact(works)) == (0, True)


def test_two_workers_who_believe_one_token_renew_it_once(office: Office) -> None:
    """One looks before, and acts after the other, on the next day."""
    old = join(office)
    before = person(office)
    assert len(renew(office, old)) == 1
    office.now += DAY

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscribers, "find", lambda *_: before)
        assert renew(office, old) == []

    assert person(office).token_version == 1
    assert office.count("delivery WHERE kind = 'renewed'") == 1


def test_the_mail_says_which_links_are_void(office: Office) -> None:
    (mail,) = renew(office, join(office))

    assert mail["Subject"] == "About your request"
    assert "The links in all earlier mails no longer work" in words(mail)
    assert "List-Unsubscribe" not in mail
