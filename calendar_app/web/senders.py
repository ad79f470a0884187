"""Who sends a form: whether from one of our pages, and how often from one network.

There are no cookies, so nothing can be forged in a reader's name; what is refused here is another
site that makes its visitors ask for mails (security by Fetch Metadata, else by Origin).
"""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import Final

from calendar_app.web.answers import Environ

_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in any span of so many seconds."""

    amount: int
    seconds: float


Limits = tuple[tuple[str, Limit], ...]  # each with the network that it holds for

# What a household needs, and no more (per IPv4 address or IPv6 network of one customer).
PER_HOUR: Final = Limit(5, _HOUR)
PER_DAY: Final = Limit(20, 24 * _HOUR)
_CUSTOMER_PREFIX: Final = 64
# What one site has of IPv6 (RFC 6177), in which somebody may use 65,536 networks in turn.
SITE_PER_HOUR: Final = Limit(60, _HOUR)
_SITE_PREFIX: Final = 48
# The network of all whom a proxy of ours should have named and did not: nobody gets around a limit
# by a way that the proxy was not told of.
_UNKNOWN: Final = "unknown"
# Who sends from more networks than that is not held up by a limit for each, but by those of the
# worker; so all are forgotten then.
MOST_COUNTS: Final = 20_000


class Counts:
    """When each key was last counted, in memory. ``clock`` counts seconds and cannot be set: one
    that is put forward would free everybody, and one that is put back lock them out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counted: dict[tuple[str, Limit], deque[float]] = {}
        self._lock = Lock()

    def take(self, key: str, limit: Limit) -> bool:
        """Counts one if it is within the limit; tells whether it is."""
        with self._lock:
            now = self._clock()
            counted = self._counted.get((key, limit))
            if counted is None:
                if len(self._counted) >= MOST_COUNTS:
                    self._counted.clear()
                counted = self._counted[key, limit] = deque(maxlen=limit.amount)
            if len(counted) == limit.amount and now - counted[0] < limit.seconds:
                return False
            counted.append(now)  # in the place of the oldest, when there are as many
            return True

    def __len__(self) -> int:
        return len(self._counted)


class Senders:
    """``hosts`` are what the Host header may be; ``trusted_proxies`` how many servers of ours pass
    a request on and add to X-Forwarded-For; ``clock`` is as in ``Counts``."""

    def __init__(
        self, hosts: Iterable[str], trusted_proxies: int, clock: Callable[[], float]
    ) -> None:
        self._hosts = frozenset(hosts)
        self._trusted_proxies = trusted_proxies
        self._counts = Counts(clock)
        # A network address is kept as a digest that is worthless after the next start.
        self._secret = secrets.token_bytes(32)

    def is_own_page(self, environ: Environ) -> bool:
        """Whether the form was sent from one of our pages, or by hand."""
        site = environ.get("HTTP_SEC_FETCH_SITE")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = environ.get("HTTP_ORIGIN")
        return origin is None or origin.partition("://")[2].lower() in self._hosts

    def may_ask(self, environ: Environ) -> bool:
        """Counts one request of the network it comes from.

        Who comes over Tor, or from a proxy that was not named, comes from this machine or from one
        address for all: then the limits of the worker are the only ones. Whom none of our proxies
        named, though there should be some, shares one network with all such.
        """
        own, shared = self._limits(environ)
        # What an hour refuses counts for the day of its network all the same, and so each limit is
        # asked; but never for the site, where the neighbours have other networks.
        is_within = [self._takes(network, limit) for network, limit in own]
        return all(is_within) and all(self._takes(network, limit) for network, limit in shared)

    def _takes(self, network: str, limit: Limit) -> bool:
        return self._counts.take(self._key(network), limit)

    def _key(self, network: str) -> str:
        return hmac.digest(self._secret, network.encode(), "sha256").hex()

    def _limits(self, environ: Environ) -> tuple[Limits, Limits]:
        """What the network that the request comes from may ask, and what all of its site together
        may; nothing for this machine."""
        try:
            found = ip_address(self._client(environ))
        except ValueError:
            if not self._trusted_proxies:
                return (), ()
            return _alone(_UNKNOWN), ()
        if found.is_loopback:
            return (), ()
        if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
            network = str(ip_network((found, _CUSTOMER_PREFIX), strict=False))
            site = str(ip_network((found, _SITE_PREFIX), strict=False))
            return _alone(network), ((site, SITE_PER_HOUR),)
        address = str(getattr(found, "ipv4_mapped", None) or found)
        return _alone(address), ()

    def _client(self, environ: Environ) -> str:
        """The address that the outermost of our own proxies saw; what stands further to the left
        anybody can write."""
        if not self._trusted_proxies:
            return str(environ.get("REMOTE_ADDR", ""))
        hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        return hops[-self._trusted_proxies].strip() if len(hops) >= self._trusted_proxies else ""


def _alone(network: str) -> Limits:
    return (network, PER_HOUR), (network, PER_DAY)
