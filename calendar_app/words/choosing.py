"""What a person has chosen, in words."""

from __future__ import annotations

from calendar_app.core.choices import Choices, Digest
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import isolate
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from calendar_app.words.zones import zone_label


def choices_in_words(choices: Choices, presenter: Presenter) -> list[tuple[str, str]]:
    """Labels and values, in the order in which the form asks for them."""
    text = presenter.phrases.text
    language = LANGUAGES.get(choices.language, presenter.language)
    rows = [
        (text("nav_topics"), _topics(choices, presenter)),
        (text("leads_label"), _times(choices, presenter)),
        (text("hour_label"), f"{choices.hour}:00"),
        (text("zone_label"), zone_label(choices.zone, presenter.language)),
        (text("mail_language_label"), language.endonym),
    ]
    if choices.discreet:
        rows.append((text("discreet_label"), text("discreet_hint")))
    return rows


def retired_topics(choices: Choices, presenter: Presenter) -> list[str]:
    """The topics chosen that were published and are no longer on offer, each said to be so."""
    topics = presenter.catalogue.topics
    retired = (id_ for id_ in choices.topics if id_ in topics and topics[id_].is_retired)
    return [_topic(id_, presenter) for id_ in retired]


def _topics(choices: Choices, presenter: Presenter) -> str:
    names = [_topic(id_, presenter) for id_ in choices.topics]
    return " · ".join(names) or presenter.phrases.text("all_topics")


def _topic(id_: str, presenter: Presenter) -> str:
    catalogue = presenter.catalogue
    topic = catalogue.topics.get(id_)
    name = choose(topic.name, presenter.language).value if topic else id_
    if id_ in catalogue.living_topics:
        return name
    return presenter.phrases.text("topic_retired", topic=isolate(name, presenter.language))


def _times(choices: Choices, presenter: Presenter) -> str:
    phrases = presenter.phrases
    if choices.digest is not Digest.NONE:
        return phrases.text(f"digest_{choices.digest.value}")
    leads = " · ".join(
        phrases.count("lead_n_days", n) if n else phrases.text("lead_on_day") for n in choices.leads
    )
    if len(choices.leads) == 1:
        return leads
    return phrases.text("leads_each" if choices.every_lead else "leads_first", leads=leads)
