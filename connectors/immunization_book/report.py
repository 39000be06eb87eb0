"""What becomes of every field of the book's answers."""

from connectors.immunization_book.options import ImmunizationBookOptions
from connectors.immunization_book.wire import AntigenRow, ListAnswer, LoginAnswer, Member, ProductRow
from connectors.reports import UNKNOWN, MappingReport, Shape, counted, json_document

_ROUND_IT = {"words for the code": "message"}
_ROWS: dict[str, Shape] = {
    "vacxin_id": Shape(
        name="vacxin",
        wire=ProductRow,
        left_alone={
            "a scar is no reaction, and its codes are not documented": "seo",
            "follows from the day": "truoc_24h",
            "no record has a place for it": "phan_ung_sau_tiem.ngay_phan_ung phan_ung_sau_tiem.ket_qua",
        },
    ),
    "khang_nguyen_id": Shape(
        name="khang_nguyen", wire=AntigenRow, left_alone={"for the screen of the application": "thu_tu_hien_thi"}
    ),
    "ho_ten": Shape(
        name="thanh_vien",
        wire=Member,
        left_alone={
            "other people": "ds_nguoi_cham_soc",
            "the number and the id find the entry": "ma_doi_tuong",
            "0 and 1 are not documented": "gioi_tinh",
            "who the citizen is, the population register says": "dan_toc_id ten_dan_toc dien_thoai dia_chi",
            "who keeps the entry, and whether": "co_so_id ten_co_so theo_doi",
        },
    ),
}
"""How an entry looks, by a field that it has and the others have not."""
_LOGIN = Shape(name="auth", wire=LoginAnswer, left_alone={**_ROUND_IT, "whose account it is, is known": "data.user"})


def reports_of(options: ImmunizationBookOptions, document: bytes) -> tuple[MappingReport, ...]:  # noqa: ARG001 - as every kind
    """The report on one answer: entries, a history or a sign-in.

    Raises:
        Garbled: no such answer.
    """
    found = json_document(document)
    entries = found.get("data") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        return (counted(found, _LOGIN),)
    report = counted({**found, "data": None}, Shape(name="list", wire=ListAnswer, left_alone=_ROUND_IT))
    for entry in entries:
        row = entry if isinstance(entry, dict) else {"": entry}
        report.add(counted(row, next((shape for field, shape in _ROWS.items() if field in row), UNKNOWN)))
    return (report,)
