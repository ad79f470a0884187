"""Bad files, each around one kind of fault, and the very words with which they are refused.

``NNN-name.yaml`` is read as events.yaml, ``NNN-name.more.yaml`` beside it as more.yaml, and
``NNN-name.txt`` holds the messages in their order.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from calendar_app.catalogue.reader import read_catalogue
from calendar_app.core.errors import DataError

CORPUS = Path(__file__).with_name("corpus")
CASES = sorted(CORPUS.glob("*.txt"))
# What only a programmer would understand.
JARGON = re.compile(
    r"pydantic|libyaml|traceback|exception|\w+Error|\bstr\b|\bint\b|\bdict|\btuple\b|NoneType|"
    r"Input should|value_error|scalar|\bparse|\btoken|\bnode\b|None|\\x|\\u",
    re.IGNORECASE,
)


@pytest.mark.parametrize("expected", CASES, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_in_these_words(expected: Path) -> None:
    contents = {"events.yaml": expected.with_suffix(".yaml").read_bytes()}
    more = expected.with_suffix(".more.yaml")
    if more.exists():
        contents["more.yaml"] = more.read_bytes()

    with pytest.raises(DataError) as refused:
        read_catalogue(contents)

    assert f"{refused.value}\n" == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("expected", CASES, ids=lambda path: path.stem)
def test_an_editor_understands_every_message(expected: Path) -> None:
    for message in expected.read_text(encoding="utf-8").splitlines():
        place, _, words = message.partition(": ")

        assert re.fullmatch(r"(events|more)\.yaml(:[0-9]+)?", place), message
        assert JARGON.search(words) is None, message
        assert re.search(r"[^ ]; [^ ].*[^.!]$", words), message
        assert message.isprintable(), message


def test_every_bad_file_has_its_messages() -> None:
    names = {path.name.partition(".")[0] for path in CORPUS.glob("*.yaml")}

    assert names == {path.stem for path in CASES}
    assert len(names) >= 70
