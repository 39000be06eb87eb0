"""How a platform writes its answers: JSON, XML, or XML inside JSON. What comes out has the shape of ``wire``."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import msgspec

from connectors import xml
from connectors.errors import Garbled
from connectors.population.wire import CitizenAnswer, DependantsAnswer, RepresentativesAnswer, WrittenAnswer
from connectors.reply import Reply

A = TypeVar("A", CitizenAnswer, DependantsAnswer, RepresentativesAnswer)

Format = Literal["json", "xml", "xml-in-json"]

_JSON = frozenset({"application/json"})
_XML = frozenset({"application/xml", "text/xml"})
_OUTER = msgspec.json.Decoder(WrittenAnswer)
_CITIZEN, _LIST, _REPRESENTATIVES = "CongDan", "DanhSach", "DanhSachDaiDien"
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def decode(reply: Reply, decoder: "msgspec.json.Decoder[A]", written: Format) -> A:
    """The answer in the shape of the decoder.

    Raises:
        Garbled: it is not written so, or has another shape.
    """
    if written == "json":
        return reply.decode(decoder)
    if reply.media_type not in _MEDIA_TYPES[written]:
        raise Garbled("another media type than promised")
    answer = plain(reply.body, written)
    try:
        # Through JSON, so that an entry of a list stays undecoded until it is its turn, as in every other form.
        return decoder.decode(msgspec.json.encode(answer))
    except msgspec.DecodeError as error:
        raise Garbled(type(error).__name__) from None


def plain(body: bytes, written: Format) -> Any:
    """An answer that is not JSON alone as plain values, in the shape of ``wire``.

    Raises:
        Garbled: it is not written so.
    """
    return _READERS[written](body)


def _xml(body: bytes) -> Any:
    root = xml.read(body)
    # A platform that has no envelope answers with the citizen alone.
    return {"MaKetQua": "00", _CITIZEN: _plain(root)} if root.name == _CITIZEN else _plain(root)


def _xml_in_json(body: bytes) -> Any:
    try:
        outer = _OUTER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Garbled(type(error).__name__) from None
    inner = {_CITIZEN: outer.citizen, _LIST: outer.dependants, _REPRESENTATIVES: outer.representatives}
    documents = {name: _plain(xml.read(text)) for name, text in inner.items() if text}
    return {"MaKetQua": outer.code, "SoDinhDanh": outer.personal_id, **documents}


_READERS: Mapping[Format, Callable[[bytes], Any]] = {"xml": _xml, "xml-in-json": _xml_in_json}
_MEDIA_TYPES: Mapping[Format, frozenset[str]] = {"xml": _XML, "xml-in-json": _JSON}


def _plain(element: xml.Element) -> Any:
    """The element as the same fact stands in JSON: nothing where it is empty, a list where a name comes twice."""
    if element.name in (_LIST, _REPRESENTATIVES):
        return [_plain(child) for child in element.children]
    if not element.children:
        return _TRUTHS.get(element.text, element.text) if element.name == "HanChe" else element.text or None
    values: dict[str, list[Any]] = {}
    for child in element.children:
        values.setdefault(child.name, []).append(_plain(child))
    # Two values where one belongs contradict each other: as a list they fit nothing that is wanted.
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}
