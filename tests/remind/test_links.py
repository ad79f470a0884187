"""What is mailed is opened by programs before a person sees it, and by people in a hurry: opening
changes nothing, and a button acts once however often it is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event as Signal

import pytest
from sqlalchemy import select

from calendar_app.mail.transport import Memory
from calendar_app.remind.budgets import Breaker
from calendar_app.store.database import INBOX_FILE, STORE_FILE, reading
from calendar_app.store.tables import INBOX, STORE, subscriber
from calendar_app.worker.reports import Reports
from calendar_app.worker.running import Worker
from tests.factories import at
from tests.remind import states
from tests.remind.journey import World
from tests.remind.office import SENDER, words
from tests.remind.states import OWN, path_of, paths
from tests.store.places import Place
from tests.web.asking import Reply, ask

NOW, WEEK_BEFORE = at("2027-02-20T10:00"), at("2027-03-01T08:00")
ADDRESS = "reader@example.org"
FORM = states.FORM | {"address": ADDRESS, "language": "ar"}
PRIVATE = ("confirm", "manage", "unsubscribe")


def everything(world: World, store: Place) -> dict[str, object]:
    """Each row of each table, and on SQLite each byte of both files."""
    tables = [*INBOX.sorted_tables, *STORE.sorted_tables]
    with reading(world.parts.engine) as connection:
        found: dict[str, object] = {
            table.name: connection.execute(select(table)).all() for table in tables
        }
    files = (STORE_FILE, INBOX_FILE) if store.is_sqlite else ()
    return found | {name: (store.folder / name).read_bytes() for name in files}


def only(world: World, now: datetime = NOW) -> EmailMessage:
    """The one mail that comes."""
    ((mail,),) = world.work(now).values()
    return mail


def press(world: World, path: str, form: Mapping[str, object], times: int = 10) -> set[Reply]:
    """Send a form from many threads at once."""
    with ThreadPoolExecutor(times) as pool:
        done = [pool.submit(world.post, path, form, number, **OWN) for number in range(times)]
        return {one.result() for one in done}


@pytest.mark.parametrize("discreet", [[], ["1"]])
def test_a_mailed_link_that_is_only_opened_changes_nothing(
    world: World, store: Place, discreet: list[str]
) -> None:
    form = FORM | {"discreet": discreet}
    assert world.post("/ar/subscribe/mail/", form, **OWN).status == 202
    asked = only(world)
    open_all(world, store, asked)
    assert world.post(path_of(asked, "confirm"), {}, **OWN).status == 202
    welcome, reminder = only(world), only(world, WEEK_BEFORE)
    open_all(world, store, welcome, reminder)

    links = paths(asked) | paths(welcome) | paths(reminder)
    assert {page for page in PRIVATE for path in links if f"/{page}/" in path} == set(PRIVATE)


def open_all(world: World, store: Place, *mails: EmailMessage) -> None:
    """Each link three times in both ways."""
    before = everything(world, store)
    for path in sorted(set().union(*map(paths, mails))) * 3:
        for method in ("GET", "HEAD"):
            assert ask(world.app, path, method).status == 200, path
    assert everything(world, store) == before
    assert world.work(world.now) == {}


def test_ten_at_once_act_once(world: World, store: Place) -> None:
    assert len({(r.status, r.body) for r in press(world, "/ar/subscribe/mail/", FORM)}) == 1
    asked = only(world)
    confirm = path_of(asked, "confirm")
    assert {reply.status for reply in press(world, confirm, {})} == {202}
    welcome = only(world)
    manage = path_of(welcome, "manage")

    assert len(press(world, manage, {"do": "export"})) == 1
    assert ADDRESS in words(only(world))
    assert len(press(world, manage, {"do": "renew"})) == 1
    former, manage = manage, path_of(only(world), "manage")
    assert manage != former
    one_click = {"List-Unsubscribe": "One-Click"}
    left = f"/ar/unsubscribe/{former.split('/')[3]}"
    assert world.post(left, one_click).status == world.post(left, {}, **OWN).status == 202
    assert world.post(former, {"do": "leave"}, **OWN).status == 202
    assert world.work(NOW) == {}
    assert len(press(world, manage, FORM | {"do": "change", "leads": ["14", "7"]})) == 1
    assert world.work(NOW) == {}
    reminder = only(world, WEEK_BEFORE)
    assert len(press(world, path_of(reminder, "unsubscribe"), one_click)) == 1
    assert world.work(WEEK_BEFORE) == {}

    left = everything(world, store)
    assert [left[name] for name in ("subscriber", "delivery", "request")] == [[], [], []]
    assert len((store.folder / "erased").read_text().splitlines()) == 1


@pytest.mark.parametrize(("hours", "is_there"), [(71.9, 1), (72, 0)])
def test_a_button_counts_by_when_it_was_pressed(
    world: World, hours: float, *, is_there: int
) -> None:
    """Whenever the worker comes back that reads it."""
    states.subscribe(world, "reader", 1)
    asked = world.work(NOW)["reader@example.org"][0]
    world.now = NOW + timedelta(hours=hours)
    assert world.post(path_of(asked, "confirm"), {}, **OWN).status == 202
    world.now = NOW + timedelta(hours=90)
    stopping = Signal()
    stopping.set()

    Worker(world.parts, timedelta, Reports("", SENDER, Memory(), Breaker()), stopping).run()

    with reading(world.parts.engine) as connection:
        people = connection.execute(select(subscriber.c.is_active)).scalars().all()
    assert people == [True] * is_there
