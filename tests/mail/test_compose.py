"""What every mail keeps to, read back as a mail program reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import calendar_app
from calendar_app.core.events import (
    Basis,
    ChangedBy,
    ChangeKind,
    Exactness,
    Source,
    Status,
    Text,
)
from calendar_app.core.occurrences import occurrence_at, occurrences_of
from calendar_app.mail.compose import Composer
from calendar_app.mail.letters import Dates, Message, Told
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.factories import day, on, window
from tests.mail.samples import (
    BASE_URL,
    CASES,
    RECIPIENT,
    SENDER,
    TOKEN,
    called_off,
    change,
    composer,
    html_of,
    mail,
    moved,
    occurrence,
    presenter,
    read,
    text_of,
    told,
    with_calendar,
    womens_day,
)
from tests.publishing import feed, real_catalogue

ALWAYS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
LIST = ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]
MIME = ["MIME-Version", "Content-Type"]
QUIET = ["confirm", "known", "renewed", "export"]
UNKNOWN = "This calendar does not say whose change it was."
OURS = "The change is ours: we corrected an error."
AFTER_ALL = "it is to take place after all"
EACH = pytest.mark.parametrize("tag", LANGUAGES)
EVERY = pytest.mark.parametrize(("kind", "is_discreet"), CASES)


class Words(HTMLParser):
    """The words of a page as they are read, a link as the address it leads to. What is hidden from
    those who listen is said elsewhere as well, and left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden: list[bool] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"meta", "br"}:
            return
        is_hidden = "aria-hidden" in given or tag in {"head", "a"}
        self._hidden.append(is_hidden or (bool(self._hidden) and self._hidden[-1]))
        if tag == "a":
            self.links.append(str(given["href"]))
            self.words.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if self._hidden and not self._hidden[-1]:
            self.words += data.split()


def lines_of(message: Message) -> list[bytes]:
    return message.data.split(b"\r\n")


@EACH
@EVERY
def test_a_mail_reads_back_without_defects(kind: str, is_discreet: bool, tag: str) -> None:
    message = mail(kind, tag, is_discreet=is_discreet)

    assert [part.defects for part in read(message).walk() if part.defects] == []
    assert [line for line in lines_of(message) if len(line) > 998] == []
    assert all(b"\r" not in line and b"\n" not in line for line in lines_of(message))
    assert b"QZ0" not in message.data
    assert message.data.isascii()


@EACH
@EVERY
def test_a_mail_has_these_headers_and_no_other(kind: str, is_discreet: bool, tag: str) -> None:
    names = read(mail(kind, tag, is_discreet=is_discreet)).keys()

    expected = [*ALWAYS, *MIME, *([] if kind in QUIET else LIST)]
    expected += ["Content-Transfer-Encoding"] if is_discreet else ["Reply-To"]
    assert sorted(names) == sorted(expected)


@EACH
@pytest.mark.parametrize("kind", [kind for kind, is_discreet in CASES if not is_discreet])
def test_text_and_html_say_the_same(kind: str, tag: str) -> None:
    found = read(mail(kind, tag))

    said = text_of(found).replace("\n-- \n", "\n").split()

    assert Words(html_of(found)).words == said


@EACH
@EVERY
def test_a_mail_goes_to_one_person(kind: str, is_discreet: bool, tag: str) -> None:
    message = mail(kind, tag, is_discreet=is_discreet)
    found = read(message)

    assert found["To"] == message.to == RECIPIENT.address
    assert found["Message-ID"] == f"<{RECIPIENT.message_id}>"
    assert found["Date"].datetime == RECIPIENT.sent_at
    assert message.envelope_from == RECIPIENT.envelope_from
    assert found["From"].addresses[0].addr_spec == SENDER.address


@EACH
@EVERY
def test_the_links_are_whole(kind: str, is_discreet: bool, tag: str) -> None:
    found = read(mail(kind, tag, is_discreet=is_discreet))
    lines = text_of(found).splitlines()

    expected = {
        "confirm": {RECIPIENT.confirm_url},
        "known": {RECIPIENT.settings_url},
        "renewed": {RECIPIENT.settings_url},
        "export": {RECIPIENT.settings_url},
    }.get(kind, {RECIPIENT.settings_url, RECIPIENT.unsubscribe_url})
    assert {line for line in lines if TOKEN in line} == expected
    if not is_discreet:
        assert {link for link in Words(html_of(found)).links if TOKEN in link} == expected


