"""The whole of the product on one clock: the web as its server calls it, a worker with its keys, a
store of either kind, a mail server, and files with data that somebody edits."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import pytest

from calendar_app import app
from calendar_app.catalogue.pairs import read_pair, revised, revisions_path
from calendar_app.catalogue.revisions import write_revisions
from calendar_app.config import read_settings
from calendar_app.feeds.wire import wire_digest
from calendar_app.remind.tick import tick
from calendar_app.web import desk
from calendar_app.worker.parts import Parts, put_together
from calendar_app.worker.pulse import beat
from tests.mail.servers import Answers
from tests.publishing import EVENTS
from tests.remind.processes import settings_of
from tests.store.places import Place
from tests.web.asking import Reply, ask


class World:
    """``now`` is what every clock shows."""

    def __init__(
        self, folder: Path, store: Place, answers: Answers, port: int, now: datetime
    ) -> None:
        self.now, self.answers = now, answers
        self.events = folder / "events.yaml"
        shutil.copy(EVENTS, self.events)
        self._revise()
        worker = settings_of(port, store.folder, self.events, store.url)
        self.parts: Parts = put_together(read_settings(worker), lambda: self.now)
        with pytest.MonkeyPatch.context() as patch:
            # The same rights, and somebody closes it.
            patch.setattr(desk, "inbox_engine", lambda *_: store.web)
            patch.setattr(app, "make_clock", lambda _: lambda: self.now)
            web = settings_of(port, store.folder, self.events, store.web_url)
            self.app = app.create_app(read_settings(web), self.parts.watch.editions)

    def edit(self, old: str, new: str) -> None:
        """Write the data otherwise in one place, and revisions for them, as an editor does."""
        text = self.events.read_text("utf-8")
        assert text.count(old) == 1
        self.events.write_text(text.replace(old, new), "utf-8")
        self._revise()

    def _revise(self) -> None:
        pair = read_pair([self.events])
        found = revised(pair, wire_digest(), self.now)
        revisions_path(self.events).write_bytes(write_revisions(*found.values()))

    def post(self, path: str, form: Mapping[str, object], number: int = 1, **headers: str) -> Reply:
        """Send a form; each ``number`` is a reader in a network of their own."""
        body = urlencode(form, doseq=True).encode()
        return ask(self.app, path, "POST", headers, form=body, REMOTE_ADDR=f"192.0.2.{number}")

    def work(self, now: datetime) -> dict[str, list[EmailMessage]]:
        """Let the worker do its jobs once; return what came, for each address."""
        self.now, parts = now, self.parts
        before = len(self.answers.seen)
        parts.watch.look()
        parts.applying.apply_waiting(now)
        tick(parts.engine, parts.catalogue, now)
        parts.sending.send_due()
        beat(parts, now, {"is_clock_right": True})
        came: dict[str, list[EmailMessage]] = {}
        for _, to, data in self.answers.seen[before:]:
            mail = message_from_bytes(data, policy=policy.SMTP)
            assert isinstance(mail, EmailMessage)
            came.setdefault(to, []).append(mail)
        return came
