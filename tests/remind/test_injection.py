"""What somebody writes into a form, past the forms into the inbox, or into the data: on its way
through the store and into a mail it becomes no header and no second recipient."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from calendar_app.core.choices import Choices
from calendar_app.core.events import Text
from calendar_app.store.inbox import RequestKind
from tests.factories import at, event, on
from tests.mail.test_header_safety import BAD_ADDRESSES, EVIL, EXPECTED
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.journey import World
from tests.remind.office import ADDRESS, subjects, token
from tests.remind.processes import CHOICES, NOW
from tests.remind.states import FORM, OWN

FIRST_DAY = at("2027-03-08T08:00")
DAY = timedelta(days=1)
CONSENT = "1\r\nBcc: everybody@reader.example"


def everybody(mail: EmailMessage) -> list[str]:
    """Whoever gets a mail by its headers."""
    values = [mail.get_all(name, []) for name in ("To", "Cc", "Bcc")]
    return [str(value) for found in values for value in found]


def test_a_form_with_an_evil_address_mails_nobody_else(world: World) -> None:
    """What is around an address is not part of it; that one may be mailed."""
    for number, address in enumerate([*BAD_ADDRESSES, *EVIL]):
        reply = world.post("/en/subscribe/mail/", FORM | {"address": address}, number, **OWN)
        assert reply.status in {202, 400, 413}, address[:40]
        assert "Bcc" not in "".join(name for name, _ in reply.headers)

    came = world.work(NOW)

    assert set(came) <= {"ana@reader.example"}
    for to, (mail,) in came.items():
        assert everybody(mail) == [to]


def test_past_the_forms_nothing_evil_gets_through(open_office: MakeOffice) -> None:
    office = open_office(publish(made_up(event("day", on("2027-03-08")))), NOW)
    good = "en..7_1.Europe~Berlin.9"
    for evil in [*BAD_ADDRESSES, *EVIL]:
        if len(evil) < 1_000:  # no longer one can be sealed
            office.ask(RequestKind.SUBSCRIBE, address=evil, choices=good, consent="1")
            office.ask(RequestKind.SUBSCRIBE, address=ADDRESS, choices=evil, consent="1")
            office.ask(RequestKind.CONFIRM, token=evil)

    assert office.work() == []
    assert (office.count("subscriber"), office.count("request")) == (0, 0)

    office.ask(RequestKind.SUBSCRIBE, address=ADDRESS, choices=good, consent=CONSENT)
    (asked,) = office.work()
    office.ask(RequestKind.CONFIRM, token=token(asked, "confirm"))
    (welcome,) = office.work()
    office.ask(RequestKind.EXPORT, token=token(welcome, "manage"))
    office.ask(RequestKind.RENEW, token=token(welcome, "manage"))
    stored, renewed = office.work()
    assert sorted(asked.keys()) == sorted(stored.keys()) == sorted(renewed.keys())
    assert [everybody(mail) for mail in (asked, welcome, stored, renewed)] == [[ADDRESS]] * 4


def test_no_name_in_the_data_becomes_a_header(open_office: MakeOffice) -> None:
    dated = [
        event(
            f"evil{number}",
            on(f"{FIRST_DAY + number * DAY:%Y-%m-%d}"),
            name=Text({"en": evil}),
            topics=("labour",),
        )
        for number, evil in enumerate(EVIL)
    ]
    office = open_office(publish(made_up(*dated)), NOW)
    office.join(Choices("en", leads=(0,), zone=CHOICES.zone))

    mails = office.until(*(FIRST_DAY + number * DAY for number in range(len(EVIL))))

    assert len(mails) == len(set(subjects(mails))) == len(EVIL)
    assert [sorted(mail.keys()) for mail in mails] == [EXPECTED] * len(EVIL)
    assert [everybody(mail) for mail in mails] == [[ADDRESS]] * len(EVIL)
