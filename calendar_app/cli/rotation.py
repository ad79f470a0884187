"""Every address sealed with the key in use; it can be broken off anywhere and begun again."""

from __future__ import annotations

import sys
from typing import Final

import click
from sqlalchemy import Engine

from calendar_app.sealing.addresses import address_index, open_address, seal_address
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.store.upkeep import seal_anew, sealed_addresses

ROWS_AT_ONCE: Final = 500


def seal_all_anew(engine: Engine, ring: Ring) -> tuple[int, int]:
    """How many addresses the current key has now that it had not, and how many no key opens."""
    done = unreadable = 0
    last = None
    while True:
        with engine.begin() as connection:
            rows = sealed_addresses(connection, last, ring.current.id, ROWS_AT_ONCE)
            for person, sealed in rows:
                try:
                    address = open_address(ring, person, sealed)
                except SealError:
                    unreadable += 1
                    continue
                again = seal_address(ring, person, address)
                seal_anew(connection, person, again, address_index(ring.current, address))
                done += 1
        if not rows:
            return done, unreadable
        last = rows[-1][0]
        if sys.stderr.isatty():
            click.echo(f"\r{done}", err=True, nl=False)
