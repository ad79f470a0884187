"""What is looked for is found, or not finding it would say nothing."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.remind.traces import files_with, traces

WORD = "Kanari7x4q"


@pytest.mark.property
@given(
    before=st.binary(max_size=9),
    after=st.binary(max_size=9),
    text=st.sampled_from([WORD, WORD.lower()]),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    write=st.sampled_from([bytes, b64encode, urlsafe_b64encode, lambda raw: raw.hex().encode()]),
)
def test_a_word_is_found_however_it_is_written(
    before: bytes, after: bytes, text: str, encoding: str, write: object
) -> None:
    assert traces(write(before + text.encode(encoding) + after), WORD) != []  # type: ignore[operator]


@pytest.mark.property
@given(st.binary(max_size=99))
def test_nothing_is_found_where_nothing_is(data: bytes) -> None:
    assert traces(data, WORD) == []


def test_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"kanari7x4q@example.org")

    assert [path.name for path, _ in files_with([tmp_path], WORD)] == ["b"]
