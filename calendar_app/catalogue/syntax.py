"""What is wrong with a file that is not YAML, in the words of an editor."""

from __future__ import annotations

import re
from typing import Final

import yaml

_LINE_END: Final = re.compile("\r\n|\r|\n")
_CONFLICT: Final = re.compile("(?:\\A|(?<=[\r\n]))(?:<<<<<<<|>>>>>>>) ")
_OPENING: Final = re.compile(r'(?:^|[:,\[{-])\s+"[^"]*$')
_NO_BLANK: Final = re.compile(r"\s*(?:- )?[a-z_]+:[^\s/]")  # but addresses
_NO_COLON: Final = re.compile(r"\s*(?![-#])\S[^:]*$")
_QUOTES: Final = "put the text in double quotes"
_LIKE_ABOVE: Final = "compare its indentation, colons and quotes with the lines above"

# By a part of what libyaml says: our problem and remedy; {sign} is the character it stopped at.
_MEANINGS: Final = {
    "unexpected end of stream": ("this quotation mark is never closed", "close it"),
    "document indicator": ("a text in quotes goes on over a line ---", "close the quotation mark"),
    "expected ',' or": (
        "this bracket is not closed, or a comma is missing behind it",
        "close it, and put texts with a colon or a comma in double quotes",
    ),
    "start any token": ("a text may not begin with {sign}", _QUOTES),
    "node content": ("a text may not begin with {sign}", _QUOTES),
    "alphabetic or numeric": ("a text may not begin with &, * or !", _QUOTES),
    "tag": ("a text may not begin with !", _QUOTES),
    "the expected '": ("a text may not begin with !", _QUOTES),
    "directive": ("a line may not begin with %", _QUOTES),
    "YAML document": ("this version of YAML is not known", "take the line out"),
    "escape": ("a single backslash in a text in double quotes", "write two of them"),
    "decimal number": ("a single backslash in a text in double quotes", "write two of them"),
    "comment or line break": ("a text begins on the line after | or >", "write it there"),
    "block sequence": ("a list begins on the line below its key", "move the - there"),
    "expected ':'": ("a line without a colon", "write key: value, or indent a text that goes on"),
}


def explain(text: str, error: yaml.YAMLError) -> tuple[int, str, str]:
    """The line, the problem and the remedy."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return 0, "this is not a text file", "save it as plain text with encoding UTF-8"
    conflict = _CONFLICT.search(text)
    if conflict:
        line = len(_LINE_END.findall(text, 0, conflict.start())) + 1
        problem = "two versions of the file were merged and the merge is not finished"
        remedy = "keep one of the two, and take out the lines with <<<<<<<, ======= and >>>>>>>"
        return line, problem, remedy
    return _explain_at(_LINE_END.split(text), error)


def _explain_quotes(lines: list[str], at: int) -> tuple[int, str, str]:
    """A text goes on behind its quotes; perhaps because they were opened further above."""
    above = next((line for line in range(at - 1, -1, -1) if '"' in lines[line]), at)
    if above < at and _OPENING.search(lines[above]):
        return above + 1, "this quotation mark is not closed in its line", "close it"
    remedy = f"{_QUOTES}, or write an apostrophe in single quotes twice"
    return at + 1, "the text goes on behind its closing quotation mark", remedy


def _explain_above(lines: list[str], at: int) -> tuple[int, str, str] | None:
    """A line that is no key is a text that goes on, and is found where the next key comes."""
    above = next((line for line in range(at - 1, -1, -1) if lines[line].strip()), at)
    text = lines[above]
    if _NO_BLANK.match(text):
        return above + 1, "no blank behind the colon", "write one, as in key: value"
    if _NO_COLON.match(text):
        return above + 1, *_MEANINGS["expected ':'"]
    return None


def _explain_at(lines: list[str], error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    said = error.problem or ""
    mark = error.problem_mark or error.context_mark
    opened = error.context or ""
    if error.context_mark and ("quoted" in opened or "flow" in opened):
        mark = error.context_mark  # where the quotation mark or the bracket was opened
    at = min(mark.line, len(lines) - 1) if mark else 0
    column = mark.column if mark else 0
    before, sign = lines[at][:column], lines[at][column : column + 1]
    indentation = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    if "\t" in indentation or sign == "\t":
        return at + 1, "a tab in this line", "write blanks instead"
    if "mapping values" in said and ": " in before:
        return at + 1, "a text with a colon", _QUOTES
    if "expected key" in said and before.strip():
        return _explain_quotes(lines, at)
    if "node content" in said and not sign:
        return at + 1, "the file ends within brackets", "close them"
    return _explain_said(lines, at, said, sign)


def _explain_said(lines: list[str], at: int, said: str, sign: str) -> tuple[int, str, str]:
    is_below = "mapping values" in said or "expected ':'" in said
    if is_below and (above := _explain_above(lines, at)):
        return above
    for part, (problem, remedy) in _MEANINGS.items():
        if part in said:
            return at + 1, problem.format(sign=sign), remedy
    return at + 1, "this line does not fit the lines above", _LIKE_ABOVE
