"""The processes as they are run, web and worker: somebody comes and goes, and nobody who has the
disk and all that the processes said knows who it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlencode

from sqlalchemy import text

from calendar_app.store.database import reading
from calendar_app.web.fields import CONSENT
from tests.mail.servers import Answers, real_server
from tests.publishing import EVENTS
from tests.remind.office import words
from tests.remind.processes import settings_of
from tests.remind.traces import files_with
from tests.store.places import Place
from tests.web.serving import Server, serving, wait_until

CANARY = "Kanari7x4q"
FORM = {"address": f"{CANARY}@example.org", "topics": ["women"], "times": "each", "leads": ["7"]}
FORM |= {"zone": "Europe/Berlin", "hour": "9", "language": "tr", "consent": CONSENT}


def post(server: Server, path: str, form: Mapping[str, object]) -> int:
    """The status of the answer to a form."""
    connection = server.connect()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    try:
        connection.request("POST", path, urlencode(form, doseq=True), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def path_in(mail: EmailMessage, server: Server, page: str) -> str:
    found = re.search(rf"{server.base_url}(/tr/{page}/\S+)", words(mail))
    assert found is not None, words(mail)
    return unquote(found[1])


def test_somebody_comes_and_goes_and_leaves_no_trace(tmp_path: Path, store: Place) -> None:
    answers = Answers()

    def mail(number: int) -> EmailMessage:
        wait_until(lambda: len(answers.seen) == number, f"mail {number} has come")
        found = message_from_bytes(answers.seen[-1][2], policy=policy.SMTP)
        assert isinstance(found, EmailMessage)
        return found

    def count(table: str) -> int:
        with reading(store.worker) as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608

    with real_server(answers) as port:
        settings = settings_of(port, store.folder, EVENTS, store.url) | {"CALENDAR_MAIL": "on"}
        del settings["CALENDAR_BASE_URL"]
        with serving(tmp_path, settings) as server:
            wait_until(lambda: (store.folder / "worker.pub").exists(), "the worker has its keys")
            assert post(server, "/tr/subscribe/mail/", FORM) == 202
            confirm = path_in(mail(1), server, "confirm")
            assert server.get(confirm).status == 200
            assert post(server, confirm, {}) == 202
            manage = path_in(mail(2), server, "manage")
            assert server.get(manage).status == 200
            assert post(server, manage, {"do": "export"}) == 202
            assert FORM["address"] in words(mail(3))
            assert files_with([tmp_path], CANARY) == []
            assert post(server, manage, {"do": "leave"}) == 202
            wait_until(lambda: count("subscriber") == 0, "they are gone")
        assert server.process.returncode == 0

    assert (count("delivery"), count("request"), len(answers.seen)) == (0, 0, 3)
    assert files_with([tmp_path], CANARY) == []
