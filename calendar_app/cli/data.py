"""Commands for editors: check the data, revise, look ahead, write the schema."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from calendar_app.catalogue.pairs import (
    Pair,
    identity_faults,
    read_pair,
    revised,
    revisions_path,
    stale_faults,
    written,
)
from calendar_app.catalogue.review import missing_texts, review_marks
from calendar_app.catalogue.schema import json_schema
from calendar_app.cli.faults import shown, with_faults
from calendar_app.config import settings_from_environment
from calendar_app.core.errors import DataError
from calendar_app.core.events import Event
from calendar_app.core.occurrences import Window, occurrences_of
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.schedules import schedule, scheduled_event
from calendar_app.feeds.wire import wire_digest
from calendar_app.wiring import load_catalogue, make_clock
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

YEARS_COMPARED = 5


@click.command()
@click.option("--review", is_flag=True, help="List missing texts and what native readers check.")
@with_faults
def check(review: bool) -> None:
    """Check the data: every fault, and what changed since the last revision."""
    settings = settings_from_environment()
    pair = read_pair(settings.events)
    for line in differences(pair, make_clock(settings)()):
        click.echo(line)
    faults = [*identity_faults(pair), *stale_faults(pair, wire_digest())]
    if faults:
        raise DataError(faults)
    if review:
        for line in review_lines(pair):
            click.echo(line)
    catalogue = pair.catalogue
    click.echo(
        f"{len(catalogue.events)} events, {len(catalogue.topics)} topics, "
        f"{len(catalogue.documents)} documents: no faults, edition {catalogue.edition_id}"
    )


@click.command()
@with_faults
def revise() -> None:
    """Write revisions.yaml for the data as they are; commit both together."""
    settings = settings_from_environment()
    pair = read_pair(settings.events)
    now = make_clock(settings)()
    for line in differences(pair, now):
        click.echo(line)
    new = {
        revisions_path(Path(name)): None
        if pair.revisions.get(name) == revisions
        else written(name, revisions)
        for name, revisions in revised(pair, wire_digest(), now).items()
    }
    for path, content in new.items():
        if content is not None:
            temporary = path.with_suffix(".new")
            temporary.write_bytes(content)
            temporary.replace(path)
        done = "nothing to revise" if content is None else "written"
        click.echo(f"{shown(str(path))}: {done}")


@click.command()
@click.option("--lang", type=click.Choice(list(LANGUAGES)), default="en", help="Language.")
@click.option("--days", type=click.IntRange(1, 3650), default=366, help="How far to look ahead.")
@with_faults
def upcoming(lang: str, days: int) -> None:
    """List what is now and what comes next."""
    settings = settings_from_environment()
    today = make_clock(settings)().date()
    catalogue = load_catalogue(settings)
    presenter = Presenter(catalogue, LANGUAGES[lang], today)
    views = presenter.views(catalogue.index.coming(today, today + days * ONE_DAY))
    width = max((len(view.when) for view in views), default=0)
    for view in views:
        details = (view.ordinal, view.status, view.relative)
        name = " · ".join(part for part in (view.name.value, *details) if part)
        click.echo(f"{view.when:<{width}}  {name}")
    if not views:
        click.echo(presenter.phrases.text("no_dates_for_choice"))


@click.command()
def schema() -> None:
    """Print the JSON Schema of events.yaml, for editors that complete and check it."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def differences(pair: Pair, now: datetime) -> Iterator[str]:
    """Old against new occurrences of what was published before, for five years."""
    window = Window.years(now.year, now.year + YEARS_COMPARED - 1)
    for file in pair.files:
        old = pair.revisions.get(file.name)
        for id_, event in (file.events if old else {}).items():
            published = old.events.get(id_) if old else None
            if published is None:
                yield f"{id_}: new: {_dates(occurrence_dates(event, window))}"
            elif published.schedule != schedule(event):
                before = occurrence_dates(scheduled_event(id_, published.schedule), window)
                after = occurrence_dates(event, window)
                yield f"{id_}: was {_dates([day for day in before if day not in after])}"
                yield f"{id_}: now {_dates([day for day in after if day not in before])}"
        for id_ in old.events if old else {}:
            if id_ not in file.events:
                yield f"{id_}: removed"


def occurrence_dates(event: Event, window: Window) -> list[str]:
    """Each occurrence as its date, with a word where it does not stand as planned."""
    return [
        f"{found.when} ({found.status})" if found.is_cancelled else str(found.when)
        for found in occurrences_of(event, window)
    ]


def review_lines(pair: Pair) -> Iterator[str]:
    """What there is to do in each language, then every missing text and every remark."""
    missing, marks = list(missing_texts(pair.catalogue)), list(review_marks(pair.catalogue))
    texts, remarks = (Counter(one.language for one in found) for found in (missing, marks))
    for tag in LANGUAGES:
        yield f"{tag}: missing texts: {texts[tag]}, remarks for native readers: {remarks[tag]}"
    for text in missing:
        entry = f"{text.section}: {text.id}" if text.id else text.section
        yield f"{entry}: {text.field}: no text in {text.language}"
    for mark in marks:
        yield f"{mark.section}: {mark.id}: review.{mark.language}: {mark.remark}"


def _dates(dates: Sequence[str]) -> str:
    return ", ".join(dates) or "no dates in these five years"
