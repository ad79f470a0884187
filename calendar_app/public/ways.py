"""The ways from a feed into a calendar, as links."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

# RFC 2606, 6761, 6762, 7686, 9476: what the servers of others cannot reach.
_NOT_PUBLIC: Final = ("alt", "internal", "invalid", "local", "localhost", "onion", "test")
_GOOGLE: Final = "https://calendar.google.com/calendar/render"
_OUTLOOK: Final = "https://outlook.live.com/calendar/0/addfromweb"
_OFFICE: Final = "https://outlook.office.com/calendar/0/addfromweb"


@dataclass(frozen=True, slots=True)
class Ways:
    """``path`` is the feed on this site, ``name`` what its calendar is called."""

    base_url: str
    path: str
    name: str

    @property
    def address(self) -> str:
        return self.base_url + self.path

    @property
    def webcal(self) -> str:
        """For calendar apps; which protocol it stands for, they find out."""
        return f"webcal:{self._rest}"

    @property
    def webcals(self) -> str:
        """For ICSx5, which takes ``webcal`` for http and would show the path to the network."""
        return f"webcals:{self._rest}" if self.base_url.startswith("https:") else self.webcal

    @property
    def google(self) -> str:
        return f"{_GOOGLE}?{urlencode({'cid': self.webcal}, quote_via=quote, safe='')}"

    @property
    def outlook(self) -> str:
        return f"{_OUTLOOK}?{self._named}"

    @property
    def office(self) -> str:
        return f"{_OFFICE}?{self._named}"

    @property
    def is_public(self) -> bool:
        """Whether the servers of others can fetch the feed, and only encrypted."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        try:
            return parts.scheme == "https" and ip_address(host).is_global
        except ValueError:  # a name
            labels = host.split(".")
            return parts.scheme == "https" and len(labels) > 1 and labels[-1] not in _NOT_PUBLIC

    @property
    def _rest(self) -> str:
        return self.address.partition(":")[2]

    @property
    def _named(self) -> str:
        return urlencode({"url": self.address, "name": self.name}, quote_via=quote, safe="")
