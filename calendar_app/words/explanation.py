"""Why a date is here and how often it comes: the rule in words, each source, each document."""

from __future__ import annotations

from dataclasses import dataclass

from calendar_app.core.events import Event, Source
from calendar_app.core.rules import LastWeekend, On, Yearly
from calendar_app.words.fallback import Chosen, choose
from calendar_app.words.formatting import format_partial, format_yearly
from calendar_app.words.presentation import Presenter
from calendar_app.words.views import History


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source of a date. ``title`` is a document's name, or a publication with its day."""

    title: Chosen | str
    path: str  # of the document's page, or ""
    url: str
    point: int | None
    says: Chosen | None
    precision: str
    basis: str
    period: str


def rule_in_words(event: Event, presenter: Presenter) -> str:
    """``every year on 8 March``; fits after a heading that asks how often."""
    phrases, language = presenter.phrases, presenter.language
    if isinstance(event.rule, On):
        return phrases.text("rule_once")
    if isinstance(event.rule, Yearly):
        day = format_yearly(event.rule.month, event.rule.day, language)
        return phrases.text("rule_yearly", date=day)
    if isinstance(event.rule, LastWeekend):
        return phrases.text("rule_last_weekend")
    return phrases.text("rule_free")


def why_line(event: Event, presenter: Presenter) -> str:
    """``Why: point 7, Plan of Action of the 23rd meeting``, from the newest document that names
    the event; where none does, from the first publication; empty where there is none."""
    cited = [source for source in event.sources if source.document]
    if not cited:
        name = next((source.name for source in event.sources if source.name), "")
        return presenter.phrases.text("why_document", document=name) if name else ""
    documents = presenter.catalogue.documents
    newest = max(cited, key=lambda source: documents[source.document or ""].known_since)
    document = documents[newest.document or ""]
    name = choose(document.name, presenter.language).value
    if newest.point is None:
        return presenter.phrases.text("why_document", document=name)
    return presenter.phrases.text("why_line", point=newest.point, document=name)


def change_line(found: History, presenter: Presenter) -> str:
    """``Moved from 3 May 2026 to 10 May 2026. The organisers moved it.``"""
    dates = {"old": found.old, "new": found.new}
    moved = presenter.phrases.text("moved_from_to", **dates) if found.old else ""
    told = (sentence.rstrip(".") for sentence in (moved, found.by) if sentence)
    return " ".join(f"{sentence}." for sentence in told)


def document_sources(event: Event, presenter: Presenter) -> list[SourceView]:
    """What documents say of the event, in the order of the data."""
    return [source_view(source, presenter) for source in event.sources if source.document]


def public_sources(event: Event, presenter: Presenter) -> list[SourceView]:
    """What public sources add."""
    return [source_view(source, presenter) for source in event.sources if not source.document]


def source_view(source: Source, presenter: Presenter) -> SourceView:
    phrases, language = presenter.phrases, presenter.language
    title: Chosen | str = source.name or ""
    path, url = "", source.url or ""
    if source.document:
        title = choose(presenter.catalogue.documents[source.document].name, language)
        path = presenter.path("sources", source.document)
    return SourceView(
        title,
        path,
        url,
        source.point,
        choose(source.says, language) if source.says else None,
        phrases.text(f"precision_{source.precision.value}"),
        phrases.text(f"basis_{source.basis.value}"),
        format_partial(source.period, language) if source.period else "",
    )
