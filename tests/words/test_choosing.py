"""What was chosen is said back in the words of the form."""

from __future__ import annotations

from datetime import date

from calendar_app.core.choices import Choices, Digest
from calendar_app.words.choosing import choices_in_words
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from tests.publishing import real_catalogue


def said(choices: Choices) -> dict[str, str]:
    presenter = Presenter(real_catalogue(), LANGUAGES["en"], date(2026, 11, 23))
    return dict(choices_in_words(choices, presenter))


def test_each_choice_has_its_words() -> None:
    choices = Choices(
        "tr", ("cuba", "peace"), (7, 1, 0), zone="Europe/Istanbul", hour=8, discreet=True
    )

    assert said(choices) == {
        "Topics": "Solidarity with Cuba · Peace and disarmament",
        "When to remind": "7 days before · 1 day before · on the day itself",
        "Hour of sending": "08:00",
        "Time zone": "Europe/Istanbul",
        "Language of the mails": "Türkçe",
        "Discreet mails": "Neutral sender and subject, plain text, no attachment.",
    }


def test_no_topic_is_all_of_them_and_a_retired_one_is_left_out() -> None:
    assert said(Choices("en"))["Topics"] == "All topics"
    assert said(Choices("en", ("gone", "peace")))["Topics"] == "Peace and disarmament"


def test_a_digest_stands_instead_of_lead_times() -> None:
    weekly = Choices("en", leads=(), digest=Digest.WEEKLY)

    assert said(weekly)["When to remind"] == "One overview a week, on Monday"
