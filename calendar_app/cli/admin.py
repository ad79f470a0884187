"""Commands for who looks after the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection, Engine

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import Settings, settings_from_environment
from calendar_app.core.choices import to_text
from calendar_app.sealing.addresses import (
    MAX_ADDRESS,
    address_indexes,
    open_address,
    suppression_index,
)
from calendar_app.sealing.keyfile import read_ring
from calendar_app.sealing.ring import Ring
from calendar_app.store import bounced, erasure, subscribers
from calendar_app.store.counts import count_people
from calendar_app.store.database import disposing, reading, store_engine
from calendar_app.store.erased import note_erased
from calendar_app.store.exporting import deliveries_of, row_of
from calendar_app.store.schema import drift, require_current, upgrade
from calendar_app.store.subscribers import Subscriber
from calendar_app.wiring import make_clock
from calendar_app.worker.alone import without_workers


@dataclass(frozen=True)
class Office:
    """The open store with its keys."""

    settings: Settings
    ring: Ring
    connection: Connection


@contextmanager
def _office(begin: Callable[[Engine], AbstractContextManager[Connection]]) -> Iterator[Office]:
    """In one transaction, which may keep others waiting: whatever is typed is read before."""
    settings = settings_from_environment()
    ring = read_ring(settings.state_dir)
    require_current(settings.state_dir, settings.database_url)
    engine = store_engine(settings.state_dir, settings.database_url)
    with disposing(engine), begin(engine) as connection:
        yield Office(settings, ring, connection)


@click.group()
def db() -> None:
    """Make the tables, or look at them."""


@db.command("upgrade")
@click.argument("web_role", required=False, default="")
@with_store_faults
def upgrade_tables(web_role: str) -> None:
    """Make the tables or bring them up to date; no worker may run.

    On PostgreSQL, WEB_ROLE gets the rights that the web needs, and no others.
    """
    settings = settings_from_environment()
    if web_role and not settings.database_url:
        raise click.ClickException("there are roles on PostgreSQL only")
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = store_engine(settings.state_dir, settings.database_url)
    with disposing(engine), without_workers(engine, settings.state_dir):
        upgrade(settings.state_dir, settings.database_url, web_role)
    click.echo("the tables are up to date")


@db.command("check")
@with_store_faults
def check_tables() -> None:
    """Compare the tables with those of this version; exits with 1 if they differ."""
    settings = settings_from_environment()
    require_current(settings.state_dir, settings.database_url)
    found = drift(settings.state_dir, settings.database_url)
    engine = store_engine(settings.state_dir, settings.database_url)
    with disposing(engine), reading(engine) as connection:
        orphans = erasure.count_orphans(connection)
    if orphans:
        found.append(f"{orphans} deliveries are for people who are not there")
    for line in found:
        click.echo(line, err=True)
    if found:
        raise SystemExit(1)
    click.echo("the tables are as they should be")


@click.command("subscribers")
@with_store_faults
def count_subscribers() -> None:
    """Count people by language, state and digest; nobody is named."""
    with _office(reading) as office:
        found = count_people(office.connection)
    for language, is_active, digest, count in found:
        click.echo(f"{count:>8}  {language}  {'active' if is_active else 'pending'}  {digest}")
    click.echo(f"{sum(row[3] for row in found):>8}  in all")


@click.command()
@with_store_faults
def erase() -> None:
    """Erase the person whose address is on standard input."""
    address = _typed_address()
    with _office(Engine.begin) as office:
        person = _person(office, address)
        today = make_clock(office.settings)().date()
        note_erased(office.settings.state_dir, person.id, today)
        erasure.erase(office.connection, person.id)
    click.echo("erased")


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="All since this day, unnamed.")
@with_store_faults
def readmit(since: datetime | None) -> None:
    """Let the address on standard input be written to again.

    It was kept from mails since the mail server said three times that there is no such address.
    """
    address = "" if since else _typed_address()
    with _office(Engine.begin) as office:
        if since:
            count = bounced.readmit_since(office.connection, since.date())
        else:
            count = int(bounced.readmit(office.connection, suppression_index(office.ring, address)))
    if not count:
        raise click.ClickException("no such address is kept from mails")
    click.echo(f"{count} can ask for reminders again")


@click.command("export-person")
@with_store_faults
def export_person() -> None:
    """Print everything stored of the person whose address is on standard input, as JSON."""
    address = _typed_address()
    with _office(reading) as office:
        person = _person(office, address)
        found = _everything(office, person)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))


def _typed_address() -> str:
    """The line on standard input."""
    return sys.stdin.readline(MAX_ADDRESS + 2).strip()


def _person(office: Office, address: str) -> Subscriber:
    found = subscribers.find_by_index(office.connection, address_indexes(office.ring, address))
    if found is None:
        raise click.ClickException("nobody has this address")
    return found


def _everything(office: Office, person: Subscriber) -> dict[str, Any]:
    row = row_of(office.connection, person.id)
    return {
        "id": person.id,
        "address_index": row.address_index.hex(),
        "address": open_address(office.ring, person.id, person.address),
        "active": person.is_active,
        "choices": to_text(person.choices),
        "consent": person.consent,
        "confirmed_on": person.confirmed_on,
        "known_on": person.known_on,
        "bounces": person.bounces,
        "bounced_on": person.bounced_on,
        "pending_at": person.pending_at,
        "asked": person.asked,
        "asked_at": person.asked_at,
        "token_version": person.token_version,
        "deliveries": [dict(one._mapping) for one in deliveries_of(office.connection, person.id)],
    }