@EACH
@pytest.mark.parametrize("kind", [kind for kind, is_discreet in CASES if is_discreet])
def test_a_discreet_mail_names_nothing_outside_its_body(kind: str, tag: str) -> None:
    found = read(mail(kind, tag, is_discreet=True))
    site = real_catalogue().calendar.name[tag]
    names = [event.name.get(tag, "-") for event in real_catalogue().events.values()]
    topics = [topic.name.get(tag, "-") for topic in real_catalogue().topics.values()]
    headers = "\n".join(str(value) for value in found.values())

    assert [word for word in [site, SENDER.operator, *names, *topics] if word in headers] == []
    assert found.get_content_type() == "text/plain"
    assert not found.is_multipart()
    assert found["From"].addresses[0].display_name == presenter(tag).phrases.text("sender_discreet")


@EACH
def test_nothing_is_loaded_and_links_lead_to_us(tag: str) -> None:
    html = html_of(read(mail("several", tag)))

    assert (
        re.findall(r"(?:src|srcset|background)=|url\(|@import|<(?:img|link|script|form)", html)
        == []
    )
    assert {link for link in Words(html).links if not link.startswith(f"{BASE_URL}/")} == set()


@EACH
@pytest.mark.parametrize("kind", ["reminder", "several", "correction"])
def test_the_attached_blocks_are_those_of_the_feed(kind: str, tag: str) -> None:
    found = read(mail(kind, tag))
    (part,) = found.iter_attachments()
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", None)
    assert b"METHOD" not in body

    blocks = re.findall(rb"BEGIN:VEVENT.*?END:VEVENT\r\n", body, re.DOTALL)

    assert len(blocks) == {"reminder": 1}.get(kind, 2)
    if kind != "correction":  # the feeds of the real data know nothing of the made-up changes
        whole = feed(real_catalogue(), f"/{tag}/calendar.ics", presenter().today)
        assert [block for block in blocks if block not in whole] == []


def test_a_reminder_says_what_one_needs_to_know() -> None:
    text = text_of(read(mail("reminder")))

    assert text.startswith("International Women's Day\nMonday, 8 March 2027 · in 7 days\n")
    assert "Why: point 7, Plan of Action of the 23rd meeting" in text
    assert text.count(f"{BASE_URL}/en/events/womens-day/") == 2  # to read more, and to forward


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (ChangedBy.ORGANISERS, f"Reinstated by the organisers: {AFTER_ALL}."),
        (ChangedBy.US, f"Reinstated: {AFTER_ALL}. {OURS}"),
    ],
)
def test_a_reminder_of_what_is_on_again_does_not_say_that_it_is_off(
    by: ChangedBy, said: str
) -> None:
    kinds = (ChangeKind.CANCELLED, ChangeKind.REINSTATED)
    changes = [
        change("2027-03-08", kind, who) for who in (ChangedBy.ORGANISERS, by) for kind in kinds
    ]
    back = Dates(reminders=(occurrence("womens-day", "2027-03-08", *changes),))

    text = text_of(read(composer().dates(back, is_discreet=False).fill(RECIPIENT)))

    assert f"in 7 days\n\n{said}\n" in text
    assert not re.search("cancelled|corrected the date", text, re.IGNORECASE)


def test_what_only_a_publication_names_says_so() -> None:
    source = Source(Basis.EXTERNAL, Exactness.DAY, name="Granma, 1 March 2027")
    reported = replace(real_catalogue().events["womens-day"], sources=(source,))
    found = Dates(reminders=(occurrence_at(reported, day("2027-03-08")),))

    text = text_of(read(composer().dates(found, is_discreet=False).fill(RECIPIENT)))

    assert "Why: Granma, 1 March 2027\n" in text


def test_what_is_passed_on_says_where_and_whether_it_is_firm() -> None:
    event = real_catalogue().events["guantanamo-seminar-8"]
    planned = replace(event, rule=on("2027-03-09/2027-03-10"), status=Status.TENTATIVE)
    (now,) = occurrences_of(planned, window("2027-01-01", "2028-01-01"))

    text = text_of(
        read(composer().dates(Dates(reminders=(now,)), is_discreet=False).fill(RECIPIENT))
    )

    passed_on = ["Tuesday – Wednesday, 9–10 March 2027", "Tentative", event.name["en"]]
    passed_on += ["Guantánamo, Cuba", f"{BASE_URL}/en/events/guantanamo-seminar-8/"]
    assert "\n".join(passed_on) in text


