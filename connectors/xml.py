"""XML that a stranger wrote, read into plain elements: no document type, no entity of its own, no address, bounded.

Namespaces, attributes, comments and processing instructions are dropped: no source that is spoken with says anything
in them, and the same element comes with and without a prefix.
"""

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]  # ships no types; nothing of it leaves this file
from msgspec import Struct

from connectors.errors import Garbled

MOST_ELEMENTS = 200_000
MOST_DEPTH = 64
"""Deeper than any format spoken here, and shallow enough for whoever walks the tree by recursion."""

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml\s[^>]*\?>")


class Element(Struct, kw_only=True, eq=False):
    """One element: its local name, its own text, its children in their order."""

    name: str
    text: str = ""
    """Without the space round it; CDATA is text."""
    children: list["Element"] = []

    def __repr__(self) -> str:
        """Say nothing of what it holds: it may end up in a traceback."""
        return f"Element({len(self.children)} children)"

    def named(self, name: str) -> Iterator["Element"]:
        """The children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """The first child of that name."""
        return next(self.named(name), None)

    def said(self, name: str) -> str | None:
        """The text of the first child of that name; none where it is missing or empty."""
        child = self.first(name)
        return (child.text or None) if child else None


def read(document: bytes | str, *, most_elements: int = MOST_ELEMENTS) -> Element:
    """The root of a document.

    Args:
        document: bytes as they came, with byte order mark and declaration if they have them; or text that was taken
            out of something else, whose declaration then says nothing. Its size is bounded by whoever received it.
        most_elements: how many elements are read at most.

    Raises:
        Garbled: not well-formed, another encoding than declared, a document type (whatever stands in it), nested
            deeper than ``MOST_DEPTH``, or more elements than allowed.
    """
    parser = etree.XMLParser(
        target=_Target(most_elements),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(_octets(document), parser)
    except (etree.LxmlError, ValueError) as error:
        # The text of the error may quote the document.
        raise Garbled(type(error).__name__) from None
    if not isinstance(root, Element):
        raise Garbled("no element")
    return root


def _octets(document: bytes | str) -> bytes:
    """The document as bytes whose encoding is the declared one, or UTF-8 where none is declared."""
    if isinstance(document, bytes):
        return document
    # Programs that write XML into a text often declare the encoding of the text's own memory, UTF-16.
    return _DECLARATION.sub("", document).encode()


class _Target:
    """Builds the elements while the parser reads, so that a bound stops it in the middle."""

    def __init__(self, most_elements: int) -> None:
        self._left = most_elements
        self._open: list[tuple[Element, list[str]]] = []
        self._root: Element | None = None

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Entities are declared in a document type, and nothing else that a source may want to say."""
        raise Garbled("a document type")

    def start(self, tag: str, _attributes: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise Garbled("more elements than allowed")
        if len(self._open) >= MOST_DEPTH:
            raise Garbled("nested too deep")
        element = Element(name=tag.rpartition("}")[2])
        if self._open:
            self._open[-1][0].children.append(element)
        else:
            self._root = element
        self._open.append((element, []))

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def end(self, _tag: str) -> None:
        element, texts = self._open.pop()
        element.text = "".join(texts).strip()

    def close(self) -> Element | None:
        return self._root
