"""What a person has chosen to be told: topics, when, language, zone, hour; and its canonical text.

The text travels in addresses, so that a page can show choices without asking anything that is
stored. It is safe as one segment of a path, and every value has one text::

    en.cuba_peace.7_1.Europe~Berlin.9
    ar..weekly.Asia~Beirut.8d
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from calendar_app.core.errors import CalendarError
from calendar_app.core.zones import zone_names

LEADS: Final = (30, 14, 7, 3, 1, 0)  # days before the first day
DEFAULT_LEADS: Final = (7, 1)
DEFAULT_HOUR: Final = 9
DEFAULT_ZONE: Final = "UTC"
MAX_TOPICS_TEXT: Final = 600
MAX_TEXT: Final = 700
_TOPIC: Final = re.compile("[a-z0-9-]{1,64}")
_LANGUAGE: Final = re.compile("[a-z]{2,3}")
_TEXT: Final = re.compile(
    r"(?P<language>[a-z]{2,3})\.(?P<topics>[a-z0-9_-]*)\.(?P<times>[a-z0-9_]+)"
    r"\.(?P<zone>[A-Za-z0-9_+~-]+)\.(?P<hour>[0-9]{1,2})(?P<every>e?)(?P<discreet>d?)"
)


class ChoicesError(CalendarError, ValueError):
    """Choices that cannot be; the message says why, without repeating what was given."""


class Digest(StrEnum):
    """How often everything comes in one mail, instead of a mail before each date."""

    NONE = "none"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Choices:
    """``topics`` () are all; ``leads`` are empty for readers of a digest and only for them.

    Of what comes more often than once a year only the longest lead is told, or, with
    ``every_lead``, each. Values are put into canonical order as they are made. Whether the
    language and the topics exist is for those to say who know the catalogue.
    """

    language: str
    topics: tuple[str, ...] = ()
    leads: tuple[int, ...] = DEFAULT_LEADS
    digest: Digest = Digest.NONE
    zone: str = DEFAULT_ZONE
    hour: int = DEFAULT_HOUR
    every_lead: bool = False
    discreet: bool = False

    def __post_init__(self) -> None:
        """Raises ChoicesError."""
        put = object.__setattr__
        put(self, "topics", tuple(sorted(set(self.topics))))
        put(self, "leads", tuple(sorted(set(self.leads), reverse=True)))
        put(self, "every_lead", self.every_lead and len(self.leads) > 1)
        _require(_LANGUAGE.fullmatch(self.language) is not None, "no language tag")
        _require(all(map(_TOPIC.fullmatch, self.topics)), "no topic id")
        _require(is_storable(self.topics), "too many topics")
        _require(set(self.leads) <= set(LEADS), "no lead time that is offered")
        _require(bool(self.leads) is (self.digest is Digest.NONE), "lead times or a digest")
        _require(self.zone in zone_names(), "no time zone")
        _require(0 <= self.hour <= 23, "no hour of the day")

    @property
    def series_leads(self) -> tuple[int, ...]:
        """The leads for what comes more often than once a year."""
        return self.leads if self.every_lead else self.leads[:1]

    def wants(self, topics: Iterable[str]) -> bool:
        """Whether what belongs to these topics is told."""
        return not self.topics or not set(self.topics).isdisjoint(topics)


def nearest(  # noqa: PLR0913 -- as there are choices
    language: str,
    topics: Iterable[str],
    leads: Iterable[str],
    digest: str,
    zone: str,
    hour: int,
    *,
    every_lead: bool,
    discreet: bool,
) -> Choices:
    """What comes nearest to choices that were offered once and may not be any more. Leads and
    digest as they stand in a text."""
    offered = {str(lead): lead for lead in LEADS}
    often = Digest(digest) if digest in set(Digest) else Digest.NONE
    left = tuple(offered[lead] for lead in leads if lead in offered)
    return Choices(
        language,
        tuple(topic for topic in topics if _TOPIC.fullmatch(topic)),
        () if often is not Digest.NONE else left or DEFAULT_LEADS,
        often,
        zone if zone in zone_names() else DEFAULT_ZONE,
        hour if 0 <= hour <= 23 else DEFAULT_HOUR,
        every_lead,
        discreet,
    )


def is_storable(topics: Iterable[str]) -> bool:
    """Whether so many topics have room in an address and in a sealed request."""
    return len("_".join(topics)) <= MAX_TOPICS_TEXT


def to_text(choices: Choices) -> str:
    times = "_".join(map(str, choices.leads)) or choices.digest.value
    flags = "e" * choices.every_lead + "d" * choices.discreet
    return ".".join(
        [
            choices.language,
            "_".join(choices.topics),
            times,
            choices.zone.replace("/", "~"),
            f"{choices.hour}{flags}",
        ]
    )


def from_text(text: str) -> Choices:
    """Takes what ``to_text`` gives and nothing else. Raises ChoicesError."""
    found = _TEXT.fullmatch(text) if len(text) <= MAX_TEXT else None
    if found is None:
        raise ChoicesError("not the text of choices")
    times = found["times"]
    is_digest = times in {Digest.WEEKLY, Digest.MONTHLY}
    choices = Choices(
        found["language"],
        tuple(filter(None, found["topics"].split("_"))),
        () if is_digest else _leads(times),
        Digest(times) if is_digest else Digest.NONE,
        found["zone"].replace("~", "/"),
        int(found["hour"]),
        bool(found["every"]),
        bool(found["discreet"]),
    )
    _require(to_text(choices) == text, "not the canonical text of choices")
    return choices


def _leads(text: str) -> tuple[int, ...]:
    offered = {str(lead): lead for lead in LEADS}
    parts = text.split("_")
    _require(all(part in offered for part in parts), "no lead time that is offered")
    return tuple(offered[part] for part in parts)


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ChoicesError(problem)
