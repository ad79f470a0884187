"""What stands in the subject of a mail that tells dates."""

from __future__ import annotations

from calendar_app.mail.letters import Dates
from calendar_app.mail.wording import Wording
from calendar_app.words.fallback import choose


def subject_of(content: Dates, wording: Wording) -> str:
    """What is first in the mail, and how many more there are."""
    presenter, text = wording.presenter, wording.text
    if content.corrections:
        name = choose(content.corrections[0].event.name, presenter.language).value
        subject, count = text("subject_correction", name=name), len(content.corrections)
    elif content.reminders:
        view = presenter.view(content.reminders[0])
        key = "subject_reminder" if view.relative else "subject_reminder_far"
        subject = text(key, name=view.name.value, date=view.when, when=view.relative)
        count = len(content.reminders)
    elif content.digest:
        return text("subject_digest", period=wording.period(content.digest))
    else:
        raise ValueError("a mail that tells nothing")
    if count == 1:
        return subject
    return presenter.phrases.count("subject_and_more", count - 1, subject=subject)


def discreet_subject(content: Dates, wording: Wording) -> str:
    """The kind of the mail and nothing of what is in it."""
    if content.corrections:
        return wording.text("subject_correction_discreet")
    key = "subject_reminder_discreet" if content.reminders else "subject_digest_discreet"
    return wording.text(key)