def test_a_subject_says_what_when_and_how_many_more() -> None:
    subject = "International Women's Day: 8 March 2027 (in 7 days)"

    assert read(mail("reminder"))["Subject"] == subject
    assert read(mail("several"))["Subject"] == f"{subject}, and 1 more"


def test_what_is_far_off_has_no_count_of_days_in_the_subject() -> None:
    far = Dates(reminders=(occurrence("may-day", "2027-05-01"),))

    found = read(composer().dates(far, is_discreet=False).fill(RECIPIENT))

    assert re.fullmatch(r".+: 1 May 2027", found["Subject"])


@pytest.mark.parametrize(
    ("kind", "by", "said"),
    [
        (ChangeKind.MOVED, ChangedBy.ORGANISERS, "Moved by the organisers."),
        (ChangeKind.MOVED, ChangedBy.US, "We corrected the date; the error was ours."),
        (ChangeKind.CANCELLED, ChangedBy.ORGANISERS, "Cancelled by the organisers"),
        (ChangeKind.CANCELLED, ChangedBy.US, "The change is ours: we corrected an error."),
    ],
)
def test_a_correction_says_whose_change_it_was(kind: ChangeKind, by: ChangedBy, said: str) -> None:
    to = "2027-03-09" if kind is ChangeKind.MOVED else ""
    now = occurrence("womens-day", "2027-03-08", change("2027-03-08", kind, by, to))

    text = corrected(told(now, "2027-03-08"))

    assert said in text
    assert ("Moved from 8 March 2027 to 9 March 2027" in text) is bool(to)
    assert ("was: 8 March 2027" in text) is not bool(to)


def test_what_nobody_declared_is_a_correction_of_ours() -> None:
    assert "We corrected the date" in corrected(told(womens_day(), "2027-03-07"))


def test_that_more_is_known_is_nobodys_error() -> None:
    text = corrected(told(womens_day(), "2027-03"))

    assert "Moved" not in text
    assert "error" not in text
    assert "Made more exact\n\nwas: March 2027\n" in text


def test_a_date_that_became_less_exact_is_told_as_a_date() -> None:
    event = replace(real_catalogue().events["imcwp-24"], rule=on("2027-11"))
    (now,) = occurrences_of(event, window("2027-01-01", "2028-01-01"))

    text = corrected(told(now, "2027-11-12/2027-11-14"))

    assert "Moved from 12–14 November 2027 to November 2027. We corrected the date" in text


@pytest.mark.parametrize(
    ("kinds", "by", "status", "told_before", "said"),
    [
        ("c", ChangedBy.ORGANISERS, "scheduled", "2027-03-08", "Cancelled by the organisers"),
        ("mc", ChangedBy.ORGANISERS, "scheduled", "2027-03-08", "Cancelled by the organisers"),
        ("", ChangedBy.US, "cancelled", "2027-03-08", f"Cancelled\n\n{UNKNOWN}"),
        ("m", ChangedBy.ORGANISERS, "cancelled", "2027-03-08", f"Cancelled\n\n{UNKNOWN}"),
        ("", ChangedBy.US, "scheduled", "cancelled", f"Reinstated: {AFTER_ALL}\n\n{UNKNOWN}"),
        ("m", ChangedBy.US, "scheduled", "cancelled", f"Reinstated: {AFTER_ALL}\n\n{UNKNOWN}"),
        (
            "cr",
            ChangedBy.ORGANISERS,
            "scheduled",
            "cancelled",
            f"Reinstated by the organisers: {AFTER_ALL}",
        ),
        ("cr", ChangedBy.US, "scheduled", "cancelled", f"Reinstated: {AFTER_ALL}\n\n{OURS}"),
        ("mcr", ChangedBy.ORGANISERS, "scheduled", "2027-03-08", "Moved by the organisers."),
    ],
)
def test_that_it_is_off_or_on_again_says_whose_change_it_was_if_that_is_known(
    kinds: str, by: ChangedBy, status: str, told_before: str, said: str
) -> None:
    names = {"m": ChangeKind.MOVED, "c": ChangeKind.CANCELLED, "r": ChangeKind.REINSTATED}
    changes = tuple(
        change("2027-03-08", names[kind], by, "2027-03-09" if kind == "m" else "") for kind in kinds
    )
    event = replace(real_catalogue().events["womens-day"], changes=changes, status=Status(status))
    now = occurrence_at(event, day("2027-03-08"))

    text = corrected(told(now, told_before))

    assert said in text
    assert (UNKNOWN in text) is (UNKNOWN in said)
    assert ("organisers" in text) is ("organisers" in said)


