"""Whether the time of an answer tells the state of an address or of a token: forms are sent in turn
for each state, in an order that nobody chose, and the times are compared."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Protocol
from urllib.parse import urlencode

from sqlalchemy import delete

from benchmarks.measuring import Row, progress
from calendar_app.store.database import inbox_engine, store_engine
from calendar_app.store.schema import upgrade
from calendar_app.store.tables import request
from tests.mail.servers import Answers, real_server
from tests.remind.journey import World
from tests.remind.processes import NOW
from tests.remind.states import FORM, OWN, STATES, address_of, populated
from tests.store.places import Place
from tests.web.asking import Reply, ask

MAIL = "/en/subscribe/mail/"
ROUNDS = 1_500
SEED = 7


class Act(Protocol):
    def __call__(self) -> Reply: ...


def measure(rounds: int = ROUNDS) -> dict[str, list[Row]]:
    """For each state the median, how far it is from the first one's, and how likely so large a
    difference of the two distributions is by chance (Kolmogorov-Smirnov)."""
    with _world() as world:
        tokens = populated(world)
        forms = {
            state: partial(
                _send, world, "/en/subscribe/mail/", FORM | {"address": address_of(state)}
            )
            for state in STATES
        }
        buttons = {
            name: partial(_send, world, f"/en/confirm/{token}", {})
            for name, token in tokens.items()
        }
        return {
            f"the state of an address, {rounds} forms each": _compared(world, forms, rounds),
            f"the state of a token, {rounds} buttons each": _compared(world, buttons, rounds),
        }


def _send(world: World, path: str, form: dict[str, object]) -> Reply:
    """From this machine, where there is no limit for a network."""
    body = urlencode(form, doseq=True).encode()
    return ask(world.app, path, "POST", OWN, form=body, REMOTE_ADDR="127.0.0.1")


def _compared(world: World, acts: dict[str, Act], rounds: int) -> list[Row]:
    chance, times = random.Random(SEED), {name: list[float]() for name in acts}  # noqa: S311
    for number in range(rounds):
        if number % 100 == 0:
            progress(f"answers: {number} of {rounds}")
            _empty_inbox(world)
        for name in chance.sample(list(acts), len(acts)):
            begun = perf_counter()
            reply = acts[name]()
            times[name].append((perf_counter() - begun) * 1000)
            assert reply.status == 202
    first = next(iter(times.values()))
    return [
        {
            "state": name,
            "median ms": median(found),
            "from the first, ms": median(found) - median(first),
            "percent": (median(found) / median(first) - 1) * 100,
            "p": _likelihood(first, found),
        }
        for name, found in times.items()
    ]


def _empty_inbox(world: World) -> None:
    """It is bounded, and nobody else takes anything out."""
    with world.parts.engine.begin() as connection:
        connection.execute(delete(request))


def _likelihood(one: Sequence[float], other: Sequence[float]) -> float:
    """That two samples of one distribution differ so much: the limit of Kolmogorov and Smirnov,
    good for samples as large as these."""
    distance = _distance(sorted(one), sorted(other))
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (size + 0.12 + 0.11 / size) * distance
    if scaled < 0.2:
        return 1.0  # where the series does not converge
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms)))


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest difference between the shares of both that are not above a value."""
    largest, i, j = 0.0, 0, 0
    while i < len(one) and j < len(other):
        value = min(one[i], other[j])
        while i < len(one) and one[i] <= value:
            i += 1
        while j < len(other) and other[j] <= value:
            j += 1
        largest = max(largest, abs(i / len(one) - j / len(other)))
    return largest


@contextmanager
def _world() -> Iterator[World]:
    """On SQLite, where an insert is a write to the disk."""
    with tempfile.TemporaryDirectory(prefix="calendar-answers-") as name:
        folder = Path(name)
        state, data, answers = folder / "state", folder / "data", Answers()
        data.mkdir()
        upgrade(state)
        place = Place(state, "", "", store_engine(state), inbox_engine(state))
        with real_server(answers) as port:
            world = World(data, place, answers, port, NOW)
            yield world
            world.parts.close()
        place.web.dispose()
