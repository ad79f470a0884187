"""The tests of the web run without what only the worker may open; this one sees that they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from calendar_app.config import Settings
from calendar_app.sealing.keyfile import KEY_FILE, read_ring
from calendar_app.sealing.seal import PUBLIC_KEY_FILE, KeyFileError
from calendar_app.store.database import INBOX_FILE, STORE_FILE, store_engine
from calendar_app.web.guard import WSGI
from tests.web.asking import ask
from tests.web.fence import fence


def test_the_web_has_the_public_key_and_the_inbox_and_nothing_else(
    state: Path, settings: Settings, stack: WSGI
) -> None:
    assert ask(stack, "/en/subscribe/mail/").status == 200
    found = {path.name for path in state.iterdir()}
    # The journal of the inbox stays when somebody has written to it before.
    assert found - {f"{INBOX_FILE}-journal"} == {INBOX_FILE, PUBLIC_KEY_FILE}
    assert settings.state_dir == state


def test_whoever_opens_keys_or_store_is_refused_and_seen(tmp_path: Path) -> None:
    with fence() as touched:
        with pytest.raises(KeyFileError, match="Permission denied"):
            read_ring(tmp_path)
        with pytest.raises((OperationalError, PermissionError)):
            store_engine(tmp_path).connect()
    seen = list(touched)
    touched.clear()

    assert seen == [KEY_FILE, STORE_FILE]
