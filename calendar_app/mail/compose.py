"""One method for each kind of mail: the letter, prepared once for all who get the same.

A discreet mail has neutral headers and is plain text. What is sent before anybody has said what
they want, or holds what is stored of them, is discreet for everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from calendar_app.core.occurrences import Occurrence
from calendar_app.mail.headers import reply_address
from calendar_app.mail.letters import Dates, Letter, Line, Section, Sender, Slot, Style
from calendar_app.mail.prepared import Prepared, prepare
from calendar_app.mail.subjects import discreet_subject, subject_of
from calendar_app.mail.wording import Wording, digest_sections
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import isolate
from calendar_app.words.languages import ENGLISH
from calendar_app.words.presentation import Presenter


class Composer:
    """Composes for readers of one language on one day: the day it is where they live."""

    def __init__(self, presenter: Presenter, sender: Sender) -> None:
        self.presenter = presenter
        self.sender = sender
        self.text = presenter.phrases.text
        self.wording = Wording(presenter, sender.base_url)

    def confirm(self, hours: int) -> Prepared:
        """The one question, after a request for an address. It can be from anybody. The link works
        for so many hours."""
        lines = (
            Line(
                self.presenter.phrases.count("mail_confirm_text", hours),
                url=Slot.CONFIRM,
                label=self.text("confirm_page_title"),
            ),
            Line(self.text("mail_confirm_ignore")),
        )
        return self._notice("subject_confirm_discreet", lines)

    def known(self) -> Prepared:
        """To somebody who gets the reminders already, when the address was given again."""
        return self._notice("subject_known_discreet", (self._settings("mail_known_text"),))

    def renewed(self) -> Prepared:
        """The new link to the settings, after which those of all mails before are void."""
        lines = (self._settings("mail_renewed_text"), Line(self.text("mail_renewed_unasked")))
        return self._notice("subject_known_discreet", lines)

    def export(self, stored: Iterable[tuple[str, str]]) -> Prepared:
        """Everything that is stored of a person: labels and values."""
        rows = (Line(f"{label}: {value}") for label, value in stored)
        lines = (Line(self.text("mail_export_text")), *rows, self._settings("mail_change_settings"))
        return self._notice("subject_export_discreet", lines)

    def welcome(
        self,
        chosen: Iterable[tuple[str, str]],
        coming: Iterable[Occurrence],
        *,
        is_discreet: bool,
    ) -> Prepared:
        """After the confirmation: what was chosen, how to change it, and what comes next."""
        rows = (Line(f"{label}: {value}", Style.SOFT) for label, value in chosen)
        sections = [Section(lines=(self._settings("mail_welcome_text"), *rows))]
        entries = tuple(map(self.wording.brief, coming))
        if entries:
            sections.append(Section(self.text("next_three_dates"), entries=entries))
        key = "subject_welcome_discreet" if is_discreet else "subject_welcome"
        footer = (self._leave(), self._operator(is_discreet=is_discreet))
        letter = self._letter(self.text(key), sections, footer, is_discreet=is_discreet)
        return prepare(letter, self.sender)

    def dates(self, content: Dates, *, is_discreet: bool) -> Prepared:
        """All that one person is told at one moment: corrections, reminders, a digest."""
        sections = []
        if is_discreet:
            # Programs show the first words of a mail beside its subject, also on a locked screen.
            sections.append(Section(lines=(Line(self.text("mail_discreet_intro")),)))
        if content.corrections:
            intro = (Line(self.text("mail_correction_intro")),)
            entries = tuple(map(self.wording.correction, content.corrections))
            sections.append(Section(lines=intro, entries=entries))
        if content.reminders:
            sections.append(Section(entries=tuple(map(self.wording.reminder, content.reminders))))
        if content.digest:
            sections += digest_sections(content.digest, self.wording)
        footer = (
            Line(self.text("mail_why")),
            self._settings("mail_change_settings"),
            self._leave(),
            self._operator(is_discreet=is_discreet),
        )
        subject = (discreet_subject if is_discreet else subject_of)(content, self.wording)
        letter = self._letter(subject, sections, footer, is_discreet=is_discreet)
        calendar = b"" if is_discreet else content.calendar
        return prepare(replace(letter, calendar=calendar, filename=_filename(content)), self.sender)

    def _notice(self, key: str, lines: Sequence[Line]) -> Prepared:
        footer = (self._operator(is_discreet=True),)
        letter = self._letter(self.text(key), [Section(lines=lines)], footer, is_discreet=True)
        return prepare(replace(letter, is_list=False), self.sender)

    def _letter(
        self,
        subject: str,
        sections: Sequence[Section],
        footer: Sequence[Line],
        *,
        is_discreet: bool,
    ) -> Letter:
        presenter = self.presenter
        name = choose(presenter.catalogue.calendar.name, presenter.language).value
        return Letter(
            subject,
            presenter.language,
            tuple(sections),
            tuple(footer),
            self.text("sender_discreet") if is_discreet else name,
            is_discreet,
        )

    def _settings(self, key: str) -> Line:
        return Line(self.text(key), url=Slot.SETTINGS, label=self.text("settings_title"))

    def _leave(self) -> Line:
        label = self.text("unsubscribe_button")
        return Line(self.text("mail_leave"), url=Slot.UNSUBSCRIBE, label=label)

    def _operator(self, *, is_discreet: bool) -> Line:
        is_answered = not is_discreet and reply_address(self.sender.contact)
        key = "mail_sent_by" if is_answered else "footer_run_by"
        language = self.presenter.language
        operator = isolate(self.sender.operator, language)
        contact = isolate(self.sender.contact.removeprefix("mailto:"), language)
        return Line(self.text(key, operator=operator, contact=contact))


def operator_mail(subject: str, paragraphs: Iterable[str], sender: Sender) -> Prepared:
    """To the operator, in English: what the worker has to say."""
    section = Section(lines=tuple(map(Line, paragraphs)))
    footer = (Line(sender.base_url),)
    letter = Letter(subject, ENGLISH, (section,), footer, sender.operator, is_discreet=True)
    return prepare(replace(letter, is_list=False), sender)


def _filename(content: Dates) -> str:
    told = [*content.reminders, *(c.occurrence for c in content.corrections if c.occurrence)]
    return f"{told[0].id}.ics" if len(told) == 1 else "dates.ics"
