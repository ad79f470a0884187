"""The command that runs the worker."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import Settings, settings_from_environment
from calendar_app.remind.tick import is_behind, tick
from calendar_app.store import inbox
from calendar_app.wiring import make_clock, make_steady_clock
from calendar_app.worker.alone import alone
from calendar_app.worker.clocks import ClockWatch
from calendar_app.worker.parts import put_together
from calendar_app.worker.rehearsal import rehearse
from calendar_app.worker.reports import Reports
from calendar_app.worker.running import Worker

INSTANT = click.DateTime(["%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"])


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, and end.")
@click.option("--at", type=INSTANT, help="The same as of an instant, such as 2027-03-01T08:00Z.")
@click.option("--dry-run", is_flag=True, help="Only list what would be sent.")
@click.option("--until-stdin-ends", "has_parent", is_flag=True, hidden=True)
@with_store_faults
def worker(once: bool, at: datetime | None, dry_run: bool, has_parent: bool) -> None:
    """Apply requests, plan what is due, and send it."""
    settings = settings_from_environment()
    if at is not None:
        settings = replace(settings, now=at.replace(tzinfo=UTC))
    with alone_if_needed(settings, dry_run):
        if dry_run:
            for line in rehearse(settings, make_clock(settings)):
                click.echo(line)
        elif once or at:
            click.echo(_once(settings))
        else:
            _run(settings, has_parent)


@contextmanager
def alone_if_needed(settings: Settings, dry_run: bool) -> Iterator[None]:
    """A store in files has one worker; who only looks is none."""
    with ExitStack() as stack:
        if not settings.database_url and not dry_run:
            settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(alone(settings.state_dir))
        yield


def _once(settings: Settings) -> str:
    parts = put_together(settings, make_clock(settings))
    now = parts.clock()
    requests = 0
    # What is asked for comes first: who has left is not mailed.
    if not is_behind(parts.engine, parts.catalogue, now):
        requests = parts.applying.apply_waiting(now)
    ticked = tick(parts.engine, parts.catalogue, now)
    if not ticked.is_behind:
        parts.sending.send_due()
    parts.close()
    verdicts = sorted(parts.sending.verdicts.items())
    sent = ", ".join(f"{count} {verdict}" for verdict, count in verdicts) or "no mail"
    rest = "; an edit rests" if ticked.is_resting else ""
    rest = "; another worker has newer data" if ticked.is_behind else rest
    planned = f"{ticked.planned} due, {ticked.corrected} corrections{rest}"
    return f"{requests} requests; {planned}; mails: {sent}"


def _run(settings: Settings, has_parent: bool) -> None:
    stopping = Signal()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if has_parent:
        Thread(target=_wait_for_end, args=(stopping,), daemon=True).start()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # They tell of every job, every two seconds, and of tables that are as they should be.
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    clock = make_clock(settings)
    jump = timedelta if settings.now else ClockWatch(clock, make_steady_clock()).jump

    def is_held() -> bool:
        return stopping.is_set() or bool(jump())

    parts = put_together(settings, clock, is_held, stopping.wait)
    pulse = inbox.read_pulse(parts.engine)
    facts = pulse.facts if pulse else {}
    # Releases before called it otherwise.
    month = str(facts.get("well_in_month", facts.get("told_on", "")))
    breaker = parts.sending.breaker
    reports = Reports(parts.mail.operator_mail, parts.sender, parts.transport, breaker, month)
    try:
        Worker(parts, jump, reports, stopping).run()
    finally:
        parts.close()


def _wait_for_end(stopping: Signal) -> None:
    """Ends with the process that started this one, however that ended."""
    # Not through sys.stdin: the interpreter aborts when it ends while a thread holds its lock.
    while os.read(0, 4096):
        pass
    stopping.set()
