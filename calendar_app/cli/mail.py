"""Commands for the mail server."""

from __future__ import annotations

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import settings_from_environment
from calendar_app.remind.budgets import Breaker
from calendar_app.wiring import make_clock
from calendar_app.worker.parts import MailIsOff, make_sender, make_transport
from calendar_app.worker.reports import Reports


@click.group()
def mail() -> None:
    """Look at the mail server."""


@mail.command("check")
@with_store_faults
def check_mail() -> None:
    """Send a mail to the operator, and tell what the mail server said."""
    settings = settings_from_environment()
    if settings.mail is None:
        raise MailIsOff
    if not settings.mail.operator_mail:
        raise click.ClickException("set CALENDAR_OPERATOR_MAIL, so that there is whom to write to")
    sender = make_sender(settings, settings.mail)
    transport = make_transport(settings, settings.mail)
    reports = Reports(settings.mail.operator_mail, sender, transport, Breaker())
    handover = reports.write(
        "Reminders: a test", ["This mail came through."], make_clock(settings)()
    )
    transport.close()
    click.echo(f"{handover.verdict} {handover.reason}".strip())
    if handover.verdict != "accepted":
        raise SystemExit(1)
