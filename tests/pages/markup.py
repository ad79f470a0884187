"""A page of the service as a tree, and what is wrong with it as markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"img", "input", "link", "meta", "wbr"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What may stand in these, in the form the pages use them.
CHILDREN = {"ol": {"li"}, "ul": {"li"}, "dl": {"div"}}
PHRASING = {"a", "abbr", "b", "bdi", "button", "code", "i", "input", "label", "s", "select", "span"}
PHRASING |= {"time", "wbr"}
WITHOUT_BLOCKS = {"p", "h1", "h2", "h3", "dt", "pre", *PHRASING} - {"select"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.content if isinstance(part, Element)]

    @property
    def words(self) -> list[str]:
        return [part for part in self.content if isinstance(part, str)]

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield what is inside, in its order."""
        for child in self.children:
            if not tags or child.tag in tags:
                yield child
            yield from child.all(*tags)

    @property
    def text(self) -> str:
        """What is read out: not what is hidden from that, nor what joins the parts of a word or
        lets a line end between them."""
        parts = (part if isinstance(part, str) else f" {part.text} " for part in self._read)
        return " ".join("".join(parts).replace("\u2060", "").split())

    @property
    def copied(self) -> str:
        """Every character, as whoever copies it gets it."""
        return "".join(part if isinstance(part, str) else part.copied for part in self.content)

    @property
    def _read(self) -> Iterator[Element | str]:
        for part in self.content:
            if isinstance(part, str) or (
                "aria-hidden" not in part.attributes and part.tag != "wbr"
            ):
                yield part


class Tree(HTMLParser):
    """Builds the tree; markup that a parser would have to mend is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("")
        self._open = [self.root]
        self.feed(text)
        self.close()
        assert self._open == [self.root], f"not closed: {[e.tag for e in self._open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].content.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)


def faults(root: Element) -> list[str]:
    """Return what is wrong with a page by itself, in words."""
    return [*_references(root), *_outline(root), *_names(root), *_nesting(root)]


def _references(root: Element) -> Iterator[str]:
    ids = Counter(e.attributes["id"] for e in root.all() if "id" in e.attributes)
    yield from (f"id {id_} stands {n} times" for id_, n in ids.items() if n > 1)
    for element in root.all():
        for id_ in element.attributes.get("aria-labelledby", "").split():
            if id_ not in ids:
                yield f"<{element.tag}> is labelled by {id_}, which is not there"
        target = element.attributes.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"a link leads to {target}, which is not there"


def _outline(root: Element) -> Iterator[str]:
    levels = [int(heading.tag[1]) for heading in root.all(*HEADINGS)]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"not one h1 that comes first: {levels}"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield f"a level of headings is left out: {levels}"
    if len(list(root.all("main"))) != 1:
        yield "not one main"


def _names(root: Element) -> Iterator[str]:
    for element in root.all("a", "button", "title", "li", "dt", "dd", "p", *HEADINGS):
        is_hidden = "aria-hidden" in element.attributes
        if not element.text and not is_hidden and "days" not in element.attributes.get("class", ""):
            yield f"<{element.tag} {element.attributes}> says nothing"
    for element in root.all("section", "nav"):
        if not {"aria-label", "aria-labelledby"} & element.attributes.keys():
            yield f"<{element.tag}> has no name"
    for element in root.all("img"):
        if "alt" not in element.attributes:
            yield "an image has no alt"


def _nesting(root: Element) -> Iterator[str]:
    for element in root.all():
        allowed = CHILDREN.get(element.tag)
        if element.tag in WITHOUT_BLOCKS:
            allowed = PHRASING
        inside = {child.tag for child in element.children}
        if allowed is not None and not inside <= allowed:
            yield f"<{element.tag}> holds {inside - allowed}"
        if element.tag in CHILDREN and not element.children:
            yield f"<{element.tag}> is empty"
