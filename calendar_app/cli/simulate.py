"""The command that lists what given choices would bring, without a store and without mail."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

import click

from calendar_app.cli.faults import with_faults
from calendar_app.config import settings_from_environment
from calendar_app.core.choices import Choices, ChoicesError, from_text, to_text
from calendar_app.core.forecast import mails_between
from calendar_app.core.occurrences import Window
from calendar_app.core.precision import ONE_DAY
from calendar_app.wiring import load_catalogue, make_clock
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "start", type=DAY, help="First day; today if not given.")
@click.option("--to", "end", type=DAY, help="Last day; a year later if not given.")
@click.argument("choices", default=to_text(Choices("en")))
@with_faults
def simulate(start: datetime | None, end: datetime | None, choices: str) -> None:
    """List the mails that somebody with these CHOICES would get.

    CHOICES are language, topics, days before (or weekly, monthly), zone and hour, as in the
    address of a settings page: en.cuba_peace.7_1.Europe~Berlin.9
    """
    settings = settings_from_environment()
    catalogue = load_catalogue(settings)
    chosen = _chosen(choices, catalogue.topics.keys())
    first = start.date() if start else make_clock(settings)().date()
    last = end.date() if end else first + timedelta(days=365)
    count = 0
    for mail in mails_between(catalogue, chosen, Window(first, last + ONE_DAY)):
        count += 1
        presenter = Presenter(catalogue, LANGUAGES[chosen.language], mail.on)
        for number, view in enumerate(presenter.views(mail.occurrences)):
            head = f"{mail.on} {chosen.hour:02}:00" if number == 0 else ""
            details = (view.when, view.relative)
            click.echo(f"{head:<16}  {view.name.value} · {' · '.join(filter(None, details))}")
    click.echo("1 mail" if count == 1 else f"{count} mails")


def _chosen(text: str, topics: Container[str]) -> Choices:
    try:
        chosen = from_text(text)
    except ChoicesError as error:
        raise click.BadParameter(f"{error}", param_hint="CHOICES") from error
    if chosen.language not in LANGUAGES:
        raise click.BadParameter(f"no language {chosen.language}", param_hint="CHOICES")
    for topic in chosen.topics:
        if topic not in topics:
            raise click.BadParameter(f"no topic {topic}", param_hint="CHOICES")
    return chosen
