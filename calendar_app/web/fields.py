"""What was typed into the forms of reminders, and the choices it comes to or what is wrong with it.

The fields are kept as they were typed, so that no error takes them away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from email_validator import EmailNotValidError, validate_email
from werkzeug.datastructures import MultiDict

from calendar_app.core.choices import (
    DEFAULT_HOUR,
    DEFAULT_LEADS,
    DEFAULT_ZONE,
    LEADS,
    Choices,
    is_storable,
)
from calendar_app.core.choices import Digest as DigestChoice
from calendar_app.core.zones import zone_names
from calendar_app.words.languages import LANGUAGES

# RFC 5321 4.5.3.1.3, less the angle brackets.
MAX_ADDRESS: Final = 254
MAX_TYPED: Final = 320
EACH: Final = "each"
TIMES: Final = (EACH, DigestChoice.WEEKLY.value, DigestChoice.MONTHLY.value)
# The version of the text that is agreed to; it changes when the phrase ``consent`` does.
CONSENT: Final = "1"
# For programs that fill in every field there is; people never see it.
TRAP: Final = "website"
# What İ is in small letters wherever Turkish is not known, and so in domains (UTS 46).
_DOTTED: Final = "i\u0307"
Errors = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fields:
    """As typed. ``topics`` are those ticked of the ones that were offered."""

    language: str
    topics: frozenset[str]
    address: str = ""
    times: str = EACH
    leads: frozenset[str] = frozenset(map(str, DEFAULT_LEADS))
    has_every_lead: bool = False
    zone: str = DEFAULT_ZONE
    hour: str = str(DEFAULT_HOUR)
    is_discreet: bool = False
    has_consent: bool = False


def typed(form: MultiDict[str, str], offered: Iterable[str]) -> Fields:
    """Bounded text; what is no topic on offer is left out."""
    one = {name: form.get(name, "")[:MAX_TYPED].strip() for name in ("address", "zone", "hour")}
    return Fields(
        language=form.get("language", "")[:MAX_TYPED],
        topics=frozenset(form.getlist("topics")) & frozenset(offered),
        times=form.get("times", "")[:MAX_TYPED],
        leads=frozenset(form.getlist("leads")) & frozenset(map(str, LEADS)),
        has_every_lead="every_lead" in form,
        is_discreet="discreet" in form,
        has_consent="consent" in form,
        **one,
    )


def fields_of(choices: Choices, offered: Iterable[str]) -> Fields:
    """The form filled in with choices that were made before."""
    is_digest = choices.digest is not DigestChoice.NONE
    leads = choices.leads or DEFAULT_LEADS
    return Fields(
        language=choices.language,
        topics=frozenset(filter(lambda topic: choices.wants([topic]), offered)),
        times=choices.digest.value if is_digest else EACH,
        leads=frozenset(map(str, leads)),
        has_every_lead=choices.every_lead,
        zone=choices.zone,
        hour=str(choices.hour),
        is_discreet=choices.discreet,
    )


def read_choices(fields: Fields, offered: frozenset[str]) -> tuple[Choices | None, Errors]:
    """The choices, or for each field with an error the key of a sentence. All topics ticked are
    all topics, those that come later too."""
    topics = () if fields.topics >= offered else tuple(fields.topics)
    errors = dict(_choice_errors(fields, topics))
    if errors:
        return None, errors
    is_digest = fields.times != EACH
    choices = Choices(
        fields.language,
        topics,
        () if is_digest else tuple(map(int, fields.leads)),
        DigestChoice(fields.times) if is_digest else DigestChoice.NONE,
        fields.zone,
        int(fields.hour),
        fields.has_every_lead,
        fields.is_discreet,
    )
    return choices, {}


def _choice_errors(fields: Fields, topics: Sequence[str]) -> Iterable[tuple[str, str]]:
    if not fields.topics:
        yield "topics", "error_topics"
    elif not is_storable(topics):
        yield "topics", "error_topics_many"
    if fields.times not in TIMES or (fields.times == EACH and not fields.leads):
        yield "times", "error_leads"
    known = {
        "hour": map(str, range(24)),
        "zone": zone_names(),
        "language": LANGUAGES,
    }
    for name, values in known.items():
        if getattr(fields, name) not in set(values):
            yield name, "error_choice"


def address_errors(fields: Fields) -> Errors:
    """Of what only who subscribes is asked for: the address and the consent."""
    found = {}
    if problem := address_error(fields.address):
        found["address"] = problem
    if not fields.has_consent:
        found["consent"] = "error_consent"
    return found


def address_error(text: str) -> str:
    """The key of a sentence on why no mail can be addressed to it, or nothing; nobody is asked
    whether it exists."""
    # An encoded word (RFC 2047) some servers make another address of.
    if len(text) > MAX_ADDRESS or not text.isprintable() or "=?" in text:
        return "error_mail_address"
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return "error_mail_address"
    if found.ascii_email is None:
        # Letters beyond ASCII before the @ need what few mail servers have (RFC 6531).
        return "error_address_ascii"
    # Somebody who writes İ means a plain i, and would never learn where the mail went.
    return "error_address_dotted" if _DOTTED in found.domain else ""
