"""What the worker is put together from: keys, store, data, mail."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import Engine

from calendar_app.config import MailSettings, Settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import CalendarError
from calendar_app.mail.compose import operator_mail
from calendar_app.mail.letters import Sender
from calendar_app.mail.smtp import Smtp, server_from_url
from calendar_app.mail.transport import File, Transport
from calendar_app.remind.budgets import Throttle, unlimited
from calendar_app.remind.leaving import Exit
from calendar_app.remind.requests import Applying
from calendar_app.remind.send import Sending
from calendar_app.remind.writing import Writer
from calendar_app.store.copies import clear_leftovers, clear_scratches
from calendar_app.store.database import store_engine
from calendar_app.store.erased import erased
from calendar_app.store.erasure import erase_again
from calendar_app.store.schema import require_current, upgrade
from calendar_app.wiring import Clock, Watch, make_steady_clock
from calendar_app.worker.alone import join_workers
from calendar_app.worker.opening import open_ring

MAIL_FOLDER: Final = "mail"
LOCAL_OPERATOR: Final = "solidarity-calendar"


class MailIsOff(CalendarError):
    """There is nothing for a worker to do."""

    def __init__(self) -> None:
        super().__init__("mail is off: set CALENDAR_SMTP_URL, or run the site on this machine only")


@dataclass(frozen=True)
class Parts:
    """``applying`` and ``sending`` are what the worker does; ``watch`` has the data in force."""

    mail: MailSettings
    clock: Clock
    engine: Engine
    sender: Sender
    transport: Transport
    watch: Watch
    applying: Applying
    sending: Sending

    @property
    def catalogue(self) -> Catalogue:
        return self.watch.editions.current().site.catalogue

    def close(self) -> None:
        self.transport.close()
        self.engine.dispose()


def put_together(
    settings: Settings,
    clock: Clock,
    is_held: Callable[[], bool] = lambda: False,
    pause: Callable[[float], object] = lambda seconds: None,
) -> Parts:
    """Makes the keys and the store if there are none. Raises MailIsOff, DataError, KeyFileError,
    SchemaError or MailError."""
    if settings.mail is None:
        raise MailIsOff
    os.umask(0o077)
    watch = Watch(settings, clock)
    sender = make_sender(settings, settings.mail)
    # A sender that cannot be mailed from is found now, and not by the first mail.
    operator_mail("", [], sender)
    engine = _open_store(settings)
    try:
        ring = open_ring(settings.state_dir, engine)
    except CalendarError:
        engine.dispose()
        raise
    transport = make_transport(settings, settings.mail)
    exit_ = Exit(ring, settings.state_dir)

    def catalogue() -> Catalogue:
        return watch.editions.current().site.catalogue

    @lru_cache(maxsize=1)
    def writer_of(edition: str) -> Writer:
        return Writer(catalogue(), sender, ring, engine)

    def writer() -> Writer:
        return writer_of(catalogue().edition_id)

    # Where time stands still nothing would ever be free again.
    throttle = unlimited() if settings.now else Throttle()
    applying = Applying(engine, ring, catalogue, exit_)
    sending = Sending(engine, ring, writer, transport, exit_, clock, is_held, pause, throttle)
    return Parts(settings.mail, clock, engine, sender, transport, watch, applying, sending)


def _open_store(settings: Settings) -> Engine:
    """Files are made and brought up to date; a database is the operator's to bring up to date."""
    if settings.database_url:
        require_current(settings.state_dir, settings.database_url)
    else:
        upgrade(settings.state_dir)
    clear_scratches(settings.state_dir)
    engine = store_engine(settings.state_dir, settings.database_url)
    if settings.database_url:
        join_workers(engine)
    else:
        clear_leftovers(engine, settings.state_dir)
    erase_again(engine, erased(settings.state_dir))
    return engine


def make_sender(settings: Settings, mail: MailSettings) -> Sender:
    operator = settings.operator_name or LOCAL_OPERATOR
    contact = settings.contact or mail.sender
    return Sender(mail.sender, operator, contact, settings.base_url, mail.is_two_way)


def make_transport(settings: Settings, mail: MailSettings) -> Transport:
    """Without a server, which only a site on this machine can do, mail goes into files."""
    if not mail.smtp_url:
        return File(settings.state_dir / MAIL_FOLDER)
    domain = mail.sender.rpartition("@")[2]
    return Smtp(server_from_url(mail.smtp_url), helo=domain, clock=make_steady_clock())
