"""Every kind of mail in every language, as stored files that were read and looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calendar_app.words.languages import LANGUAGES
from tests.mail.samples import CASES, mail

Snapshot = Callable[[str, str | bytes], None]


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize(("kind", "is_discreet"), CASES)
def test_a_mail_of_each_kind(kind: str, is_discreet: bool, tag: str, snapshot: Snapshot) -> None:
    manner = "discreet" if is_discreet else "normal"

    snapshot(f"mail/{tag}-{kind}-{manner}.eml", mail(kind, tag, is_discreet=is_discreet).data)
