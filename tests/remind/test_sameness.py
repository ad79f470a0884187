"""Whatever the state of an address or a token, the web answers the same bytes, and does the same:
so nobody learns from an answer who is subscribed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import event, func, select

from calendar_app.sealing.seal import SEALED
from calendar_app.store.database import reading
from calendar_app.store.tables import request
from tests.remind.journey import World
from tests.remind.states import STATES, populated, subscribe
from tests.remind.test_links import OWN, PRIVATE
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
