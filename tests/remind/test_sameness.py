"""Whatever the state of an address or a token, the web answers the same bytes, and does the same:
so nobody learns from an answer who is subscribed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event, func, select

from calendar_app.sealing.addresses import suppression_index
from calendar_app.sealing.ring import new_ring
from calendar_app.sealing.seal import SEALED
from calendar_app.sealing.tokens import Purpose, make_token
from calendar_app.store.database import reading
from calendar_app.store.subscribers import new_id, suppress
from calendar_app.store.tables import request
from tests.remind.journey import World
from tests.remind.processes import NOW
from tests.remind.test_links import FORM, OWN, PRIVATE, path_of
from tests.store.places import Place
from tests.web.asking import Reply, ask

MINUTE = timedelta(minutes=1)
STATES = ("unknown", "pending", "exhausted", "active", "known", "suppressed", "nowhere")
CHOICES = "en.women.7.Europe~Berlin.9"


def subscribe(world: World, state: str, number: int) -> Reply:
    address = f"{state}@example.org" if state != "nowhere" else "name@no-such-domain.example"
    # Each of a network of its own, whose limit is another matter.
    return world.post("/en/subscribe/mail/", FORM | {"address": address}, number, **OWN)


@pytest.fixture
def tokens(world: World) -> dict[str, str]:
    """People in each state, and a path with a token of each: confirm, manage, unsubscribe."""
    links: dict[str, str] = {}
    for turn in range(3):
        world.now = NOW + turn * 20 * MINUTE
        if turn == 0:
            for number, state in enumerate(("pending", "active", "known", "erased"), 1):
                assert subscribe(world, state, number).status == 202
        assert subscribe(world, "exhausted", 9).status == 202
        came = world.work(world.now)
        links |= {to.partition("@")[0]: path_of(mails[0], "confirm") for to, mails in came.items()}
    for state in ("active", "known", "erased"):
        assert world.post(links[state], {}, **OWN).status == 202
    welcomed = world.work(world.now)
    subscribe(world, "known", 20)
    gone = path_of(welcomed["erased@example.org"][0], "manage")
    assert world.post(gone, {"do": "leave"}, **OWN).status == 202
    assert set(world.work(world.now)) == {"known@example.org"}
    ring = world.parts.applying.ring
    with world.parts.engine.begin() as connection:
        index = suppression_index(ring, "suppressed@example.org")
        suppress(connection, index, "bounces", NOW.date())
    manage = path_of(welcomed["active@example.org"][0], "manage")
    return {
        "active": manage.split("/")[3],
        "used": links["active"].split("/")[3],
        "pending": links["pending"].split("/")[3],
        "erased": gone.split("/")[3],
        "forged": make_token(new_ring(), Purpose.MANAGE, new_id()),
        "garbage": "x",
    }


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
    assert waiting(store) == [(SEALED, len(STATES))]


@pytest.mark.parametrize("page", PRIVATE)
def test_no_answer_tells_the_state_of_a_token(
    world: World, store: Place, tokens: Mapping[str, str], page: str
) -> None:
    end = f"/{CHOICES}" if page == "manage" else ""
    links = [f"/en/{page}/{token}{end}" for token in tokens.values()]
    form = {"do": "export"} if page == "manage" else {}

    ((shown, looked),) = {seen(store, partial(ask, world.app, path)) for path in links}
    ((done, statements),) = {seen(store, partial(world.post, path, form, **OWN)) for path in links}

    assert (shown.status, looked) == (200, ())
    assert done.status == 202
    assert sum("INSERT" in statement for statement in statements) == 1
    assert waiting(store) == [(SEALED, len(links))]
