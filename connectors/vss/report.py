"""What becomes of every field of the portal's answers."""

from connectors.reports import MappingReport, Shape, counted, json_document
from connectors.vss.options import VssOptions
from connectors.vss.wire import CardAnswer, HistoryAnswer, TokenAnswer

_WORDS = {"words for the code, which repeat name, birth date and address": "ghiChu"}
_CARD = Shape(
    name="card",
    wire=CardAnswer,
    left_alone={
        **_WORDS,
        "who the citizen is, the population register says": "gioiTinh diaChi",
        "for the insurer's own office and rates": "cqBHXH maKV",
        "checks of the card by other facilities: where a citizen has been is told by visits": "dsLichSuKT2018",
    },
)
_HISTORY = Shape(
    name="history",
    wire=HistoryAnswer,
    left_alone={
        **_WORDS,
        "the employer is no health data": "dsLichSuKCB2025.TEMP1 dsLichSuKCB2025.TEMP2",
    },
)
_TOKEN = Shape(name="token", wire=TokenAnswer, left_alone={"always the same": "APIKey.token_type APIKey.username"})
_SHAPES = {"APIKey": _TOKEN, "dsLichSuKCB2025": _HISTORY}
"""By a field that the answer has and the others have not."""


def reports_of(options: VssOptions, document: bytes) -> tuple[MappingReport, ...]:  # noqa: ARG001 - as every kind
    """The report on one answer of any operation.

    Raises:
        Garbled: no such answer.
    """
    found = json_document(document)
    names = found if isinstance(found, dict) else {}
    return (counted(found, next((shape for name, shape in _SHAPES.items() if name in names), _CARD)),)
