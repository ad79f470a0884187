"""People in every state, as they come to be in it by the forms and the worker; and the links that
they were mailed."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote

from calendar_app.sealing.addresses import suppression_index
from calendar_app.sealing.ring import new_ring
from calendar_app.sealing.tokens import Purpose, make_token
from calendar_app.store.subscribers import new_id, suppress
from calendar_app.web.fields import CONSENT
from tests.publishing import BASE_URL
from tests.remind.journey import World
from tests.remind.processes import NOW
from tests.web.asking import Reply

STATES = ("unknown", "pending", "exhausted", "active", "known", "suppressed", "nowhere")
FORM = {"topics": ["women"], "times": "each", "leads": ["7"], "hour": "9", "consent": CONSENT}
FORM |= {"zone": "Europe/Berlin", "language": "en"}
OWN = {"Sec-Fetch-Site": "same-origin"}


def address_of(state: str) -> str:
    return f"{state}@example.org" if state != "nowhere" else "name@no-such-domain.example"


def subscribe(world: World, state: str, number: int) -> Reply:
    """Each ``number`` is of a network of its own, whose limit is another matter."""
    form = FORM | {"address": address_of(state)}
    return world.post("/en/subscribe/mail/", form, number, **OWN)


def paths(mail: EmailMessage) -> set[str]:
    """Every address of ours in a mail: in its text, its page and its headers."""
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    texts = [str(body.get_content()) for body in bodies if body is not None]
    texts += [str(value) for value in mail.values()]
    found = re.findall(rf"{BASE_URL}(/[^\s\"'<>]*)", "\n".join(texts))
    return {unquote(path) for path in found}


def path_of(mail: EmailMessage, page: str) -> str:
    (found,) = {path for path in paths(mail) if f"/{page}/" in path}
    return found


def populated(world: World) -> dict[str, str]:
    """Makes people in each state but the unknown; returns a token of each kind there is."""
    links: dict[str, str] = {}
    for number, state in enumerate(("pending", "active", "known", "renewed", "erased"), 1):
        assert subscribe(world, state, number).status == 202
    for turn in range(3):  # as often as one may ask
        assert subscribe(world, "exhausted", 9).status == 202
        came = world.work(NOW + turn * timedelta(minutes=20))
        links |= {to.partition("@")[0]: path_of(mails[0], "confirm") for to, mails in came.items()}
    for state in ("active", "known", "renewed", "erased"):
        assert world.post(links[state], {}, **OWN).status == 202
    welcomed = world.work(world.now)
    gone = path_of(welcomed["erased@example.org"][0], "manage")
    assert world.post(gone, {"do": "leave"}, **OWN).status == 202
    old = path_of(welcomed["renewed@example.org"][0], "manage")
    assert world.post(old, {"do": "renew"}, **OWN).status == 202
    assert subscribe(world, "known", 20).status == 202
    assert set(world.work(world.now)) == {"known@example.org", "renewed@example.org"}
    with world.parts.engine.begin() as connection:
        index = suppression_index(world.parts.applying.ring, address_of("suppressed"))
        suppress(connection, index, "bounces", NOW.date())
    manage = path_of(welcomed["active@example.org"][0], "manage")
    return {
        "active": manage.split("/")[3],
        "used": links["active"].split("/")[3],
        "pending": links["pending"].split("/")[3],
        "renewed": old.split("/")[3],
        "erased": gone.split("/")[3],
        "forged": make_token(new_ring(), Purpose.MANAGE, new_id()),
        "garbage": "x",
    }
