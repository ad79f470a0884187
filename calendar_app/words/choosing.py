"""What a person has chosen, in words."""

from __future__ import annotations

from calendar_app.core.choices import Choices, Digest
from calendar_app.words.fallback import choose
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter


def choices_in_words(choices: Choices, presenter: Presenter) -> list[tuple[str, str]]:
    """Labels and values, in the order in which the form asks for them. A topic that is no longer
    in the data is left out."""
    text = presenter.phrases.text
    language = LANGUAGES.get(choices.language, presenter.language)
    rows = [
        (text("nav_topics"), _topics(choices, presenter)),
        (text("leads_label"), _times(choices, presenter)),
        (text("hour_label"), f"{choices.hour:02}:00"),
        (text("zone_label"), choices.zone),
        (text("mail_language_label"), language.endonym),
    ]
    if choices.discreet:
        rows.append((text("discreet_label"), text("discreet_hint")))
    return rows


def _topics(choices: Choices, presenter: Presenter) -> str:
    topics = presenter.catalogue.topics
    names = [
        choose(topics[id_].name, presenter.language).value
        for id_ in choices.topics
        if id_ in topics
    ]
    return " · ".join(names) or presenter.phrases.text("all_topics")


def _times(choices: Choices, presenter: Presenter) -> str:
    phrases = presenter.phrases
    if choices.digest is not Digest.NONE:
        return phrases.text(f"digest_{choices.digest.value}")
    return " · ".join(
        phrases.count("lead_n_days", n) if n else phrases.text("lead_on_day") for n in choices.leads
    )
