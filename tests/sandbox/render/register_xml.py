"""The register's answers as the platforms write them that do not write JSON."""

from typing import Any, Literal
from xml.sax.saxutils import escape

import orjson

Written = Literal["json", "xml", "xml-in-json"]
ENTRY = "NguoiPhuThuoc"
_DECLARED = '<?xml version="1.0" encoding="{}"?>'


def written(answer: dict[str, Any], form: Written) -> tuple[bytes, str]:
    """Body and media type of an answer.

    The text inside JSON declares UTF-16, as platforms do that build it in memory; a citizen alone has no envelope.
    """
    if form == "json":
        return orjson.dumps(answer), "application/json"
    if form == "xml-in-json":
        inner = {name: _text(name, value) for name, value in answer.items() if isinstance(value, dict | list)}
        return orjson.dumps({**answer, **inner}), "application/json"
    alone = answer.get("CongDan")
    body = document("CongDan", alone) if alone else document("KetQua", answer)
    return (_DECLARED.format("utf-8") + body).encode(), "text/xml"


def document(name: str, value: Any) -> str:
    """One element, and in it what the value holds."""
    return f"<{name}>{_inside(value)}</{name}>"


def _text(name: str, value: Any) -> str:
    return _DECLARED.format("utf-16") + document(name, value)


def _inside(value: Any) -> str:
    match value:
        case dict():
            return "".join(document(name, inner) for name, inner in value.items())
        case list():
            return "".join(document(ENTRY, inner) for inner in value)
        case bool():
            return str(value).lower()
        case None:
            return ""
    return escape(str(value))
