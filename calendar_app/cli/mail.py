"""Commands for the mail server."""

from __future__ import annotations

from typing import Final

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import settings_from_environment
from calendar_app.mail.bounces import bounce_address
from calendar_app.remind.budgets import Breaker
from calendar_app.wiring import make_clock
from calendar_app.worker.parts import MailIsOff, make_sender, make_transport
from calendar_app.worker.reports import Reports

# Some servers say only at RCPT what they have against the sender.
_OF_SENDER: Final = ("MAIL 5", "RCPT 553")


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
    # Of a form as those to readers, which a server may refuse that lets one send as oneself only.
    envelope_from = bounce_address("check", sender.domain)
    handover = reports.write(
        "Reminders: a test", ["This mail came through."], make_clock(settings)(), envelope_from
    )
    transport.close()
    click.echo(f"{handover.verdict} {handover.reason}".strip())
    if handover.reason.startswith(_OF_SENDER):
        click.echo(f"The server must take mails whose envelope sender is b+...@{sender.domain}.")
    if handover.verdict != "accepted":
        raise SystemExit(1)
