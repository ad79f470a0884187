"""What was chosen is said back in the words of the form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calendar_app.core.choices import Choices, Digest
from calendar_app.words.choosing import choices_in_words, retired_topics
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter
from tests.publishing import TODAY, real_catalogue


def said(choices: Choices) -> dict[str, str]:
    presenter = Presenter(real_catalogue(), LANGUAGES["en"], TODAY)
    return dict(choices_in_words(choices, presenter))


def test_each_choice_has_its_words() -> None:
    choices = Choices(
        "tr", ("cuba", "peace"), (7, 1, 0), zone="Europe/Istanbul", hour=8, discreet=True
    )

    assert said(choices) == {
        "Topics": "Solidarity with Cuba · Peace and disarmament",
        "When to remind": "7 days before · 1 day before · on the day itself; "
        "for monthly series only the earliest",
        "Hour of sending": "8:00",
        "Time zone": "Türkiye (Istanbul)",
        "Language of the mails": "Türkçe",
        "Discreet mails": "Neutral sender and subject, plain text, no attachment.",
    }


@pytest.mark.parametrize(
    ("choices", "times"),
    [
        (Choices("en"), "7 days before · 1 day before; for monthly series only the earliest"),
        (Choices("en", every_lead=True), "7 days before · 1 day before; for monthly series too"),
        (Choices("en", leads=(0,), every_lead=True), "on the day itself"),
    ],
)
def test_it_is_said_whether_each_time_counts_for_a_series(choices: Choices, times: str) -> None:
    assert said(choices)["When to remind"] == times


def test_no_topic_is_all_of_them() -> None:
    assert said(Choices("en"))["Topics"] == "All topics"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "gone (no longer used) · Peace and disarmament (no longer used)"),
        ("ar", "\u2068gone\u2069 (لم يعد مستخدمًا) · السلام ونزع السلاح (لم يعد مستخدمًا)"),
    ],
)
def test_a_topic_that_is_not_on_offer_any_more_is_said_to_be_so(language: str, words: str) -> None:
    found = real_catalogue()
    retired = {"peace": replace(found.topics["peace"], is_retired=True)}
    presenter = Presenter(
        replace(found, topics={**found.topics, **retired}), LANGUAGES[language], TODAY
    )
    choices = Choices(language, ("gone", "peace"))

    assert choices_in_words(choices, presenter)[0][1] == words
    assert retired_topics(choices, presenter) == [words.rpartition(" · ")[2]]


def test_a_digest_stands_instead_of_lead_times() -> None:
    weekly = Choices("en", leads=(), digest=Digest.WEEKLY)

    assert said(weekly)["When to remind"] == "One overview a week, on Monday"