def test_a_correction_says_where_the_change_can_be_read() -> None:
    moved = change("2027-03-08", ChangeKind.MOVED, ChangedBy.ORGANISERS, "2027-03-09")
    said = replace(moved, says=Text({"en": "It rains."}), url="https://organisers.example/moved")

    text = corrected(told(occurrence("womens-day", "2027-03-08", said), "2027-03-08"))

    assert "It rains.\n\nPublic source:\nhttps://organisers.example/moved\n" in text


def test_a_date_nobody_remembers_is_not_told() -> None:
    text = corrected(told(womens_day(), ""), replace(called_off(), on_date=""))

    assert "Moved from" not in text
    assert "was:" not in text
    assert "Monday, 8 March 2027" in text


def test_a_date_that_is_gone_is_told() -> None:
    text = corrected(Told(womens_day().event, None, "2027-03-07"))

    assert "7 March 2027: this date is no longer in the calendar." in text


def corrected(*changes: Told) -> str:
    content = Dates(corrections=changes)
    return text_of(read(composer().dates(content, is_discreet=False).fill(RECIPIENT)))


def test_everything_due_at_one_moment_is_one_mail() -> None:
    content = with_calendar(Dates((womens_day(),), (moved(),)), "en")

    found = read(composer().dates(content, is_discreet=False).fill(RECIPIENT))

    assert found["Subject"] == "Correction: International Days of Solidarity with Cuba"
    assert "International Women's Day" in text_of(found)
    (part,) = found.iter_attachments()
    assert part.get_filename() == "dates.ics"


def test_a_mail_that_tells_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="tells nothing"):
        composer().dates(Dates(), is_discreet=False)


def test_without_inbound_mail_one_leaves_by_the_web_only() -> None:
    reader = replace(RECIPIENT, unsubscribe_mail="")

    found = read(composer().dates(Dates((womens_day(),)), is_discreet=False).fill(reader))

    assert found["List-Unsubscribe"] == f"<{RECIPIENT.unsubscribe_url}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("contact", "reply_to", "said"),
    [
        ("post@mail.example", "post@mail.example", "Replies go to post@mail.example."),
        ("mailto:post@mail.example", "post@mail.example", "Replies go to post@mail.example."),
        ("https://mail.example/@us", "", "Contact: https://mail.example/@us."),
        ("Signal: @committee", "", "Contact: Signal: @committee."),
    ],
)
def test_answers_go_where_one_can_write_to(contact: str, reply_to: str, said: str) -> None:
    sender = replace(SENDER, contact=contact)
    prepared = Composer(presenter(), sender).dates(Dates((womens_day(),)), is_discreet=False)

    found = read(prepared.fill(RECIPIENT))

    addresses = found["Reply-To"].addresses if found["Reply-To"] else ()
    assert [address.addr_spec for address in addresses] == [reply_to] * bool(reply_to)
    assert said in text_of(found)


def test_what_is_only_mentioned_is_marked_where_it_is_told() -> None:
    text = corrected(told(occurrence("cuban-press-day", "2027-03-14"), "2027-03-13"))

    assert "Cuban Press Day\nSunday, 14 March 2027 · in 13 days\n\n" in text
    assert "Background only" in text


def test_the_colours_are_those_of_the_pages() -> None:
    package = Path(calendar_app.__file__).parent
    css = (package / "static" / "site.css").read_text(encoding="utf-8")
    parts = (package / "templates" / "mail" / "parts.html").read_text(encoding="utf-8")
    in_pages = dict(re.findall(r'\[data-t(?:="([a-z-]+)")?\] \{ --c: (#[0-9a-f]{6})', css))
    by_default = in_pages.pop("")

    in_mails = dict(re.findall(r'"([a-z-]+)": "(#[0-9a-f]{6})"', parts))

    assert in_mails == in_pages | {"meetings": by_default}
    assert len(in_mails) == 10


@EACH
@pytest.mark.parametrize("kind", ["reminder", "several", "correction", "digest"])
def test_a_locked_screen_shows_nothing_of_a_discreet_mail(kind: str, tag: str) -> None:
    """The first line is longer than what is shown, and the same whatever the mail tells."""
    first, _, rest = text_of(read(mail(kind, tag, is_discreet=True))).partition("\n")

    assert first == catalog(tag).text("mail_discreet_intro")
    assert len(first) > 60
    assert rest.strip()
