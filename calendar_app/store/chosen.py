"""What a person has chosen, as it is compared in SQL, and back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from calendar_app.core.choices import Choices, nearest
from calendar_app.words.languages import ENGLISH, LANGUAGES

log = logging.getLogger(__name__)


def columns_of(choices: Choices) -> dict[str, Any]:
    """Choices as they are compared in SQL."""
    return {
        "language": choices.language,
        "zone": choices.zone,
        "hour": choices.hour,
        "topics": _listed(choices.topics),
        "leads": _listed(choices.leads),
        "series_leads": _listed(choices.series_leads),
        "digest": choices.digest.value,
        "discreet": choices.discreet,
    }


def choices_of(row: Row[Any]) -> Choices:
    return _choices(
        row.language,
        row.topics,
        row.leads,
        row.series_leads,
        row.digest,
        row.zone,
        row.hour,
        row.discreet,
    )


@lru_cache(maxsize=1024)  # most people choose what others chose
def _choices(  # noqa: PLR0913 -- as there are columns
    language: str,
    topics: str,
    leads: str,
    series_leads: str,
    digest: str,
    zone: str,
    hour: int,
    discreet: bool,
) -> Choices:
    """Nobody is left without mails, and nobody else, because one row is of another version."""
    found = nearest(
        language if language in LANGUAGES else ENGLISH.tag,
        _items(topics),
        _items(leads),
        digest,
        zone,
        hour,
        every_lead=leads == series_leads,
        discreet=discreet,
    )
    if (found.language, found.zone, found.digest) != (language, zone, digest) or (
        _listed(found.leads) != leads
    ):
        log.warning("choices are stored that are not offered any more; the nearest are taken")
    return found


def _listed(items: Iterable[object]) -> str:
    text = ",".join(map(str, items))
    return f",{text}," if text else ""


def _items(text: str) -> list[str]:
    return text.strip(",").split(",") if text else []
