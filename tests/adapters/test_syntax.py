"""What is not YAML is explained by what editors do wrong, at the line where they did it."""

from __future__ import annotations

import pytest

from calendar_app.catalogue.yamltree import read_tree

GOES_ON = "the text goes on behind its closing quotation mark"
NOT_CLOSED = "this quotation mark is not closed in its line"
UNCLOSED = "this bracket is not closed, or a comma is missing behind it"
DOES_NOT_FIT = "this line does not fit the lines above"


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ("a: b\nc: d: e\n", 2, "a text with a colon"),
        ("a: b\n  c: d\n", 2, DOES_NOT_FIT),
        ("a:\n  b: c\n d: e\n", 3, DOES_NOT_FIT),
        ("a:\n  - b\n  c: d\n", 3, DOES_NOT_FIT),
        ("a: c\n- b\n", 2, DOES_NOT_FIT),
        ("{a: b}\nc: d\n", 2, DOES_NOT_FIT),
        ('a: "b\nc: d\n', 1, "this quotation mark is never closed"),
        ("a: 'b\nc: d\n", 1, "this quotation mark is never closed"),
        ('a: "b\n---\nc"\n', 1, "a text in quotes goes on over a line ---"),
        ("a: 'it's'\n", 1, GOES_ON),
        ('a: "b" c\n', 1, GOES_ON),
        ('a: "b\nc:\n  d: e\n  f: say "g" to all\n', 1, NOT_CLOSED),
        ('a: "b"\nc: d\ne: "f" g\n', 3, GOES_ON),
        ("x: y\na: [b, c\nd: e\n", 2, UNCLOSED),
        ("x: y\na: {b: c\nd: e\n", 2, UNCLOSED),
        ("a: [b: c: d]\n", 1, UNCLOSED),
        ("a: [b,\n", 2, "the file ends within brackets"),
        ("a: ]\n", 1, "a text may not begin with ]"),
        ("a: @b\n", 1, "a text may not begin with @"),
        ("a: `b`\n", 1, "a text may not begin with `"),
        ("a: %b\n", 1, "a text may not begin with %"),
        ("a: *\n", 1, "a text may not begin with &, * or !"),
        ("a: & b\n", 1, "a text may not begin with &, * or !"),
        ("a: !b!c d\n", 1, "a text may not begin with !"),
        ("a: !<b\n", 1, "a text may not begin with !"),
        ("a: b\n%c\n", 2, "a line may not begin with %"),
        ("%YAML 3.0\n---\na: b\n", 1, "this version of YAML is not known"),
        ('a: "\\q"\n', 1, "a single backslash in a text in double quotes"),
        ('a: "\\u12"\n', 1, "a single backslash in a text in double quotes"),
        ('a: "\\ud800"\n', 1, "a single backslash in a text in double quotes"),
        ("a: | b\n", 1, "a text begins on the line after | or >"),
        ("a: - b\n", 1, "a list begins on the line below its key"),
        ("a:\n  b: c\n  word\n  d: e\n", 3, "a line without a colon"),
        ("a:\n  b c\n  d: e\n", 2, "a line without a colon"),
        ("a:\n  b:c\n  d: e\n", 2, "no blank behind the colon"),
        ("a:\n  b: c\n  d:[e]\n  f: g\n", 3, "no blank behind the colon"),
        ("a:\n\tb: c\n", 2, "a tab in this line"),
        ("a:\n  b: c\n\td: e\n", 3, "a tab in this line"),
        ("a: b\n---\nc: d\n", 2, "a second document begins here"),
        ("a: b\n[c]: d\n", 2, "a key that is not a word"),
        (
            "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> theirs\n",
            2,
            "two versions of the file were merged and the merge is not finished",
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_slip_is_explained_where_it_was_made(
    content: str, line: int, problem: str, end: str
) -> None:
    tree = read_tree(content.replace("\n", end).encode(), "events.yaml")

    assert tree.value is None
    assert [(fault.line, fault.problem) for fault in tree.faults] == [(line, problem)]
