"""What people ask for, applied: each request once, and deleted in the same commit.

What cannot be opened, or is not as the web would have written it, is deleted and counted. Tokens
are believed only here, and nobody learns whether one was.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices, ChoicesError, from_text
from calendar_app.core.errors import CalendarError
from calendar_app.mail.headers import ascii_address
from calendar_app.mail.letters import MailError
from calendar_app.mail.statuses import is_about_us, status_in
from calendar_app.remind.leaving import Exit
from calendar_app.remind.near import plan_near, plan_welcome
from calendar_app.remind.passing import forget_unconfirmed
from calendar_app.remind.signups import Limits, SignUp, sign_up
from calendar_app.sealing.addresses import AddressError
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.sealing.tokens import Purpose, id_in, is_valid
from calendar_app.store import inbox, subscribers
from calendar_app.store.deliveries import Kind, mark_bounced
from calendar_app.store.forgetting import forget_sign_up, forget_skipped
from calendar_app.store.inbox import Request, RequestKind
from calendar_app.store.planning import insert_mail
from calendar_app.store.subscribers import PENDING_FOR, Subscriber
from calendar_app.words.languages import LANGUAGES

MAX_CONSENT: Final = 40
_NOBODYS: Final = "no token of anybody who is here"
log = logging.getLogger(__name__)


class RequestError(CalendarError):
    """A request that the web would not have written; it is deleted and counted."""


# What may be wrong with a request itself. Any other error is ours, and costs nobody theirs.
_REFUSED: Final = (RequestError, SealError, ChoicesError, MailError, AddressError)


@dataclass(frozen=True)
class Applying:
    """Where requests are applied. ``refused`` counts by kind what was deleted without effect;
    ``stuck`` holds the numbers of requests that failed in a way nobody foresaw; they stay in the
    inbox."""

    engine: Engine
    ring: Ring
    catalogue: Callable[[], Catalogue]
    exit: Exit
    limits: Limits = field(default_factory=Limits)
    refused: Counter[str] = field(default_factory=Counter)
    stuck: set[int] = field(default_factory=set)

    def apply_waiting(self, now: datetime) -> int:
        """Applies what is in the inbox, oldest first, and then forgets who never confirmed; how
        many requests that were."""
        count = 0
        while self._apply_next(now):
            count += 1
        return count

    def _apply_next(self, now: datetime) -> bool:
        with self.engine.begin() as connection:
            taken = inbox.take(connection, 1 + len(self.stuck))
            request = next((one for one in taken if one.number not in self.stuck), None)
            if request is None:
                forget_unconfirmed(connection, now)
                return False
            try:
                with connection.begin_nested():
                    self._apply(connection, request, now)
            except _REFUSED as error:
                self.refused[request.kind] += 1
                log.warning("a request was refused: %s", type(error).__name__)
            except (DBAPIError, OSError):
                raise  # it is the fault of the store or of its disk, and tried again
            except Exception as error:  # one request must not keep all others waiting
                self.stuck.add(request.number)
                log.error("a request is left in the inbox: %s", type(error).__name__)
                return True
            inbox.finish(connection, request)
        return True

    def _apply(self, connection: Connection, request: Request, now: datetime) -> None:
        if request.kind not in _HANDLERS:
            raise RequestError("no kind of request")
        kind = RequestKind(request.kind)
        form = self.ring.open_request(kind, request.body)
        handle = _HANDLERS[kind]
        handle(self, connection, request.id, form, now)

    def _subscribe(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        address = ascii_address(_text(form, "address"))
        consent = _text(form, "consent")
        if not (0 < len(consent) <= MAX_CONSENT and consent.isascii()):
            raise RequestError("no version of the text that was agreed to")
        asked = SignUp(id_, address, self._choices(form), consent)
        sign_up(connection, self.ring, self.limits, asked, now)

    def _confirm(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        person = self._person(connection, form, Purpose.CONFIRM)
        until = person.pending_until
        is_in_time = until is None or _left_at(form, now) < until
        if is_in_time and subscribers.confirm(connection, person.id, now.date()):
            forget_sign_up(connection, person.id)
            plan_welcome(connection, self.catalogue(), person, id_, now)
            plan_near(connection, self.catalogue(), person.id, person.choices, now)

    def _change(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        person, choices = self._person(connection, form, Purpose.MANAGE), self._choices(form)
        if subscribers.change(connection, person.id, choices):
            forget_skipped(connection, now, person.id)
            plan_near(connection, self.catalogue(), person.id, choices, now)

    def _leave(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        person = self._person(connection, form, Purpose.MANAGE)
        self.exit.erase(connection, person.id, now.date())

    def _export(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        person = self._person(connection, form, Purpose.MANAGE)
        _insert_once_a_day(connection, person, Kind.EXPORT, now)

    def _renew(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        """The new link is in a mail of the same commit, so nobody is without one; and whoever asks
        has it only if the mailbox is theirs. Without the mail the links before stay."""
        person = self._person(connection, form, Purpose.MANAGE)
        is_mailed = _insert_once_a_day(connection, person, Kind.RENEWED, now)
        # Around midnight another worker may have believed the same token on the day before.
        if is_mailed and not subscribers.renew_token(connection, person.id, person.token_version):
            raise RequestError(_NOBODYS)

    def _bounce(
        self, connection: Connection, id_: str, form: Mapping[str, Any], now: datetime
    ) -> None:
        token = _text(form, "token")
        mail = id_in(token)
        if mail is None or not is_valid(self.ring, Purpose.BOUNCE, token):
            raise RequestError("no token of a mail of ours")
        if form.get("class") == "hard":
            person = mark_bounced(connection, mail)
            if person is not None:
                self.exit.bounce(connection, person, now.date(), came_back=True)
        elif is_about_us(status := status_in(_text(form, "status"))):
            mark_bounced(connection, mail, status)

    def _person(
        self, connection: Connection, form: Mapping[str, Any], purpose: Purpose
    ) -> Subscriber:
        """Whose token it is. Raises RequestError."""
        token = _text(form, "token")
        id_ = id_in(token)
        person = subscribers.find(connection, id_) if id_ else None
        if person is None or not is_valid(self.ring, purpose, token, person.token_version):
            raise RequestError(_NOBODYS)
        return person

    def _choices(self, form: Mapping[str, Any]) -> Choices:
        """Raises ChoicesError, or RequestError for a language or only topics that are none."""
        choices = from_text(_text(form, "choices"))
        known = self.catalogue().topics
        topics = tuple(topic for topic in choices.topics if topic in known)
        if choices.language not in LANGUAGES or (choices.topics and not topics):
            raise RequestError("choices of what is not offered")
        return replace(choices, topics=topics)


_HANDLERS: Final = {
    RequestKind.SUBSCRIBE: Applying._subscribe,
    RequestKind.CONFIRM: Applying._confirm,
    RequestKind.CHANGE: Applying._change,
    RequestKind.LEAVE: Applying._leave,
    RequestKind.EXPORT: Applying._export,
    RequestKind.RENEW: Applying._renew,
    RequestKind.BOUNCE: Applying._bounce,
}


def _insert_once_a_day(
    connection: Connection, person: Subscriber, kind: Kind, now: datetime
) -> bool:
    """Whether the mail is on its way: a link that was forwarded must not fill a mailbox."""
    subject, end = now.date().isoformat(), now + PENDING_FOR
    return insert_mail(connection, person.id, kind, subject, now, end) == 1


def _left_at(form: Mapping[str, Any], now: datetime) -> datetime:
    """When the button was pressed: maybe long ago, while no worker was there. An earlier release
    did not say, and no clock of the web makes it later than now. Raises RequestError."""
    if "at" not in form:
        return now
    try:
        return min(now, datetime.fromisoformat(_text(form, "at")))
    except (ValueError, TypeError) as error:
        raise RequestError("no instant") from error


def _text(form: Mapping[str, Any], name: str) -> str:
    """Raises RequestError."""
    found = form.get(name)
    if not isinstance(found, str):
        raise RequestError(f"no {name}")
    return found
