"""How long something stays: a walk of 400 days, in which people come, are told, and go. One of
seven weeks is walked always."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from calendar_app.core.choices import Choices, Digest
from calendar_app.mail.transport import Handover, Verdict
from calendar_app.store.bounced import COUNTED_FOR
from calendar_app.store.database import reading
from calendar_app.store.forgetting import KEPT_FOR
from calendar_app.store.inbox import RequestKind
from calendar_app.store.subscribers import PENDING_FOR
from calendar_app.store.tables import delivery, subscriber
from tests.factories import at, event, on
from tests.publishing import made_up, publish
from tests.remind.conftest import MakeOffice
from tests.remind.office import Office, token

NOW, DAYS, STEP = at("2027-01-01T12:00"), 400, timedelta(days=2)
CATALOGUE = publish(
    made_up(
        *(
            event(f"day{number}", on(f"{(NOW + timedelta(days=number)).date()}"))
            for number in range(10, DAYS, 15)
        )
    )
)


@pytest.mark.parametrize("days", [49, pytest.param(DAYS, marks=pytest.mark.slow)])
def test_nothing_stays_for_longer_than_it_is_said_to(open_office: MakeOffice, days: int) -> None:
    office, most = open_office(CATALOGUE, NOW), 0
    weekly = Choices("tr", zone="Asia/Tokyo", leads=(), digest=Digest.WEEKLY)
    mails = [office.join(Choices("en"))[-1], office.join(weekly, "weekly@example.org")[-1]]
    mails.append(office.join(Choices("ar"), "gone@example.org")[-1])

    while office.now < NOW + timedelta(days=days):
        if office.now.day == 1:
            office.subscribe(Choices("es"), f"stranger{office.now:%Y%m}@example.org")
        if office.now.day == 2:
            office.answer(Handover(Verdict.BAD_ADDRESS, "RCPT 550 5.1.1"))
        office.work(office.now + STEP)
        most = max(most, office.count("delivery"))
        require_nothing_older(office)
    for mail in mails:
        office.ask(RequestKind.LEAVE, token=token(mail, "manage"))
    office.work(office.now + STEP)

    # Of three people with two mails for each of 27 dates, and 57 weeks.
    assert most < 30
    assert office.count("delivery") == office.count("request") == 0
    assert office.count("subscriber WHERE confirmed_on IS NOT NULL") == 0


def require_nothing_older(office: Office) -> None:
    with reading(office.engine) as connection:
        asked_at = connection.execute(select(func.min(subscriber.c.pending_at))).scalar()
        over_at = connection.execute(select(func.min(delivery.c.expires_at))).scalar()
        bounced_on = connection.execute(select(func.min(subscriber.c.bounced_on))).scalar()
    assert asked_at is None or asked_at >= office.now - PENDING_FOR
    assert over_at is None or over_at >= office.now - KEPT_FOR
    assert bounced_on is None or bounced_on >= office.now.date() - COUNTED_FOR
