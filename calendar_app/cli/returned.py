"""The command that takes what comes back."""

from __future__ import annotations

import sys
from functools import partial
from typing import Final

import click

from calendar_app.cli.refusals import with_store_faults
from calendar_app.config import settings_from_environment
from calendar_app.mail.bounces import MAX_BYTES, Bounce, read_returned
from calendar_app.sealing.seal import read_public_key, seal
from calendar_app.sealing.tokens import id_in
from calendar_app.store.database import disposing, inbox_engine
from calendar_app.store.inbox import RequestKind, append
from calendar_app.store.room import require_room

# What a mail server takes for "try again later" (sysexits.h, EX_TEMPFAIL). After any other code it
# would give the mail up, though nothing is wrong with the mail when a setting or the key is.
_LATER: Final = 75


@click.command()
@partial(with_store_faults, code=_LATER)
def bounce() -> None:
    """Take a mail that came back, on standard input; for a pipe from the mail server.

    Needs nothing but the public key. What is not about a mail of ours has no effect. Exits with 75
    if it is to be tried again.
    """
    settings = settings_from_environment()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    while sys.stdin.buffer.read(MAX_BYTES):
        pass  # a mail server that cannot hand over all of it may take that for a fault
    found = read_returned(data, lambda text: id_in(text) is not None)
    if found is None:
        return
    kind, form = RequestKind.LEAVE, {"token": found.token}
    if isinstance(found, Bounce):
        about = {"status": found.status} if found.status else {"class": "hard"}
        kind, form = RequestKind.BOUNCE, form | about
    body = seal(read_public_key(settings.state_dir), kind, form)
    with disposing(inbox_engine(settings.state_dir, settings.database_url)) as engine:
        require_room(engine)
        append(engine, kind, body)
