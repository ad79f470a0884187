"""Made-up states of the real data, for looking at: each in five languages, with a page of its own.

The real data have few dates that were moved and none that were called off.
"""

from __future__ import annotations

from dataclasses import replace

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Change, ChangedBy, Link, Occasion, Place, Text
from calendar_app.public.errors import failure
from tests.factories import at, cancelled, day, moved, reinstated
from tests.publishing import publish, real_catalogue

EDITED_AT = at("2026-11-23T08:00")
REMOVED = "cuban-press-day"
OCCASION = Occasion(
    day("2027-05-01"),
    Text(
        {
            "en": "Bread, peace and eight hours",
            "es": "Pan, paz y ocho horas",
            "ru": "Хлеб, мир и восемь часов",
            "tr": "Ekmek, barış ve sekiz saat",
            "ar": "خبز وسلام وثماني ساعات",
        }
    ),
    (Link("https://theme.example/call", Text({"en": "The call"})),),
    Place(
        Text({"en": "Havana", "es": "La Habana", "ru": "Гавана", "tr": "Havana", "ar": "هافانا"}),
        "CU",
        (23.13, -82.38),
    ),
)
# Of each event the date that is next, and what became of it.
CHANGES: dict[str, tuple[Change, ...]] = {
    "cuba-solidarity-days": (cancelled("2026-11-28"),),
    "palestine-day": (moved("2026-11-29", "2026-12-05"),),
    "womens-day": (moved("2027-03-08", "2027-03-09", ChangedBy.US),),
    "peace-day": (
        moved("2027-09-21", "2027-09-22"),
        cancelled("2027-09-21"),
        reinstated("2027-09-21"),
    ),
}
STATES = (
    "/{lang}/",
    "/{lang}/2026/",
    "/{lang}/2026/11/",
    "/{lang}/changes/",
    *(f"/{{lang}}/events/{event}/" for event in CHANGES),
    "/{lang}/events/may-day/",  # with what is particular to this year
    f"/{{lang}}/events/{REMOVED}/",  # 410
    "/{lang}/events/nothing/",  # 404
    "/{lang}/?topics=nothing",  # 400
)
# Pages of all languages, as they are sent when nothing else can be.
FAILURES = {f"/{status}": failure(status).plain.body for status in (400, 500, 503)}


def unsettled() -> Catalogue:
    """Return the real data with these changes, and one event taken out."""
    real = real_catalogue()
    changed = {
        id_: replace(event, changes=(*event.changes, *CHANGES.get(id_, ())))
        for id_, event in real.events.items()
        if id_ != REMOVED
    }
    changed["may-day"] = replace(changed["may-day"], occasions=(OCCASION,))
    before = publish(replace(real, revisions={}))
    return publish(replace(real, events=changed, revisions={}), before, EDITED_AT)
