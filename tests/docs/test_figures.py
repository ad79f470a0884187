"""Figures in the documents are written by the benchmarks, each table between its marks."""

from __future__ import annotations

from benchmarks.documents import DOCUMENT, replaced

ROWS = [
    {"server": "ours", "events": 1_000, "answer": "200", "share": 0.29, "aim": 0.3},
    {"server": "nginx", "events": 1_000, "answer": "200", "share": 1.0, "aim": ""},
]
TIMES = [{"entries": 200, "first ms": 3.0, "again ms": 9.5, "aim ms": 10}]
TEXT = """\
Before.
<!-- figures: a, shares -->
old
<!-- end of figures -->
<!-- figures: a, what is met -->
<!-- end of figures -->
<!-- figures: b, shares -->
of another
<!-- end of figures -->
"""


def test_tables_come_into_their_places_and_no_others() -> None:
    text = replaced(TEXT, "a", {"shares": ROWS, "times": TIMES}, {})

    assert "old" not in text
    assert "ours     1,000     200   0.29  0.3" in text
    assert "| shares: ours, 1,000 events, 200 | ≥ 0.3 | 0.29 | no |" in text
    assert "| times: 200 entries | ≤ 10 ms | 9.5 ms | yes |" in text
    assert text.endswith(TEXT[TEXT.index("<!-- figures: b") :])
    assert replaced(text, "a", {"shares": ROWS, "times": TIMES}, {}) == text


def test_every_place_is_closed() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert text.count("<!-- figures: ") == text.count("<!-- end of figures -->") > 3
