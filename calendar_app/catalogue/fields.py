"""The single values of ``events.yaml``: from the string in the file to a value of the core.

Each refuses what it cannot take with a ValueError that reads ``problem; remedy``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import webcolors
from babel import Locale
from pydantic import Field, PlainValidator

from calendar_app.catalogue.texts import visible, words
from calendar_app.catalogue.yamltree import shown
from calendar_app.core.precision import PartialDate, parse_day

ID_PATTERN: Final = r"[a-z0-9-]{1,64}"
MAX_WORD: Final = 200
MAX_URL: Final = 2000
MAX_DAYS: Final = 366
# Where sums of days cannot leave the calendar, and a slip of the finger shows.
FIRST_YEAR, LAST_YEAR = 1000, 2999
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
# RFC 3986, 2.2 and 2.3, and the percent sign.
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def _plain(
    parse: Callable[[str], Any], type_: Any = str, limit: int = MAX_WORD, **schema: Any
) -> Any:
    """A field read from a string; refuses mappings and lists in its place.

    ``type_`` is what editors, which do read YAML's numbers and booleans, may find there.
    """

    def read(value: object) -> Any:
        if not isinstance(value, str):
            raise ValueError("a single value is needed here; write it behind the colon")
        if not value.strip():
            raise ValueError("nothing is written here; write it, or take the line out")
        if len(value) > limit:
            raise ValueError(f"{len(value)} characters; write at most {limit}")
        return parse(visible(value))

    return PlainValidator(read, json_schema_input_type=Annotated[type_, Field(**schema)])


def _edtf(text: str) -> PartialDate:
    if _TIME.search(text):
        raise ValueError("a time of day; all entries are whole days, so take the time out")
    found = PartialDate.parse(text)
    for end in (found.first, found.last):
        if end is not None and not FIRST_YEAR <= end.year <= LAST_YEAR:
            remedy = f"write a year from {FIRST_YEAR} to {LAST_YEAR}"
            raise ValueError(f"the year {end.year:04} is out of range; {remedy}")
    return found


def _span(text: str) -> PartialDate:
    found = _edtf(text)
    if found.is_open:
        raise ValueError("an interval without end; write its last day")
    return found


def _day(text: str) -> date:
    if _DAY.fullmatch(text) or _TIME.search(text):
        return parse_day(str(_edtf(text)))
    raise ValueError(f"'{shown(text)}' is not a day; write one such as 2024-05-04")


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if re.fullmatch("[0-9]{1,4}", text) is None or not low <= int(text) <= high:
            raise ValueError(f"'{shown(text)}' is not a number from {low} to {high}; write one")
        return int(text)

    return parse


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"'{shown(text)}' is neither true nor false; write true or false")
    return text == "true"


def read_id(text: str) -> str:
    """An id is permanent: it stands in addresses and in every published calendar entry."""
    if re.fullmatch(ID_PATTERN, text) is None:
        raise ValueError(
            f"'{shown(text)}' is not an id; write 1 to 64 small letters a-z, digits and hyphens"
        )
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    begins = tuple(f"{scheme}://" for scheme in schemes)
    remedy = f"write an address that begins {' or '.join(begins)}"

    def check(text: str) -> str:
        if not text.startswith(begins):
            raise ValueError(f"this link is not allowed; {remedy}")
        if _URL_CHARACTERS.fullmatch(text) is None:
            raise ValueError(
                "a link with a blank or another character that no link may have; "
                "copy it again from the address line of a browser"
            )
        try:
            parts = urlsplit(text)
            is_address = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise ValueError(f"this link leads nowhere; {remedy} and goes on with a site's name")
        if "@" in parts.netloc:
            raise ValueError("a link with a user name; take out all from :// up to the @")
        return text

    return check


def _coordinates(text: str) -> tuple[float, float]:
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?, ?-?[0-9]{1,3}(\.[0-9]+)?", text) is None:
        raise ValueError(
            f"'{shown(text)}' is not a position; write latitude and longitude as in 23.11, -82.37"
        )
    latitude, longitude = map(float, text.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(f"'{shown(text)}' is not on the globe; write latitude, then longitude")
    return latitude, longitude


@cache
def _countries() -> frozenset[str]:
    # CLDR also knows the regions of the world, by number, and some that are no countries.
    return frozenset(filter(str.isalpha, Locale("en").territories)) - _NO_COUNTRIES


def _country(text: str) -> str:
    if text not in _countries():
        raise ValueError(
            f"'{shown(text)}' is not a country; write the two capitals of ISO 3166, such as CU"
        )
    return text


def _colour(text: str) -> str:
    try:
        webcolors.name_to_hex(text)
    except ValueError:
        raise ValueError(
            f"'{shown(text)}' is not a CSS colour name; write one such as gold"
        ) from None
    return text


def _domain(text: str) -> str:
    if _DOMAIN.fullmatch(text) is None:
        raise ValueError(
            f"'{shown(text)}' is not a domain; write small letters, digits, dots and hyphens, "
            "as in calendar.invalid"
        )
    return text


Word = Annotated[str, _plain(str)]
Id = Annotated[str, _plain(read_id, pattern=f"^{ID_PATTERN}$")]
Edtf = Annotated[
    PartialDate, _plain(_edtf, str | int, examples=["2024-05-04", "2024-05", "2024", "unknown"])
]
Span = Annotated[
    PartialDate,
    _plain(_span, str | int, examples=["2024-05-04", "2024-05-04/2024-05-05", "2024-05"]),
]
Day = Annotated[date, _plain(_day, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Number = Annotated[int, _plain(_number(1, 999), int)]
Days = Annotated[int, _plain(_number(1, MAX_DAYS), int)]
Flag = Annotated[bool, _plain(_boolean, bool)]
Link = Annotated[str, _plain(_url("https"), limit=MAX_URL, pattern="^https://")]
SourceLink = Annotated[str, _plain(_url("https", "http"), limit=MAX_URL, pattern="^https?://")]
Coordinates = Annotated[tuple[float, float], _plain(_coordinates)]
Country = Annotated[str, _plain(_country, pattern="^[A-Z]{2}$")]
Colour = Annotated[str, _plain(_colour)]
Domain = Annotated[str, _plain(_domain)]
ProperName = Annotated[str, _plain(words(MAX_WORD), max_length=MAX_WORD)]
