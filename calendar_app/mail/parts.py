"""A letter as plain text and as HTML, which say the same."""

from __future__ import annotations

from collections.abc import Iterator

from calendar_app.mail.letters import Entry, Letter, Line, Section, Style
from calendar_app.words.rendering import render

# Programs know by it where a letter ends and its footer begins (RFC 3676 4.3).
_END = "-- "


def text_part(letter: Letter) -> str:
    """Paragraphs with an empty line between them, dates with two; an address of a page has a line
    for itself."""
    groups = [group for section in letter.sections for group in _groups(section) if group]
    footer = "\n\n".join(map(_line, letter.footer))
    return "\n\n\n".join(map("\n\n".join, groups)) + f"\n\n{_END}\n{footer}\n"


def html_part(letter: Letter) -> str:
    """For mail programs: tables and inline style, no image, nothing fetched."""
    return render("mail/letter.html", letter=letter, lang=letter.language)


def _groups(section: Section) -> Iterator[list[str]]:
    """The paragraphs of a section, and of each of its dates."""
    title = [section.title] if section.title else []
    yield [*title, *map(_line, section.lines)]
    for entry in section.entries:
        yield list(_entry(entry))


def _entry(entry: Entry) -> Iterator[str]:
    """The name with the date below it, then what is longer."""
    date = [_line(line) for line in entry.lines if line.style is Style.STRONG]
    yield "\n".join([entry.name.value, *date])
    for line in entry.lines:
        if line.style is not Style.STRONG:
            yield _line(line)


def _line(line: Line) -> str:
    return "\n".join(part for part in (line.text, line.url) if part)
