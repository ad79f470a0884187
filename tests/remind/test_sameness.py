"""Whatever the state of an address or a token, the web answers the same bytes, and does the same:
so nobody learns from an answer who is subscribed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import event, func, select

from calendar_app.sealing.seal import SEALED_REQUEST_BYTES
from calendar_app.store.database import reading
from calendar_app.store.tables import delivery, request, subscriber
from tests.factories import at
from tests.remind.journey import World
from tests.remind.states import FORM, STATES, path_of, populated, subscribe
from tests.remind.test_links import OWN
from tests.store.places import Place
from tests.web.asking import Reply, ask

CHOICES = "en.women.7.Europe~Berlin.9"


@pytest.fixture
def tokens(world: World) -> dict[str, str]:
    return populated(world)


@contextmanager
def written(store: Place) -> Iterator[list[str]]:
    """The statements that the web makes meanwhile."""
    found: list[str] = []

    def note(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(store.web, "before_cursor_execute", note)
    yield found
    event.remove(store.web, "before_cursor_execute", note)


def seen(store: Place, act: Callable[[], Reply]) -> tuple[Reply, tuple[str, ...]]:
    """What is answered, and what is done for it."""
    with written(store) as statements:
        reply = act()
    return reply, tuple(statements)


def waiting(store: Place) -> list[tuple[int, int]]:
    """How many requests are in the inbox, by their length."""
    length = func.length(request.c.body)
    with reading(store.worker) as connection:
        found = connection.execute(select(length, func.count()).group_by(length))
        return [(row[0], row[1]) for row in found]


@pytest.mark.usefixtures("tokens")
def test_no_answer_tells_the_state_of_an_address(world: World, store: Place) -> None:
    found = {
        seen(store, partial(subscribe, world, state, number))
        for number, state in enumerate(STATES, 50)
    }

    ((reply, statements),) = found
    assert reply.status == 202
    assert sum("INSERT" in statement for statement in statements) == 1
    assert waiting(store) == [(SEALED_REQUEST_BYTES, len(STATES))]


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("confirm", {}),
        ("manage", {"do": "export"}),
        ("manage", {"do": "renew"}),
        ("unsubscribe", {}),
    ],
)
def test_no_answer_tells_the_state_of_a_token(
    world: World, store: Place, tokens: Mapping[str, str], page: str, form: Mapping[str, str]
) -> None:
    end = f"/{CHOICES}" if page == "manage" else ""
    links = [f"/en/{page}/{token}{end}" for token in tokens.values()]

    ((shown, looked),) = {seen(store, partial(ask, world.app, path)) for path in links}
    ((done, statements),) = {seen(store, partial(world.post, path, form, **OWN)) for path in links}

    assert (shown.status, looked) == (200, ())
    assert done.status == 202
    assert sum("INSERT" in statement for statement in statements) == 1
    assert waiting(store) == [(SEALED_REQUEST_BYTES, len(links))]


def test_of_confirmed_people_the_store_knows_days_and_no_times(world: World, store: Place) -> None:
    """Whoever has the disk cannot tell who was at a machine at what second: by what was mailed for
    a sign-up, and by what was planned for one person when they confirmed and when they chose."""
    form = FORM | {"address": "late@example.org", "leads": ["1"]}
    wait = timedelta(minutes=20)
    world.work(at("2027-03-07T12:34:56"))
    assert world.post("/en/subscribe/mail/", form, 50, **OWN).status == 202
    (asked,) = world.work(world.now)["late@example.org"]
    assert world.post(path_of(asked, "confirm"), {}, **OWN).status == 202
    welcome, reminder = world.work(world.now + wait)["late@example.org"]
    chosen = form | {"leads": ["7", "1"], "do": "change"}
    assert world.post(path_of(welcome, "manage"), chosen, **OWN).status == 202
    assert world.post("/en/subscribe/mail/", form, 51, **OWN).status == 202
    (_known,) = world.work(world.now + wait)["late@example.org"]
    with reading(store.worker) as connection:
        people = connection.execute(select(subscriber).where(subscriber.c.is_active)).all()
        done = delivery.c.subscriber_id.in_([person.id for person in people])
        rows = connection.execute(select(delivery).where(done)).all()

    sent = {(kind, "sent") for kind in ("known", "welcome", "reminder")}
    assert {(row.kind, row.state) for row in rows} == sent | {("reminder", "skipped")}
    # When what tells a date expires is the end of a day where the reader is.
    own = [row.expires_at for row in rows if not row.on_date]
    own += [instant for row in rows for instant in (row.due_at, row.not_before)]
    own += [value for person in people for value in person if isinstance(value, datetime)]
    assert {instant.time() for instant in own} == {time()}
