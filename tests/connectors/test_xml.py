"""The reader of XML meets a stranger's documents."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import Garbled
from connectors.xml import MOST_DEPTH, Element, read

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>
<a>&c;</a>"""

names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x1EFF, exclude_characters="\x7f"), max_size=20).map(
    str.strip
)
trees = st.recursive(
    st.tuples(names, texts, st.just(())),
    lambda below: st.tuples(names, texts, st.lists(below, max_size=4)),
    max_leaves=12,
)


def written(tree: tuple[str, str, list[object]]) -> str:
    """The tree as a document, its text as CDATA so that nothing in it is mark-up."""
    name, text, children = tree
    inside = "".join(written(child) for child in children)  # type: ignore[arg-type]  # recursive tuples have no type
    return f"<{name}><![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>{inside}</{name}>"


def plain(element: Element) -> tuple[str, str, list[object]]:
    return element.name, element.text, [plain(child) for child in element.children]


def as_lists(tree: tuple[str, str, list[object]]) -> tuple[str, str, list[object]]:
    name, text, children = tree
    return name, text, [as_lists(child) for child in children]  # type: ignore[arg-type]  # as above


@given(trees)
def test_what_was_written_is_what_is_read(tree: tuple[str, str, list[object]]) -> None:
    """Names, order, nesting and text survive, whatever the text holds."""
    assert plain(read(written(tree).encode())) == as_lists(tree)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_garbled(document: bytes) -> None:
    """No byte sequence raises anything but our own error."""
    with contextlib.suppress(Garbled):
        assert isinstance(read(document), Element)


@pytest.mark.parametrize(
    "document",
    [
        BILLION_LAUGHS,
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><a/>',
        b"<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
    ],
    ids=["entities", "empty", "external", "parameter-entity", "default-attribute"],
)
def test_a_document_type_is_refused_whatever_it_says(document: bytes) -> None:
    with pytest.raises(Garbled, match="a document type"):
        read(document)


def test_a_file_is_never_read(tmp_path: Path) -> None:
    """Neither an entity nor an inclusion brings a file of this machine into the answer."""
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    with pytest.raises(Garbled):
        read(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())
    included = read(
        f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{secret.as_uri()}" parse="text"/></a>'.encode()
    )
    assert plain(included) == ("a", "", [("include", "", [])])


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"CANARY",
        b"<a>CANARY",
        b"<a/><b/>",
        b"<a>&CANARY;</a>",
        b"<a>\xff</a>",
        b"<a>\x00</a>",
        b"<a b='1' b='2'/>",
        b"<?xml version='1.0' encoding='CANARY'?><a/>",
        b"\x1f\x8b\x08\x00CANARY",
    ],
)
def test_broken_xml_is_garbled_and_not_repeated(document: bytes) -> None:
    """The error names a class, never a piece of the document."""
    with pytest.raises(Garbled) as caught:
        read(document)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_depth_is_bounded() -> None:
    """One level below the bound is read, one beyond is not."""
    assert read(b"<a>" * MOST_DEPTH + b"</a>" * MOST_DEPTH).name == "a"
    with pytest.raises(Garbled, match="too deep"):
        read(b"<a>" * (MOST_DEPTH + 1) + b"</a>" * (MOST_DEPTH + 1))


def test_the_number_of_elements_is_bounded() -> None:
    """A small document can hold very many elements."""
    assert len(read(b"<a><b/><b/></a>", most_elements=3).children) == 2
    with pytest.raises(Garbled, match="more elements"):
        read(b"<a><b/><b/><b/></a>", most_elements=3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_the_declared_one(encoding: str) -> None:
    """A byte order mark is no text, and every declared encoding gives the same words."""
    declared = encoding.removesuffix("-sig")
    document = f"<?xml version='1.0' encoding='{declared}'?><a>Mẫu</a>".encode(encoding)
    assert read(document).text == "Mẫu"


def test_the_declaration_of_a_text_says_nothing() -> None:
    """It spoke of bytes that are no more; a lone surrogate is no text at all."""
    assert read('\ufeff <?xml version="1.0" encoding="utf-16"?>\n<a>Mẫu</a>').text == "Mẫu"
    assert read("<a>Mẫu</a>").text == "Mẫu"
    with pytest.raises(Garbled):
        read("<a>\ud800</a>")


def test_prefixes_comments_and_instructions_say_nothing() -> None:
    document = read(b"<x:a xmlns:x='urn:x' c='1'> one <!-- two --><?three four?><x:b> 5 </x:b><b/></x:a>")
    assert plain(document) == ("a", "one", [("b", "5", []), ("b", "", [])])
    assert document.said("b") == "5"
    assert document.said("c") is None
    assert [child.text for child in document.named("b")] == ["5", ""]
    assert repr(document) == "Element(2 children)"


def test_an_empty_child_says_nothing() -> None:
    assert read(b"<a><b/></a>").said("b") is None
